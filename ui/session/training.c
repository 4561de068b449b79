#include "session/training.h"

#include "session/training-data.h"

/* How often the image in view is predicted with the network as it is. */
#define PREVIEW_S 3

/* The largest part of the image in view that a preview looks at, so that one
 * never holds training up for long. */
#define PREVIEW_PX 768

struct _MgTraining
{
  GObject parent_instance;

  GFile *checkpoint;      /* (nullable): of the run, or of one that was interrupted */
  GFile *done;            /* (nullable): of a run whose model is not on the disk yet */
  MgTrainConfig resuming; /* the settings of that */

  MgSession *session; /* borrowed: outlives this */
  MgTrainingState state;
  GCancellable *preparing;
  MgTrainer *trainer;
  MgJob *job;
  GArray *history; /* of MgTrainPoint */
  char recipe[32]; /* of the last run */
  char *warning;   /* (nullable): what the person was told of it */
  guint preview_timer;
  MgImage *view; /* (nullable): what a preview is made of */
  MgRect view_rect;
};

enum
{
  INTERRUPTED,
  STARTED,
  CHANGED,
  PREVIEW,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgTraining, mg_training, G_TYPE_OBJECT)

typedef struct
{
  GPtrArray *sources; /* of MgTrainingSource */
  const MgRecipe *recipe;
  MgTrainConfig config;
  MgModel *start_from; /* (nullable) */
  char *device;
  GFile *checkpoint;
  gboolean resume;
} Preparation;

static void
preparation_free (gpointer data)
{
  Preparation *preparation = data;

  g_ptr_array_unref (preparation->sources);
  g_clear_pointer (&preparation->start_from, mg_model_unref);
  g_free (preparation->device);
  g_object_unref (preparation->checkpoint);
  g_free (preparation);
}

static void
release_run (MgTraining *self)
{
  g_clear_handle_id (&self->preview_timer, g_source_remove);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_pointer (&self->trainer, mg_trainer_unref);
  g_clear_object (&self->preparing);
  self->state = MG_TRAINING_IDLE;
}

static void
mg_training_dispose (GObject *object)
{
  MgTraining *self = MG_TRAINING (object);

  mg_training_stop (self);
  release_run (self);
  g_clear_object (&self->checkpoint);
  g_clear_object (&self->done);
  g_clear_pointer (&self->warning, g_free);
  g_clear_pointer (&self->view, mg_image_unref);
  g_clear_pointer (&self->history, g_array_unref);
  G_OBJECT_CLASS (mg_training_parent_class)->dispose (object);
}

