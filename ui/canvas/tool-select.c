/* Picking cells: by a click, by a box around many, from the keyboard. */
#include "canvas/canvas-tools.h"

static void
release (MgCanvas *self,
         const MgToolEvent *event)
{
  MgRect box;

  if (_mg_tool_box_take (self, &box))
    _mg_canvas_emit_boxed (self, &box, event->state);
  else
    _mg_canvas_emit_clicked (self, self->press.x, self->press.y, event->state, event->n_press);
}

static void
draw (MgCanvas *self,
      GtkSnapshot *snapshot)
{
  const GdkRGBA inside = { 0.3, 0.6, 1, 0.18 };

  _mg_tool_box_draw (self, snapshot, &inside);
}

const MgToolClass _mg_tool_select = {
  .cursor = "default",
  .press = _mg_tool_box_press,
  .move = _mg_tool_box_move,
  .release = release,
  .cancel = _mg_tool_box_cancel,
  .draw = draw,
};

static void
show_selection (MgCanvas *self)
{
  GHashTable *set = NULL;

  if (self->selection->len > 0)
    {
      set = g_hash_table_new (NULL, NULL);
      for (guint i = 0; i < self->selection->len; i++)
        g_hash_table_add (set, GUINT_TO_POINTER (g_array_index (self->selection, guint32, i)));
    }
  /* tile workers may still read the old one */
  g_clear_pointer (&self->selected, g_hash_table_unref);
  self->selected = set;
  _mg_canvas_scene_changed (self);
  _mg_canvas_update_a11y (self);
  g_signal_emit_by_name (self, "selection-changed");
}

/**
 * mg_canvas_set_selection:
 * @self: a canvas
 * @labels: (array length=n): painted cells
 */
void
mg_canvas_set_selection (MgCanvas *self,
                         const guint32 *labels,
                         guint n)
{
  if (n == self->selection->len &&
      (n == 0 || memcmp (labels, self->selection->data, n * sizeof *labels) == 0))
    return;
  g_array_set_size (self->selection, 0);
  if (n > 0)
    g_array_append_vals (self->selection, labels, n);
  show_selection (self);
}

/**
 * mg_canvas_get_selection:
 * @self: a canvas
 * @n: (out): how many are selected
 *
 * Returns: (array length=n) (transfer none): the selected cells, in the order in
 *   which they were chosen, until the selection changes
 */
const guint32 *
mg_canvas_get_selection (MgCanvas *self,
                         guint *n)
{
  *n = self->selection->len;
  return (const guint32 *) self->selection->data;
}

/**
 * mg_canvas_set_selected:
 * @self: a canvas
 * @label: a painted cell, 0 for none
 */
void
mg_canvas_set_selected (MgCanvas *self,
                        guint32 label)
{
  mg_canvas_set_selection (self, &label, label != 0 ? 1 : 0);
}

/**
 * mg_canvas_get_selected:
 * @self: a canvas
 *
 * Returns: the cell selected last, 0 when none is
 */
guint32
mg_canvas_get_selected (MgCanvas *self)
{
  return self->selection->len > 0 ? g_array_index (self->selection, guint32, self->selection->len - 1) : 0;
}

/**
 * mg_canvas_is_selected:
 * @self: a canvas
 * @label: a painted cell
 *
 * Returns: whether it is among the selected ones
 */
gboolean
mg_canvas_is_selected (MgCanvas *self,
                       guint32 label)
{
  return self->selected != NULL && g_hash_table_contains (self->selected, GUINT_TO_POINTER (label));
}

/* Cells that an edit took away cannot stay selected. */
void
_mg_canvas_prune_selection (MgCanvas *self)
{
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < self->selection->len; i++)
    {
      guint32 label = g_array_index (self->selection, guint32, i);

      if (mg_annotation_has (self->annotation, label))
        g_array_append_val (left, label);
    }
  mg_canvas_set_selection (self, (const guint32 *) left->data, left->len);
}
