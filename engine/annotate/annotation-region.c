#include "annotate/annotation-private.h"

#include "annotate/mask-private.h"

#include <string.h>

/**
 * mg_annotation_get_training_regions:
 * @n: (out): how many there are
 *
 * Returns: (array length=n) (transfer none): the training regions, valid until
 *   the next edit; with none, all of the image is trained on, else only what they hold
 */
const MgTrainingRegion *
mg_annotation_get_training_regions (MgAnnotation *annotation,
                                    guint *n)
{
  *n = annotation->regions->len;
  return (const MgTrainingRegion *) annotation->regions->data;
}

/**
 * mg_annotation_set_training_regions:
 * @regions: (array length=n): inside the image
 *
 * What was read from a file: no edit.
 */
void
mg_annotation_set_training_regions (MgAnnotation *annotation,
                                    const MgTrainingRegion *regions,
                                    guint n)
{
  g_array_set_size (annotation->regions, 0);
  if (n > 0)
    g_array_append_vals (annotation->regions, regions, n);
}

static void
replace (MgAnnotation *annotation,
         GArray *regions)
{
  GArray *before = annotation->regions;

  annotation->edit.total = (MgRect){ 0 };
  annotation->regions = regions;
  annotation->regions_touched = TRUE;
  mg_undo_push (annotation->undo, g_array_new (FALSE, FALSE, sizeof (MgMaskChange)),
                g_array_new (FALSE, FALSE, sizeof (MgLabelDelta)), before, &annotation->edit.total,
                annotation->plane, annotation->group);
  _mg_annotation_emit_changed (annotation);
}

/* Within the image; FALSE where nothing of it is. */
static gboolean
clip (MgAnnotation *annotation,
      const MgTrainingRegion *region,
      MgTrainingRegion *in)
{
  MgRect whole = { 0, 0, annotation->edit.mask->width, annotation->edit.mask->height };

  in->plane = region->plane;
  return mg_rect_intersect (&region->rect, &whole, &in->rect) && region->plane >= MG_EVERY_PLANE &&
         region->plane < annotation->n_z * annotation->n_t;
}

/**
 * mg_annotation_add_training_region:
 * @region: clipped to the image
 *
 * Returns: FALSE when it lies outside of the image
 */
gboolean
mg_annotation_add_training_region (MgAnnotation *annotation,
                                   const MgTrainingRegion *region)
{
  MgTrainingRegion in;
  GArray *regions;

  mg_annotation_end_stroke (annotation);
  if (!clip (annotation, region, &in))
    return FALSE;
  regions = g_array_copy (annotation->regions);
  g_array_append_val (regions, in);
  replace (annotation, regions);
  return TRUE;
}

/**
 * mg_annotation_change_training_region:
 * @index: which one
 * @region: its place and plane from now on, clipped to the image
 *
 * Returns: FALSE when there is none of that number, when it would lie outside of
 *   the image, and when it is like that already
 */
gboolean
mg_annotation_change_training_region (MgAnnotation *annotation,
                                      guint index,
                                      const MgTrainingRegion *region)
{
  MgTrainingRegion in;
  GArray *regions;

  mg_annotation_end_stroke (annotation);
  if (index >= annotation->regions->len || !clip (annotation, region, &in) ||
      memcmp (&g_array_index (annotation->regions, MgTrainingRegion, index), &in, sizeof in) == 0)
    return FALSE;
  regions = g_array_copy (annotation->regions);
  g_array_index (regions, MgTrainingRegion, index) = in;
  replace (annotation, regions);
  return TRUE;
}

/**
 * mg_annotation_delete_training_region:
 * @index: which one
 *
 * Returns: FALSE when there is none of that number
 */
gboolean
mg_annotation_delete_training_region (MgAnnotation *annotation,
                                      guint index)
{
  GArray *regions;

  mg_annotation_end_stroke (annotation);
  if (index >= annotation->regions->len)
    return FALSE;
  regions = g_array_copy (annotation->regions);
  g_array_remove_index (regions, index);
  replace (annotation, regions);
  return TRUE;
}

/**
 * mg_annotation_clear_training_regions:
 *
 * Deletes all of them.
 */
void
mg_annotation_clear_training_regions (MgAnnotation *annotation)
{
  mg_annotation_end_stroke (annotation);
  if (annotation->regions->len > 0)
    replace (annotation, g_array_new (FALSE, FALSE, sizeof (MgTrainingRegion)));
}
