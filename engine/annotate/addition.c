#include "annotate/addition.h"

#include "annotate/annotation-private.h"
#include "annotate/mask-private.h"

struct _MgAddition
{
  MgMaskEdit edit; /* of a snapshot */
  guint64 state;   /* of the annotation when that was taken */
  int plane;
  guint n;
};

/**
 * mg_addition_new:
 * @annotation: gets the instances, in the plane in hand
 *
 * On the annotation's thread.
 *
 * Returns: (transfer full): an addition of nothing yet
 */
MgAddition *
mg_addition_new (MgAnnotation *annotation)
{
  MgAddition *addition = g_new0 (MgAddition, 1);
  MgMask *mask = _mg_annotation_snapshot_plane (&annotation->edit);

  addition->state = mg_annotation_get_state (annotation);
  addition->plane = annotation->plane;
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
 * Finds out what mg_annotation_add_all() would do. Any one thread.
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
  return mg_mask_edit_add_slowly (edit, source, &addition->n, progress, cancellable, error);
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

static gboolean
move_info (gpointer key,
           gpointer value,
           gpointer data)
{
  MgLabelTable *table = data;
  MgLabelInfo *info = value;

  g_hash_table_insert (table->infos, key, info);
  table->n_instances += info->area > 0;
  table->max = MAX (table->max, info->label);
  return TRUE;
}

/**
 * mg_annotation_take_addition:
 * @addition: one that was run
 *
 * Takes its instances over as one entry of the undo history.
 *
 * Returns: %FALSE, with nothing changed, where the annotation was edited, or
 *   another plane taken in hand, since mg_addition_new()
 */
gboolean
mg_annotation_take_addition (MgAnnotation *annotation,
                             MgAddition *addition)
{
  MgMaskEdit *edit = &annotation->edit, *ready = &addition->edit;
  GArray *changes, *deltas;

  if (mg_annotation_get_state (annotation) != addition->state || annotation->plane != addition->plane ||
      annotation->stroke.active)
    return FALSE;
  changes = _mg_mask_end (ready->mask);
  deltas = mg_label_table_end (&ready->table);
  for (guint i = 0; i < changes->len; i++)
    {
      guint index = g_array_index (changes, MgMaskChange, i).index;

      /* the snapshot keeps what was here, and goes with it */
      _mg_mask_swap_tile (edit->mask, index, &ready->mask->tiles[index]);
      _mg_annotation_touch (annotation, index);
    }
  g_hash_table_foreach_steal (ready->table.infos, move_info, &edit->table);
  ready->table.last = NULL;
  edit->total = edit->damage = ready->damage;
  if (changes->len == 0)
    {
      g_array_unref (changes);
      g_array_unref (deltas);
      return TRUE;
    }
  _mg_annotation_note_labels (annotation, deltas, 1);
  mg_undo_push (annotation->undo, changes, deltas, NULL, &edit->total, annotation->plane, annotation->group);
  _mg_annotation_emit_damage (annotation);
  _mg_annotation_emit_changed (annotation);
  return TRUE;
}
