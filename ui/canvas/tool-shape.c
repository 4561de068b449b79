/* Lasso and cut, which follow a path, and the tools of one click. */
#include "canvas/canvas-tools.h"

#include <math.h>

/* Places of a path are at least this far apart. */
#define STEP_PX 1.0

static void
add_to_path (MgCanvas *self,
             const MgToolEvent *event)
{
  MgPoint point = { event->x, event->y };

  if (self->path->len > 0)
    {
      const MgPoint *last = &g_array_index (self->path, MgPoint, self->path->len - 1);

      if (hypot (point.x - last->x, point.y - last->y) * self->base.view.zoom / self->base.scale < STEP_PX)
        return;
    }
  g_array_append_val (self->path, point);
}

static gboolean
press_path (MgCanvas *self,
            const MgToolEvent *event)
{
  _mg_tool_make_stroke (self, event, &self->shape);
  g_array_set_size (self->path, 0);
  add_to_path (self, event);
  return TRUE;
}

static void
cancel_path (MgCanvas *self)
{
  g_array_set_size (self->path, 0);
}

static void
release_lasso (MgCanvas *self,
               const MgToolEvent *event)
{
  add_to_path (self, event);
  mg_annotation_paint_polygon (self->annotation, &self->shape, (const MgPoint *) self->path->data, self->path->len);
  cancel_path (self);
}

static void
draw_lasso (MgCanvas *self,
            GtkSnapshot *snapshot)
{
  _mg_tool_draw_path (self, snapshot, TRUE);
}

const MgToolClass _mg_tool_lasso = {
  .cursor = "lasso",
  .own_cursor = TRUE,
  .press = press_path,
  .move = add_to_path,
  .release = release_lasso,
  .cancel = cancel_path,
  .draw = draw_lasso,
};

static void
release_cut (MgCanvas *self,
             const MgToolEvent *event)
{
  gboolean drawn;

  add_to_path (self, event);
  drawn = self->path->len > 1;
  if (drawn && mg_annotation_cut (self->annotation, (const MgPoint *) self->path->data, self->path->len) == 0)
    _mg_canvas_emit_notice (self, "Nothing was cut: draw the line across a cell, from outside to outside");
  cancel_path (self);
}

static void
draw_cut (MgCanvas *self,
          GtkSnapshot *snapshot)
{
  _mg_tool_draw_path (self, snapshot, FALSE);
}

const MgToolClass _mg_tool_cut = {
  .cursor = "crosshair",
  .press = press_path,
  .move = add_to_path,
  .release = release_cut,
  .cancel = cancel_path,
  .draw = draw_cut,
};

static gboolean
press_fill (MgCanvas *self,
            const MgToolEvent *event)
{
  int x = (int) floor (event->x), y = (int) floor (event->y);
  guint32 label = mg_mask_get (mg_annotation_get_mask (self->annotation), x, y);

  if (x < 0 || y < 0 || x >= self->base.view.image_width || y >= self->base.view.image_height)
    return FALSE;
  if (mg_annotation_fill_at (self->annotation, x, y) == 0 && label != MG_LABEL_IGNORED)
    _mg_canvas_emit_notice (self, label != 0 ? "This cell has no holes"
                                             : "Nothing was filled: the background is open here; close the outline first");
  return FALSE;
}

const MgToolClass _mg_tool_fill = {
  .cursor = "fill",
  .own_cursor = TRUE,
  .press = press_fill,
};

/* The first click chooses a cell, every other one joins another to it. */
static gboolean
press_merge (MgCanvas *self,
             const MgToolEvent *event)
{
  guint32 label = mg_mask_get (mg_annotation_get_mask (self->annotation), (int) floor (event->x), (int) floor (event->y));
  guint n;
  const guint32 *selection = mg_canvas_get_selection (self, &n);

  if (label == 0 || label == MG_LABEL_IGNORED)
    mg_canvas_set_selected (self, 0);
  else if (n == 0)
    mg_canvas_set_selected (self, label);
  else if (label != selection[0])
    {
      guint32 pair[2] = { selection[0], label };

      mg_annotation_merge (self->annotation, pair, 2);
      mg_canvas_set_selected (self, pair[0]);
    }
  return FALSE;
}

const MgToolClass _mg_tool_merge = {
  .cursor = "merge",
  .own_cursor = TRUE,
  .press = press_merge,
};
