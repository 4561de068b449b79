#include "annotate/brush.h"

#include <math.h>

typedef struct
{
  double x0, y0, x1, y1;
} Edge;

static void
widen (double x,
       double *left,
       double *right)
{
  *left = MIN (*left, x);
  *right = MAX (*right, x);
}

static void
widen_by_disc (const MgDab *dab,
               double y,
               double *left,
               double *right)
{
  double dy = y - dab->y, half = dab->radius * dab->radius - dy * dy;

  if (half < 0)
    return;
  half = sqrt (half);
  widen (dab->x - half, left, right);
  widen (dab->x + half, left, right);
}

static void
widen_by_edge (const Edge *edge,
               double y,
               double *left,
               double *right)
{
  if (y < MIN (edge->y0, edge->y1) || y > MAX (edge->y0, edge->y1) || edge->y0 == edge->y1)
    return;
  widen (edge->x0 + (edge->x1 - edge->x0) * (y - edge->y0) / (edge->y1 - edge->y0), left, right);
}

/* The two straight sides of the hull of two discs; FALSE when one disc holds
 * the other and there are none. */
static gboolean
tangents (const MgDab *a,
          const MgDab *b,
          Edge sides[2])
{
  double dx = b->x - a->x, dy = b->y - a->y, d = hypot (dx, dy);

  if (d <= fabs (b->radius - a->radius) || d < 1e-9)
    return FALSE;

  double s = (a->radius - b->radius) / d, c = sqrt (1 - s * s);

  dx /= d;
  dy /= d;
  for (int i = 0; i < 2; i++)
    {
      double sign = i == 0 ? 1 : -1;
      double nx = dx * s - sign * dy * c, ny = dy * s + sign * dx * c;

      sides[i] = (Edge){ a->x + a->radius * nx, a->y + a->radius * ny,
                         b->x + b->radius * nx, b->y + b->radius * ny };
    }
  return TRUE;
}

static void
pencil (const MgDab *from,
        const MgDab *to,
        const MgRect *clip,
        MgSpanFunc func,
        gpointer data)
{
  double dx = to->x - from->x, dy = to->y - from->y;
  double steps = ceil (MAX (fabs (dx), fabs (dy)));

  for (double i = 0; i <= steps; i++)
    {
      double t = steps == 0 ? 0 : i / steps;
      double x = floor (from->x + t * dx), y = floor (from->y + t * dy);

      if (x >= clip->x && x < clip->x + clip->width && y >= clip->y && y < clip->y + clip->height)
        func ((int) y, (int) x, (int) x + 1, data);
    }
}

/**
 * mg_brush_capsule:
 * @from: where the piece of stroke begins
 * @to: where it ends; the radii may differ (stylus pressure)
 * @clip: pixels to stay within
 * @func: called once a row, top to bottom, for the pixels whose centres lie in
 *   the convex hull of the two discs; a line one pixel wide calls it once a pixel
 *
 * Stamping the hull, not single discs, leaves no beads however fast the
 * pointer moves, and touches each pixel once.
 */
void
mg_brush_capsule (const MgDab *from,
                  const MgDab *to,
                  const MgRect *clip,
                  MgSpanFunc func,
                  gpointer data)
{
  Edge sides[2];

  if (MAX (from->radius, to->radius) < MG_BRUSH_PENCIL_RADIUS)
    {
      pencil (from, to, clip, func, data);
      return;
    }

  gboolean straight = tangents (from, to, sides);
  double top = MIN (from->y - from->radius, to->y - to->radius);
  double bottom = MAX (from->y + from->radius, to->y + to->radius);
  int y0 = (int) CLAMP (ceil (top - 0.5), clip->y, clip->y + clip->height);
  int y1 = (int) CLAMP (floor (bottom - 0.5) + 1, clip->y, clip->y + clip->height);

  for (int y = y0; y < y1; y++)
    {
      double left = INFINITY, right = -INFINITY;

      widen_by_disc (from, y + 0.5, &left, &right);
      widen_by_disc (to, y + 0.5, &left, &right);
      for (int i = 0; straight && i < 2; i++)
        widen_by_edge (&sides[i], y + 0.5, &left, &right);
      if (left > right)
        continue;

      int x0 = (int) CLAMP (ceil (left - 0.5), clip->x, clip->x + clip->width);
      int x1 = (int) CLAMP (floor (right - 0.5) + 1, clip->x, clip->x + clip->width);

      if (x0 < x1)
        func (y, x0, x1, data);
    }
}
