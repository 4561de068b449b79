#include "measure/shape.h"

#include <math.h>

typedef struct
{
  double x, y;
} Point;

typedef struct
{
  const guint32 *data;
  int width, height;
  guint32 label;
  MgRect box;
} Region;

static inline gboolean
is_inside (const Region *region,
           int x,
           int y)
{
  return x >= 0 && y >= 0 && x < region->width && y < region->height &&
         region->data[(gsize) y * region->width + x] == region->label;
}

/* Perimeter by Crofton's formula from the crossings of lines in four
 * directions (Legland, Kiêu and Devaux 2007, "Computation of Minkowski
 * measures on 2D and 3D binary images"), each weighted by the angle it stands
 * for. Unlike chains of pixel edges it is right for slanted outlines. */
static double
crofton_perimeter (const Region *region,
                   double dx,
                   double dy)
{
  const MgRect *box = &region->box;
  double angle = atan2 (dy, dx), diagonal = dx * dy / hypot (dx, dy);
  gint64 across = 0, down = 0, slanted = 0;

  /* each crossing is seen once, from the pair of pixels it lies between */
  for (int y = box->y - 1; y < box->y + box->height; y++)
    for (int x = box->x - 1; x < box->x + box->width; x++)
      {
        gboolean a = is_inside (region, x, y), b = is_inside (region, x + 1, y);
        gboolean c = is_inside (region, x, y + 1), d = is_inside (region, x + 1, y + 1);

        across += a != b;
        down += a != c;
        slanted += (a != d) + (b != c);
      }
  return 0.5 * (across * dy * angle + down * dx * (G_PI_2 - angle) + slanted * diagonal * G_PI_4);
}

/* Area, centroid and the ellipse of the same second moments; a pixel counts as
 * a filled rectangle, hence the twelfths. */
static void
measure_moments (const Region *region,
                 double dx,
                 double dy,
                 MgShape *out)
{
  const MgRect *box = &region->box;
  double n = 0, sum_x = 0, sum_y = 0, xx = 0, yy = 0, xy = 0, mean, root;

  for (int y = 0; y < box->height; y++)
    for (int x = 0; x < box->width; x++)
      if (is_inside (region, box->x + x, box->y + y))
        {
          n++;
          sum_x += x;
          sum_y += y;
          xx += (double) x * x;
          yy += (double) y * y;
          xy += (double) x * y;
        }
  out->area = n * dx * dy;
  out->centroid_x = (box->x + 0.5 + sum_x / n) * dx;
  out->centroid_y = (box->y + 0.5 + sum_y / n) * dy;
  xx = (xx / n - sum_x / n * sum_x / n + 1.0 / 12) * dx * dx;
  yy = (yy / n - sum_y / n * sum_y / n + 1.0 / 12) * dy * dy;
  xy = (xy / n - sum_x / n * sum_y / n) * dx * dy;
  mean = (xx + yy) / 2;
  root = hypot ((xx - yy) / 2, xy);
  out->major_axis = 4 * sqrt (mean + root);
  out->minor_axis = 4 * sqrt (MAX (mean - root, 0));
  out->eccentricity = sqrt (MAX (0, 1 - (mean - root) / (mean + root)));
  out->orientation = -0.5 * atan2 (2 * xy, xx - yy) * 180 / G_PI;
  if (out->orientation <= -90 + 1e-9)
    out->orientation += 180;
}

static double
turn (Point a,
      Point b,
      Point c)
{
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Adds a corner to one side of the hull, going down; `sign` is the side's. */
static guint
add_corner (Point *side,
            guint n,
            Point corner,
            int sign)
{
  while (n >= 2 && sign * turn (side[n - 2], side[n - 1], corner) >= 0)
    n--;
  side[n] = corner;
  return n + 1;
}

/* The convex hull of the pixels' corners (Andrew's monotone chain, along the
 * rows' ends): left side down, then right side up. */
static GArray *
convex_hull (const Region *region,
             double dx,
             double dy)
{
  const MgRect *box = &region->box;
  gsize size = 2 * (gsize) box->height + 2;
  g_autofree Point *left = g_new (Point, size);
  g_autofree Point *right = g_new (Point, size);
  GArray *hull = g_array_new (FALSE, FALSE, sizeof (Point));
  guint n_left = 0, n_right = 0;

  for (int y = box->y; y < box->y + box->height; y++)
    {
      int x0 = box->x, x1 = box->x + box->width;

      while (x0 < x1 && !is_inside (region, x0, y))
        x0++;
      if (x0 == x1)
        continue;
      while (!is_inside (region, x1 - 1, y))
        x1--;
      for (int corner = 0; corner < 2; corner++)
        {
          n_left = add_corner (left, n_left, (Point){ x0 * dx, (y + corner) * dy }, 1);
          n_right = add_corner (right, n_right, (Point){ x1 * dx, (y + corner) * dy }, -1);
        }
    }
  g_array_append_vals (hull, left, n_left);
  while (n_right > 0)
    g_array_append_val (hull, right[--n_right]);
  return hull;
}

/* Hull area, and the longest and shortest distance of two parallel lines that
 * hold the hull between them. */
static void
measure_hull (const Region *region,
              double dx,
              double dy,
              MgShape *out)
{
  g_autoptr (GArray) hull = convex_hull (region, dx, dy);
  const Point *points = (const Point *) hull->data;

  out->hull_area = out->feret_max = 0;
  out->feret_min = INFINITY;
  for (guint i = 0; i < hull->len; i++)
    {
      Point a = points[i], b = points[(i + 1) % hull->len];
      double length = hypot (b.x - a.x, b.y - a.y), width = 0;

      out->hull_area += (a.x * b.y - a.y * b.x) / 2;
      for (guint j = 0; j < hull->len; j++)
        {
          out->feret_max = MAX (out->feret_max, hypot (points[j].x - a.x, points[j].y - a.y));
          width = MAX (width, fabs (turn (a, b, points[j])));
        }
      if (length > 0)
        out->feret_min = MIN (out->feret_min, width / length);
    }
  out->hull_area = fabs (out->hull_area);
}

/**
 * mg_shape_measure:
 * @labels: the raster
 * @instance: the instance, with at least one pixel
 * @pixel_width: 1 for results in pixels
 * @pixel_height: 1 for results in pixels
 * @out: (out): its shape
 *
 * Reads nothing but the instance's box. Any thread.
 */
void
mg_shape_measure (MgLabels *labels,
                  const MgInstance *instance,
                  double pixel_width,
                  double pixel_height,
                  MgShape *out)
{
  Region region = {
    mg_labels_get_data (labels), mg_labels_get_width (labels), mg_labels_get_height (labels),
    instance->label, instance->box
  };

  measure_moments (&region, pixel_width, pixel_height, out);
  out->perimeter = crofton_perimeter (&region, pixel_width, pixel_height);
  measure_hull (&region, pixel_width, pixel_height, out);
}
