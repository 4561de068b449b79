#include "session/prediction.h"

#include "project/results.h"

struct _MgPrediction
{
  GObject parent_instance;

  MgSession *session;     /* borrowed: outlives this */
  MgJob *job;             /* (nullable) */
  guint n_done, n_planes; /* images, and their slices and time points */
  guint n_failed;
  char *failure; /* (nullable): why the first of them did */
  MgDecodeParams params;
  gboolean params_set;     /* by the person; the recipe's own otherwise */
  gboolean augment;        /* images are restored in several orientations */
  GTask *decoding;         /* (nullable), borrowed: runs */
  MgDocument *decode_next; /* (nullable): decode this one when it is done */
};

enum
{
  CHANGED,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgPrediction, mg_prediction, G_TYPE_OBJECT)

/* What the compute thread is given: nothing of the main thread's but a weak
 * reference to come back by. */
typedef struct
{
  GWeakRef prediction;
  GPtrArray *documents; /* of MgDocument; only passed back, and given up on the main thread */
  GPtrArray *items;     /* of MgProjectItem */
  GPtrArray *images;    /* of MgImage, NULL where it is to be read */
  GArray *planes;       /* of int: which plane of its own image a flat one is, else 0 */
  MgModel *model;
  GFile *results; /* folder of restored images */
  char *version;  /* theirs */
} Run;

/* One plane's or one image's result on its way back. */
typedef struct
{
  GWeakRef prediction;
  MgDocument *document;
  int plane;
  gboolean last; /* of the image's */
  MgInstances *instances;
  MgRect rect;
  MgKeptMaps *maps;
  MgImage *restored; /* (nullable): instead of instances */
  char *version;
  char *message; /* (nullable): it could not be saved */
  char *failure; /* (nullable): there is no result, and why */
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;

  g_weak_ref_clear (&result->prediction);
  g_clear_object (&result->document);
  g_clear_pointer (&result->instances, mg_instances_unref);
  g_clear_pointer (&result->maps, mg_kept_maps_unref);
  g_clear_pointer (&result->restored, mg_image_unref);
  g_free (result->version);
  g_free (result->message);
  g_free (result->failure);
  g_free (result);
}

static void
run_free (gpointer data)
{
  Run *run = data;

  g_weak_ref_clear (&run->prediction);
  g_idle_add_once ((GSourceOnceFunc) g_ptr_array_unref, run->documents);
  g_ptr_array_unref (run->items);
  for (guint i = 0; i < run->images->len; i++)
    g_clear_pointer ((MgImage **) &run->images->pdata[i], mg_image_unref);
  g_ptr_array_unref (run->images);
  g_array_unref (run->planes);
  mg_model_unref (run->model);
  g_object_unref (run->results);
  g_free (run->version);
  g_free (run);
}

static void
mg_prediction_dispose (GObject *object)
{
  MgPrediction *self = MG_PREDICTION (object);

  mg_prediction_stop (self);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->decode_next);
  g_clear_pointer (&self->failure, g_free);
  G_OBJECT_CLASS (mg_prediction_parent_class)->dispose (object);
}

