#include "io/outline.h"

/**
 * mg_outline_init:
 * @outline: (out caller-allocates): without any ring; free with
 *   mg_outline_clear()
 */
void
mg_outline_init (MgOutline *outline)
{
  *outline = (MgOutline){
    .points = g_array_new (FALSE, FALSE, sizeof (MgPoint)),
    .ends = g_array_new (FALSE, FALSE, sizeof (guint)),
  };
}

/**
 * mg_outline_reset:
 *
 * Makes it empty again, for the next one of a file.
 */
void
mg_outline_reset (MgOutline *outline)
{
  g_array_set_size (outline->points, 0);
  g_array_set_size (outline->ends, 0);
  g_clear_pointer (&outline->name, g_free);
  outline->is_area = FALSE;
  outline->slice = outline->frame = 0;
}

/**
 * mg_outline_clear:
 *
 * Frees what it holds.
 */
void
mg_outline_clear (MgOutline *outline)
{
  g_clear_pointer (&outline->points, g_array_unref);
  g_clear_pointer (&outline->ends, g_array_unref);
  g_clear_pointer (&outline->name, g_free);
}

/**
 * mg_outline_add_point:
 * @x: in pixel corners
 * @y: in pixel corners
 *
 * The next point of the ring in hand.
 */
void
mg_outline_add_point (MgOutline *outline,
                      double x,
                      double y)
{
  MgPoint point = { x, y };

  g_array_append_val (outline->points, point);
}

/**
 * mg_outline_end_ring:
 *
 * Closes the ring in hand; one without any point is none.
 */
void
mg_outline_end_ring (MgOutline *outline)
{
  guint n = outline->ends->len;
  guint start = n > 0 ? g_array_index (outline->ends, guint, n - 1) : 0;

  if (outline->points->len > start)
    g_array_append_val (outline->ends, outline->points->len);
}
