#include "predict/tiler.h"

/* pixels over which one tile fades into the next */
#define BLEND_PX 32

/**
 * mg_tile_extent:
 * @length: what there is to see
 * @largest: tile wanted, a multiple of @multiple
 * @multiple: what tiles are multiples of
 *
 * Returns: the extent of a tile: @largest, or less where all fits into one
 */
int
mg_tile_extent (int length,
                int largest,
                int multiple)
{
  gint64 rounded = ((gint64) length + multiple - 1) / multiple * multiple;

  return (int) MIN (rounded, largest);
}

static int
get_blend (int tile)
{
  return CLAMP (tile / 8, 1, BLEND_PX);
}

/**
 * mg_tile_smallest:
 * @halo: how far a result may depend on what a tile does not see
 * @stride: how far the next tile begins behind one, at least
 * @multiple: what tiles are multiples of
 *
 * Returns: the extent of the smallest tile that leaves no seams: a halo on both
 *   sides, and @stride and what is blended between them
 */
int
mg_tile_smallest (int halo,
                  int stride,
                  int multiple)
{
  /* an inner tile advances by whole multiples */
  int inside = 2 * halo + (stride + multiple - 1) / multiple * multiple, tile = inside / multiple * multiple;

  while (tile - get_blend (tile) < inside)
    tile += multiple;
  return tile;
}

/* 0 in the halo, rising over the blend, then 1; an outer side has no halo. */
static float
side_weight (int distance, int halo, int blend, gboolean outer)
{
  if (outer)
    return 1;
  if (distance < halo)
    return 0;
  return MIN (1.0f, ((float) (distance - halo) + 0.5f) / (float) blend);
}

static void
set_weights (MgTileAxis *axis, int halo, int blend)
{
  g_autofree float *sums = g_new0 (float, axis->size);

  for (int i = 0; i < axis->n; i++)
    for (int u = 0; u < axis->tile; u++)
      {
        int at = axis->starts[i] + u;
        float left = side_weight (u, halo, blend, i == 0);
        float right = side_weight (axis->tile - 1 - u, halo, blend, i == axis->n - 1);

        if (at < 0 || at >= axis->size)
          continue;
        axis->weights[(gsize) i * (gsize) axis->tile + (gsize) u] = MIN (left, right);
        sums[at] += MIN (left, right);
      }
  for (int i = 0; i < axis->n; i++)
    for (int u = 0; u < axis->tile; u++)
      {
        int at = axis->starts[i] + u;

        if (at >= 0 && at < axis->size)
          axis->weights[(gsize) i * (gsize) axis->tile + (gsize) u] /= sums[at];
      }
}

/**
 * mg_tile_axis_init:
 * @size: what is wanted
 * @before: how much more there is to see in front of it
 * @after: and behind it
 * @tile: extent of a tile, from mg_tile_extent() of all three together
 * @multiple: tiles begin at multiples of it, so that poolings fall on the same
 *   pixels whatever the tiling
 * @halo: how far a result may depend on what a tile does not see; what lies
 *   nearer to an inner edge is not used. Capped where a tile is smaller than
 *   mg_tile_smallest() of it: then there are seams
 *
 * Tiles begin and end where the image does: an image edge looks to the network
 * as it looked in training.
 */
void
mg_tile_axis_init (MgTileAxis *axis,
                   int size,
                   int before,
                   int after,
                   int tile,
                   int multiple,
                   int halo)
{
  int length = before + size + after, blend = get_blend (tile), stride, last;

  halo = MIN (halo, MAX (tile - blend - multiple, 0) / 2);
  stride = MAX (tile - 2 * halo - blend, multiple) / multiple * multiple;
  last = length <= tile ? 0 : (length - tile + multiple - 1) / multiple * multiple;
  *axis = (MgTileAxis){ .begin = -before, .end = size + after, .size = size, .tile = tile };
  axis->n = (last + stride - 1) / stride + 1;
  axis->starts = g_new (int, axis->n);
  for (int i = 0; i < axis->n; i++)
    axis->starts[i] = MIN (i * stride, last) - before;
  axis->weights = g_new0 (float, (gsize) axis->n *(gsize) tile);
  set_weights (axis, halo, blend);
}

/**
 * mg_tile_axis_clear:
 * @axis: its arrays are freed; may be zeroed
 */
void
mg_tile_axis_clear (MgTileAxis *axis)
{
  g_clear_pointer (&axis->starts, g_free);
  g_clear_pointer (&axis->weights, g_free);
}
