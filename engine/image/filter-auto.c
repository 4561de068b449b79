#include "image/filter.h"

#include "base/mem.h"
#include "image/noise.h"

#include <math.h>
#include <string.h>

/* The strength is found on a part of large images. */
#define MAX_TRIAL_PX 512

static const double gaussian_sigmas[MG_FILTER_N_GAUSSIANS] = { 0.5, 0.7, 0.9, 1.1, 1.4, 1.7, 2.1, 2.6, 3.2, 4, 5 };
static const double median_radii[] = { 1, 2, 3, 4 };
static const double nlm_strengths[] = { 0.2, 0.35, 0.5, 0.7, 1, 1.4, 2 };

static const struct
{
  const double *strengths;
  guint n;
} ladders[] = {
  [MG_FILTER_GAUSSIAN] = { gaussian_sigmas, G_N_ELEMENTS (gaussian_sigmas) },
  [MG_FILTER_MEDIAN] = { median_radii, G_N_ELEMENTS (median_radii) },
  [MG_FILTER_NLM] = { nlm_strengths, G_N_ELEMENTS (nlm_strengths) },
};

static gboolean
apply (MgFilterKind kind, const float *values, int width, int height, double strength, double sigma, float *out,
       GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  switch (kind)
    {
    case MG_FILTER_GAUSSIAN:
      return mg_filter_gaussian (values, width, height, strength, out, error);
    case MG_FILTER_MEDIAN:
      return mg_filter_median (values, width, height, (int) strength, out, cancellable, error);
    case MG_FILTER_NLM:
    default:
      return mg_filter_nlm (values, width, height, strength, sigma, out, cancellable, error);
    }
}

/* A part of the image in which some pixels are hidden. */
typedef struct
{
  int width, height;
  int reach_x, reach_y;
  /* owned, width × height; where: more than 0 at hidden pixels */
  float *where, *seen, *hidden, *filtered;
} Trial;

static void
trial_clear (Trial *trial)
{
  mg_free_aligned (trial->where);
  mg_free_aligned (trial->seen);
  mg_free_aligned (trial->hidden);
  mg_free_aligned (trial->filtered);
}

/* Mean of the frame just outside the hidden box. */
static float
mean_around (const Trial *trial, int x, int y)
{
  int rx = trial->reach_x + 1, ry = trial->reach_y + 1, n = 0;
  double sum = 0;

  for (int v = MAX (y - ry, 0); v <= MIN (y + ry, trial->height - 1); v++)
    for (int u = MAX (x - rx, 0); u <= MIN (x + rx, trial->width - 1); u++)
      if (ABS (u - x) == rx || ABS (v - y) == ry)
        {
          sum += trial->seen[(gsize) v * (gsize) trial->width + (gsize) u];
          n++;
        }
  return (float) (sum / MAX (n, 1));
}

static void
hide (Trial *trial)
{
  memcpy (trial->hidden, trial->seen, (gsize) trial->width * (gsize) trial->height * sizeof (float));
  for (int y = 0; y < trial->height; y++)
    for (int x = 0; x < trial->width; x++)
      {
        float mean;

        if (trial->where[(gsize) y * (gsize) trial->width + (gsize) x] <= 0)
          continue;
        mean = mean_around (trial, x, y);
        for (int v = MAX (y - trial->reach_y, 0); v <= MIN (y + trial->reach_y, trial->height - 1); v++)
          for (int u = MAX (x - trial->reach_x, 0); u <= MIN (x + trial->reach_x, trial->width - 1); u++)
            trial->hidden[(gsize) v * (gsize) trial->width + (gsize) u] = mean;
      }
}

static gboolean
trial_init (Trial *trial, int width, int height, int reach_x, int reach_y, GError **error)
{
  gsize n = (gsize) width * (gsize) height * sizeof (float);

  *trial = (Trial){ .width = width, .height = height, .reach_x = reach_x, .reach_y = reach_y };
  return (trial->where = mg_try_alloc (n, "filtering the image", error)) != NULL &&
         (trial->seen = mg_try_alloc (n, "filtering the image", error)) != NULL &&
         (trial->hidden = mg_try_alloc (n, "filtering the image", error)) != NULL &&
         (trial->filtered = mg_try_alloc (n, "filtering the image", error)) != NULL;
}

/* The middle of the image, with pixels on a grid hidden. */
static gboolean
trial_init_middle (Trial *trial, const float *values, int width, int height, const MgNoise *noise, GError **error)
{
  int step_x = 4 + 2 * noise->reach_x, step_y = 4 + 2 * noise->reach_y, x0, y0;

  if (!trial_init (trial, MIN (width, MAX_TRIAL_PX), MIN (height, MAX_TRIAL_PX), noise->reach_x, noise->reach_y, error))
    return FALSE;
  x0 = (width - trial->width) / 2;
  y0 = (height - trial->height) / 2;
  for (int y = 0; y < trial->height; y++)
    {
      float *where = trial->where + (gsize) y * (gsize) trial->width;

      memcpy (trial->seen + (gsize) y * (gsize) trial->width, values + (gsize) (y0 + y) * (gsize) width + x0,
              sizeof (float) * (gsize) trial->width);
      for (int x = 0; x < trial->width; x++)
        where[x] = y % step_y == step_y / 2 && x % step_x == step_x / 2;
    }
  hide (trial);
  return TRUE;
}

