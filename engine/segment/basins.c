#include "segment/basins.h"

#include "base/mem.h"

#include <string.h>

#define N_LEVELS     2048
#define CANCEL_EVERY (1u << 20)

/* A hill of the evidence; a merged one points to what it became part of. */
typedef struct
{
  guint32 parent;
  float peak;
} Basin;

typedef struct
{
  const float *evidence;
  guint32 *labels; /* number of the basin + 1, 0 where not yet flooded */
  int width, height;
  float min_peak, min_drop;
  GArray *basins; /* of Basin, owned */
} Flood;

static inline guint
level_of (float evidence)
{
  /* NaN is lowest */
  return evidence > 0 ? (guint) (MIN (evidence, 1.0f) * (N_LEVELS - 1)) : 0;
}

/* Pixels of the mask, highest evidence first, row by row within a level. */
static guint32 *
sort_pixels (const float *evidence, const guint8 *mask, gsize n, gsize *n_sorted, GError **error)
{
  gsize starts[N_LEVELS + 1] = { 0 };
  guint32 *order;

  for (gsize i = 0; i < n; i++)
    if (mask[i])
      starts[N_LEVELS - level_of (evidence[i])]++;
  for (guint k = 1; k <= N_LEVELS; k++)
    starts[k] += starts[k - 1];
  *n_sorted = starts[N_LEVELS];
  order = mg_try_alloc (MAX (1, *n_sorted) * sizeof (guint32), "finding the cells", error);
  if (order)
    for (gsize i = 0; i < n; i++)
      if (mask[i])
        order[starts[N_LEVELS - 1 - level_of (evidence[i])]++] = (guint32) i;
  return order;
}

static inline guint32
find_root (Basin *basins, guint32 k)
{
  while (basins[k].parent != k)
    k = basins[k].parent = basins[basins[k].parent].parent;
  return k;
}

/* Two basins meet at a pass: the lower one goes on alone only if its peak is
 * high in itself and high above the pass. */
static guint32
meet (Flood *flood, guint32 a, guint32 b, float pass)
{
  Basin *basins = (Basin *) flood->basins->data;
  guint32 low = basins[a].peak < basins[b].peak || (basins[a].peak == basins[b].peak && a > b) ? a : b;

  if (basins[low].peak >= flood->min_peak && basins[low].peak - pass >= flood->min_drop)
    return a;
  basins[low].parent = low == a ? b : a;
  return basins[low].parent;
}

static void
flood_pixel (Flood *flood, guint32 pixel)
{
  guint32 width = (guint32) flood->width, x = pixel % width, y = pixel / width;
  guint32 around[4], n = 0, root = G_MAXUINT32;
  float height = flood->evidence[pixel], steepest = 0;

  if (x > 0)
    around[n++] = pixel - 1;
  if (x + 1 < width)
    around[n++] = pixel + 1;
  if (y > 0)
    around[n++] = pixel - width;
  if (y + 1 < (guint32) flood->height)
    around[n++] = pixel + width;
  for (guint i = 0; i < n; i++)
    {
      guint32 other;

      if (flood->labels[around[i]] == 0)
        continue;
      other = find_root ((Basin *) flood->basins->data, flood->labels[around[i]] - 1);
      if (root != G_MAXUINT32 && other != root)
        {
          guint32 kept = meet (flood, root, other, height);

          /* still two: the pixel goes with its higher neighbour */
          if (kept == root && find_root ((Basin *) flood->basins->data, other) == other &&
              flood->evidence[around[i]] > steepest)
            kept = other;
          other = kept;
        }
      root = other;
      steepest = MAX (steepest, flood->evidence[around[i]]);
    }
  if (root == G_MAXUINT32)
    {
      Basin basin = { flood->basins->len, height };

      root = basin.parent;
      g_array_append_val (flood->basins, basin);
    }
  flood->labels[pixel] = root + 1;
}

/* Roots are numbered 1 … n in the order of their first pixels. */
static guint32
number_basins (Flood *flood, gsize n_pixels)
{
  g_autofree guint32 *numbers = g_new0 (guint32, MAX (1, flood->basins->len));
  guint32 n = 0;

  for (gsize i = 0; i < n_pixels; i++)
    if (flood->labels[i] != 0)
      {
        guint32 root = find_root ((Basin *) flood->basins->data, flood->labels[i] - 1);

        if (numbers[root] == 0)
          numbers[root] = ++n;
        flood->labels[i] = numbers[root];
      }
  return n;
}

/**
 * mg_basins:
 * @evidence: width × height, 0 to 1
 * @mask: width × height; what is labelled where it is not 0
 * @min_peak: a hill this high stands for itself
 * @min_drop: and only if one must go down as far on every way to a higher hill
 * @labels: (out): width × height, 1 … n within the mask
 * @n_basins: (out): n
 * @cancellable: (nullable): looked at now and then
 *
 * Watershed over the hills of the evidence whose dynamics (Grimaud 1992) reach
 * @min_drop; lesser hills join the higher neighbour they meet first, by
 * union-find over the pixels from the highest down (Najman and Couprie 2006).
 * Every connected part of the mask has at least one basin. Any thread.
 *
 * Returns: FALSE with %MG_ERROR_TOO_LARGE, %MG_ERROR_NO_MEMORY or
 *   %G_IO_ERROR_CANCELLED
 */
gboolean
mg_basins (const float *evidence,
           const guint8 *mask,
           int width,
           int height,
           double min_peak,
           double min_drop,
           guint32 *labels,
           guint32 *n_basins,
           GCancellable *cancellable,
           GError **error)
{
  Flood flood = { evidence, labels, width, height, (float) min_peak, (float) min_drop, NULL };
  gsize n = (gsize) width * (gsize) height, n_sorted;
  guint32 *order;
  gboolean ok = TRUE;

  if (n >= G_MAXUINT32)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE, "%d × %d pixels are too many to look for cells in.", width, height);
      return FALSE;
    }
  if ((order = sort_pixels (evidence, mask, n, &n_sorted, error)) == NULL)
    return FALSE;
  memset (labels, 0, n * sizeof (guint32));
  flood.basins = g_array_new (FALSE, FALSE, sizeof (Basin));
  for (gsize i = 0; ok && i < n_sorted; i++)
    {
      if (i % CANCEL_EVERY == 0)
        ok = !g_cancellable_set_error_if_cancelled (cancellable, error);
      flood_pixel (&flood, order[i]);
    }
  *n_basins = number_basins (&flood, n);
  g_array_unref (flood.basins);
  mg_free_aligned (order);
  return ok;
}
