#include "dataset/normalise.h"

#include "base/mem.h"
#include "image/select.h"

#include <math.h>

/* As StarDist normalises (Schmidt et al. 2018): 1st and 99.8th percentile. */
#define LOW_PERCENT  1.0
#define HIGH_PERCENT 99.8
/* Larger planes are read on a regular choice of rows: a million samples place
 * a percentile to a thousandth of the range and better. */
#define MAX_SAMPLES (1 << 20)

/* Reads rows 0, step, 2·step … and keeps every step-th finite value of them. */
static gboolean
collect (MgImage *image, int c, int z, int t, gsize step, float *row, float *out, gsize *n_out,
         GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  gsize n = 0;

  for (gsize y = 0; y < (gsize) info->height; y += step)
    {
      MgRect rect = { 0, (int) y, info->width, 1 };

      if (!mg_image_read_float (image, c, z, t, &rect, row, sizeof (float) * (gsize) info->width, cancellable, error))
        return FALSE;
      for (gsize x = 0; x < (gsize) info->width; x += step)
        if (isfinite (row[x]))
          out[n++] = row[x];
    }
  *n_out = n;
  return TRUE;
}

/* Of at least one value. */
static void
find_mean_std (const float *values, gsize n, double *low, double *high)
{
  double sum = 0, square = 0, mean;

  for (gsize i = 0; i < n; i++)
    sum += values[i];
  mean = sum / (double) n;
  for (gsize i = 0; i < n; i++)
    square += (values[i] - mean) * (values[i] - mean);
  *low = mean;
  *high = mean + sqrt (square / (double) n);
}

static void
find_percentiles (float *values, gsize n, double *low, double *high)
{
  *low = mg_percentile (values, n, LOW_PERCENT);
  *high = mg_percentile (values, n, HIGH_PERCENT);
  if (*high <= *low)
    {
      *low = mg_percentile (values, n, 0.0);
      *high = mg_percentile (values, n, 100.0);
    }
}

/**
 * mg_plane_range:
 * @normalisation: how
 * @low: (out): what maps to 0
 * @high: (out): what maps to 1, more than @low
 * @constant: (out): whether all finite values are one, or there is none
 *
 * As mg_normalisation(), and says whether there is anything in the plane.
 */
gboolean
mg_plane_range (MgNormalisation normalisation,
                MgImage *image,
                int c,
                int z,
                int t,
                double *low,
                double *high,
                gboolean *constant,
                GCancellable *cancellable,
                GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  gsize width = (gsize) info->width, height = (gsize) info->height, step = 1, n;

  while ((width + step - 1) / step > MAX_SAMPLES / MIN (MAX_SAMPLES, (height + step - 1) / step))
    step++;

  gsize n_values = ((width + step - 1) / step) * ((height + step - 1) / step);
  float *row = mg_try_alloc (sizeof (float) * width, "a row of the image", error);
  float *values = row ? mg_try_alloc (sizeof (float) * n_values, "the image's brightness", error) : NULL;
  gboolean ok = values && collect (image, c, z, t, step, row, values, &n, cancellable, error);

  if (ok)
    {
      *low = *high = 0;
      if (n > 0 && normalisation == MG_NORMALISE_MEAN_STD)
        find_mean_std (values, n, low, high);
      else if (n > 0)
        find_percentiles (values, n, low, high);
      *constant = *high <= *low;
      if (*constant)
        *high = *low + 1.0;
    }
  mg_free_aligned (row);
  mg_free_aligned (values);
  return ok;
}

/**
 * mg_normalisation:
 * @normalisation: how
 * @c: channel
 * @z: slice
 * @t: frame
 * @low: (out): what maps to 0
 * @high: (out): what maps to 1, more than @low
 * @cancellable: (nullable): looked at now and then
 *
 * Normalisation of one plane. One whose percentiles agree is given its extremes
 * instead, and one of a single value (or without any finite one) that value and 1
 * more. Any thread.
 *
 * Returns: FALSE with an error when the plane cannot be read.
 */
gboolean
mg_normalisation (MgNormalisation normalisation,
                  MgImage *image,
                  int c,
                  int z,
                  int t,
                  double *low,
                  double *high,
                  GCancellable *cancellable,
                  GError **error)
{
  gboolean constant;

  return mg_plane_range (normalisation, image, c, z, t, low, high, &constant, cancellable, error);
}

/**
 * mg_normalise:
 * @values: (inout): as read from an image
 * @n: how many
 * @low: becomes 0
 * @high: becomes 1
 *
 * What training and prediction alike give the network. What is not finite
 * becomes 0.
 */
void
mg_normalise (float *values,
              gsize n,
              double low,
              double high)
{
  float offset = (float) low, scale = (float) (1.0 / (high - low));

  for (gsize i = 0; i < n; i++)
    {
      float value = (values[i] - offset) * scale;

      values[i] = isfinite (value) ? value : 0.0f;
    }
}

/* Least, most and mean of the up to eight neighbours that are finite. */
static gboolean
look_around (const float *values, int width, int height, int x, int y, float *low, float *high, float *mean)
{
  float sum = 0;
  int n = 0;

  *low = INFINITY;
  *high = -INFINITY;
  for (int v = MAX (y - 1, 0); v <= MIN (y + 1, height - 1); v++)
    for (int u = MAX (x - 1, 0); u <= MIN (x + 1, width - 1); u++)
      {
        float value = values[(gsize) v * (gsize) width + (gsize) u];

        if ((u == x && v == y) || !isfinite (value))
          continue;
        *low = MIN (*low, value);
        *high = MAX (*high, value);
        sum += value;
        n++;
      }
  *mean = n > 0 ? sum / (float) n : 0;
  return n > 0;
}

/**
 * mg_replace_outliers:
 * @values: (inout): height × width
 * @gap: how far a value must lie outside all of its neighbours, more than 0
 *
 * Hot and dead pixels of a camera become the mean of their neighbours: nothing
 * that passed through a lens is one pixel wide, and a few of them outweigh all
 * else in squared differences. Any thread.
 *
 * Returns: how many there were
 */
gsize
mg_replace_outliers (float *values,
                     int width,
                     int height,
                     float gap)
{
  gsize n = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gsize at = (gsize) y * (gsize) width + (gsize) x, beside = x > 0 ? at - 1 : at + 1;
        float low, high, mean;

        /* most pixels differ little from the one beside them */
        if ((width > 1 && fabsf (values[at] - values[beside]) <= gap) || !isfinite (values[at]) ||
            !look_around (values, width, height, x, y, &low, &high, &mean) ||
            (values[at] <= high + gap && values[at] >= low - gap))
          continue;
        values[at] = mean;
        n++;
      }
  return n;
}
