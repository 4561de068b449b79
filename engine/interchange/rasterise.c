#include "interchange/rasterise.h"

#include "base/mem.h"
#include "base/order.h"

#include <math.h>
#include <stdlib.h>

/* Crossings of a row up to this many are sorted by insertion. */
#define FEW_CROSSINGS 24
/* As ImageJ's filler has it: a crossing in the middle of a pixel stays so
 * whatever the rounding of the slope. */
#define NUDGE 1e-8
/* Steps of work between two looks at the cancellable */
#define STEPS_A_LOOK (1 << 22)

/* An edge that crosses the middles of rows y0 … y1 - 1. */
typedef struct
{
  int y0, y1;
  double x, slope; /* where it crosses the middle of row y0; change a row */
} Edge;

struct _MgRasteriser
{
  int width, height;
  guint32 *data;     /* freed with mg_free_aligned() */
  GArray *edges;     /* of Edge: of the region in hand, by y0 */
  GArray *active;    /* of guint: edges that cross the row */
  GArray *crossings; /* of double */
  gint64 steps;
};

/**
 * mg_rasteriser_new:
 * @width: of the label raster
 * @height: of the label raster
 *
 * Returns: (transfer full): all background; %NULL with %MG_ERROR_NO_MEMORY
 */
MgRasteriser *
mg_rasteriser_new (int width,
                   int height,
                   GError **error)
{
  MgRasteriser *rasteriser;
  gsize bytes;
  guint32 *data;

  g_return_val_if_fail (width > 0 && height > 0, NULL);
  if (!mg_size_mul (width, height, &bytes) || !mg_size_mul (bytes, sizeof (guint32), &bytes))
    bytes = G_MAXSIZE;
  data = mg_try_alloc (bytes, "the labels", error);
  if (data == NULL)
    return NULL;
  rasteriser = g_new0 (MgRasteriser, 1);
  rasteriser->width = width;
  rasteriser->height = height;
  rasteriser->data = data;
  rasteriser->edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  rasteriser->active = g_array_new (FALSE, FALSE, sizeof (guint));
  rasteriser->crossings = g_array_new (FALSE, FALSE, sizeof (double));
  return rasteriser;
}

/* The first row whose middle is at or below a height, within the raster. */
static int
first_row (const MgRasteriser *rasteriser, double y)
{
  return (int) CLAMP (ceil (y - 0.5), 0, rasteriser->height);
}

static void
add_edge (MgRasteriser *rasteriser, const MgPoint *a, const MgPoint *b)
{
  const MgPoint *top = a->y <= b->y ? a : b, *bottom = a->y <= b->y ? b : a;
  Edge edge = { .y0 = first_row (rasteriser, top->y), .y1 = first_row (rasteriser, bottom->y) };

  if (edge.y0 >= edge.y1)
    return;
  edge.slope = (bottom->x - top->x) / (bottom->y - top->y);
  edge.x = top->x + (edge.y0 + 0.5 - top->y) * edge.slope + NUDGE;
  g_array_append_val (rasteriser->edges, edge);
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  return ((const Edge *) a)->y0 - ((const Edge *) b)->y0;
}

static void
collect_edges (MgRasteriser *rasteriser, const MgOutline *outline)
{
  const MgPoint *points = (const MgPoint *) outline->points->data;
  guint start = 0;

  g_array_set_size (rasteriser->edges, 0);
  g_array_set_size (rasteriser->active, 0);
  for (guint ring = 0; ring < outline->ends->len; ring++)
    {
      guint end = g_array_index (outline->ends, guint, ring);

      for (guint i = start; i < end; i++)
        add_edge (rasteriser, &points[i], &points[i + 1 < end ? i + 1 : start]);
      start = end;
    }
  if (rasteriser->edges->len > 1)
    qsort (rasteriser->edges->data, rasteriser->edges->len, sizeof (Edge), compare_edges);
}

static void
sort_crossings (GArray *crossings)
{
  double *x = (double *) crossings->data;

  if (crossings->len > FEW_CROSSINGS)
    qsort (x, crossings->len, sizeof *x, mg_order_doubles);
  else
    for (guint i = 1; i < crossings->len; i++)
      for (guint j = i; j > 0 && x[j] < x[j - 1]; j--)
        {
          double swap = x[j];

          x[j] = x[j - 1];
          x[j - 1] = swap;
        }
}

