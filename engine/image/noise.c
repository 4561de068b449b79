#include "image/noise.h"

#include "base/mem.h"
#include "image/select.h"

#include <math.h>
#include <stdlib.h>

/* Places of this size are looked for that show nothing but noise. */
#define BLOCK_PX 16
/* … among blocks of like brightness the flattest */
#define N_BRIGHTNESS   8
#define FLATTEST_SHARE 0.2
/* A block with more pixels of one extreme value than this is clipped. */
#define MAX_CLIPPED_SHARE 0.3
#define N_SHAPES          6
/* Structure that is left in the blocks looks like weak correlation, so that only
 * a strong one between next neighbours counts; the reach ends below the second. */
#define CORRELATED       0.35
#define STILL_CORRELATED 0.2
/* Median of |x| for normal noise of sigma 1. */
#define MEDIAN_TO_SIGMA 0.6745
#define MAX_SAMPLES     (1 << 20)

typedef struct
{
  int x, y;
  double mean, variance;
} Block;

/* Response of the difference of two Laplacians (Immerkær 1996), which planes and
 * edges along the axes leave at 0; its noise has 6 times the sigma. */
static double
second_difference (const float *p, gssize pitch)
{
  return p[-pitch - 1] - 2.0 * p[-pitch] + p[-pitch + 1] - 2.0 * p[-1] + 4.0 * p[0] - 2.0 * p[1] +
         p[pitch - 1] - 2.0 * p[pitch] + p[pitch + 1];
}

/* Robust sigma: median of the responses that are not exactly 0, as they are in
 * clipped places (Donoho and Johnstone 1994 take the median likewise). */
static gboolean
estimate_sigma (const float *values, int width, int height, double *sigma, GError **error)
{
  gsize n = 0, step = 1;
  float *responses;

  *sigma = 0;
  if (width < 3 || height < 3)
    return TRUE;
  while ((gsize) (width / (int) step + 1) * (gsize) (height / (int) step + 1) > MAX_SAMPLES)
    step++;
  responses = mg_try_alloc (((gsize) width / step + 1) * ((gsize) height / step + 1) * sizeof (float), "measuring the noise", error);
  if (responses == NULL)
    return FALSE;
  for (gsize y = 1; y + 1 < (gsize) height; y += step)
    for (gsize x = 1; x + 1 < (gsize) width; x += step)
      {
        double response = fabs (second_difference (values + y * (gsize) width + x, width));

        if (isfinite (response) && response > 0)
          responses[n++] = (float) response;
      }
  if (n > 0)
    *sigma = mg_percentile (responses, n, 50) / (6 * MEDIAN_TO_SIGMA);
  mg_free_aligned (responses);
  return TRUE;
}

/* Polynomials over a block that are at right angles to each other. */
static double
shape (int k, double x, double y)
{
  const double mean_square = (BLOCK_PX * BLOCK_PX - 1) / 12.0;

  switch (k)
    {
    case 0:
      return 1;
    case 1:
      return x;
    case 2:
      return y;
    case 3:
      return x * y;
    case 4:
      return x * x - mean_square;
    case 5:
    default:
      return y * y - mean_square;
    }
}

/* Takes the least-squares surface of second order off the block. */
static void
take_surface (float *block)
{
  const double half = (BLOCK_PX - 1) / 2.0;

  for (int k = 0; k < N_SHAPES; k++)
    {
      double sum = 0, norm = 0;

      for (int i = 0; i < BLOCK_PX * BLOCK_PX; i++)
        {
          double value = shape (k, i % BLOCK_PX - half, i / BLOCK_PX - half);

          sum += value * block[i];
          norm += value * value;
        }
      for (int i = 0; i < BLOCK_PX * BLOCK_PX; i++)
        block[i] -= (float) (sum / norm * shape (k, i % BLOCK_PX - half, i / BLOCK_PX - half));
    }
}

/* Copies the block and flattens it; FALSE where it is clipped or empty. */
static gboolean
flatten (const float *values, int width, const Block *block, double *mean, double *variance, float *out)
{
  const int n = BLOCK_PX * BLOCK_PX;
  double sum = 0, square = 0;
  float low = INFINITY, high = -INFINITY;
  int n_low = 0, n_high = 0;

  for (int i = 0; i < n; i++)
    {
      out[i] = values[(gsize) (block->y + i / BLOCK_PX) * (gsize) width + (gsize) (block->x + i % BLOCK_PX)];
      if (!isfinite (out[i]))
        return FALSE;
      sum += out[i];
      low = MIN (low, out[i]);
      high = MAX (high, out[i]);
    }
  for (int i = 0; i < n; i++)
    {
      n_low += out[i] == low;
      n_high += out[i] == high;
    }
  if (low == high || MAX (n_low, n_high) > MAX_CLIPPED_SHARE * n)
    return FALSE;
  take_surface (out);
  for (int i = 0; i < n; i++)
    square += (double) out[i] * out[i];
  *mean = sum / n;
  *variance = square / n;
  return *variance > 0;
}