static void
mg_prediction_class_init (MgPredictionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mg_prediction_dispose;
  signals[CHANGED] = g_signal_new ("changed", MG_TYPE_PREDICTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", MG_TYPE_PREDICTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT, G_TYPE_POINTER);
}

static void
mg_prediction_init (MgPrediction *self)
{
}

/**
 * mg_prediction_new:
 * @session: whose images and model; must outlive the prediction
 *
 * Returns: (transfer full): a prediction that does not run
 */
MgPrediction *
mg_prediction_new (MgSession *session)
{
  MgPrediction *self = g_object_new (MG_TYPE_PREDICTION, NULL);

  self->session = session;
  return self;
}

static gboolean
load_image (guint index,
            MgImage **image,
            GCancellable *cancellable,
            GError **error,
            gpointer data)
{
  Run *run = data;

  if (run->images->pdata[index] != NULL)
    *image = mg_image_ref (run->images->pdata[index]);
  else
    *image = mg_project_item_load_image (run->items->pdata[index], cancellable, error);
  return *image != NULL;
}

static gboolean
deliver (gpointer data)
{
  Result *result = data;
  g_autoptr (MgPrediction) self = g_weak_ref_get (&result->prediction);

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (result->failure != NULL)
    {
      if (self->n_failed++ == 0)
        self->failure = g_steal_pointer (&result->failure);
      return G_SOURCE_REMOVE;
    }
  if (result->message != NULL)
    mg_session_message (self->session, "%s", result->message);
  if (result->restored != NULL)
    mg_session_restored (self->session, result->document, result->version, result->restored);
  else
    mg_document_set_plane_prediction (result->document, result->plane, result->instances, &result->rect,
                                      result->maps, result->message == NULL);
  self->n_planes++;
  self->n_done += result->last;
  return G_SOURCE_REMOVE;
}

/* Shown all the same when it cannot be kept. */
static void
keep (Run *run,
      const MgPredicted *predicted,
      GCancellable *cancellable,
      Result *result)
{
  MgProjectItem *item = run->items->pdata[predicted->index];
  MgDecoded *decoded = predicted->decoded;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (decoded->image != NULL)
    ok = mg_project_save_restored (run->results, item, run->version, decoded->image, decoded->uncertainty, cancellable, &error);
  else
    ok = mg_project_item_save_result (item, result->plane, decoded->instances, mg_image_get_info (predicted->image), cancellable, &error);
  if (!ok)
    result->message = g_strdup (error->message);
}

static Result *
result_new (Run *run,
            guint index)
{
  g_autoptr (MgPrediction) self = g_weak_ref_get (&run->prediction);
  Result *result;

  if (self == NULL)
    return NULL;
  result = g_new0 (Result, 1);
  g_weak_ref_init (&result->prediction, self);
  result->document = g_object_ref (run->documents->pdata[index]);
  return result;
}

static gboolean
plane_done (const MgPredicted *predicted,
            GCancellable *cancellable,
            GError **error,
            gpointer data)
{
  Run *run = data;
  const MgImageInfo *info = mg_image_get_info (predicted->image);
  MgDecoded *decoded = predicted->decoded;
  Result *result = result_new (run, predicted->index);
  gboolean stopped;

  if (result == NULL)
    return TRUE;
  result->plane = g_array_index (run->planes, int, predicted->index) + predicted->plane;
  result->last = decoded->image != NULL || predicted->plane + 1 == predicted->n_planes;
  result->rect = (MgRect){ 0, 0, info->width, info->height };
  if (decoded->image != NULL)
    {
      result->restored = mg_image_ref (decoded->image);
      result->version = g_strdup (run->version);
    }
  else
    {
      result->instances = mg_instances_ref (decoded->instances);
      result->maps = mg_kept_maps_new_take (predicted->maps, run->model, info->width, info->height);
    }
  keep (run, predicted, cancellable, result);
  /* stopped while it was written, the person wants no more of it */
  stopped = result->message != NULL && g_cancellable_set_error_if_cancelled (cancellable, error);
  if (stopped)
    g_idle_add_once (result_free, result); /* its document is the main thread's */
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, deliver, result, result_free);
  return !stopped;
}

static void
image_failed (guint index,
              const GError *error,
              gpointer data)
{
  Result *result = result_new (data, index);

  if (result == NULL)
    return;
  result->failure = g_strdup (error->message);
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, result, result_free);
}

