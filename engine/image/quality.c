#include "image/quality.h"

#include "base/mem.h"
#include "base/parallel.h"
#include "image/select.h"

#include <math.h>

#define SSIM_SIGMA   1.5
#define SSIM_RADIUS  5
#define SSIM_ROWS    64 /* at a time; ten more are read for them */
#define SSIM_K1      0.01
#define SSIM_K2      0.03
#define LOW_PERCENT  0.1
#define HIGH_PERCENT 99.9

/* What a window's statistics are made of, in this order. */
enum
{
  SUM_X,
  SUM_Y,
  SUM_XX,
  SUM_YY,
  SUM_XY,
  N_SUMS,
};

/**
 * mg_least_squares:
 * @x: n values
 * @y: n values
 * @gain: (out): of y ≈ gain · x + offset
 * @offset: (out): likewise
 * @correlation: (out) (optional): Pearson's
 *
 * Pairs with a value that is not finite are left out. Where @x is constant or nothing
 * is finite, gain is 0 and offset the mean of @y. Any thread.
 */
void
mg_least_squares (const float *x,
                  const float *y,
                  gsize n,
                  double *gain,
                  double *offset,
                  double *correlation)
{
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;
  gsize k = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (x[i]) && isfinite (y[i]))
      {
        mean_x += x[i];
        mean_y += y[i];
        k++;
      }
  mean_x /= (double) MAX (k, 1);
  mean_y /= (double) MAX (k, 1);
  for (gsize i = 0; i < n; i++)
    if (isfinite (x[i]) && isfinite (y[i]))
      {
        double dx = x[i] - mean_x, dy = y[i] - mean_y;

        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
      }
  *gain = xx > 0 ? xy / xx : 0;
  *offset = mean_y - *gain * mean_x;
  if (correlation)
    *correlation = xx > 0 && yy > 0 ? xy / sqrt (xx * yy) : 0;
}

static int
mirror (int i, int n)
{
  while (i < 0 || i >= n)
    i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return i;
}

static void
make_window (double window[2 * SSIM_RADIUS + 1])
{
  double sum = 0;

  for (int i = -SSIM_RADIUS; i <= SSIM_RADIUS; i++)
    sum += window[i + SSIM_RADIUS] = exp (-i * i / (2 * SSIM_SIGMA * SSIM_SIGMA));
  for (int i = 0; i <= 2 * SSIM_RADIUS; i++)
    window[i] /= sum;
}

/* One row of the five sums, filtered along it; `zero` is taken off the values so
 * that squares of bright images lose no digits. */
static void
filter_row (const float *x, const float *y, int width, double zero, const double *window, double *out)
{
  for (int u = 0; u < width; u++)
    {
      double sums[N_SUMS] = { 0 };

      for (int i = -SSIM_RADIUS; i <= SSIM_RADIUS; i++)
        {
          int at = u + i >= 0 && u + i < width ? u + i : mirror (u + i, width);
          double a = x[at] - zero, b = y[at] - zero, w = window[i + SSIM_RADIUS];

          sums[SUM_X] += w * a;
          sums[SUM_Y] += w * b;
          sums[SUM_XX] += w * a * a;
          sums[SUM_YY] += w * b * b;
          sums[SUM_XY] += w * a * b;
        }
      for (int k = 0; k < N_SUMS; k++)
        out[(gsize) k * (gsize) width + (gsize) u] = sums[k];
    }
}

static float
similarity (const double sums[N_SUMS], double zero, double range)
{
  double c1 = SSIM_K1 * range * SSIM_K1 * range, c2 = SSIM_K2 * range * SSIM_K2 * range;
  double vx = sums[SUM_XX] - sums[SUM_X] * sums[SUM_X], vy = sums[SUM_YY] - sums[SUM_Y] * sums[SUM_Y];
  double vxy = sums[SUM_XY] - sums[SUM_X] * sums[SUM_Y];
  double mx = sums[SUM_X] + zero, my = sums[SUM_Y] + zero;

  return (float) ((2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2)));
}

typedef struct
{
  const float *image, *truth;
  int width, height;
  double zero, range;
  double window[2 * SSIM_RADIUS + 1];
  double *rings; /* one a worker */
  float *map;
  GCancellable *cancellable; /* (nullable): leaves the rest of the map as it is */
} Similarity;

/* Rows of the sums are kept in a ring of the window's height. */
static void
fill_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const int size = 2 * SSIM_RADIUS + 1;
  const Similarity *s = data;
  gsize width = (gsize) s->width, pitch = width * N_SUMS;
  double *ring = s->rings + worker * (gsize) size * pitch;

  for (int v = (int) begin - SSIM_RADIUS; v < (int) end + SSIM_RADIUS && !g_cancellable_is_cancelled (s->cancellable); v++)
    {
      gsize at = (gsize) mirror (v, s->height) * width;
      int y = v - SSIM_RADIUS;

      filter_row (s->image + at, s->truth + at, s->width, s->zero, s->window, ring + (gsize) ((v + SSIM_RADIUS) % size) * pitch);
      if (y < (int) begin)
        continue;
      for (gsize x = 0; x < width; x++)
        {
          double sums[N_SUMS] = { 0 };

          for (int i = 0; i < size; i++)
            for (int k = 0; k < N_SUMS; k++)
              sums[k] += s->window[i] * ring[(gsize) ((y + i) % size) * pitch + (gsize) k * width + x];
          s->map[(gsize) y * width + x] = similarity (sums, s->zero, s->range);
        }
    }
}

