#include "session/training-data.h"

#include "annotate/annotation-planes.h"
#include "image/part.h"
#include "io/loader.h"
#include "project/labels.h"

struct _MgTrainingSource
{
  MgProjectItem *item;
  MgImage *image;      /* (nullable) */
  MgMaskStack *labels; /* (nullable) */
  GFile *clean;        /* (nullable) */
};

static void
source_free (gpointer data)
{
  MgTrainingSource *source = data;

  g_object_unref (source->item);
  g_clear_pointer (&source->image, mg_image_unref);
  g_clear_pointer (&source->labels, mg_mask_stack_free);
  g_clear_object (&source->clean);
  g_free (source);
}

/**
 * mg_training_list_sources:
 * @documents: of MgDocument
 *
 * Returns: (transfer full) (element-type MgTrainingSource): what there is to
 *   learn from, with snapshots of what is painted at this moment
 */
GPtrArray *
mg_training_list_sources (GListModel *documents)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func (source_free);

  for (guint i = 0; i < g_list_model_get_n_items (documents); i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (documents, i);
      MgAnnotation *annotation = mg_document_get_annotation (document);
      MgTrainingSource *source = g_new0 (MgTrainingSource, 1);

      source->item = g_object_ref (mg_document_get_item (document));
      g_set_object (&source->clean, mg_project_item_get_clean (source->item));
      if (annotation != NULL)
        {
          source->image = mg_image_ref (mg_document_get_image (document));
          source->labels = mg_annotation_snapshot (annotation);
        }
      g_ptr_array_add (sources, source);
    }
  return sources;
}

static MgItemRole
get_role (MgTrainingSource *source)
{
  return mg_project_item_get_role (source->item) == MG_PROJECT_VALIDATION ? MG_ROLE_OF_VALIDATION : MG_ROLE_OF_TRAIN;
}

static MgImage *
load_image (MgTrainingSource *source,
            GCancellable *cancellable,
            GError **error)
{
  if (source->image != NULL)
    return mg_image_ref (source->image);
  return mg_project_item_load_image (source->item, cancellable, error);
}

/* What is painted on an image that is not open, and what of it counts. */
static gboolean
load_labels (MgTrainingSource *source,
             MgImage *image,
             GCancellable *cancellable,
             GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  g_autofree char *warning = NULL;
  gboolean recovered;

  source->labels = mg_project_item_load_labels (source->item, info, &recovered, &warning, cancellable, error);
  if (source->labels == NULL)
    return FALSE;
  if (warning != NULL)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_DATA, warning);
      return FALSE;
    }
  return TRUE;
}

/* Nothing is read where there is nothing painted. */
static gboolean
has_labels (MgTrainingSource *source)
{
  return source->labels != NULL || mg_project_item_get_labels (source->item) != NULL ||
         mg_project_item_has_annotation (source->item);
}

static gboolean
has_cells (MgLabels *labels)
{
  return mg_labels_get_n (labels) > (mg_labels_get_max (labels) == MG_LABEL_IGNORED);
}

/* One painted plane as an image of its own; a plane without a cell, or outside
 * of the training regions, has nothing to teach. */
static gboolean
add_plane (MgTrainingSource *source,
           MgDataset *dataset,
           MgImage *image,
           int plane,
           GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  MgMask *mask = mg_mask_stack_get (source->labels, plane);
  g_autofree char *name = g_strdup (mg_project_item_get_name (source->item));
  g_autoptr (MgLabels) labels = NULL;
  g_autoptr (GArray) rects = NULL;
  g_autoptr (MgImage) part = mg_image_ref (image);

  if (mask == NULL || !mg_mask_stack_takes_part (source->labels, plane, &rects))
    return TRUE;
  labels = mg_mask_to_training_labels (mask, error);
  if (labels == NULL)
    return FALSE;
  if (!has_cells (labels))
    return TRUE;
  if (info->n_z * info->n_t > 1)
    {
      g_free (name);
      name = g_strdup_printf ("%s z%d t%d", mg_project_item_get_name (source->item), plane % info->n_z + 1,
                              plane / info->n_z + 1);
      g_clear_pointer (&part, mg_image_unref);
      part = mg_image_part (image, NULL, -1, plane % info->n_z, plane / info->n_z, error);
    }
  if (part == NULL || !mg_dataset_add (dataset, name, part, labels, NULL, get_role (source), error))
    return FALSE;
  mg_dataset_set_regions (dataset, (const MgRect *) rects->data, rects->len);
  return TRUE;
}

static gboolean
add_painted (MgTrainingSource *source,
             MgDataset *dataset,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (MgImage) image = NULL;

  if (!has_labels (source))
    return TRUE;
  image = load_image (source, cancellable, error);
  if (image == NULL || (source->labels == NULL && !load_labels (source, image, cancellable, error)))
    return FALSE;
  for (int p = 0; p < mg_mask_stack_get_n_planes (source->labels); p++)
    if (!add_plane (source, dataset, image, p, error))
      return FALSE;
  return TRUE;
}

/**
 * mg_training_source_add:
 * @source: an image
 * @dataset: gets it
 * @recipe: what is to be learned
 * @cancellable: (nullable)
 *
 * Adds an image by its role where it has something to teach: every plane with at least one
 * cell, or, to learn restoring, a clean image unless the method needs none. An
 * image that cannot be read stops the training: leaving it out in silence would
 * change what is learned.
 *
 * Returns: %FALSE with an error
 */
gboolean
mg_training_source_add (MgTrainingSource *source,
                        MgDataset *dataset,
                        const MgRecipe *recipe,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (MgImage) image = NULL;
  g_autoptr (MgImage) clean = NULL;

  if (mg_project_item_is_test (source->item))
    return TRUE;
  if (recipe->task == MG_TASK_SEGMENT)
    return add_painted (source, dataset, cancellable, error);
  if (!recipe->self_supervised && source->clean == NULL)
    return TRUE;
  if (!recipe->self_supervised)
    {
      clean = mg_image_load (source->clean, cancellable, error);
      if (clean == NULL)
        return FALSE;
    }
  image = load_image (source, cancellable, error);
  return image != NULL && mg_dataset_add (dataset, mg_project_item_get_name (source->item), image, NULL, clean,
                                          get_role (source), error);
}