static void
mg_training_class_init (MgTrainingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mg_training_dispose;
  signals[INTERRUPTED] = g_signal_new ("interrupted", MG_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[STARTED] = g_signal_new ("started", MG_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", MG_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[PREVIEW] = g_signal_new ("preview", MG_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 4, G_TYPE_POINTER, G_TYPE_POINTER, G_TYPE_POINTER, G_TYPE_POINTER);
  signals[FINISHED] = g_signal_new ("finished", MG_TYPE_TRAINING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 3, G_TYPE_POINTER, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
mg_training_init (MgTraining *self)
{
  self->history = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
}

/**
 * mg_training_new:
 * @session: what is trained on; must outlive the training
 *
 * Returns: (transfer full): a training that does not run
 */
MgTraining *
mg_training_new (MgSession *session)
{
  MgTraining *self = g_object_new (MG_TYPE_TRAINING, NULL);

  self->session = session;
  return self;
}

static const char *
nothing_to_learn (const MgRecipe *recipe)
{
  if (recipe->task == MG_TASK_SEGMENT)
    return "Nothing is painted yet: paint the cells of an image, then train";
  if (recipe->self_supervised)
    return "All images belong to the test set: add noisy images to learn from, then train";
  return "No image has a clean one to learn from: add the clean images, or choose the method that needs none";
}

static void
prepare_thread (GTask *task,
                gpointer object,
                gpointer task_data,
                GCancellable *cancellable)
{
  Preparation *preparation = task_data;
  g_autoptr (MgDataset) dataset = mg_dataset_new ();
  g_autoptr (GError) error = NULL;
  MgTrainer *trainer;

  mg_dataset_set_align (dataset, preparation->config.align);
  mg_dataset_set_each_channel (dataset, preparation->config.each_channel);
  for (guint i = 0; i < preparation->sources->len; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, &error) ||
        !mg_training_source_add (preparation->sources->pdata[i], dataset, preparation->recipe, cancellable, &error))
      {
        g_task_return_error (task, g_steal_pointer (&error));
        return;
      }
  if (mg_dataset_get_n (dataset) == 0)
    {
      g_task_return_new_error (task, MG_ERROR, MG_ERROR_DATA, "%s", nothing_to_learn (preparation->recipe));
      return;
    }
  trainer = mg_trainer_new (&preparation->config, g_steal_pointer (&dataset), preparation->start_from,
                            preparation->device);
  /* a folder that cannot be written to is told of when the model is saved */
  mg_project_make_folder_for (preparation->checkpoint, NULL);
  mg_trainer_set_checkpoint (trainer, preparation->checkpoint, preparation->resume);
  g_task_return_pointer (task, trainer, (GDestroyNotify) mg_trainer_unref);
}

/* What went wrong without ending the run, each time that is something else. */
static void
tell_warning (MgTraining *self)
{
  g_autofree char *warning = mg_trainer_dup_warning (self->trainer);

  if (warning == NULL || g_strcmp0 (warning, self->warning) == 0)
    return;
  mg_session_message (self->session, "%s", warning);
  g_free (self->warning);
  self->warning = g_steal_pointer (&warning);
}

static void
on_progress (MgJob *job,
             MgTraining *self)
{
  tell_warning (self);
  mg_trainer_get_history (self->trainer, self->history, self->history->len);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_finished (MgJob *job,
             MgTraining *self)
{
  g_autoptr (MgTraining) keep = g_object_ref (self);
  g_autoptr (MgTrainer) trainer = mg_trainer_ref (self->trainer);
  g_autoptr (MgJob) finished = g_object_ref (job);
  g_autoptr (MgModel) model = mg_trainer_dup_model (trainer);
  gboolean stopped = mg_job_get_state (job) == MG_JOB_STOPPED;

  if (!stopped && mg_job_get_error (finished) == NULL)
    g_set_object (&self->done, self->checkpoint);
  if (model == NULL)
    mg_training_model_saved (self);
  mg_trainer_get_history (trainer, self->history, self->history->len);
  g_signal_emit (self, signals[CHANGED], 0);
  release_run (self);
  g_signal_emit (self, signals[FINISHED], 0, model, mg_job_get_error (finished), stopped);
}

/**
 * mg_training_model_saved:
 * @self: a training that has finished
 *
 * What it learned is on the disk: its state to go on from is not needed any more.
 */
void
mg_training_model_saved (MgTraining *self)
{
  if (self->done != NULL)
    g_file_delete_async (self->done, G_PRIORITY_LOW, NULL, NULL, NULL);
  g_clear_object (&self->done);
}

/* A preview on its way from the compute thread. */
typedef struct
{
  GWeakRef training;
  MgImage *image;
  MgRect rect;
  MgInstances *instances; /* (nullable) until made */
  MgImage *restored;      /* (nullable) likewise; one of them is set */
} Preview;

static void
preview_free (gpointer data)
{
  Preview *preview = data;

  g_weak_ref_clear (&preview->training);
  mg_image_unref (preview->image);
  g_clear_pointer (&preview->instances, mg_instances_unref);
  g_clear_pointer (&preview->restored, mg_image_unref);
  g_free (preview);
}

static Preview *
preview_new (MgTraining *self,
             MgImage *image,
             const MgRect *rect)
{
  Preview *preview = g_new0 (Preview, 1);

  g_weak_ref_init (&preview->training, self);
  preview->image = mg_image_ref (image);
  preview->rect = *rect;
  return preview;
}

static gboolean
deliver_preview (gpointer data)
{
  Preview *preview = data;
  g_autoptr (MgTraining) self = g_weak_ref_get (&preview->training);

  /* one that arrives after the end would replace a real prediction */
  if (self != NULL && self->state == MG_TRAINING_RUNNING)
    g_signal_emit (self, signals[PREVIEW], 0, preview->image, preview->instances, preview->restored,
                   &preview->rect);
  return G_SOURCE_REMOVE;
}

static void
on_preview (MgInstances *instances,
            MgImage *restored,
            gpointer data)
{
  Preview *request = data;
  g_autoptr (MgTraining) self = g_weak_ref_get (&request->training);
  Preview *made;

  if (self == NULL)
    return;
  made = preview_new (self, request->image, &request->rect);
  made->instances = instances != NULL ? mg_instances_ref (instances) : NULL;
  made->restored = restored != NULL ? mg_image_ref (restored) : NULL;
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, deliver_preview, made, preview_free);
}

static gboolean
ask_for_preview (gpointer data)
{
  MgTraining *self = data;

  if (self->view != NULL && !mg_rect_is_empty (&self->view_rect))
    mg_trainer_request_preview (self->trainer, self->view, &self->view_rect, on_preview,
                                preview_new (self, self->view, &self->view_rect), preview_free);
  return G_SOURCE_CONTINUE;
}

static void
on_prepared (GObject *object,
             GAsyncResult *result,
             gpointer user_data)
{
  MgTraining *self = MG_TRAINING (object);
  g_autoptr (GError) error = NULL;
  MgTrainer *trainer = g_task_propagate_pointer (G_TASK (result), &error);

  if (trainer == NULL)
    {
      gboolean stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      release_run (self);
      g_signal_emit (self, signals[FINISHED], 0, NULL, stopped ? NULL : error, stopped);
      return;
    }
  self->trainer = trainer;
  self->state = MG_TRAINING_RUNNING;
  self->job = mg_trainer_make_job (trainer);
  g_signal_connect (self->job, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_finished), self);
  self->preview_timer = g_timeout_add_seconds (PREVIEW_S, ask_for_preview, self);
  mg_scheduler_submit (mg_session_get_scheduler (self->session), self->job);
  g_signal_emit (self, signals[STARTED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
begin (MgTraining *self,
       const MgTrainConfig *config,
       gboolean resume)
{
  MgModel *model = mg_session_get_model (self->session);
  const MgRecipe *recipe = mg_recipe_find (config->recipe, NULL);
  Preparation *preparation;
  g_autoptr (GTask) task = NULL;

  if (self->state != MG_TRAINING_IDLE || recipe == NULL)
    return;
  g_clear_object (&self->checkpoint);
  g_clear_object (&self->done);
  g_clear_pointer (&self->warning, g_free);
  self->checkpoint = mg_project_dup_checkpoint (mg_session_get_project (self->session));
  preparation = g_new0 (Preparation, 1);
  preparation->config = *config;
  preparation->recipe = recipe;
  preparation->device = g_strdup (mg_session_get_device (self->session));
  preparation->sources = mg_training_list_sources (mg_session_get_documents (self->session));
  preparation->checkpoint = g_object_ref (self->checkpoint);
  preparation->resume = resume;
  if (!resume && model != NULL && mg_training_goes_on (mg_model_get_config (model), config))
    {
      preparation->start_from = mg_model_ref (model);
      preparation->config.net = mg_model_get_config (model)->net;
    }
  g_array_set_size (self->history, 0);
  g_strlcpy (self->recipe, config->recipe, sizeof self->recipe);
  self->state = MG_TRAINING_PREPARING;
  self->preparing = g_cancellable_new ();
  task = g_task_new (self, self->preparing, on_prepared, NULL);
  g_task_set_task_data (task, preparation, preparation_free);
  g_task_run_in_thread (task, prepare_thread);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mg_training_goes_on:
 * @from: settings of a model
 * @config: of a training
 *
 * Returns: whether the training can begin with the model's weights, as its network
 *   is of the same kind and for the same kind of images
 */
gboolean
mg_training_goes_on (const MgTrainConfig *from,
                     const MgTrainConfig *config)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, NULL);

  if (recipe == NULL || !g_str_equal (from->recipe, config->recipe))
    return FALSE;
  return recipe->task == MG_TASK_SEGMENT ||
         (from->probabilistic == config->probabilistic && from->each_channel == config->each_channel &&
          from->normalisation == config->normalisation && from->net.no_top_skip == config->net.no_top_skip);
}

/**
 * mg_training_start:
 * @self: a training that does not run
 * @config: settings; the session's model is gone on from where
 *   mg_training_goes_on() says it can be
 *
 * Takes a snapshot of what is painted and trains on it in the background.
 */
void
mg_training_start (MgTraining *self,
                   const MgTrainConfig *config)
{
  begin (self, config, FALSE);
}

/* How far a run came that was interrupted. */
typedef struct
{
  MgTrainConfig config;
  gint64 step;
} Interrupted;

static void
look_thread (GTask *task,
             gpointer object,
             gpointer task_data,
             GCancellable *cancellable)
{
  g_autofree Interrupted *interrupted = g_new0 (Interrupted, 1);
  g_autoptr (GError) error = NULL;

  if (g_file_query_exists (task_data, cancellable) &&
      mg_trainer_read_checkpoint (task_data, &interrupted->config, &interrupted->step, &error))
    g_task_return_pointer (task, g_steal_pointer (&interrupted), g_free);
  else
    g_task_return_pointer (task, NULL, NULL);
}

static void
on_looked (GObject *object,
           GAsyncResult *result,
           gpointer user_data)
{
  MgTraining *self = MG_TRAINING (object);
  g_autofree Interrupted *interrupted = g_task_propagate_pointer (G_TASK (result), NULL);
  GFile *file = g_task_get_task_data (G_TASK (result));

  /* none, or another project or training since */
  if (interrupted == NULL || self->state != MG_TRAINING_IDLE || self->checkpoint == NULL ||
      !g_file_equal (self->checkpoint, file))
    return;
  self->resuming = interrupted->config;
  g_signal_emit (self, signals[INTERRUPTED], 0, interrupted->step);
}

/**
 * mg_training_look_for_interrupted:
 * @self: a training that does not run
 *
 * Looks whether a training of the session's project was stopped, or ended with
 * the program, before it was done; "interrupted" tells.
 */
void
mg_training_look_for_interrupted (MgTraining *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->state != MG_TRAINING_IDLE)
    return;
  g_clear_object (&self->checkpoint);
  self->checkpoint = mg_project_dup_checkpoint (mg_session_get_project (self->session));
  task = g_task_new (self, NULL, on_looked, NULL);
  g_task_set_task_data (task, g_object_ref (self->checkpoint), g_object_unref);
  g_task_run_in_thread (task, look_thread);
}

/**
 * mg_training_resume:
 * @self: a training that told of an interrupted run
 *
 * Goes on with it, on the same images and labels; where these were changed
 * since, "finished" says so.
 */
void
mg_training_resume (MgTraining *self)
{
  MgTrainConfig config = self->resuming;

  begin (self, &config, TRUE);
}

/**
 * mg_training_stop:
 * @self: a training
 *
 * Stops soon; "finished" brings the best weights so far.
 */
void
mg_training_stop (MgTraining *self)
{
  if (self->preparing != NULL)
    g_cancellable_cancel (self->preparing);
  if (self->job != NULL)
    mg_job_cancel (self->job);
}

/**
 * mg_training_get_state:
 * @self: a training
 *
 * Returns: whether it runs
 */
MgTrainingState
mg_training_get_state (MgTraining *self)
{
  return self->state;
}

/**
 * mg_training_get_job:
 * @self: a training
 *
 * Returns: (transfer none) (nullable): its job, while it runs
 */
MgJob *
mg_training_get_job (MgTraining *self)
{
  return self->job;
}

/**
 * mg_training_set_view:
 * @self: a training
 * @image: (nullable): the image in view
 * @rect: the part in view
 *
 * What previews are made of.
 */
void
mg_training_set_view (MgTraining *self,
                      MgImage *image,
                      const MgRect *rect)
{
  if (image != NULL)
    mg_image_ref (image);
  g_clear_pointer (&self->view, mg_image_unref);
  self->view = image;
  self->view_rect = *rect;
  if (rect->width > PREVIEW_PX)
    {
      self->view_rect.x += (rect->width - PREVIEW_PX) / 2;
      self->view_rect.width = PREVIEW_PX;
    }
  if (rect->height > PREVIEW_PX)
    {
      self->view_rect.y += (rect->height - PREVIEW_PX) / 2;
      self->view_rect.height = PREVIEW_PX;
    }
}

/**
 * mg_training_get_status:
 * @self: a training
 * @status: (out): how far it is
 *
 * Returns: %FALSE when it does not run
 */
gboolean
mg_training_get_status (MgTraining *self,
                        MgTrainStatus *status)
{
  if (self->trainer == NULL)
    return FALSE;
  mg_trainer_get_status (self->trainer, status);
  return TRUE;
}

/**
 * mg_training_get_recipe:
 * @self: a training
 *
 * Returns: the method of this or the last run; empty before the first
 */
const char *
mg_training_get_recipe (MgTraining *self)
{
  return self->recipe;
}

/**
 * mg_training_get_history:
 * @self: a training
 * @n: (out): number of points
 *
 * Returns: (array length=n): the history of this or the last run
 */
const MgTrainPoint *
mg_training_get_history (MgTraining *self,
                         guint *n)
{
  *n = self->history->len;
  return (const MgTrainPoint *) self->history->data;
}