static void
on_job_progress (MgJob *job,
                 MgPrediction *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
tell_failures (MgPrediction *self)
{
  if (self->n_failed == 1 && self->n_done == 0)
    mg_session_message (self->session, "%s", self->failure);
  else
    mg_session_message (self->session, self->n_failed == 1 ? "%u image was left out: %s" : "%u images were left out; the first: %s",
                        self->n_failed, self->failure);
}

static void
on_job_finished (MgJob *job,
                 MgPrediction *self)
{
  g_autoptr (MgPrediction) keep = g_object_ref (self);
  g_autoptr (MgJob) finished = g_steal_pointer (&self->job);

  g_signal_handlers_disconnect_by_data (finished, self);
  g_signal_emit (self, signals[CHANGED], 0);
  if (self->n_failed > 0 && mg_job_get_error (finished) == NULL)
    tell_failures (self);
  g_signal_emit (self, signals[FINISHED], 0, self->n_done, self->n_planes, mg_job_get_error (finished));
}

/**
 * mg_prediction_is_running:
 * @self: a prediction
 *
 * Returns: whether images are being predicted
 */
gboolean
mg_prediction_is_running (MgPrediction *self)
{
  return self->job != NULL;
}

/**
 * mg_prediction_get_job:
 * @self: a prediction
 *
 * Returns: (transfer none) (nullable): its job, while it runs
 */
MgJob *
mg_prediction_get_job (MgPrediction *self)
{
  return self->job;
}

/**
 * mg_prediction_get_params:
 * @self: a prediction
 * @params: (out): the thresholds: the person's, or the recipe's own
 */
void
mg_prediction_get_params (MgPrediction *self,
                          MgDecodeParams *params)
{
  MgModel *model = mg_session_get_model (self->session);

  *params = self->params;
  if (!self->params_set && model != NULL)
    mg_model_get_recipe (model)->decode_defaults (params);
}

/**
 * mg_prediction_set_params:
 * @self: a prediction
 * @params: (nullable): thresholds from now on; %NULL for the recipe's own
 */
void
mg_prediction_set_params (MgPrediction *self,
                          const MgDecodeParams *params)
{
  self->params_set = params != NULL;
  self->params = params != NULL ? *params : (MgDecodeParams){ 0 };
}

/**
 * mg_prediction_set_augment:
 * @self: a prediction
 * @augment: whether images are restored in all orientations from now on, and the
 *   results' mean taken (MgPredictOptions)
 */
void
mg_prediction_set_augment (MgPrediction *self,
                           gboolean augment)
{
  self->augment = augment;
}

/* A version is named as the model's file is: "n2v-2026-11-25-091500". */
static char *
dup_version (MgSession *session)
{
  char *name = g_strdup (mg_session_get_model_name (session));
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return g_strdelimit (name, "/", '-');
}

static Run *
run_new (MgPrediction *self)
{
  Run *run = g_new0 (Run, 1);

  g_weak_ref_init (&run->prediction, self);
  run->documents = g_ptr_array_new_with_free_func (g_object_unref);
  run->items = g_ptr_array_new_with_free_func (g_object_unref);
  run->images = g_ptr_array_new ();
  run->planes = g_array_new (FALSE, FALSE, sizeof (int));
  run->model = mg_model_ref (mg_session_get_model (self->session));
  run->results = mg_project_dup_results (mg_session_get_project (self->session));
  run->version = dup_version (self->session);
  return run;
}

static void
add_image (Run *run,
           MgDocument *document,
           MgImage *image,
           int plane)
{
  g_ptr_array_add (run->documents, g_object_ref (document));
  g_ptr_array_add (run->items, g_object_ref (mg_document_get_item (document)));
  g_ptr_array_add (run->images, image != NULL ? mg_image_ref (image) : NULL);
  g_array_append_val (run->planes, plane);
}

static void
start (MgPrediction *self,
       Run *run,
       int priority)
{
  const MgPredictOptions options = {
    .device = mg_session_get_device (self->session),
    .augment = self->augment && mg_model_get_recipe (run->model)->task == MG_TASK_DENOISE,
  };
  const MgPredictSink sink = { load_image, plane_done, image_failed, run, run_free };
  guint n = run->documents->len;
  MgDecodeParams params;

  mg_prediction_get_params (self, &params);
  self->n_done = self->n_planes = self->n_failed = 0;
  g_clear_pointer (&self->failure, g_free);
  self->job = mg_predict_job_new (run->model, &options, &params, n, &sink, priority);
  g_signal_connect (self->job, "progress", G_CALLBACK (on_job_progress), self);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_job_finished), self);
  mg_scheduler_submit (mg_session_get_scheduler (self->session), self->job);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mg_prediction_start:
 * @self: a prediction that does not run
 * @documents: (element-type MgDocument): images to predict, open or not; the
 *   session has a model
 *
 * Predicts every slice and time point of them on the compute thread, training or
 * not, one after the other; each is kept as soon as it is done.
 */
