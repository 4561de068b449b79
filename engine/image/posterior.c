#include "image/posterior.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is learned about the noise is learned from so many pixels at most; with
 * fewer than the least nothing is. */
#define MAX_SAMPLES (1 << 18)
#define MIN_SAMPLES 4096
/* Noise against brightness: bins of as many pixels each, the brightest of them
 * in parts again, and in each the flattest. */
#define N_BRIGHTNESS   16
#define N_BRIGHTEST    4
#define FLATTEST_SHARE 0.2
/* Trust against steepness, likewise. */
#define N_STEEPNESS 20
#define N_STEEPEST  4
#define N_LEVELS    (N_BRIGHTNESS - 1 + N_BRIGHTEST)
#define N_BINS      (N_STEEPNESS - 1 + N_STEEPEST)
/* A pixel further off than this many sigmas is a defect, not noise. */
#define MAX_SIGMAS 4

typedef struct
{
  float value; /* foretold */
  float slope;
  float square; /* of the difference to the noisy image */
} Sample;

/* Variance of the noise at some levels of brightness, rising, and what part of a
 * difference is image where it is as steep as `edges` say. */
typedef struct
{
  float levels[N_LEVELS], variances[N_LEVELS];
  float edges[N_BINS]; /* upper ends, in sigmas of the noise; the last infinite */
  float share[N_BINS];
  float most[N_BINS]; /* sigmas of the noise that a difference counts at most */
} Trust;

static int
compare_values (gconstpointer a, gconstpointer b)
{
  const Sample *x = a, *y = b;

  return (x->value > y->value) - (x->value < y->value);
}

static int
compare_slopes (gconstpointer a, gconstpointer b)
{
  const Sample *x = a, *y = b;

  return (x->slope > y->slope) - (x->slope < y->slope);
}

/* Sobel's gradient, which leaves the pixel itself out: what was foretold of it
 * may lean to its noise a little. */
static float
slope_at (const float *values, int width, int height, int x, int y)
{
  const float *row = values + (gsize) y * (gsize) width;
  const float *above = y > 0 ? row - width : row, *below = y + 1 < height ? row + width : row;
  int left = MAX (x - 1, 0), right = MIN (x + 1, width - 1);
  float along = above[right] - above[left] + 2 * (row[right] - row[left]) + below[right] - below[left];
  float down = below[left] - above[left] + 2 * (below[x] - above[x]) + below[right] - above[right];

  return sqrtf (along * along + down * down) / 8;
}

/* Bins of n values, all as large but for the last, which is cut into n_last more:
 * where bin k begins. */
static guint
begin_of (guint n, guint n_bins, guint n_last, guint k)
{
  guint last = (guint) ((guint64) n * (n_bins - 1) / n_bins);

  if (k < n_bins)
    return (guint) ((guint64) n * k / n_bins);
  return last + (guint) ((guint64) (n - last) * (k + 1 - n_bins) / n_last);
}

/* In the flattest pixels of each brightness the difference is noise alone. A line
 * would do for counted light, but not where the detector saturates. FALSE: there
 * is no noise. */
static gboolean
fit_noise (Sample *samples, guint n, Trust *out)
{
  qsort (samples, n, sizeof *samples, compare_values);
  for (guint k = 0; k < N_LEVELS; k++)
    {
      guint begin = begin_of (n, N_BRIGHTNESS, N_BRIGHTEST, k), end = begin_of (n, N_BRIGHTNESS, N_BRIGHTEST, k + 1);
      guint count = MAX ((guint) ((end - begin) * FLATTEST_SHARE), 1);
      double level = 0, variance = 0;

      qsort (samples + begin, end - begin, sizeof *samples, compare_slopes);
      for (guint i = begin; i < begin + count; i++)
        {
          level += samples[i].value / (double) count;
          variance += samples[i].square / (double) count;
        }
      out->levels[k] = (float) level;
      out->variances[k] = (float) variance;
      if (variance <= 0)
        return FALSE;
    }
  return TRUE;
}

