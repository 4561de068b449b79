#include "session/filtering.h"

#include "image/filter-image.h"
#include "project/results.h"

struct _MgFiltering
{
  GObject parent_instance;

  MgSession *session; /* borrowed: outlives this */
  MgJob *job;         /* (nullable) */
  guint n_done;
};

enum
{
  CHANGED,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgFiltering, mg_filtering, G_TYPE_OBJECT)

/* One image to filter. */
typedef struct
{
  MgDocument *document; /* main thread's: passed through, and given up there */
  MgProjectItem *item;
  MgImage *image; /* (nullable): to be read */
} Work;

/* What the filtering thread is given. */
typedef struct
{
  GWeakRef filtering;
  MgFilterKind kind;
  GArray *works; /* of Work */
  guint next;
  GFile *results;
} Run;

/* One image's result on its way back. */
typedef struct
{
  GWeakRef filtering;
  MgDocument *document;
  MgFilterKind kind;
  MgImage *image;
  char *message; /* (nullable): it could not be saved */
} Result;

static void
work_clear (gpointer data)
{
  Work *work = data;

  g_idle_add_once (g_object_unref, work->document);
  g_object_unref (work->item);
  g_clear_pointer (&work->image, mg_image_unref);
}

static void
run_free (gpointer data)
{
  Run *run = data;

  g_weak_ref_clear (&run->filtering);
  g_array_unref (run->works);
  g_object_unref (run->results);
  g_free (run);
}

static void
result_free (gpointer data)
{
  Result *result = data;

  g_weak_ref_clear (&result->filtering);
  g_object_unref (result->document);
  mg_image_unref (result->image);
  g_free (result->message);
  g_free (result);
}

static void
mg_filtering_dispose (GObject *object)
{
  MgFiltering *self = MG_FILTERING (object);

  mg_filtering_stop (self);
  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  G_OBJECT_CLASS (mg_filtering_parent_class)->dispose (object);
}

static void
mg_filtering_class_init (MgFilteringClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mg_filtering_dispose;
  signals[CHANGED] = g_signal_new ("changed", MG_TYPE_FILTERING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", MG_TYPE_FILTERING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_POINTER);
}

static void
mg_filtering_init (MgFiltering *self)
{
}

/**
 * mg_filtering_new:
 * @session: whose images; must outlive the filtering
 *
 * Returns: (transfer full): a filtering that does not run
 */
MgFiltering *
mg_filtering_new (MgSession *session)
{
  MgFiltering *self = g_object_new (MG_TYPE_FILTERING, NULL);

  self->session = session;
  return self;
}

static gboolean
deliver (gpointer data)
{
  Result *result = data;
  g_autoptr (MgFiltering) self = g_weak_ref_get (&result->filtering);

  if (self == NULL)
    return G_SOURCE_REMOVE;
  if (result->message != NULL)
    mg_session_message (self->session, "%s", result->message);
  mg_session_restored (self->session, result->document, mg_filter_name (result->kind), result->image);
  self->n_done++;
  return G_SOURCE_REMOVE;
}

/* Shown all the same when it cannot be kept. */
static char *
save (Run *run,
      MgProjectItem *item,
      MgImage *image)
{
  g_autoptr (GError) error = NULL;

  if (mg_project_save_restored (run->results, item, mg_filter_name (run->kind), image, NULL, NULL, &error))
    return NULL;
  return g_strdup (error->message);
}

static MgStep
step (gpointer data,
      MgProgress *progress,
      GCancellable *cancellable,
      GError **error)
{
  Run *run = data;
  Work *work = &g_array_index (run->works, Work, run->next);
  g_autoptr (MgImage) image = work->image != NULL ? mg_image_ref (work->image)
                                                  : mg_project_item_load_image (work->item, cancellable, error);
  g_autoptr (MgFiltering) self = g_weak_ref_get (&run->filtering);
  MgProgress *planes = run->works->len == 1 ? progress : NULL;
  MgImage *filtered;
  Result *result;
  double strength;

  if (image == NULL || self == NULL)
    return image == NULL ? MG_STEP_ERROR : MG_STEP_DONE;
  if (planes == NULL)
    mg_progress_set (progress, "Filtering", run->next, run->works->len);
  filtered = mg_filter_image (image, run->kind, FALSE, &strength, planes, cancellable, error);
  if (filtered == NULL)
    {
      g_prefix_error (error, "%s: ", mg_project_item_get_name (work->item));
      return MG_STEP_ERROR;
    }
  result = g_new0 (Result, 1);
  g_weak_ref_init (&result->filtering, self);
  result->document = g_object_ref (work->document);
  result->kind = run->kind;
  result->image = filtered;
  result->message = save (run, work->item, filtered);
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, result, result_free);
  return ++run->next < run->works->len ? MG_STEP_MORE : MG_STEP_DONE;
}

static void
on_job_finished (MgJob *job,
                 MgFiltering *self)
{
  g_autoptr (MgFiltering) keep = g_object_ref (self);
  g_autoptr (MgJob) finished = g_steal_pointer (&self->job);

  g_signal_handlers_disconnect_by_data (finished, self);
  g_signal_emit (self, signals[CHANGED], 0);
  g_signal_emit (self, signals[FINISHED], 0, self->n_done, mg_job_get_error (finished));
}

/**
 * mg_filtering_is_running:
 * @self: a filtering
 *
 * Returns: whether images are being filtered
 */
gboolean
mg_filtering_is_running (MgFiltering *self)
{
  return self->job != NULL;
}

/**
 * mg_filtering_get_job:
 * @self: a filtering
 *
 * Returns: (transfer none) (nullable): its job, while it runs
 */
MgJob *
mg_filtering_get_job (MgFiltering *self)
{
  return self->job;
}

/**
 * mg_filtering_start:
 * @self: a filtering that does not run
 * @kind: which filter; its strength is found from each image's noise
 * @documents: (element-type MgDocument): images of a session with a project
 */
void
mg_filtering_start (MgFiltering *self,
                    MgFilterKind kind,
                    GPtrArray *documents)
{
  static const MgJobFuncs funcs = { "Filtering", step, NULL, run_free };
  Run *run;

  if (self->job != NULL || documents->len == 0)
    return;
  run = g_new0 (Run, 1);
  g_weak_ref_init (&run->filtering, self);
  run->kind = kind;
  run->works = g_array_new (FALSE, FALSE, sizeof (Work));
  g_array_set_clear_func (run->works, work_clear);
  run->results = mg_project_dup_results (mg_session_get_project (self->session));
  for (guint i = 0; i < documents->len; i++)
    {
      MgDocument *document = documents->pdata[i];
      MgImage *image = mg_document_get_image (document);
      Work work = { g_object_ref (document), g_object_ref (mg_document_get_item (document)),
                    image != NULL ? mg_image_ref (image) : NULL };

      g_array_append_val (run->works, work);
    }
  self->n_done = 0;
  self->job = mg_job_new (&funcs, run, MG_PRIORITY_NORMAL);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_job_finished), self);
  mg_job_run_in_thread (self->job);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * mg_filtering_stop:
 * @self: a filtering
 *
 * Stops soon; what is done stays.
 */
void
mg_filtering_stop (MgFiltering *self)
{
  if (self->job != NULL)
    mg_job_cancel (self->job);
}
