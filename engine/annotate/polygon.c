#include "annotate/polygon.h"

#include <math.h>
#include <stdlib.h>

/* Where an edge passes the middle of a row, and which way. */
typedef struct
{
  int y, direction;
  double x;
} Crossing;

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const Crossing *p = a, *q = b;

  if (p->y != q->y)
    return p->y < q->y ? -1 : 1;
  return (p->x > q->x) - (p->x < q->x);
}

static void
add_edge (const MgPoint *from,
          const MgPoint *to,
          const MgRect *clip,
          GArray *crossings)
{
  const MgPoint *top = from->y < to->y ? from : to, *bottom = top == from ? to : from;
  int y0 = (int) CLAMP (ceil (top->y - 0.5), clip->y, clip->y + clip->height);
  int y1 = (int) CLAMP (ceil (bottom->y - 0.5), clip->y, clip->y + clip->height);

  for (int y = y0; y < y1; y++)
    {
      double t = (y + 0.5 - top->y) / (bottom->y - top->y);
      Crossing crossing = { y, top == from ? 1 : -1, top->x + t * (bottom->x - top->x) };

      g_array_append_val (crossings, crossing);
    }
}

/**
 * mg_polygon_spans:
 * @points: (array length=n): corners; the last is joined to the first
 * @clip: pixels to stay within
 * @func: called for spans of pixels whose centres lie inside, row by row
 *
 * What the path winds around is inside, so that a loop in a hand-drawn outline
 * leaves no hole.
 */
void
mg_polygon_spans (const MgPoint *points,
                  guint n,
                  const MgRect *clip,
                  MgSpanFunc func,
                  gpointer data)
{
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (Crossing));
  int winding = 0;

  for (guint i = 0; i < n; i++)
    add_edge (&points[i], &points[(i + 1) % n], clip, crossings);
  g_array_sort (crossings, compare);
  for (guint i = 0; i + 1 < crossings->len; i++)
    {
      const Crossing *left = &g_array_index (crossings, Crossing, i), *right = left + 1;
      int x0, x1;

      winding += left->direction;
      if (winding == 0 || right->y != left->y)
        continue;
      x0 = (int) CLAMP (ceil (left->x - 0.5), clip->x, clip->x + clip->width);
      x1 = (int) CLAMP (ceil (right->x - 0.5), clip->x, clip->x + clip->width);
      if (x0 < x1)
        func (left->y, x0, x1, data);
    }
}

static void
emit (int x,
      int y,
      const MgRect *clip,
      MgSpanFunc func,
      gpointer data)
{
  if (x >= clip->x && x < clip->x + clip->width && y >= clip->y && y < clip->y + clip->height)
    func (y, x, x + 1, data);
}

/* Visits the pixels in the order in which the segment passes through them
 * (Amanatides and Woo 1987): each shares a side with the one before. */
static void
walk (const MgPoint *from,
      const MgPoint *to,
      const MgRect *clip,
      MgSpanFunc func,
      gpointer data)
{
  double dx = to->x - from->x, dy = to->y - from->y;
  int x = (int) floor (from->x), y = (int) floor (from->y), step_x = dx < 0 ? -1 : 1, step_y = dy < 0 ? -1 : 1;
  int n = abs ((int) floor (to->x) - x) + abs ((int) floor (to->y) - y);
  double next_x = dx == 0 ? INFINITY : (x + (dx > 0) - from->x) / dx;
  double next_y = dy == 0 ? INFINITY : (y + (dy > 0) - from->y) / dy;

  emit (x, y, clip, func, data);
  for (int i = 0; i < n; i++)
    {
      if (next_x < next_y)
        {
          x += step_x;
          next_x += fabs (1 / dx);
        }
      else
        {
          y += step_y;
          next_y += fabs (1 / dy);
        }
      emit (x, y, clip, func, data);
    }
}

/**
 * mg_polyline_pixels:
 * @points: (array length=n): of an open line, not far outside of @clip
 * @clip: pixels to stay within
 * @func: called for each pixel on the line, some of them twice
 *
 * The pixels share sides: no step to one of the four neighbours crosses the
 * line without meeting it.
 */
void
mg_polyline_pixels (const MgPoint *points,
                    guint n,
                    const MgRect *clip,
                    MgSpanFunc func,
                    gpointer data)
{
  if (n == 1)
    walk (points, points, clip, func, data);
  for (guint i = 0; i + 1 < n; i++)
    walk (&points[i], &points[i + 1], clip, func, data);
}
