#include "io/roi-shape.h"

#include <math.h>

/* A curve is drawn with so many chords that none leaves it by more than this,
 * in pixels. */
#define TOLERANCE      0.01
#define MAX_SEGMENTS   4096
#define CURVE_SEGMENTS 16

/* Chords for a quarter of a circle. */
static int
quarter_segments (double radius)
{
  return (int) CLAMP (ceil (G_PI_2 / sqrt (8 * TOLERANCE / MAX (radius, 1))), 4, MAX_SEGMENTS / 4);
}

/* The rest of a Bézier curve of degree 2 or 3 that begins at the last point;
 * at: its further control points, x and y by turns. */
void
_mg_roi_shape_curve (MgOutline *outline, const double *at, guint degree)
{
  MgPoint from = { at[0], at[1] };

  if (outline->points->len > 0)
    from = g_array_index (outline->points, MgPoint, outline->points->len - 1);
  for (int i = 1; i <= CURVE_SEGMENTS; i++)
    {
      double t = (double) i / CURVE_SEGMENTS, s = 1 - t;

      if (degree == 2)
        mg_outline_add_point (outline, s * s * from.x + 2 * s * t * at[0] + t * t * at[2],
                              s * s * from.y + 2 * s * t * at[1] + t * t * at[3]);
      else
        mg_outline_add_point (outline,
                              s * s * s * from.x + 3 * s * t * (s * at[0] + t * at[2]) + t * t * t * at[4],
                              s * s * s * from.y + 3 * s * t * (s * at[1] + t * at[3]) + t * t * t * at[5]);
    }
}

/* A rectangle whose corners are quarters of an ellipse of these diameters: a
 * plain one when they are 0, an oval when they are its sides. */
void
_mg_roi_shape_rounded (MgOutline *outline, double x, double y, double width, double height,
                       double arc_width, double arc_height)
{
  double rx = MIN (arc_width, width) / 2, ry = MIN (arc_height, height) / 2;
  int n = rx > 0 && ry > 0 ? quarter_segments (MAX (rx, ry)) : 0;

  for (int corner = 0; corner < 4; corner++)
    {
      /* from the lower right one on, clockwise as it is seen */
      double cx = corner == 0 || corner == 3 ? x + width - rx : x + rx;
      double cy = corner < 2 ? y + height - ry : y + ry;

      for (int i = 0; i <= n; i++)
        {
          double angle = (corner + (n > 0 ? (double) i / n : 0)) * G_PI_2;

          if (n > 0)
            mg_outline_add_point (outline, cx + rx * cos (angle), cy + ry * sin (angle));
          else
            mg_outline_add_point (outline, corner == 0 || corner == 3 ? x + width : x, cy);
        }
    }
  mg_outline_end_ring (outline);
}

/* line: the ends x1, y1, x2, y2 of the major axis; aspect: minor over major */
void
_mg_roi_shape_ellipse (MgOutline *outline, const double line[4], double aspect)
{
  double cx = (line[0] + line[2]) / 2, cy = (line[1] + line[3]) / 2;
  double ax = (line[2] - line[0]) / 2, ay = (line[3] - line[1]) / 2;
  int n = 4 * quarter_segments (hypot (ax, ay) * MAX (aspect, 1));

  for (int i = 0; i < n; i++)
    {
      double u = cos (i * 2 * G_PI / n), v = aspect * sin (i * 2 * G_PI / n);

      mg_outline_add_point (outline, cx + u * ax - v * ay, cy + u * ay + v * ax);
    }
  mg_outline_end_ring (outline);
}

/* line: x1, y1, x2, y2, from the middle of one side to that of the other */
void
_mg_roi_shape_rotated_rect (MgOutline *outline, const double line[4], double width)
{
  double length = hypot (line[2] - line[0], line[3] - line[1]);
  double nx = -(line[3] - line[1]) / length * width / 2, ny = (line[2] - line[0]) / length * width / 2;

  if (!(length > 0))
    return;
  mg_outline_add_point (outline, line[0] + nx, line[1] + ny);
  mg_outline_add_point (outline, line[2] + nx, line[3] + ny);
  mg_outline_add_point (outline, line[2] - nx, line[3] - ny);
  mg_outline_add_point (outline, line[0] - nx, line[1] - ny);
  mg_outline_end_ring (outline);
}
