/* Training regions: drawn as rectangles, moved by their inside, resized by their edges. */
#include "annotate/annotation-planes.h"
#include "canvas/canvas-tools.h"
#include "canvas/pill.h"
#include "canvas/roi-draw.h"
#include "canvas/roi.h"

/* How far from an edge still holds it, logical pixels. */
#define REACH_PX 6

#define LEFT_OUT "Training does not look at this plane: its regions are in others"
#define PILL_Y   8

/* The region under a place of the image and what of it; -1 for none. The chosen
 * one comes first, then the smallest. */
static int
find_region (MgCanvas *self,
             double x,
             double y,
             guint *part)
{
  guint n;
  const MgTrainingRegion *regions = mg_annotation_get_training_regions (self->annotation, &n);
  int plane = mg_annotation_get_plane (self->annotation), chosen = mg_canvas_get_region (self), found = -1;
  double reach = REACH_PX * self->base.scale / self->base.view.zoom;
  gint64 smallest = G_MAXINT64;

  *part = MG_ROI_NONE;
  for (guint i = 0; i < n; i++)
    {
      const MgRect *rect = &regions[i].rect;
      gint64 area = (int) i == chosen ? 0 : (gint64) rect->width * rect->height;
      guint hit = mg_roi_hit (rect, x, y, reach);

      if (hit == MG_ROI_NONE || area >= smallest || !mg_training_region_holds (&regions[i], plane))
        continue;
      smallest = area;
      *part = hit;
      found = (int) i;
    }
  return found;
}

/* Shift draws, also where there is a region already. */
static gboolean
press (MgCanvas *self,
       const MgToolEvent *event)
{
  guint part, n;
  int found = find_region (self, event->x, event->y, &part);

  self->region_hand.held = FALSE;
  _mg_tool_box_press (self, event);
  if (found < 0 || (event->state & GDK_SHIFT_MASK) != 0)
    return TRUE;
  mg_canvas_set_region (self, found);
  self->region_hand.held = TRUE;
  self->region_hand.part = part;
  self->region_hand.start = self->region_hand.now = mg_annotation_get_training_regions (self->annotation, &n)[found].rect;
  return TRUE;
}

static void
move (MgCanvas *self,
      const MgToolEvent *event)
{
  MgRegionHand *hand = &self->region_hand;

  _mg_tool_box_move (self, event);
  if (hand->held && self->boxing)
    mg_roi_drag (&hand->now, &hand->start, hand->part, event->x - self->press.x, event->y - self->press.y,
                 self->base.view.image_width, self->base.view.image_height);
}

static void
add_region (MgCanvas *self,
            const MgRect *rect)
{
  int plane = self->every_plane || !mg_canvas_has_planes (self) ? MG_EVERY_PLANE : mg_annotation_get_plane (self->annotation);
  guint n;

  if (rect->width < MG_ROI_MIN_PX || rect->height < MG_ROI_MIN_PX ||
      !mg_annotation_add_training_region (self->annotation, &(MgTrainingRegion){ *rect, plane }))
    {
      _mg_canvas_emit_notice (self, "This training region is too small: draw a larger rectangle");
      return;
    }
  mg_annotation_get_training_regions (self->annotation, &n);
  mg_canvas_set_region (self, (int) n - 1);
}

static void
release (MgCanvas *self,
         const MgToolEvent *event)
{
  MgRect box;
  gboolean boxed = _mg_tool_box_take (self, &box);

  if (self->region_hand.held)
    _mg_canvas_put_region (self);
  else if (boxed)
    add_region (self, &box);
  else
    mg_canvas_set_region (self, -1);
}

static void
cancel (MgCanvas *self)
{
  _mg_tool_box_cancel (self);
  self->region_hand.held = FALSE;
}

/* Said over the image: nothing else shows why a painted plane is not learned from. */
static void
say_left_out (MgCanvas *self,
              GtkSnapshot *snapshot)
{
  g_autoptr (PangoLayout) text = gtk_widget_create_pango_layout (GTK_WIDGET (self), LEFT_OUT);
  int width;

  pango_layout_get_pixel_size (text, &width, NULL);
  mg_pill_snapshot (snapshot, text,
                    MAX (MG_PILL_MARGIN_X, (gtk_widget_get_width (GTK_WIDGET (self)) - width) / 2 - MG_PILL_MARGIN_X), PILL_Y);
}

static void
draw (MgCanvas *self,
      GtkSnapshot *snapshot)
{
  const GdkRGBA inside = { 1, 0.87, 0.3, 0.12 };

  if (!self->region_hand.held)
    _mg_tool_box_draw (self, snapshot, &inside);
  if (self->base.drag == MG_DRAG_NONE && !_mg_canvas_takes_part (self))
    say_left_out (self, snapshot);
}

static const char *
get_cursor (MgCanvas *self)
{
  double x, y;
  guint part;

  if (self->annotation == NULL || (self->base.drag == MG_DRAG_TOOL && !self->region_hand.held))
    return mg_roi_get_cursor (MG_ROI_NONE);
  if (self->region_hand.held)
    return mg_roi_get_cursor (self->region_hand.part);
  _mg_image_view_get_pointer (&self->base, &x, &y);
  find_region (self, x, y, &part);
  return mg_roi_get_cursor (part);
}

const MgToolClass _mg_tool_region = {
  .cursor = "crosshair",
  .press = press,
  .move = move,
  .release = release,
  .cancel = cancel,
  .draw = draw,
  .get_cursor = get_cursor,
};

/**
 * mg_canvas_add_region:
 * @self: a canvas
 *
 * Puts a training region into the middle of what is seen, for who has no pointer.
 */
void
mg_canvas_add_region (MgCanvas *self)
{
  MgRect seen;

  if (self->annotation == NULL)
    return;
  mg_image_view_visible_rect (&self->base, &seen);
  add_region (self, &(MgRect){ seen.x + seen.width / 4, seen.y + seen.height / 4, seen.width / 2, seen.height / 2 });
}

/* The regions of the plane in view, with every tool. */
void
_mg_canvas_draw_regions (MgCanvas *self,
                         GtkSnapshot *snapshot)
{
  const GdkRGBA yellow = { 1, 0.87, 0.3, 1 }, blue = { 0.4, 0.85, 1, 1 };
  const MgTrainingRegion *regions;
  int chosen = mg_canvas_get_region (self);
  graphene_rect_t rect;
  guint n;

  if (self->annotation == NULL || self->hide_overlays)
    return;
  regions = mg_annotation_get_training_regions (self->annotation, &n);
  for (guint i = 0; i < n; i++)
    if ((int) i != chosen && mg_training_region_holds (&regions[i], mg_annotation_get_plane (self->annotation)))
      {
        _mg_tool_to_widget (self, &regions[i].rect, &rect);
        _mg_tool_draw_frame (snapshot, &rect, &yellow);
      }
  if (chosen < 0)
    return;
  _mg_tool_to_widget (self, self->region_hand.held ? &self->region_hand.now : &regions[chosen].rect, &rect);
  _mg_tool_draw_frame (snapshot, &rect, &blue);
  mg_roi_draw_handles (snapshot, &rect);
}