/* Where the edges in hand cross the middle of row y, sorted; edges that have
 * ended are let go. */
static void
cross (MgRasteriser *rasteriser, int y)
{
  guint kept = 0;

  g_array_set_size (rasteriser->crossings, 0);
  for (guint i = 0; i < rasteriser->active->len; i++)
    {
      guint place = g_array_index (rasteriser->active, guint, i);
      const Edge *edge = &g_array_index (rasteriser->edges, Edge, place);
      double x = edge->x + (y - edge->y0) * edge->slope;

      if (y >= edge->y1)
        continue;
      g_array_index (rasteriser->active, guint, kept++) = place;
      g_array_append_val (rasteriser->crossings, x);
    }
  g_array_set_size (rasteriser->active, kept);
  sort_crossings (rasteriser->crossings);
}

static void
fill_row (MgRasteriser *rasteriser, int y, guint32 label, MgRasterised *done)
{
  guint32 *row = rasteriser->data + (gsize) y * rasteriser->width;

  for (guint i = 0; i + 1 < rasteriser->crossings->len; i += 2)
    {
      /* a pixel's middle on the left edge is outside, on the right one inside */
      int x0 = (int) CLAMP (floor (g_array_index (rasteriser->crossings, double, i) + 0.5), 0, rasteriser->width);
      int x1 = (int) CLAMP (floor (g_array_index (rasteriser->crossings, double, i + 1) + 0.5), 0, rasteriser->width);

      for (int x = x0; x < x1; x++)
        if (row[x] == 0)
          {
            row[x] = label;
            done->written++;
          }
        else if (row[x] != label)
          done->covered++;
    }
}

/**
 * mg_rasteriser_add:
 * @outline: what to fill: every pixel whose middle is inside, by the even-odd
 *   rule, as ImageJ's PolygonFiller does; what lies outside of the raster is cut
 * @label: not 0
 * @done: (out): what became of its pixels
 * @cancellable: (nullable)
 *
 * Pixels that already have a label keep it.
 *
 * Returns: FALSE when cancelled
 */
gboolean
mg_rasteriser_add (MgRasteriser *rasteriser,
                   const MgOutline *outline,
                   guint32 label,
                   MgRasterised *done,
                   GCancellable *cancellable,
                   GError **error)
{
  guint next = 0;

  *done = (MgRasterised){ 0 };
  collect_edges (rasteriser, outline);
  rasteriser->steps += outline->points->len;
  for (int y = 0; y < rasteriser->height && (next < rasteriser->edges->len || rasteriser->active->len > 0); y++)
    {
      if (rasteriser->active->len == 0)
        y = g_array_index (rasteriser->edges, Edge, next).y0;
      for (; next < rasteriser->edges->len && g_array_index (rasteriser->edges, Edge, next).y0 <= y; next++)
        g_array_append_val (rasteriser->active, next);
      cross (rasteriser, y);
      fill_row (rasteriser, y, label, done);
      rasteriser->steps += rasteriser->active->len + 1;
      if (rasteriser->steps >= STEPS_A_LOOK)
        {
          rasteriser->steps = 0;
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        }
    }
  return TRUE;
}

/**
 * mg_rasteriser_get_data:
 *
 * Returns: (transfer none): the labels as they are, to be changed
 */
guint32 *
mg_rasteriser_get_data (MgRasteriser *rasteriser)
{
  return rasteriser->data;
}

/**
 * mg_rasteriser_finish:
 *
 * Returns: (transfer full): the labels; nothing more may be added
 */
MgLabels *
mg_rasteriser_finish (MgRasteriser *rasteriser)
{
  return mg_labels_new_take (rasteriser->width, rasteriser->height, g_steal_pointer (&rasteriser->data), mg_free_aligned);
}

/**
 * mg_rasteriser_free:
 * @rasteriser: (transfer full): what was not finished goes too
 */
void
mg_rasteriser_free (MgRasteriser *rasteriser)
{
  g_clear_pointer (&rasteriser->data, mg_free_aligned);
  g_array_unref (rasteriser->edges);
  g_array_unref (rasteriser->active);
  g_array_unref (rasteriser->crossings);
  g_free (rasteriser);
}
