#include "session/accepting.h"

#include "annotate/addition.h"
#include "annotate/annotation-planes.h"
#include "project/results.h"
#include "session/main-call.h"

typedef struct
{
  MgDocument *document;     /* the main thread's */
  MgAnnotation *annotation; /* the main thread's: that of the document at the start */
  MgProjectItem *item;
  GArray *planes;   /* of int, to be accepted */
  GHashTable *held; /* plane → MgInstances that were in memory at the start */
  int width, height;
  gboolean of_all;
  guint group;
  guint next, n_cells, n_planes;
  MgAddition *addition; /* (nullable): of the next plane */
  gboolean taken, gone; /* what the main thread answers */
} Accepting;

static void
accepting_free (gpointer data)
{
  Accepting *accepting = data;

  g_idle_add_once (g_object_unref, accepting->document);
  g_idle_add_once (g_object_unref, accepting->annotation);
  g_clear_pointer (&accepting->addition, mg_addition_free);
  g_object_unref (accepting->item);
  g_array_unref (accepting->planes);
  g_hash_table_unref (accepting->held);
  g_free (accepting);
}

/* On the main thread: takes the plane's cells over where nothing was edited since
 * it was last here, else says what they have to go with now. */
static void
meet_annotation (gpointer data)
{
  Accepting *accepting = data;
  int plane = g_array_index (accepting->planes, int, accepting->next);

  accepting->gone = mg_document_get_annotation (accepting->document) != accepting->annotation;
  if (accepting->gone)
    return;
  accepting->taken = accepting->addition != NULL &&
                     mg_annotation_take_addition (accepting->annotation, accepting->addition, accepting->group);
  if (accepting->taken)
    {
      accepting->n_cells += mg_addition_get_n (accepting->addition);
      mg_document_discard_plane_prediction (accepting->document, plane);
      return;
    }
  g_clear_pointer (&accepting->addition, mg_addition_free);
  accepting->addition = mg_addition_new (accepting->annotation, plane);
}

static MgInstances *
get_instances (Accepting *accepting,
               int plane,
               GCancellable *cancellable,
               GError **error)
{
  MgInstances *held = g_hash_table_lookup (accepting->held, GINT_TO_POINTER (plane));

  return held != NULL ? mg_instances_ref (held)
                      : mg_project_item_load_result (accepting->item, plane, accepting->width, accepting->height, cancellable, error);
}

static MgStep
accept_step (gpointer data,
             MgProgress *progress,
             GCancellable *cancellable,
             GError **error)
{
  Accepting *accepting = data;
  g_autoptr (MgInstances) instances = NULL;
  gboolean ok = TRUE;
  int plane;

  if (accepting->next == accepting->planes->len)
    return MG_STEP_DONE;
  if (accepting->of_all)
    {
      mg_progress_place (progress, "%u of %u", accepting->next + 1, accepting->planes->len);
      mg_progress_set (progress, "Accepting slice", accepting->next, accepting->planes->len);
    }
  plane = g_array_index (accepting->planes, int, accepting->next);
  instances = get_instances (accepting, plane, cancellable, error);
  if (instances == NULL)
    return MG_STEP_ERROR;
  mg_main_call (meet_annotation, accepting);
  while (ok && !accepting->taken && !accepting->gone)
    {
      ok = mg_addition_run (accepting->addition, mg_instances_get_labels (instances),
                            accepting->of_all ? NULL : progress, cancellable, error);
      if (ok)
        mg_main_call (meet_annotation, accepting);
    }
  g_clear_pointer (&accepting->addition, mg_addition_free);
  /* a large raster goes here, not on the main thread */
  g_hash_table_remove (accepting->held, GINT_TO_POINTER (plane));
  if (!ok)
    return MG_STEP_ERROR;
  if (accepting->gone)
    return MG_STEP_DONE;
  accepting->taken = FALSE;
  accepting->n_planes++;
  accepting->next++;
  return MG_STEP_MORE;
}

/**
 * mg_accepting_new:
 * @document: a loaded image
 * @instances: (nullable): predicted cells of the plane in view, which alone are
 *   accepted; all planes are where %NULL
 *
 * Returns: (transfer full): the job
 */
MgJob *
mg_accepting_new (MgDocument *document,
                  MgInstances *instances)
{
  static const MgJobFuncs funcs = { .name = "Accepting", .step = accept_step, .free = accepting_free };
  const MgImageInfo *info = mg_image_get_info (mg_document_get_image (document));
  Accepting *accepting = g_new0 (Accepting, 1);

  accepting->document = g_object_ref (document);
  accepting->item = g_object_ref (mg_document_get_item (document));
  accepting->annotation = g_object_ref (mg_document_get_annotation (document));
  accepting->held = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) mg_instances_unref);
  accepting->of_all = instances == NULL;
  accepting->width = info->width;
  accepting->height = info->height;
  accepting->group = mg_annotation_begin_group (mg_document_get_annotation (document));
  if (instances != NULL)
    {
      int plane = mg_document_get_plane (document);

      accepting->planes = g_array_new (FALSE, FALSE, sizeof (int));
      g_array_append_val (accepting->planes, plane);
      g_hash_table_insert (accepting->held, GINT_TO_POINTER (plane), mg_instances_ref (instances));
    }
  else
    accepting->planes = mg_document_list_predicted (document);
  for (guint i = 0; instances == NULL && i < accepting->planes->len; i++)
    {
      int plane = g_array_index (accepting->planes, int, i);
      MgInstances *held = mg_document_get_plane_prediction (document, plane);

      if (held != NULL)
        g_hash_table_insert (accepting->held, GINT_TO_POINTER (plane), mg_instances_ref (held));
    }
  return mg_job_new (&funcs, accepting, MG_PRIORITY_NORMAL);
}

/**
 * mg_accepting_is_of_all:
 * @job: of mg_accepting_new()
 *
 * Returns: whether every plane is accepted, not the one in view
 */
gboolean
mg_accepting_is_of_all (MgJob *job)
{
  return ((const Accepting *) mg_job_get_data (job))->of_all;
}

/**
 * mg_accepting_get_n_cells:
 * @job: of mg_accepting_new(), finished
 * @n_planes: (out): of how many planes
 *
 * Returns: how many cells were accepted
 */
guint
mg_accepting_get_n_cells (MgJob *job,
                          guint *n_planes)
{
  const Accepting *accepting = mg_job_get_data (job);

  *n_planes = accepting->n_planes;
  return accepting->n_cells;
}
