#include "image/histogram.h"

#include "base/mem.h"

#include <math.h>

/* About this many samples are counted: enough that a percentile moves by less
 * than a hundredth of its distance to the median, few enough to be instant. */
#define TARGET_SAMPLES (1 << 20)

/* Above this many pixels some pieces of the file are looked at, spread over the
 * image, so that only a small part of it is decoded. */
#define PIECES_FROM_PX ((gint64) 64 << 20)
#define PIECES_BYTES   ((gsize) 24 << 20)
#define PIECE_ROWS     16
#define PIECE_PX       256
#define MIN_PIECES     4
#define MAX_PIECES     144

/* What can only be read from the top is looked at there. */
#define TOP_ROWS 256

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

/* Pieces on a diagonal that winds around the image, so that neither rows nor
 * columns repeat. */
static gboolean
sample_pieces (Sampler *sampler, const MgImageInfo *info, GError **error)
{
  MgRect piece = { 0, 0, info->width, MIN (TOP_ROWS, info->height) };
  gsize bytes = (gsize) MAX (info->block_width, 1) * (gsize) MAX (info->block_height, 1) * mg_pixel_type_size (info->type);
  int n = (int) CLAMP (PIECES_BYTES / bytes, MIN_PIECES, MAX_PIECES), step;

  if (info->in_sequence)
    return sample_region (sampler, &piece, 1 + (int) ((gint64) piece.width * piece.height / (gint64) sampler->size), error);
  piece.width = MIN (info->width, MAX (info->block_width, PIECE_PX));
  piece.height = MIN (info->height, MAX (PIECE_ROWS, MIN (info->block_height, PIECE_PX)));
  for (step = 1; (gint64) (piece.width / step) * (piece.height / step) * n > (gint64) sampler->size; step++)
    ;
  for (int i = 0; i < n; i++)
    {
      gint64 x = (gint64) ((info->width - piece.width) * fmod (i * 0.61803398874989485, 1));
      gint64 y = (gint64) (info->height - piece.height) * i / MAX (n - 1, 1);

      piece.x = (int) (info->block_width > 1 && info->block_width < info->width ? x / info->block_width * info->block_width : x);
      piece.y = (int) (info->block_height > 1 ? y / info->block_height * info->block_height : y);
      if (!sample_region (sampler, &piece, step, error))
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

  while (pixels <= PIECES_FROM_PX && pixels / ((gint64) step * step) > TARGET_SAMPLES &&
         step < MIN (info->width, info->height))
    step++;
  if (pixels <= PIECES_FROM_PX)
    sampler.size = (gsize) (info->width / step + 1) * (info->height / step + 1);
  else
    sampler.size = TARGET_SAMPLES;
  sampler.samples = mg_try_alloc (sampler.size * sizeof (float), "the histogram", error);
  if (sampler.samples == NULL)
    return FALSE;
  ok = pixels <= PIECES_FROM_PX ? sample_region (&sampler, &all, step, error)
                                : sample_pieces (&sampler, info, error);
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
