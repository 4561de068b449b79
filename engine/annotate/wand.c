#include "annotate/wand.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define N_COSTS 256
#define NONE    G_MAXUINT32
/* Smoothings by 1 2 1 before colours are compared, so that noise does not
 * make islands: sigma 1. */
#define N_SMOOTHINGS 2

struct _MgWand
{
  MgRect rect;       /* of the image */
  int width, height; /* of the picture of it */
  guint8 *costs;     /* owned: the least tolerance at which a pixel is reached */
};

static void
smooth_rows (guint8 *px,
             int width,
             int height)
{
  for (int y = 0; y < height; y++)
    {
      guint8 *row = px + (gsize) y * width * 4, last[3] = { row[0], row[1], row[2] };

      for (int x = 0; x < width; x++)
        for (int c = 0; c < 3; c++)
          {
            int now = row[4 * x + c], next = row[4 * MIN (x + 1, width - 1) + c];

            row[4 * x + c] = (guint8) ((last[c] + 2 * now + next + 2) / 4);
            last[c] = (guint8) now;
          }
    }
}

static void
smooth_columns (guint8 *px,
                int width,
                int height)
{
  gsize stride = (gsize) width * 4;
  g_autofree guint8 *last = g_memdup2 (px, stride);

  for (int y = 0; y < height; y++)
    {
      guint8 *row = px + y * stride;
      const guint8 *next = px + MIN (y + 1, height - 1) * stride;

      for (gsize i = 0; i < stride; i++)
        {
          int now = row[i];

          row[i] = (guint8) ((last[i] + 2 * now + next[i] + 2) / 4);
          last[i] = (guint8) now;
        }
    }
}

/* The least (or, largest) of each three neighbours along rows, then columns. */
static void
filter_costs (MgWand *wand,
              gboolean largest)
{
  const int width = wand->width, height = wand->height;
  g_autofree guint8 *line = g_malloc (MAX (width, height));

  for (int pass = 0; pass < 2; pass++)
    {
      int n_lines = pass == 0 ? height : width, n = pass == 0 ? width : height;
      gsize step = pass == 0 ? 1 : (gsize) width, next = pass == 0 ? (gsize) width : 1;

      for (int k = 0; k < n_lines; k++)
        {
          guint8 *costs = wand->costs + (gsize) k * next;

          for (int i = 0; i < n; i++)
            line[i] = costs[(gsize) i * step];
          for (int i = 0; i < n; i++)
            {
              guint8 a = line[MAX (i - 1, 0)], b = line[i], c = line[MIN (i + 1, n - 1)];

              costs[(gsize) i * step] = largest ? MAX (a, MAX (b, c)) : MIN (a, MIN (b, c));
            }
        }
    }
}

static inline int
colour_distance (const guint8 *a,
                 const guint8 *b)
{
  int red = abs (a[0] - b[0]), green = abs (a[1] - b[1]), blue = abs (a[2] - b[2]);

  return MAX (red, MAX (green, blue));
}

/* The cost of a path is its largest colour difference from the seed, that of a
 * pixel the least of all paths to it: Dijkstra's search in order of cost. The
 * first path to reach a pixel is its best, so each enters a list once. */