static int
compare_means (gconstpointer a, gconstpointer b)
{
  const Block *x = a, *y = b;

  return (x->mean > y->mean) - (x->mean < y->mean);
}

static int
compare_variances (gconstpointer a, gconstpointer b)
{
  const Block *x = a, *y = b;

  return (x->variance > y->variance) - (x->variance < y->variance);
}

static GArray *
find_blocks (const float *values, int width, int height)
{
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  float scratch[BLOCK_PX * BLOCK_PX];
  int step = BLOCK_PX;

  while ((gint64) (width / step + 1) * (height / step + 1) > 1 << 16)
    step *= 2;
  for (int y = 0; y + BLOCK_PX <= height; y += step)
    for (int x = 0; x + BLOCK_PX <= width; x += step)
      {
        Block block = { x, y, 0, 0 };

        if (flatten (values, width, &block, &block.mean, &block.variance, scratch))
          g_array_append_val (blocks, block);
      }
  return blocks;
}

/* Adds the block's own correlations, so that bright places count no more than
 * dark ones. */
static void
add_correlations (const float *flat, double variance, MgNoise *out)
{
  for (int lag = 0; lag <= MG_NOISE_MAX_LAG; lag++)
    {
      double along = 0, down = 0;

      for (int a = 0; a < BLOCK_PX; a++)
        for (int b = 0; b + lag < BLOCK_PX; b++)
          {
            along += flat[a * BLOCK_PX + b] * flat[a * BLOCK_PX + b + lag];
            down += flat[b * BLOCK_PX + a] * flat[(b + lag) * BLOCK_PX + a];
          }
      out->along[lag] += along / (variance * BLOCK_PX * (BLOCK_PX - lag));
      out->down[lag] += down / (variance * BLOCK_PX * (BLOCK_PX - lag));
    }
}

static int
find_reach (const double *correlations)
{
  int lag = 0;

  if (correlations[1] < CORRELATED)
    return 0;
  while (lag < MG_NOISE_MAX_LAG && correlations[lag + 1] >= STILL_CORRELATED)
    lag++;
  return lag;
}

/**
 * mg_noise_measure:
 * @values: width × height
 * @out: (out): what the noise is like
 *
 * Sigma by the median of a second difference; correlation between neighbours in
 * the flattest 16 × 16 blocks of each brightness, surfaces of second order taken off. Values that
 * are not finite are left out. Any thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_noise_measure (const float *values,
                  int width,
                  int height,
                  MgNoise *out,
                  GError **error)
{
  g_autoptr (GArray) blocks = NULL;
  float flat[BLOCK_PX * BLOCK_PX];

  *out = (MgNoise){ 0 };
  if (!estimate_sigma (values, width, height, &out->sigma, error))
    return FALSE;
  blocks = find_blocks (values, width, height);
  if (blocks->len == 0)
    return TRUE;
  qsort (blocks->data, blocks->len, sizeof (Block), compare_means);
  for (guint k = 0; k < N_BRIGHTNESS; k++)
    {
      guint begin = k * blocks->len / N_BRIGHTNESS, n = (k + 1) * blocks->len / N_BRIGHTNESS - begin;
      Block *alike = &g_array_index (blocks, Block, begin);

      qsort (alike, n, sizeof (Block), compare_variances);
      for (guint i = 0; i < n && i < MAX (1, (guint) (FLATTEST_SHARE * n)); i++)
        {
          double mean, variance;

          flatten (values, width, &alike[i], &mean, &variance, flat);
          add_correlations (flat, variance, out);
          out->n_blocks++;
        }
    }
  for (int lag = 0; lag <= MG_NOISE_MAX_LAG; lag++)
    {
      out->along[lag] /= out->n_blocks;
      out->down[lag] /= out->n_blocks;
    }
  out->reach_x = find_reach (out->along);
  out->reach_y = find_reach (out->down);
  return TRUE;
}