static float
noise_at (const Trust *trust, float value)
{
  const float *levels = trust->levels, *variances = trust->variances;
  guint k = 1;

  if (!(value > levels[0]))
    return variances[0];
  while (k < N_LEVELS && value >= levels[k])
    k++;
  if (k == N_LEVELS)
    return variances[k - 1];
  return variances[k - 1] + (value - levels[k - 1]) / (levels[k] - levels[k - 1]) * (variances[k] - variances[k - 1]);
}

/* Where the difference varies more than noise does, the rest is image that was
 * not foretold. Slopes are counted in sigmas of the noise. */
static void
fit_trust (Sample *samples, guint n, Trust *out)
{
  for (guint i = 0; i < n; i++)
    {
      float noise = noise_at (out, samples[i].value);

      samples[i].slope /= sqrtf (noise);
      samples[i].square /= noise;
    }
  qsort (samples, n, sizeof *samples, compare_slopes);
  for (guint k = 0; k < N_BINS; k++)
    {
      guint begin = begin_of (n, N_STEEPNESS, N_STEEPEST, k), end = begin_of (n, N_STEEPNESS, N_STEEPEST, k + 1);
      double sum = 0;

      for (guint i = begin; i < end; i++)
        sum += samples[i].square / (double) (end - begin);
      out->edges[k] = k + 1 < N_BINS ? samples[end].slope : INFINITY;
      out->share[k] = (float) (sum > 1 ? 1 - 1 / sum : 0);
      out->most[k] = (float) (MAX_SIGMAS * sqrt (MAX (sum, 1)));
    }
}

static void
apply (const Trust *trust, const float *noisy, const float *foretold, int width, int height, float *out)
{
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gsize i = (gsize) y * (gsize) width + (gsize) x;
        float sigma = sqrtf (noise_at (trust, foretold[i])), slope = slope_at (foretold, width, height, x, y) / sigma;
        float difference = noisy[i] - foretold[i], most;
        guint k = 0;

        while (slope >= trust->edges[k])
          k++;
        most = trust->most[k] * sigma;
        out[i] = isfinite (difference) ? foretold[i] + trust->share[k] * CLAMP (difference, -most, most) : foretold[i];
      }
}

static guint
take_samples (const float *noisy, const float *foretold, int width, int height, Sample *out)
{
  guint n = 0, step = 1;

  while (((gint64) width + step - 1) / step * (((gint64) height + step - 1) / step) > MAX_SAMPLES)
    step++;
  for (int y = 0; y < height; y += (int) step)
    for (int x = 0; x < width; x += (int) step)
      {
        gsize i = (gsize) y * (gsize) width + (gsize) x;
        float difference = noisy[i] - foretold[i];

        if (isfinite (difference))
          out[n++] = (Sample){ foretold[i], slope_at (foretold, width, height, x, y), difference * difference };
      }
  return n;
}

/**
 * mg_posterior_mean:
 * @noisy: width × height
 * @foretold: width × height: each pixel from its surroundings alone, as networks
 *   with a blind spot do
 * @out: (out caller-allocates): width × height, may be neither of them
 *
 * What was foretold knows nothing of the pixel's own value, which is noisy, but
 * not worthless: the mean of the two, each weighed by the other's variance, errs
 * least (Laine et al. 2019; Krull et al. 2020). The noise's variance comes from
 * flat places, that of the foretold from how much more it differs where the image
 * is steep. Values that are no numbers stay as foretold; so do all of a plane too
 * small to tell. Any thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_posterior_mean (const float *noisy,
                   const float *foretold,
                   int width,
                   int height,
                   float *out,
                   GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  Sample *samples = mg_try_alloc (MIN (n, MAX_SAMPLES) * sizeof (Sample), "combining the image with what was foretold", error);
  guint n_samples;
  Trust trust;

  if (samples == NULL)
    return FALSE;
  n_samples = take_samples (noisy, foretold, width, height, samples);
  if (n_samples >= MIN_SAMPLES && fit_noise (samples, n_samples, &trust))
    {
      fit_trust (samples, n_samples, &trust);
      apply (&trust, noisy, foretold, width, height, out);
    }
  else
    memcpy (out, foretold, n * sizeof (float));
  mg_free_aligned (samples);
  return TRUE;
}