/**
 * mg_ssim_map:
 * @image: width × height
 * @truth: width × height
 * @range: of the truth's values, more than 0
 * @map: (out caller-allocates): width × height: 1 where both are alike; beyond
 *   the edges the images are mirrored
 * @cancellable: (nullable): looked at in every row
 *
 * See #MgScores for the definition. Any thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_ssim_map (const float *image,
             const float *truth,
             int width,
             int height,
             double range,
             float *map,
             GCancellable *cancellable,
             GError **error)
{
  gsize n = (gsize) width * (gsize) height, rings = (2 * SSIM_RADIUS + 1) * N_SUMS * mg_parallel_get_n_workers ();
  Similarity s = { .image = image, .truth = truth, .width = width, .height = height, .range = range, .map = map, .cancellable = cancellable };

  s.rings = mg_try_alloc (rings * (gsize) width * sizeof (double), "comparing the images", error);
  if (s.rings == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    s.zero += truth[i];
  s.zero /= (double) n;
  make_window (s.window);
  mg_parallel_for ((gsize) height, SSIM_ROWS, fill_rows, &s);
  mg_free_aligned (s.rings);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Mean away from the edges, of all where there is nothing else. */
static double
mean_map (const float *map, int width, int height)
{
  int rim = MIN (width, height) > 2 * SSIM_RADIUS ? SSIM_RADIUS : 0;
  double sum = 0;

  for (int y = rim; y < height - rim; y++)
    for (int x = rim; x < width - rim; x++)
      sum += map[(gsize) y * (gsize) width + (gsize) x];
  return sum / ((double) (width - 2 * rim) * (height - 2 * rim));
}

static gboolean
score (const float *image, const float *truth, int width, int height, double range, double extent, MgScores *out,
       GCancellable *cancellable, GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  float *map = mg_try_alloc (n * sizeof (float), "comparing the images", error);
  double square = 0;

  if (map == NULL || !mg_ssim_map (image, truth, width, height, range, map, cancellable, error))
    {
      mg_free_aligned (map);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    square += ((double) image[i] - truth[i]) * ((double) image[i] - truth[i]);
  square /= (double) n;
  *out = (MgScores){ .psnr = 10 * log10 (range * range / square), .ssim = mean_map (map, width, height), .nrmse = sqrt (square) / extent };
  mg_free_aligned (map);
  return TRUE;
}

static gboolean
is_finite (const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!isfinite (values[i]))
      return FALSE;
  return TRUE;
}

/* Ranges of the truth; `scratch` is rearranged. */
static gboolean
find_ranges (const float *truth, gsize n, float *scratch, double *extent, double *percentiles, GError **error)
{
  float low = truth[0], high = truth[0];

  for (gsize i = 0; i < n; i++)
    {
      low = MIN (low, truth[i]);
      high = MAX (high, truth[i]);
      scratch[i] = truth[i];
    }
  *extent = (double) high - low;
  *percentiles = mg_percentile (scratch, n, HIGH_PERCENT) - mg_percentile (scratch, n, LOW_PERCENT);
  if (*percentiles <= 0)
    *percentiles = *extent;
  if (*extent > 0)
    return TRUE;
  g_set_error_literal (error, MG_ERROR, MG_ERROR_DATA,
                       "the true image has one value everywhere, so nothing can be measured against it");
  return FALSE;
}

/**
 * mg_quality_compare:
 * @image: width × height, restored or noisy
 * @truth: width × height
 * @range: of possible values for the raw scores, 255 for 8-bit images; 0 takes
 *   the truth's maximum − minimum
 * @out: (out): the scores
 * @cancellable: (nullable): looked at in every row
 *
 * See #MgScores and #MgQuality for the definitions. Any thread.
 *
 * Returns: FALSE with an error when a value is not a number, the truth is
 *   constant or memory runs out
 */
gboolean
mg_quality_compare (const float *image,
                    const float *truth,
                    int width,
                    int height,
                    double range,
                    MgQuality *out,
                    GCancellable *cancellable,
                    GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  float *fitted;
  double extent;
  gboolean ok;

  if (!is_finite (image, n) || !is_finite (truth, n))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA, "%s has pixels that are not numbers",
                   is_finite (truth, n) ? "the image" : "the true image");
      return FALSE;
    }
  fitted = mg_try_alloc (n * sizeof (float), "comparing the images", error);
  if (fitted == NULL)
    return FALSE;
  ok = find_ranges (truth, n, fitted, &extent, &out->fitted_range, error);
  if (ok)
    {
      out->raw_range = range > 0 ? range : extent;
      mg_least_squares (image, truth, n, &out->gain, &out->offset, NULL);
      for (gsize i = 0; i < n; i++)
        fitted[i] = (float) (out->gain * image[i] + out->offset);
      ok = score (image, truth, width, height, out->raw_range, extent, &out->raw, cancellable, error) &&
           score (fitted, truth, width, height, out->fitted_range, extent, &out->fitted, cancellable, error);
    }
  mg_free_aligned (fitted);
  return ok;
}
