#include "annotate/annotation-private.h"

#include "annotate/mask-private.h"

/**
 * mg_annotation_add_region:
 * @source: predicted labels, their first pixel being the image's first
 * @source_label: the instance to accept
 * @box: (nullable): where it lies, all of @source when %NULL
 *
 * Takes one predicted instance over as a new one. Cells already there are
 * protected: it is cut where it would cover them.
 *
 * Returns: its label; 0 when there was no room for any pixel of it
 */
guint32
mg_annotation_add_region (MgAnnotation *annotation,
                          MgLabels *source,
                          guint32 source_label,
                          const MgRect *box)
{
  MgRect whole = { 0, 0, mg_labels_get_width (source), mg_labels_get_height (source) };
  guint32 label;

  g_return_val_if_fail (source_label != 0, 0);

  _mg_annotation_begin (annotation);
  label = mg_mask_edit_add_region (&annotation->edit, source, source_label, box != NULL ? box : &whole);
  _mg_annotation_commit (annotation);
  return label;
}

/**
 * mg_annotation_add_some:
 * @source: predicted labels, their first pixel being the image's first
 * @wanted: (nullable): set of those to take over; all where %NULL
 * @box: where they lie
 * @added: (nullable): of guint32; the new labels are appended
 *
 * Takes predicted instances over. Where cells are already there, they are
 * protected, and a prediction that mostly lies on them is left out. Very many are
 * better made ready beside the annotation (addition.h).
 *
 * Returns: how many were added
 */
guint
mg_annotation_add_some (MgAnnotation *annotation,
                        MgLabels *source,
                        GHashTable *wanted,
                        const MgRect *box,
                        GArray *added)
{
  guint n;

  _mg_annotation_begin (annotation);
  n = mg_mask_edit_add_many (&annotation->edit, source, wanted, box, added);
  _mg_annotation_commit (annotation);
  return n;
}

/**
 * mg_annotation_delete_many:
 * @labels: (array length=n): instances
 *
 * Removes all of them as one edit.
 *
 * Returns: FALSE when there are none of these numbers
 */
gboolean
mg_annotation_delete_many (MgAnnotation *annotation,
                           const guint32 *labels,
                           guint n)
{
  _mg_annotation_begin (annotation);
  mg_mask_edit_remove (&annotation->edit, labels, n);
  return _mg_annotation_commit (annotation);
}

/**
 * mg_annotation_merge:
 * @labels: (array length=n): instances; the first is what the others become
 *
 * Returns: FALSE when nothing changed
 */
gboolean
mg_annotation_merge (MgAnnotation *annotation,
                     const guint32 *labels,
                     guint n)
{
  _mg_annotation_begin (annotation);
  for (guint i = 1; i < n; i++)
    mg_mask_edit_relabel (&annotation->edit, labels[i], labels[0]);
  return _mg_annotation_commit (annotation);
}

/**
 * mg_annotation_cut:
 * @points: (array length=n): a line
 *
 * Parts every instance that the line crosses from side to side; the largest
 * part keeps its label.
 *
 * Returns: how many instances more there are
 */
guint
mg_annotation_cut (MgAnnotation *annotation,
                   const MgPoint *points,
                   guint n)
{
  guint n_new;

  _mg_annotation_begin (annotation);
  n_new = mg_mask_edit_cut (&annotation->edit, points, n);
  _mg_annotation_commit (annotation);
  return n_new;
}

static gboolean
has_pixel_in (MgMask *mask,
              guint32 label,
              const MgRect *rect)
{
  g_autofree guint32 *row = g_new (guint32, rect->width);

  for (int y = rect->y; y < rect->y + rect->height; y++)
    {
      mg_mask_read (mask, &(MgRect){ rect->x, y, rect->width, 1 }, row, 0);
      for (int x = 0; x < rect->width; x++)
        if (row[x] == label)
          return TRUE;
    }
  return FALSE;
}

static int
compare_labels (gconstpointer a,
                gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return (x > y) - (x < y);
}

/**
 * mg_annotation_find_in_rect:
 * @rect: part of the image
 *
 * Reads pixels only where an instance may lie across the edge.
 *
 * Returns: (transfer full) (element-type guint32): the instances that have a
 *   pixel in it, in the order of their numbers
 */
GArray *
mg_annotation_find_in_rect (MgAnnotation *annotation,
                            const MgRect *rect)
{
  MgRect whole = { 0, 0, annotation->edit.mask->width, annotation->edit.mask->height }, in;
  GArray *labels = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!mg_rect_intersect (rect, &whole, &in))
    return labels;
  for (guint i = 0; i < annotation->edit.table.n; i++)
    {
      const MgLabelInfo *info = &annotation->edit.table.infos[i];
      MgRect part;

      if (info->area == 0 || info->label == MG_LABEL_IGNORED || !mg_rect_intersect (&info->box, &in, &part))
        continue;
      if ((part.width == info->box.width && part.height == info->box.height) ||
          has_pixel_in (annotation->edit.mask, info->label, &part))
        g_array_append_val (labels, info->label);
    }
  g_array_sort (labels, compare_labels);
  return labels;
}

/**
 * mg_annotation_get_box:
 * @label: an instance
 * @box: (out): the smallest box that holds it
 *
 * Returns: FALSE when there is none of that number
 */
gboolean
mg_annotation_get_box (MgAnnotation *annotation,
                       guint32 label,
                       MgRect *box)
{
  return mg_mask_edit_find_box (&annotation->edit, label, box);
}

/**
 * mg_annotation_clear:
 *
 * Removes every instance.
 */
void
mg_annotation_clear (MgAnnotation *annotation)
{
  _mg_annotation_begin (annotation);
  mg_mask_edit_remove_all (&annotation->edit);
  _mg_annotation_commit (annotation);
}
