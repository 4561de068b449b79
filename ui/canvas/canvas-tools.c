#include "canvas/canvas-tools.h"

#include <math.h>

#define DASH_PX 5

/* A pointer that moves less than this between press and release has clicked. */
#define CLICK_PX 4

/* One row a tool, in the order of MgCanvasTool. */
static const MgToolClass *const classes[] = {
  [MG_CANVAS_SELECT] = &_mg_tool_select,
  [MG_CANVAS_BRUSH] = &_mg_tool_stroke,
  [MG_CANVAS_ERASER] = &_mg_tool_stroke,
  [MG_CANVAS_FILL] = &_mg_tool_fill,
  [MG_CANVAS_LASSO] = &_mg_tool_lasso,
  [MG_CANVAS_WAND] = &_mg_tool_wand,
  [MG_CANVAS_MERGE] = &_mg_tool_merge,
  [MG_CANVAS_CUT] = &_mg_tool_cut,
  [MG_CANVAS_IGNORE] = &_mg_tool_stroke,
  [MG_CANVAS_REGION] = &_mg_tool_region,
};

const MgToolClass *
_mg_canvas_tool_class (MgCanvas *self)
{
  return self->eraser_end ? &_mg_tool_stroke : classes[self->tool];
}

/* What the tool paints with: Alt erases instead, Shift takes any cell. */
void
_mg_tool_make_stroke (MgCanvas *self,
                      const MgToolEvent *event,
                      MgStroke *stroke)
{
  gboolean erase = self->tool == MG_CANVAS_ERASER || self->eraser_end || (event->state & GDK_ALT_MASK) != 0;

  *stroke = (MgStroke){
    .tool = erase                            ? MG_TOOL_ERASER
            : self->tool == MG_CANVAS_IGNORE ? MG_TOOL_IGNORE
                                             : MG_TOOL_BRUSH,
    .radius = _mg_canvas_brush_radius (self) * (self->pressure ? 0.5 + 0.5 * event->pressure : 1),
    .erase_any = (event->state & GDK_SHIFT_MASK) != 0,
    .overwrite = !self->protect,
    .fill_closed = TRUE,
    .smooth = TRUE,
    .go_on = mg_canvas_get_selected (self),
  };
}

/* Whether the pointer has left the place of its press: it drags. */
static gboolean
is_dragged (MgCanvas *self,
            const MgToolEvent *event)
{
  return hypot (event->x - self->press.x, event->y - self->press.y) * self->base.view.zoom / self->base.scale >= CLICK_PX;
}

/* For tools that draw a box. */
gboolean
_mg_tool_box_press (MgCanvas *self,
                    const MgToolEvent *event)
{
  self->press = self->at = (MgPoint){ event->x, event->y };
  self->boxing = FALSE;
  return TRUE;
}

void
_mg_tool_box_move (MgCanvas *self,
                   const MgToolEvent *event)
{
  self->at = (MgPoint){ event->x, event->y };
  self->boxing = self->boxing || is_dragged (self, event);
}

void
_mg_tool_box_cancel (MgCanvas *self)
{
  self->boxing = FALSE;
}

/* The pixels between press and pointer, at least one. */
static void
get_box (MgCanvas *self,
         MgRect *box)
{
  const MgPoint *a = &self->press, *b = &self->at;
  MgRect whole = { 0, 0, self->base.view.image_width, self->base.view.image_height };
  int x0 = (int) floor (MIN (a->x, b->x)), y0 = (int) floor (MIN (a->y, b->y));
  int x1 = (int) ceil (MAX (a->x, b->x)), y1 = (int) ceil (MAX (a->y, b->y));

  *box = (MgRect){ x0, y0, MAX (x1 - x0, 1), MAX (y1 - y0, 1) };
  mg_rect_intersect (box, &whole, box);
}

