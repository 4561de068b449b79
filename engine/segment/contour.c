#include "segment/contour.h"

#include "base/mem.h"

/* Corner-following with the region at the right hand: directions are right,
 * down, left, up. */
static const int step_x[4] = { 1, 0, -1, 0 };
static const int step_y[4] = { 0, 1, 0, -1 };
/* The pixel ahead of a corner, on the left and on the right of each direction. */
static const int left_x[4] = { 0, 0, -1, -1 }, left_y[4] = { -1, 0, 0, -1 };
static const int right_x[4] = { 0, -1, -1, 0 }, right_y[4] = { 0, 0, -1, -1 };

typedef struct
{
  const guint32 *labels;
  int width;
  guint32 label;
  MgRect box;
  guint8 *visited; /* owned: upper edges of the box's pixels already walked */
} Tracer;

static inline gboolean
is_inside (const Tracer *tracer,
           int x,
           int y)
{
  const MgRect *box = &tracer->box;

  return x >= box->x && y >= box->y && x < box->x + box->width && y < box->y + box->height &&
         tracer->labels[(gsize) y * tracer->width + x] == tracer->label;
}

static inline guint8 *
visited_at (const Tracer *tracer,
            int x,
            int y)
{
  return tracer->visited + (gsize) (y - tracer->box.y) * tracer->box.width + (x - tracer->box.x);
}

/* Walks the ring that begins along the upper edge of pixel x, y. */
static MgContour *
trace_ring (const Tracer *tracer,
            int x,
            int y)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (int));
  MgContour *contour = g_new0 (MgContour, 1);
  const int start_x = x, start_y = y;
  gint64 doubled_area = 0;
  int direction = 0, last_direction = -1;

  do
    {
      if (direction != last_direction)
        {
          g_array_append_val (points, x);
          g_array_append_val (points, y);
          last_direction = direction;
        }
      if (direction == 0)
        *visited_at (tracer, x, y) = 1;
      doubled_area += (gint64) x * step_y[direction] - (gint64) y * step_x[direction];
      x += step_x[direction];
      y += step_y[direction];
      if (!is_inside (tracer, x + right_x[direction], y + right_y[direction]))
        direction = (direction + 1) % 4;
      else if (is_inside (tracer, x + left_x[direction], y + left_y[direction]))
        direction = (direction + 3) % 4;
    }
  while (x != start_x || y != start_y || direction != 0);

  contour->label = tracer->label;
  contour->is_hole = doubled_area < 0;
  contour->n_points = points->len / 2;
  contour->xy = (int *) g_array_free (g_steal_pointer (&points), FALSE);
  return contour;
}

static void
contour_free (MgContour *contour)
{
  g_free (contour->xy);
  g_free (contour);
}

/**
 * mg_contours_trace:
 * @labels: a label raster
 * @label: the instance to outline, not 0
 * @box: (nullable): where it lies; what is outside the box counts as outside
 *   the instance; the whole raster when %NULL
 *
 * The outlines of one instance along the edges of its pixels, holes too; a
 * point at every turn. Pixels that meet only at a corner are outlined apart.
 * Filling the rings by the even-odd rule gives the pixels back exactly.
 *
 * Returns: (transfer full) (element-type MgContour): rings in the order of
 *   their topmost edges; empty when the instance is not there; %NULL with
 *   %MG_ERROR_NO_MEMORY
 */
GPtrArray *
mg_contours_trace (MgLabels *labels,
                   guint32 label,
                   const MgRect *box,
                   GError **error)
{
  MgRect whole = { 0, 0, mg_labels_get_width (labels), mg_labels_get_height (labels) };
  Tracer tracer = { mg_labels_get_data (labels), whole.width, label, whole };
  g_autoptr (GPtrArray) contours = g_ptr_array_new_with_free_func ((GDestroyNotify) contour_free);

  g_return_val_if_fail (label != 0, NULL);

  if (box != NULL && !mg_rect_intersect (box, &whole, &tracer.box))
    return g_steal_pointer (&contours);
  tracer.visited = mg_try_alloc ((gsize) tracer.box.width * tracer.box.height, "the outlines", error);
  if (tracer.visited == NULL)
    return NULL;
  for (int y = tracer.box.y; y < tracer.box.y + tracer.box.height; y++)
    for (int x = tracer.box.x; x < tracer.box.x + tracer.box.width; x++)
      if (is_inside (&tracer, x, y) && !is_inside (&tracer, x, y - 1) && !*visited_at (&tracer, x, y))
        g_ptr_array_add (contours, trace_ring (&tracer, x, y));
  mg_free_aligned (tracer.visited);
  return g_steal_pointer (&contours);
}
