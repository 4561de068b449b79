#pragma once

#include <glib-object.h>

/* A place in image pixels; the first pixel spans 0 … 1. */
typedef struct
{
  double x, y;
} MgPoint;

/**
 * MgRect:
 *
 * A rectangle of whole pixels; `x`, `y` is its top-left corner. Empty when
 * either extent is not positive.
 */
typedef struct
{
  int x, y;
  int width, height;
} MgRect;

static inline gboolean
mg_rect_is_empty (const MgRect *rect)
{
  return rect->width <= 0 || rect->height <= 0;
}

/* Sets dst to the common part of a and b; FALSE (and an empty dst) when none. */
static inline gboolean
mg_rect_intersect (const MgRect *a, const MgRect *b, MgRect *dst)
{
  int x0 = MAX (a->x, b->x), y0 = MAX (a->y, b->y);
  int x1 = MIN (a->x + a->width, b->x + b->width);
  int y1 = MIN (a->y + a->height, b->y + b->height);

  *dst = (MgRect){ x0, y0, MAX (0, x1 - x0), MAX (0, y1 - y0) };
  return !mg_rect_is_empty (dst);
}

/* Sets dst to the smallest rectangle holding a and b; an empty one counts for nothing. */
static inline void
mg_rect_union (const MgRect *a, const MgRect *b, MgRect *dst)
{
  if (mg_rect_is_empty (a))
    *dst = *b;
  else if (mg_rect_is_empty (b))
    *dst = *a;
  else
    {
      int x0 = MIN (a->x, b->x), y0 = MIN (a->y, b->y);
      int x1 = MAX (a->x + a->width, b->x + b->width);
      int y1 = MAX (a->y + a->height, b->y + b->height);

      *dst = (MgRect){ x0, y0, x1 - x0, y1 - y0 };
    }
}
