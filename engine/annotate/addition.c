#include "annotate/addition.h"

#include "annotate/annotation-private.h"
#include "annotate/mask-private.h"

struct _MgAddition
{
  MgMaskEdit edit; /* of a snapshot */
  guint64 state;   /* of the annotation when that was taken */
  int plane;
  GArray *changes, *deltas; /* owned, (nullable): of the edit, once it was run */
  guint n;
};

/**
 * mg_addition_new:
 * @annotation: gets the instances
 * @plane: in which plane
 *
 * On the annotation's thread.
 *
 * Returns: (transfer full): an addition of nothing yet
 */
MgAddition *
mg_addition_new (MgAnnotation *annotation,
                 int plane)
{
  MgAddition *addition = g_new0 (MgAddition, 1);
  MgMaskEdit *edit = _mg_annotation_find_plane (annotation, plane);
  MgMask *shown = annotation->edit.mask;
  MgMask *mask = edit != NULL ? _mg_annotation_snapshot_plane (edit) : mg_mask_new (shown->width, shown->height);

  addition->state = mg_annotation_get_state (annotation);
  addition->plane = plane;
  /* the areas of what is there do not change: only numbers must not meet */
  addition->edit.mask = mask;
  mg_label_table_init (&addition->edit.table);
  addition->edit.table.max = annotation->edit.table.max;
  return addition;
}

/**
 * mg_addition_free:
 * @addition: (nullable): an addition
 *
 * Any thread.
 */
void
mg_addition_free (MgAddition *addition)
{
  if (addition == NULL)
    return;
  g_clear_pointer (&addition->changes, g_array_unref);
  g_clear_pointer (&addition->deltas, g_array_unref);
  mg_mask_edit_clear (&addition->edit);
  g_free (addition);
}

/**
 * mg_addition_run:
 * @addition: a new one
 * @source: labels in the image's coordinates
 * @progress: (nullable)
 * @cancellable: (nullable): looked at some twenty times a second
 *
 * Finds out what mg_annotation_add_some() would do with all. Any one thread.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED, or without numbers for so many
 */
gboolean
mg_addition_run (MgAddition *addition,
                 MgLabels *source,
                 MgProgress *progress,
                 GCancellable *cancellable,
                 GError **error)
{
  MgMaskEdit *edit = &addition->edit;

  if (!mg_labels_count (source, cancellable, error))
    return FALSE;
  if (mg_labels_get_n (source) >= MG_LABEL_IGNORED - 1 - edit->table.max)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                   "There are no numbers left for %u more cells in this image (save its labels, numbered anew, and open those)",
                   mg_labels_get_n (source));
      return FALSE;
    }
  _mg_mask_begin (edit->mask);
  if (!mg_mask_edit_add_slowly (edit, source, &addition->n, progress, cancellable, error))
    return FALSE;
  addition->changes = _mg_mask_end (edit->mask);
  addition->deltas = mg_label_table_end (&edit->table);
  return TRUE;
}

/**
 * mg_addition_get_n:
 * @addition: one that was run
 *
 * Returns: how many instances it adds
 */
guint
mg_addition_get_n (MgAddition *addition)
{
  return addition->n;
}

/* In the plane in hand, from now on; TRUE where anything changed. */
static gboolean
take (MgAnnotation *annotation,
      MgAddition *addition,
      guint group)
{
  MgMaskEdit *edit = &annotation->edit;
  GArray *changes = g_steal_pointer (&addition->changes);
  GArray *deltas = g_steal_pointer (&addition->deltas);

  for (guint i = 0; i < changes->len; i++)
    {
      guint index = g_array_index (changes, MgMaskChange, i).index;

      /* the snapshot keeps what was here, and goes with it */
      _mg_mask_swap_tile (edit->mask, index, &addition->edit.mask->tiles[index]);
      _mg_annotation_touch (annotation, edit, index);
    }
  mg_label_table_take (&edit->table, &addition->edit.table);
  if (changes->len == 0)
    {
      g_array_unref (changes);
      g_array_unref (deltas);
      return FALSE;
    }
  _mg_annotation_note_labels (annotation, deltas, 1);
  mg_undo_push (annotation->undo, changes, deltas, NULL, &addition->edit.damage, addition->plane, group);
  return TRUE;
}

/**
 * mg_annotation_take_addition:
 * @addition: one that was run, and not taken yet
 * @group: of mg_annotation_begin_group(); 0 for an entry of the undo history of
 *   its own
 *
 * Takes its instances over; the plane in view stays so.
 *
 * Returns: %FALSE, with nothing changed, where the annotation was edited since
 *   mg_addition_new()
 */
gboolean
mg_annotation_take_addition (MgAnnotation *annotation,
                             MgAddition *addition,
                             guint group)
{
  int shown = annotation->plane;
  gboolean changed;

  if (mg_annotation_get_state (annotation) != addition->state || annotation->stroke.active)
    return FALSE;
  _mg_annotation_use_plane (annotation, addition->plane);
  changed = take (annotation, addition, group);
  _mg_annotation_use_plane (annotation, shown);
  if (!changed)
    return TRUE;
  if (addition->plane == shown)
    {
      annotation->edit.damage = addition->edit.damage;
      _mg_annotation_emit_damage (annotation);
    }
  _mg_annotation_emit_changed (annotation);
  return TRUE;
}
