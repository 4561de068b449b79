#include "session/accepting.h"

#include "annotate/annotation-planes.h"
#include "project/results.h"
#include "session/main-call.h"

typedef struct
{
  MgDocument *document; /* the main thread's */
  MgProjectItem *item;
  GArray *planes;   /* of int, to be accepted */
  GHashTable *held; /* plane → MgInstances that were in memory at the start */
  int width, height;
  guint group;
  guint next, n_cells, n_planes;
} Accepting;

/* A plane on its way to the main thread, which the job waits for. */
typedef struct
{
  Accepting *accepting;
  int plane;
  MgInstances *instances;
} Plane;

static void
accepting_free (gpointer data)
{
  Accepting *accepting = data;

  g_idle_add_once (g_object_unref, accepting->document);
  g_object_unref (accepting->item);
  g_array_unref (accepting->planes);
  g_hash_table_unref (accepting->held);
  g_free (accepting);
}

static void
add_plane (gpointer data)
{
  const Plane *plane = data;
  MgDocument *document = plane->accepting->document;
  MgAnnotation *annotation = mg_document_get_annotation (document);

  if (annotation == NULL)
    return;
  plane->accepting->n_cells += mg_annotation_add_plane (annotation, plane->plane, mg_instances_get_labels (plane->instances),
                                                        plane->accepting->group);
  mg_document_discard_plane_prediction (document, plane->plane);
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
  Plane plane = { accepting, 0, NULL };

  if (accepting->next == accepting->planes->len)
    return MG_STEP_DONE;
  plane.plane = g_array_index (accepting->planes, int, accepting->next);
  mg_progress_place (progress, "%u of %u", accepting->next + 1, accepting->planes->len);
  mg_progress_set (progress, "Accepting slice", accepting->next, accepting->planes->len);
  plane.instances = instances = get_instances (accepting, plane.plane, cancellable, error);
  if (instances == NULL)
    return MG_STEP_ERROR;
  mg_main_call (add_plane, &plane);
  accepting->n_planes++;
  accepting->next++;
  return MG_STEP_MORE;
}

/**
 * mg_accepting_new:
 * @document: a loaded image
 *
 * Returns: (transfer full): the job
 */
MgJob *
mg_accepting_new (MgDocument *document)
{
  static const MgJobFuncs funcs = { .name = "Accepting", .step = accept_step, .free = accepting_free };
  const MgImageInfo *info = mg_image_get_info (mg_document_get_image (document));
  Accepting *accepting = g_new0 (Accepting, 1);

  accepting->document = g_object_ref (document);
  accepting->item = g_object_ref (mg_document_get_item (document));
  accepting->planes = mg_document_list_predicted (document);
  accepting->held = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) mg_instances_unref);
  accepting->width = info->width;
  accepting->height = info->height;
  accepting->group = mg_annotation_begin_group (mg_document_get_annotation (document));
  for (guint i = 0; i < accepting->planes->len; i++)
    {
      int plane = g_array_index (accepting->planes, int, i);
      MgInstances *instances = mg_document_get_plane_prediction (document, plane);

      if (instances != NULL)
        g_hash_table_insert (accepting->held, GINT_TO_POINTER (plane), mg_instances_ref (instances));
    }
  return mg_job_new (&funcs, accepting, MG_PRIORITY_NORMAL);
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