/* At the release; FALSE where it was a click. */
gboolean
_mg_tool_box_take (MgCanvas *self,
                   MgRect *box)
{
  gboolean boxing = self->boxing;

  self->boxing = FALSE;
  if (boxing)
    get_box (self, box);
  return boxing;
}

void
_mg_tool_box_draw (MgCanvas *self,
                   GtkSnapshot *snapshot,
                   const GdkRGBA *inside)
{
  const GdkRGBA frame = { 1, 1, 1, 1 };
  graphene_rect_t rect;
  MgRect box;

  if (self->base.drag != MG_DRAG_TOOL || !self->boxing)
    return;
  get_box (self, &box);
  _mg_tool_to_widget (self, &box, &rect);
  gtk_snapshot_append_color (snapshot, inside, &rect);
  _mg_tool_draw_frame (snapshot, &rect, &frame);
}

void
_mg_tool_to_widget (MgCanvas *self,
                    const MgRect *rect,
                    graphene_rect_t *out)
{
  double x0, y0, x1, y1;

  mg_image_view_to_widget (&self->base, rect->x, rect->y, &x0, &y0);
  mg_image_view_to_widget (&self->base, rect->x + rect->width, rect->y + rect->height, &x1, &y1);
  graphene_rect_init (out, (float) x0, (float) y0, (float) (x1 - x0), (float) (y1 - y0));
}

static void
draw_edge (GtkSnapshot *snapshot,
           const graphene_rect_t *edge,
           gboolean upright,
           const GdkRGBA *colour)
{
  const GdkRGBA dark = { 0, 0, 0, 0.75 };
  graphene_rect_t period = GRAPHENE_RECT_INIT (edge->origin.x, edge->origin.y, upright ? edge->size.width : 2 * DASH_PX,
                                               upright ? 2 * DASH_PX : edge->size.height);
  graphene_rect_t dash = period;

  if (edge->size.width <= 0 || edge->size.height <= 0)
    return;
  if (upright)
    dash.size.height = DASH_PX;
  else
    dash.size.width = DASH_PX;
  gtk_snapshot_append_color (snapshot, &dark, edge);
  gtk_snapshot_push_repeat (snapshot, edge, &period);
  gtk_snapshot_append_color (snapshot, colour, &dash);
  gtk_snapshot_pop (snapshot);
}

/* A dashed frame, seen on light and dark; only what of it is in view costs. */
void
_mg_tool_draw_frame (GtkSnapshot *snapshot,
                     const graphene_rect_t *rect,
                     const GdkRGBA *colour)
{
  const float width = 2, x = rect->origin.x, y = rect->origin.y;

  draw_edge (snapshot, &GRAPHENE_RECT_INIT (x, y, rect->size.width, width), FALSE, colour);
  draw_edge (snapshot, &GRAPHENE_RECT_INIT (x, y + rect->size.height - width, rect->size.width, width), FALSE, colour);
  draw_edge (snapshot, &GRAPHENE_RECT_INIT (x, y, width, rect->size.height), TRUE, colour);
  draw_edge (snapshot, &GRAPHENE_RECT_INIT (x + rect->size.width - width, y, width, rect->size.height), TRUE, colour);
}

/* The path drawn so far: what will be filled, or cut along. */
void
_mg_tool_draw_path (MgCanvas *self,
                    GtkSnapshot *snapshot,
                    gboolean closed)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  cairo_t *cr;

  if (self->path->len == 0)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  for (guint i = 0; i < self->path->len; i++)
    {
      const MgPoint *point = &g_array_index (self->path, MgPoint, i);
      double x, y;

      mg_image_view_to_widget (&self->base, point->x, point->y, &x, &y);
      cairo_line_to (cr, x, y);
    }
  if (closed)
    {
      cairo_set_source_rgba (cr, 1, 1, 1, 0.2);
      cairo_fill_preserve (cr);
    }
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.7);
  cairo_set_line_width (cr, 3.5);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgba (cr, 1, 1, 1, 1);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_destroy (cr);
}