static gboolean
grow (MgWand *wand,
      const guint8 *px,
      gsize seed,
      GCancellable *cancellable,
      GError **error)
{
  const int width = wand->width, height = wand->height;
  gsize n = (gsize) width * height;
  guint32 *next = mg_try_alloc (n * sizeof *next, "the wand", error), heads[N_COSTS];
  g_autofree guint8 *reached = g_malloc0 (n);
  guint8 colour[4];

  if (next == NULL)
    return FALSE;
  memcpy (colour, px + 4 * seed, sizeof colour);
  for (int i = 0; i < N_COSTS; i++)
    heads[i] = NONE;
  heads[0] = (guint32) seed;
  next[seed] = NONE;
  reached[seed] = TRUE;
  memset (wand->costs, N_COSTS - 1, n);
  for (int cost = 0; cost < N_COSTS - 1 && !g_cancellable_is_cancelled (cancellable); cost++)
    while (heads[cost] != NONE)
      {
        guint32 i = heads[cost];
        int x = (int) (i % (guint32) width), y = (int) (i / (guint32) width);
        gboolean inside[4] = { x > 0, x + 1 < width, y > 0, y + 1 < height };
        guint32 around[4] = { i - 1, i + 1, i - (guint32) width, i + (guint32) width };

        heads[cost] = next[i];
        wand->costs[i] = (guint8) cost;
        for (int k = 0; k < 4; k++)
          {
            int its;

            if (!inside[k] || reached[around[k]])
              continue;
            its = MAX (cost, colour_distance (px + 4 * (gsize) around[k], colour));
            reached[around[k]] = TRUE;
            next[around[k]] = heads[its];
            heads[its] = around[k];
          }
      }
  mg_free_aligned (next);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * mg_wand_new:
 * @rgba: @width × @height pixels without padding: what is displayed of @rect
 * @width: pixels, at most 32 767
 * @height: likewise
 * @seed_x: where to grow from
 * @seed_y: likewise
 * @rect: the part of the image shown; may have more pixels than @rgba
 * @cancellable: (nullable): looked at while it grows
 *
 * Finds, for every tolerance at once, what is connected to the seed by pixels
 * whose colour differs no more than that from the seed's. Tens of milliseconds
 * a megapixel. Any thread.
 *
 * Returns: (transfer full): a wand; %NULL with an error when cancelled or out of memory
 */
MgWand *
mg_wand_new (const guint8 *rgba,
             int width,
             int height,
             int seed_x,
             int seed_y,
             const MgRect *rect,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (MgWand) wand = g_new0 (MgWand, 1);
  g_autofree guint8 *px = NULL;
  gsize n = (gsize) width * height;

  g_return_val_if_fail (seed_x >= 0 && seed_x < width && seed_y >= 0 && seed_y < height, NULL);

  wand->rect = *rect;
  wand->width = width;
  wand->height = height;
  wand->costs = g_malloc (n);
  px = g_memdup2 (rgba, 4 * n);
  for (int i = 0; i < N_SMOOTHINGS; i++)
    {
      smooth_rows (px, width, height);
      smooth_columns (px, width, height);
    }
  if (!grow (wand, px, (gsize) seed_y * width + seed_x, cancellable, error))
    return NULL;
  /* a closing at every tolerance at once: specks are no holes */
  filter_costs (wand, FALSE);
  filter_costs (wand, TRUE);
  return g_steal_pointer (&wand);
}

/**
 * mg_wand_free:
 * @wand: (transfer full): any thread
 */
void
mg_wand_free (MgWand *wand)
{
  g_free (wand->costs);
  g_free (wand);
}

/**
 * mg_wand_get_rect:
 *
 * Returns: (transfer none): the part of the image it knows
 */
const MgRect *
mg_wand_get_rect (MgWand *wand)
{
  return &wand->rect;
}

/**
 * mg_wand_get_costs:
 * @width: (out): pixels a row
 * @height: (out): rows
 *
 * Returns: (transfer none): the least tolerance at which each pixel belongs to
 *   what has grown, 255 for never
 */
const guint8 *
mg_wand_get_costs (MgWand *wand,
                   int *width,
                   int *height)
{
  *width = wand->width;
  *height = wand->height;
  return wand->costs;
}

/**
 * mg_wand_spans:
 * @tolerance: 0 to %MG_WAND_MAX_TOLERANCE
 * @clip: image pixels to stay within
 * @func: called for spans of image pixels that have grown, row by row
 */
void
mg_wand_spans (MgWand *wand,
               int tolerance,
               const MgRect *clip,
               MgSpanFunc func,
               gpointer data)
{
  MgRect in;

  if (!mg_rect_intersect (&wand->rect, clip, &in))
    return;
  for (int y = in.y; y < in.y + in.height; y++)
    {
      const guint8 *row = wand->costs + (gsize) ((gint64) (y - wand->rect.y) * wand->height / wand->rect.height) * wand->width;
      int begin = -1;

      for (int x = in.x; x <= in.x + in.width; x++)
        {
          gboolean inside = x < in.x + in.width &&
                            row[(gint64) (x - wand->rect.x) * wand->width / wand->rect.width] <= tolerance;

          if (inside && begin < 0)
            begin = x;
          if (!inside && begin >= 0)
            {
              func (y, begin, x, data);
              begin = -1;
            }
        }
    }
}
