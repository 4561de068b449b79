/* Training regions: drawn as rectangles, chosen by a click. */
#include "canvas/canvas-tools.h"

#include <math.h>

/* A rectangle smaller than this on the screen was a click. */
#define MIN_SCREEN_PX 6
/* A region smaller than this teaches nothing. */
#define MIN_PX 4

static gboolean
press (MgCanvas *self,
       const MgToolEvent *event)
{
  self->press = self->at = (MgPoint){ event->x, event->y };
  self->boxing = FALSE;
  return TRUE;
}

static void
move (MgCanvas *self,
      const MgToolEvent *event)
{
  double distance = hypot (event->x - self->press.x, event->y - self->press.y) * self->base.view.zoom / self->base.scale;

  self->at = (MgPoint){ event->x, event->y };
  self->boxing = self->boxing || distance >= MIN_SCREEN_PX;
}

/* The smallest region there, -1 for none. */
static int
find_region (MgCanvas *self,
             int x,
             int y)
{
  guint n;
  const MgRect *regions = mg_annotation_get_training_regions (self->annotation, &n);
  gint64 smallest = G_MAXINT64;
  int found = -1;

  for (guint i = 0; i < n; i++)
    {
      const MgRect *r = &regions[i];
      gint64 area = (gint64) r->width * r->height;

      if (x < r->x || y < r->y || x >= r->x + r->width || y >= r->y + r->height || area >= smallest)
        continue;
      smallest = area;
      found = (int) i;
    }
  return found;
}

static void
release (MgCanvas *self,
         const MgToolEvent *event)
{
  MgRect box;
  guint n;

  if (!self->boxing)
    {
      mg_canvas_set_region (self, find_region (self, (int) floor (self->press.x), (int) floor (self->press.y)));
      return;
    }
  self->boxing = FALSE;
  _mg_canvas_get_box (self, &box);
  if (box.width < MIN_PX || box.height < MIN_PX || !mg_annotation_add_training_region (self->annotation, &box))
    {
      _mg_canvas_emit_notice (self, "This training region is too small: draw a larger rectangle");
      return;
    }
  mg_annotation_get_training_regions (self->annotation, &n);
  mg_canvas_set_region (self, (int) n - 1);
}

static void
cancel (MgCanvas *self)
{
  self->boxing = FALSE;
}

static void
draw (MgCanvas *self,
      GtkSnapshot *snapshot)
{
  const GdkRGBA light = { 1, 1, 1, 1 };
  graphene_rect_t rect;
  MgRect box;

  if (self->base.drag != MG_DRAG_TOOL || !self->boxing)
    return;
  _mg_canvas_get_box (self, &box);
  _mg_tool_to_widget (self, &box, &rect);
  _mg_tool_draw_frame (snapshot, &rect, &light);
}

const MgToolClass _mg_tool_region = {
  .cursor = "crosshair",
  .press = press,
  .move = move,
  .release = release,
  .cancel = cancel,
  .draw = draw,
};

/* The regions of the image, with every tool. */
void
_mg_canvas_draw_regions (MgCanvas *self,
                         GtkSnapshot *snapshot)
{
  const GdkRGBA yellow = { 1, 0.87, 0.3, 1 }, chosen = { 0.4, 0.85, 1, 1 };
  const MgRect *regions;
  guint n;

  if (self->annotation == NULL || self->hide_overlays)
    return;
  regions = mg_annotation_get_training_regions (self->annotation, &n);
  for (guint i = 0; i < n; i++)
    {
      graphene_rect_t rect;

      _mg_tool_to_widget (self, &regions[i], &rect);
      _mg_tool_draw_frame (snapshot, &rect, (int) i == self->region && self->tool == MG_CANVAS_REGION ? &chosen : &yellow);
    }
}

/**
 * mg_canvas_get_region:
 * @self: a canvas
 *
 * Returns: the training region chosen with its tool, -1 for none
 */
int
mg_canvas_get_region (MgCanvas *self)
{
  guint n = 0;

  if (self->annotation == NULL || self->tool != MG_CANVAS_REGION)
    return -1;
  mg_annotation_get_training_regions (self->annotation, &n);
  return self->region < (int) n ? self->region : -1;
}

/**
 * mg_canvas_set_region:
 * @self: a canvas
 * @index: a training region, -1 for none
 */
void
mg_canvas_set_region (MgCanvas *self,
                      int index)
{
  self->region = index;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit_by_name (self, "selection-changed");
}
