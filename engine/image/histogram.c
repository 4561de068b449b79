#include "image/histogram.h"

#include "base/mem.h"

#include <math.h>

/* About this many samples are counted: enough that a percentile moves by less
 * than a hundredth of its distance to the median, few enough to be instant. */
#define TARGET_SAMPLES (1 << 20)

/* Above this many pixels the grid is one of blocks, so that of a file larger
 * than memory only a small part is decoded. */
#define BLOCKS_FROM_PX ((gint64) 64 << 20)
#define BLOCK_PX       128
#define BLOCKS_A_SIDE  16

typedef struct
{
  MgImage *image;
  int c, z, t;
  float *samples;
  gsize n, size;
  GCancellable *cancellable;
} Sampler;

/* Every `step`-th pixel of every `step`-th row of one region. */
static gboolean
sample_region (Sampler *sampler, const MgRect *rect, int step, GError **error)
{
  g_autofree float *row = g_try_new (float, rect->width);

  if (row == NULL)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory for one row of the image");
      return FALSE;
    }
  for (int y = step / 2; y < rect->height; y += step)
    {
      MgRect line = { rect->x, rect->y + y, rect->width, 1 };

      if (!mg_image_read_float (sampler->image, sampler->c, sampler->z, sampler->t, &line,
                                row, rect->width * sizeof (float), sampler->cancellable, error))
        return FALSE;
      for (int x = step / 2; x < rect->width && sampler->n < sampler->size; x += step)
        if (isfinite (row[x]))
          sampler->samples[sampler->n++] = row[x];
    }
  return TRUE;
}

static gboolean
sample_blocks (Sampler *sampler, const MgImageInfo *info, GError **error)
{
  int across = MIN (BLOCKS_A_SIDE, (info->width + BLOCK_PX - 1) / BLOCK_PX);
  int down = MIN (BLOCKS_A_SIDE, (info->height + BLOCK_PX - 1) / BLOCK_PX);

  for (int j = 0; j < down; j++)
    for (int i = 0; i < across; i++)
      {
        int width = MIN (BLOCK_PX, info->width), height = MIN (BLOCK_PX, info->height);
        MgRect block = { (gint64) (info->width - width) * i / MAX (across - 1, 1),
                         (gint64) (info->height - height) * j / MAX (down - 1, 1), width, height };

        if (!sample_region (sampler, &block, 2, error))
          return FALSE;
      }
  return TRUE;
}

static void
count (const float *samples, gsize n, MgHistogram *out)
{
  double min = INFINITY, max = -INFINITY, scale;

  for (gsize i = 0; i < n; i++)
    {
      min = MIN (min, samples[i]);
      max = MAX (max, samples[i]);
    }
  *out = (MgHistogram){ .n = n };
  if (n == 0)
    return;
  out->min = min;
  out->max = max;
  scale = max > min ? MG_HISTOGRAM_BINS / (max - min) : 0;
  for (gsize i = 0; i < n; i++)
    out->counts[MIN ((guint) ((samples[i] - min) * scale), MG_HISTOGRAM_BINS - 1)]++;
}

/**
 * mg_histogram_compute:
 * @c: channel
 * @z: slice
 * @t: frame
 * @out: (out caller-allocates): all zero when no sample is finite
 *
 * Counts one plane; of more than a million pixels, those on a regular grid.
 * NaN and infinities are left out. Any thread.
 *
 * Returns: FALSE when the plane cannot be read, or on cancel
 */
gboolean
mg_histogram_compute (MgImage *image,
                      int c,
                      int z,
                      int t,
                      MgHistogram *out,
                      GCancellable *cancellable,
                      GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  gint64 pixels = (gint64) info->width * info->height;
  Sampler sampler = { image, c, z, t, NULL, 0, 0, cancellable };
  MgRect all = { 0, 0, info->width, info->height };
  int step = 1;
  gboolean ok;

  while (pixels <= BLOCKS_FROM_PX && pixels / ((gint64) step * step) > TARGET_SAMPLES &&
         step < MIN (info->width, info->height))
    step++;
  if (pixels <= BLOCKS_FROM_PX)
    sampler.size = (gsize) (info->width / step + 1) * (info->height / step + 1);
  else
    sampler.size = BLOCKS_A_SIDE * BLOCKS_A_SIDE * BLOCK_PX * BLOCK_PX / 4;
  sampler.samples = mg_try_alloc (sampler.size * sizeof (float), "the histogram", error);
  if (sampler.samples == NULL)
    return FALSE;
  ok = pixels <= BLOCKS_FROM_PX ? sample_region (&sampler, &all, step, error)
                                : sample_blocks (&sampler, info, error);
  if (ok)
    count (sampler.samples, sampler.n, out);
  mg_free_aligned (sampler.samples);
  return ok;
}

/**
 * mg_histogram_percentile:
 * @percent: 0 to 100
 *
 * Returns: the value below which @percent of the samples lie, linear within a
 *   bin; 0 when there is no sample
 */
double
mg_histogram_percentile (const MgHistogram *histogram,
                         double percent)
{
  double wanted = CLAMP (percent, 0, 100) / 100 * (double) histogram->n, below = 0;
  double bin_width = (histogram->max - histogram->min) / MG_HISTOGRAM_BINS;

  for (guint i = 0; i < MG_HISTOGRAM_BINS; i++)
    {
      double here = (double) histogram->counts[i];

      if (here > 0 && below + here >= wanted)
        return histogram->min + bin_width * (i + CLAMP ((wanted - below) / here, 0, 1));
      below += here;
    }
  return histogram->max;
}