static double
error_at_hidden (const Trial *trial)
{
  double sum = 0;

  for (gsize i = 0; i < (gsize) trial->width * (gsize) trial->height; i++)
    if (trial->where[i] > 0)
      {
        double d = trial->filtered[i] - trial->seen[i];

        sum += d * d;
      }
  return sum;
}

static gboolean
find_strength (MgFilterKind kind, Trial *trial, double sigma, double *strength, GCancellable *cancellable, GError **error)
{
  double least = INFINITY;

  for (guint i = 0; i < ladders[kind].n; i++)
    {
      double wrong;

      if (!apply (kind, trial->hidden, trial->width, trial->height, ladders[kind].strengths[i], sigma, trial->filtered, cancellable, error))
        return FALSE;
      wrong = error_at_hidden (trial);
      if (wrong < least)
        {
          least = wrong;
          *strength = ladders[kind].strengths[i];
        }
    }
  return TRUE;
}

/* What is no number becomes the mean of what is. */
static float *
fill_gaps (const float *values, gsize n, GError **error)
{
  float *filled = mg_try_alloc (n * sizeof (float), "filtering the image", error);
  double sum = 0;
  gsize k = 0;

  if (filled == NULL)
    return NULL;
  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      {
        sum += values[i];
        k++;
      }
  for (gsize i = 0; i < n; i++)
    filled[i] = isfinite (values[i]) ? values[i] : (float) (sum / (double) MAX (k, 1));
  return filled;
}

/**
 * mg_filter_auto:
 * @values: width × height
 * @out: (out caller-allocates): width × height, not @values
 * @strength: (out) (optional): what was chosen: sigma or radius in px, or the
 *   strength of mg_filter_nlm(); 0 when there was no noise to remove
 * @cancellable: (nullable): looked at some times a second
 *
 * Filters with the strength that best foretells pixels it does not see: some
 * are hidden behind the mean of their surroundings, and the filtered image is
 * compared with them (Batson and Royer 2019, Noise2Self). Where noise is alike in
 * neighbours, those are hidden too. Any thread.
 *
 * Returns: FALSE with an error when memory runs out or when it was cancelled
 */
gboolean
mg_filter_auto (MgFilterKind kind,
                const float *values,
                int width,
                int height,
                float *out,
                double *strength,
                GCancellable *cancellable,
                GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  float *filled = fill_gaps (values, n, error);
  double chosen = 0;
  Trial trial = { 0 };
  MgNoise noise;
  gboolean ok;

  ok = filled != NULL && mg_noise_measure (filled, width, height, &noise, error);
  if (ok && noise.sigma <= 0)
    memcpy (out, filled, n * sizeof (float));
  else if (ok)
    ok = trial_init_middle (&trial, filled, width, height, &noise, error) &&
         find_strength (kind, &trial, noise.sigma, &chosen, cancellable, error) &&
         apply (kind, filled, width, height, chosen, noise.sigma, out, cancellable, error);
  trial_clear (&trial);
  mg_free_aligned (filled);
  if (strength)
    *strength = chosen;
  return ok;
}

/**
 * mg_filter_foretell:
 * @values: width × height, finite
 * @hidden: width × height: more than 0 at the pixels to foretell
 * @reach_x: pixels to each side that are hidden with them, in the row
 * @reach_y: likewise in the column
 * @squares: (inout) (array fixed-size=11): for each of a ladder of sigmas, the sum
 *   of squared differences at hidden pixels is added
 *
 * How well Gaussian filters foretell pixels they do not see: what a network that
 * learns to do so has to be better than. Any thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_filter_foretell (const float *values,
                    int width,
                    int height,
                    const float *hidden,
                    int reach_x,
                    int reach_y,
                    double *squares,
                    GError **error)
{
  gsize size = (gsize) width * (gsize) height * sizeof (float);
  Trial trial;
  gboolean ok = trial_init (&trial, width, height, reach_x, reach_y, error);

  if (ok)
    {
      memcpy (trial.seen, values, size);
      memcpy (trial.where, hidden, size);
      hide (&trial);
    }
  for (guint i = 0; ok && i < MG_FILTER_N_GAUSSIANS; i++)
    {
      ok = mg_filter_gaussian (trial.hidden, width, height, gaussian_sigmas[i], trial.filtered, error);
      squares[i] += ok ? error_at_hidden (&trial) : 0;
    }
  trial_clear (&trial);
  return ok;
}
