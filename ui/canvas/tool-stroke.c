/* Brush, eraser and ignore: what the pointer passes over is painted. */
#include "canvas/canvas-tools.h"

#include <math.h>

static gboolean
press (MgCanvas *self,
       const MgToolEvent *event)
{
  MgStroke stroke;

  _mg_tool_make_stroke (self, event, &stroke);
  /* Alt with the ignore tool takes ignored pixels away, never a cell */
  if (self->tool == MG_CANVAS_IGNORE && stroke.tool == MG_TOOL_ERASER &&
      mg_mask_get (mg_annotation_get_mask (self->annotation), (int) floor (event->x), (int) floor (event->y)) !=
        MG_LABEL_IGNORED)
    return FALSE;
  mg_annotation_begin_stroke (self->annotation, &stroke, event->x, event->y);
  return TRUE;
}

static void
move (MgCanvas *self,
      const MgToolEvent *event)
{
  MgStroke stroke;

  _mg_tool_make_stroke (self, event, &stroke);
  mg_annotation_stroke_to (self->annotation, event->x, event->y, stroke.radius);
}

static void
release (MgCanvas *self,
         const MgToolEvent *event)
{
  mg_annotation_end_stroke (self->annotation);
}

static void
cancel (MgCanvas *self)
{
  mg_annotation_cancel_stroke (self->annotation);
}

static void
draw_ring (GtkSnapshot *snapshot,
           double x,
           double y,
           double radius,
           gboolean square,
           const GdkRGBA *colour)
{
  GskRoundedRect ring;
  const float widths[4] = { 1, 1, 1, 1 };
  const GdkRGBA colours[4] = { *colour, *colour, *colour, *colour };

  gsk_rounded_rect_init_from_rect (&ring, &GRAPHENE_RECT_INIT (x - radius, y - radius, 2 * radius, 2 * radius),
                                   square ? 0 : radius);
  gtk_snapshot_append_border (snapshot, &ring, widths, colours);
}

/* The outline of what a press would paint: a circle, light in a dark one, so
 * that it is seen over any image; of the thinnest brush the one pixel. */
static void
draw (MgCanvas *self,
      GtkSnapshot *snapshot)
{
  const GdkRGBA light = { 1, 1, 1, 0.95 }, warm = { 1, 0.72, 0.42, 0.95 }, grey = { 0.75, 0.85, 1, 0.95 };
  const GdkRGBA dark = { 0, 0, 0, 0.65 };
  const GdkRGBA *colour = self->tool == MG_CANVAS_ERASER || self->eraser_end ? &warm : self->tool == MG_CANVAS_IGNORE ? &grey
                                                                                                                      : &light;
  double zoom = self->base.view.zoom / self->base.scale, radius = _mg_canvas_brush_radius (self);
  double x = self->base.pointer_x / self->base.scale, y = self->base.pointer_y / self->base.scale;
  gboolean pixel = radius < MG_BRUSH_PENCIL_RADIUS && zoom >= 4;

  if (!self->base.pointer_inside || self->base.space_held)
    return;
  if (pixel)
    {
      double image_x, image_y;

      mg_viewport_to_image (&self->base.view, self->base.pointer_x, self->base.pointer_y, &image_x, &image_y);
      mg_image_view_to_widget (&self->base, floor (image_x) + 0.5, floor (image_y) + 0.5, &x, &y);
      radius = 0.5;
    }
  radius = MAX (1.5, radius * zoom);
  draw_ring (snapshot, x, y, radius + 1, pixel, &dark);
  draw_ring (snapshot, x, y, radius, pixel, colour);
  if (radius > 3)
    draw_ring (snapshot, x, y, radius - 1, pixel, &dark);
}

const MgToolClass _mg_tool_stroke = {
  .cursor = "crosshair",
  .paints = TRUE,
  .press = press,
  .move = move,
  .release = release,
  .cancel = cancel,
  .draw = draw,
};
