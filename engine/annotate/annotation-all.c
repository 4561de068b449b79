#include "annotate/annotation-planes.h"

#include "annotate/annotation-private.h"

/* Edits of every plane at once. */

/**
 * mg_annotation_begin_group:
 *
 * Returns: a number for mg_annotation_take_addition(): edits of one number are one
 *   for undo, as long as no other comes between
 */
guint
mg_annotation_begin_group (MgAnnotation *annotation)
{
  return ++annotation->last_group;
}

/* One edit of all planes that anything was painted on. */
static gboolean
edit_all (MgAnnotation *annotation,
          void (*edit) (MgMaskEdit *edit, gconstpointer data),
          gconstpointer data)
{
  int shown = annotation->plane;
  gboolean changed = FALSE;

  mg_annotation_end_stroke (annotation);
  annotation->group = mg_annotation_begin_group (annotation);
  for (int p = 0; p < annotation->n_z * annotation->n_t; p++)
    {
      if (p != annotation->plane && annotation->others[p].mask == NULL)
        continue;
      _mg_annotation_use_plane (annotation, p);
      _mg_annotation_begin (annotation);
      edit (&annotation->edit, data);
      changed |= _mg_annotation_record (annotation);
    }
  annotation->group = 0;
  _mg_annotation_use_plane (annotation, shown);
  if (changed)
    _mg_annotation_emit_changed (annotation);
  return changed;
}

static void
clear_one (MgMaskEdit *edit,
           gconstpointer data)
{
  mg_mask_edit_remove_all (edit);
}

/**
 * mg_annotation_clear_planes:
 *
 * Removes every instance of every plane, as one entry of the undo history.
 *
 * Returns: FALSE when there was none
 */
gboolean
mg_annotation_clear_planes (MgAnnotation *annotation)
{
  return edit_all (annotation, clear_one, NULL);
}

static void
delete_some (MgMaskEdit *edit,
             gconstpointer data)
{
  const GArray *labels = data;

  mg_mask_edit_remove (edit, (const guint32 *) (gconstpointer) labels->data, labels->len);
}

/**
 * mg_annotation_delete_in_planes:
 * @labels: (element-type guint32): instances
 *
 * Removes all of them from every plane, as one entry of the undo history.
 *
 * Returns: FALSE when there are none of these numbers
 */
gboolean
mg_annotation_delete_in_planes (MgAnnotation *annotation,
                                GArray *labels)
{
  return edit_all (annotation, delete_some, labels);
}