void
mg_prediction_start (MgPrediction *self,
                     GPtrArray *documents)
{
  Run *run;

  if (self->job != NULL || documents->len == 0)
    return;
  run = run_new (self);
  for (guint i = 0; i < documents->len; i++)
    add_image (run, documents->pdata[i], mg_document_get_image (documents->pdata[i]), 0);
  start (self, run, MG_PRIORITY_NORMAL);
}

/**
 * mg_prediction_start_view:
 * @self: a prediction that does not run
 * @document: a loaded image; the session has a model
 *
 * Predicts the plane in view, before anything else; where images are restored,
 * all of it.
 */
void
mg_prediction_start_view (MgPrediction *self,
                          MgDocument *document)
{
  Run *run;

  if (self->job != NULL)
    return;
  run = run_new (self);
  if (mg_model_get_recipe (run->model)->task == MG_TASK_SEGMENT)
    add_image (run, document, mg_document_get_plane_image (document), mg_document_get_plane (document));
  else
    add_image (run, document, mg_document_get_image (document), 0);
  start (self, run, MG_PRIORITY_URGENT);
}

/**
 * mg_prediction_stop:
 * @self: a prediction
 *
 * Stops soon; what is done stays.
 */
void
mg_prediction_stop (MgPrediction *self)
{
  if (self->job != NULL)
    mg_job_cancel (self->job);
}

typedef struct
{
  MgKeptMaps *maps;
  MgDecodeParams params;
  MgDocument *document; /* main thread's; passed through */
} Decoding;

static void
decoding_free (gpointer data)
{
  Decoding *decoding = data;

  mg_kept_maps_unref (decoding->maps);
  g_object_unref (decoding->document);
  g_free (decoding);
}

static void
decode_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  Decoding *decoding = task_data;
  g_autoptr (MgProgress) progress = mg_progress_new ();
  g_autoptr (GError) error = NULL;
  MgDecoded decoded = { NULL, NULL };

  if (!mg_predictor_decode (decoding->maps->model, &decoding->maps->maps, decoding->maps->width,
                            decoding->maps->height, &decoding->params, progress, cancellable, &decoded, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&decoded.instances), (GDestroyNotify) mg_instances_unref);
  mg_decoded_clear (&decoded);
}

static void
on_decoded (GObject *source,
            GAsyncResult *task,
            gpointer user_data)
{
  MgPrediction *self = MG_PREDICTION (source);
  Decoding *decoding = g_task_get_task_data (G_TASK (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (MgInstances) instances = g_task_propagate_pointer (G_TASK (task), &error);
  g_autoptr (MgDocument) next = g_steal_pointer (&self->decode_next);

  self->decoding = NULL;
  if (error != NULL)
    mg_session_fail (self->session, error);
  else if (instances != NULL && mg_document_get_maps (decoding->document) == decoding->maps)
    mg_document_set_prediction (decoding->document, instances,
                                &(MgRect){ 0, 0, decoding->maps->width, decoding->maps->height }, decoding->maps, FALSE);
  if (next == NULL)
    mg_document_store_prediction (decoding->document);
  if (next != NULL)
    mg_prediction_decode (self, next);
}

/**
 * mg_prediction_decode:
 * @self: a prediction
 * @document: an image whose maps are kept; nothing happens without
 *
 * Decodes with the thresholds of the moment on another thread. While one
 * decoding runs, only the last wish is remembered.
 */
void
mg_prediction_decode (MgPrediction *self,
                      MgDocument *document)
{
  g_autoptr (GTask) task = NULL;
  Decoding *decoding;

  if (mg_document_get_maps (document) == NULL)
    return;
  if (self->decoding != NULL)
    {
      g_set_object (&self->decode_next, document);
      return;
    }
  decoding = g_new0 (Decoding, 1);
  decoding->maps = mg_kept_maps_ref (mg_document_get_maps (document));
  decoding->document = g_object_ref (document);
  mg_prediction_get_params (self, &decoding->params);
  task = g_task_new (self, NULL, on_decoded, NULL);
  self->decoding = task;
  g_task_set_task_data (task, decoding, decoding_free);
  g_task_run_in_thread (task, decode_thread);
}
