#include "canvas/roi.h"

#include <math.h>

/* Which edge of one axis is held. The middle half of even the smallest region
 * is left to move it by. */
static guint
hit_axis (double at,
          double first,
          double last,
          double reach,
          guint first_part,
          guint last_part)
{
  double inside = MIN (reach, (last - first) / 4);

  if (at <= first + inside)
    return first_part;
  return at >= last - inside ? last_part : MG_ROI_NONE;
}

/**
 * mg_roi_hit:
 * @roi: a region of an image
 * @x: where the pointer is, image pixels
 * @y: likewise
 * @reach: how far from an edge still holds it, image pixels
 *
 * Returns: of #MgRoiPart: an edge or a corner, the inside, or nothing
 */
guint
mg_roi_hit (const MgRect *roi,
            double x,
            double y,
            double reach)
{
  double right = roi->x + roi->width, bottom = roi->y + roi->height;
  guint part = MG_ROI_NONE;

  if (mg_rect_is_empty (roi) || x < roi->x - reach || x > right + reach || y < roi->y - reach || y > bottom + reach)
    return MG_ROI_NONE;
  part |= hit_axis (x, roi->x, right, reach, MG_ROI_LEFT, MG_ROI_RIGHT);
  part |= hit_axis (y, roi->y, bottom, reach, MG_ROI_TOP, MG_ROI_BOTTOM);
  return part != MG_ROI_NONE ? part : MG_ROI_INSIDE;
}

/**
 * mg_roi_get_cursor:
 * @part: of mg_roi_hit()
 *
 * Returns: the CSS name of the cursor that says what a drag would do
 */
const char *
mg_roi_get_cursor (guint part)
{
  gboolean across = (part & (MG_ROI_LEFT | MG_ROI_RIGHT)) != 0, down = (part & (MG_ROI_TOP | MG_ROI_BOTTOM)) != 0;
  gboolean falling = part == (MG_ROI_LEFT | MG_ROI_TOP) || part == (MG_ROI_RIGHT | MG_ROI_BOTTOM);

  if (part == MG_ROI_NONE)
    return "crosshair";
  if (part == MG_ROI_INSIDE)
    return "move";
  if (across && down)
    return falling ? "nwse-resize" : "nesw-resize";
  return across ? "ew-resize" : "ns-resize";
}

/* An interval of whole pixels, not too short, in 0 … size. */
static void
fit (double from,
     double to,
     int size,
     int *start,
     int *length)
{
  *length = CLAMP ((int) lround (to) - (int) lround (from), MIN (MG_ROI_MIN_PX, size), size);
  *start = CLAMP ((int) lround (from), 0, size - *length);
}

/**
 * mg_roi_from_corners:
 * @roi: (out): the region between two places, in whole pixels within the image
 */
void
mg_roi_from_corners (MgRect *roi,
                     double x0,
                     double y0,
                     double x1,
                     double y1,
                     int width,
                     int height)
{
  fit (CLAMP (MIN (x0, x1), 0, width), CLAMP (MAX (x0, x1), 0, width), width, &roi->x, &roi->width);
  fit (CLAMP (MIN (y0, y1), 0, height), CLAMP (MAX (y0, y1), 0, height), height, &roi->y, &roi->height);
}

/* One axis: the edge held moves, the other stays. */
static void
drag_axis (int start,
           int length,
           gboolean first,
           gboolean last,
           double by,
           int size,
           int *out_start,
           int *out_length)
{
  int least = MIN (MG_ROI_MIN_PX, length), end = start + length;

  if (first)
    start = CLAMP (start + (int) lround (by), 0, end - least);
  else if (last)
    end = CLAMP (end + (int) lround (by), start + least, size);
  *out_start = start;
  *out_length = end - start;
}

/**
 * mg_roi_drag:
 * @roi: (out): the region now
 * @start: as it was when it was taken hold of
 * @part: what is held, of mg_roi_hit()
 * @dx: how far the pointer has come since, image pixels
 * @dy: likewise
 * @width: of the image
 * @height: of the image
 */
void
mg_roi_drag (MgRect *roi,
             const MgRect *start,
             guint part,
             double dx,
             double dy,
             int width,
             int height)
{
  *roi = *start;
  if (part == MG_ROI_INSIDE)
    {
      roi->x = CLAMP (start->x + (int) lround (dx), 0, width - start->width);
      roi->y = CLAMP (start->y + (int) lround (dy), 0, height - start->height);
      return;
    }
  drag_axis (start->x, start->width, (part & MG_ROI_LEFT) != 0, (part & MG_ROI_RIGHT) != 0, dx, width, &roi->x, &roi->width);
  drag_axis (start->y, start->height, (part & MG_ROI_TOP) != 0, (part & MG_ROI_BOTTOM) != 0, dy, height, &roi->y, &roi->height);
}

/**
 * mg_roi_zoom:
 * @roi: (inout): the region
 * @factor: how many times larger it becomes
 * @x: the place that stays where it is in the region, image pixels
 * @y: likewise
 * @width: of the image
 * @height: of the image
 */
void
mg_roi_zoom (MgRect *roi,
             double factor,
             double x,
             double y,
             int width,
             int height)
{
  double new_width = roi->width * factor, new_height = roi->height * factor;
  double share_x = (x - roi->x) / roi->width, share_y = (y - roi->y) / roi->height;

  /* a small region would not grow at all by rounding */
  if (factor > 1)
    {
      new_width = MAX (new_width, roi->width + 1);
      new_height = MAX (new_height, roi->height + 1);
    }
  fit (x - share_x * new_width, x - share_x * new_width + new_width, width, &roi->x, &roi->width);
  fit (y - share_y * new_height, y - share_y * new_height + new_height, height, &roi->y, &roi->height);
}
