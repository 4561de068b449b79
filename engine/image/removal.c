#include "image/removal.h"

#include "base/mem.h"
#include "image/checkerboard.h"
#include "image/filter.h"
#include "image/quality.h"
#include "image/select.h"

#include <math.h>

/* px: over which the strength of the noise is taken as one, structure is looked
 * for, and evidence for it is gathered */
#define LOCAL_SIGMA    2.5
#define LOW_PASS_SIGMA 1.5
#define WINDOW_SIGMA   8.0
/* Places that fit the others worse than this many times the median are left out. */
#define MAX_MISFIT 4
/* What is below this share of the image's noise is rounding. */
#define MIN_NOISE 0.05
/* Less than this share of the values is rounding, too. */
#define ROUNDING 1e-5
/* Less than this share of the noise is next to nothing. */
#define NOTHING 0.1
/* Less than this share of the image may be chance. */
#define MIN_SHARE    0.01
#define DETAIL_SIGMA 4.0

/* Planes of one size. */
typedef struct
{
  int width, height;
  gsize n;
  const float *noisy, *restored;
  float *removed;            /* owned */
  float *scratch[2];         /* owned */
  MgNoise noise;             /* of the noisy one */
  GCancellable *cancellable; /* (nullable): looked at before every blur, which are most of the work */
} Planes;

static void
planes_clear (Planes *planes)
{
  mg_free_aligned (planes->removed);
  mg_free_aligned (planes->scratch[0]);
  mg_free_aligned (planes->scratch[1]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Planes, planes_clear)

static gboolean
planes_init (Planes *planes, GError **error)
{
  gsize size = planes->n * sizeof (float);

  planes->removed = mg_try_alloc (size, "judging the result", error);
  planes->scratch[0] = planes->removed ? mg_try_alloc (size, "judging the result", error) : NULL;
  planes->scratch[1] = planes->scratch[0] ? mg_try_alloc (size, "judging the result", error) : NULL;
  return planes->scratch[1] != NULL;
}

static gboolean
blur (const Planes *planes, const float *values, double sigma, float *out, GError **error)
{
  return !g_cancellable_set_error_if_cancelled (planes->cancellable, error) &&
         mg_filter_gaussian (values, planes->width, planes->height, sigma, out, error);
}

/* Scale and offset between blurred images, in which neither noise nor lost detail
 * weighs; places that fit badly are left out, so that something large that is
 * gone does not shift all else. */
static void
fit (Planes *planes, MgRemoval *out)
{
  float *noisy = planes->scratch[0], *restored = planes->scratch[1], *misfit = planes->removed;

  mg_least_squares (restored, noisy, planes->n, &out->gain, &out->offset, NULL);
  for (int pass = 0; pass < 3; pass++)
    {
      gsize n = 0;
      double most;

      for (gsize i = 0; i < planes->n; i++)
        if (isfinite (noisy[i]))
          misfit[n++] = (float) fabs (noisy[i] - out->gain * restored[i] - out->offset);
      most = MAX_MISFIT * mg_percentile (misfit, n, 50);
      if (most <= 0)
        return;
      for (gsize i = 0; i < planes->n; i++)
        if (fabs (noisy[i] - out->gain * restored[i] - out->offset) > most)
          noisy[i] = NAN;
      mg_least_squares (restored, noisy, planes->n, &out->gain, &out->offset, NULL);
    }
}

/* The difference, as far as it is no matter of scale. */
static gboolean
subtract (Planes *planes, MgRemoval *out, GError **error)
{
  double square = 0, all = 0;

  if (!blur (planes, planes->noisy, WINDOW_SIGMA, planes->scratch[0], error) ||
      !blur (planes, planes->restored, WINDOW_SIGMA, planes->scratch[1], error))
    return FALSE;
  fit (planes, out);
  for (gsize i = 0; i < planes->n; i++)
    {
      planes->removed[i] = planes->noisy[i] - (float) (out->gain * planes->restored[i] + out->offset);
      square += (double) planes->removed[i] * planes->removed[i];
      all += (double) planes->noisy[i] * planes->noisy[i];
    }
  out->removed = square > ROUNDING * ROUNDING * all ? sqrt (square / (double) planes->n) : 0;
  return TRUE;
}

static gboolean
smooth_square (const Planes *planes, const float *values, double sigma, float *out, GError **error)
{
  float *squares = planes->scratch[1];

  for (gsize i = 0; i < planes->n; i++)
    squares[i] = values[i] * values[i];
  return blur (planes, squares, sigma, out, error);
}

/* Divides what was removed by the noise of the place: photon noise is stronger
 * where the image is bright, and that makes it no structure. */
static gboolean
even_out (Planes *planes, GError **error)
{
  float *local = planes->scratch[0];
  double floor = MIN_NOISE * planes->noise.sigma * MIN_NOISE * planes->noise.sigma;

  if (!smooth_square (planes, planes->removed, LOCAL_SIGMA, local, error))
    return FALSE;
  for (gsize i = 0; i < planes->n; i++)
    planes->removed[i] /= (float) sqrt (local[i] + floor + 1e-30);
  return TRUE;
}

static void
correlate (const Planes *planes, MgRemoval *out)
{
  const float *values = planes->removed;
  gsize width = (gsize) planes->width, height = (gsize) planes->height;

  for (gsize lag = 0; lag <= MG_NOISE_MAX_LAG && lag < width && lag < height; lag++)
    {
      double along = 0, down = 0;

      for (gsize y = 0; y < height; y++)
        for (gsize x = 0; x + lag < width; x++)
          along += (double) values[y * width + x] * values[y * width + x + lag];
      for (gsize i = 0; i + lag * width < planes->n; i++)
        down += (double) values[i] * values[i + lag * width];
      out->along[lag] = along / ((double) (width - lag) * (double) height);
      out->down[lag] = down / ((double) width * (double) (height - lag));
    }
  for (int lag = MG_NOISE_MAX_LAG; lag >= 0; lag--)
    {
      out->along[lag] = out->along[0] > 0 ? out->along[lag] / out->along[0] : 0;
      out->down[lag] = out->down[0] > 0 ? out->down[lag] / out->down[0] : 0;
    }
}

/* Edges can pass for correlated noise in a crowded image; noise is no more alike
 * than what was removed. */
static void
bound_noise (Planes *planes, const MgRemoval *out)
{
  MgNoise *noise = &planes->noise;

  for (int lag = 1; lag <= MG_NOISE_MAX_LAG; lag++)
    {
      noise->along[lag] = noise->reach_x > 0 && lag <= noise->reach_x + 1 ? CLAMP (noise->along[lag], 0, MAX (0, out->along[lag])) : 0;
      noise->down[lag] = noise->reach_y > 0 && lag <= noise->reach_y + 1 ? CLAMP (noise->down[lag], 0, MAX (0, out->down[lag])) : 0;
    }
}

/* What the low pass leaves of noise that is `correlations` alike at a distance,
 * over what it leaves of white noise; `squares`: sum of the squares of the
 * correlations that the low pass itself makes. One axis. */
static double
expect (const double *correlations, double *squares)
{
  double sum = 1;

  *squares = 1;
  for (int lag = 1; lag <= 6 * (int) ceil (LOW_PASS_SIGMA); lag++)
    {
      double own = exp (-lag * lag / (4 * LOW_PASS_SIGMA * LOW_PASS_SIGMA));

      *squares += 2 * own * own;
      if (lag <= MG_NOISE_MAX_LAG)
        sum += 2 * own * correlations[lag];
    }
  return sum;
}

/* Mirrored windows see fewer pixels near an edge, and no more than the image has. */
static double
spread_at (int i, int n)
{
  double near = MIN (i, n - 1 - i) / WINDOW_SIGMA;

  return MAX (1 + exp (-near * near), 2 * sqrt (G_PI) * WINDOW_SIGMA / n);
}

/* How much more of what was removed lies in low frequencies than of noise, in
 * standard deviations of what chance gives. */
static gboolean
make_map (const Planes *planes, float *map, GError **error)
{
  float *low = planes->scratch[0], *all = planes->scratch[0];
  const MgNoise *noise = &planes->noise;
  double squares_x, squares_y, kept, expected, deviation;
  int width = planes->width, height = planes->height;

  expected = expect (noise->along, &squares_x) * expect (noise->down, &squares_y);
  /* of white noise the low pass leaves 1 / (4π σ²) */
  kept = 1 / (4 * G_PI * LOW_PASS_SIGMA * LOW_PASS_SIGMA);
  deviation = expected * sqrt (2 * squares_x * squares_y / (4 * G_PI * WINDOW_SIGMA * WINDOW_SIGMA));
  if (!blur (planes, planes->removed, LOW_PASS_SIGMA, low, error) ||
      !smooth_square (planes, low, WINDOW_SIGMA, map, error) ||
      !smooth_square (planes, planes->removed, WINDOW_SIGMA, all, error))
    return FALSE;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gsize i = (gsize) y * (gsize) width + (gsize) x;
        double ratio = map[i] / (kept * MAX (all[i], 0.05));

        map[i] = (float) ((ratio - expected) / (deviation * sqrt (spread_at (x, width) * spread_at (y, height))));
      }
  return TRUE;
}

static gboolean
relate_to_signal (const Planes *planes, MgRemoval *out, GError **error)
{
  float *detail = planes->scratch[0];
  double gain, offset;

  if (!blur (planes, planes->restored, DETAIL_SIGMA, detail, error))
    return FALSE;
  /* fine structure is what a filter may take away; the coarse stays anyway */
  for (gsize i = 0; i < planes->n; i++)
    detail[i] = planes->restored[i] - detail[i];
  mg_least_squares (detail, planes->removed, planes->n, &gain, &offset, &out->with_signal);
  return TRUE;
}

/* In words what the numbers say. */
static void
find_verdict (MgRemoval *out)
{
  if (out->removed <= NOTHING * out->sigma_before)
    {
      out->verdict = MG_REMOVAL_NOTHING;
      out->share = 0;
    }
  else
    out->verdict = out->share > MIN_SHARE ? MG_REMOVAL_STRUCTURE : MG_REMOVAL_NOISE;
}

static void
judge (const Planes *planes, const float *map, MgRemoval *out)
{
  const MgNoise *noise = &planes->noise;
  gsize n_structure = 0;

  for (gsize i = 0; i < planes->n; i++)
    n_structure += map[i] > MG_REMOVAL_SIGNIFICANT;
  out->share = (double) n_structure / (double) planes->n;
  out->neighbours = (out->along[1] + out->down[1] - noise->along[1] - noise->down[1]) / 2;
  find_verdict (out);
}

/**
 * mg_removal_measure:
 * @noisy: width × height
 * @restored: width × height
 * @map: (out caller-allocates) (nullable): width × height: how certain it is
 *   that structure was removed around a place: what lies in low frequencies
 *   there, beyond what the noise would leave, in standard deviations of chance;
 *   above %MG_REMOVAL_SIGNIFICANT it counts
 * @out: (out): what was taken away, and whether it looks like noise
 * @cancellable: (nullable): looked at between steps, each a tenth of the work
 *
 * Good restoration takes away what resembles nothing. Noise of any strength, and
 * of a strength that changes with brightness, is as likely above as below zero
 * from pixel to pixel, so that a mean over some of them is small; a structure
 * that was taken away is not. All values must be finite. Any thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_removal_measure (const float *noisy,
                    const float *restored,
                    int width,
                    int height,
                    float *map,
                    MgRemoval *out,
                    GCancellable *cancellable,
                    GError **error)
{
  g_auto (Planes) planes = { .width = width, .height = height, .n = (gsize) width * (gsize) height, .noisy = noisy, .restored = restored, .cancellable = cancellable };
  float *own_map = NULL;
  MgNoise after;
  gboolean ok;

  *out = (MgRemoval){ 0 };
  if (!planes_init (&planes, error) || !mg_noise_measure (noisy, width, height, &planes.noise, error) ||
      g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !mg_noise_measure (restored, width, height, &after, error))
    return FALSE;
  if (!subtract (&planes, out, error))
    return FALSE;
  out->sigma_before = planes.noise.sigma;
  out->sigma_after = fabs (out->gain) * after.sigma;
  out->checkerboard_before = mg_checkerboard (noisy, width, height);
  out->checkerboard_after = mg_checkerboard (restored, width, height);
  if (map == NULL)
    map = own_map = mg_try_alloc (planes.n * sizeof (float), "judging the result", error);
  ok = map != NULL && even_out (&planes, error) && relate_to_signal (&planes, out, error);
  if (ok)
    {
      correlate (&planes, out);
      bound_noise (&planes, out);
      ok = make_map (&planes, map, error);
    }
  if (ok)
    judge (&planes, map, out);
  mg_free_aligned (own_map);
  return ok;
}

/**
 * mg_removal_combine:
 * @planes: of the planes of one image
 * @n: how many, 1 or more
 * @out: (out): their means, and the verdict on those
 */
void
mg_removal_combine (const MgRemoval *planes,
                    guint n,
                    MgRemoval *out)
{
  *out = (MgRemoval){ 0 };
  for (guint i = 0; i < n; i++)
    {
      out->gain += planes[i].gain / n;
      out->offset += planes[i].offset / n;
      out->sigma_before += planes[i].sigma_before / n;
      out->sigma_after += planes[i].sigma_after / n;
      out->removed += planes[i].removed / n;
      out->neighbours += planes[i].neighbours / n;
      out->with_signal += planes[i].with_signal / n;
      out->checkerboard_before += planes[i].checkerboard_before / n;
      out->checkerboard_after += planes[i].checkerboard_after / n;
      out->share += planes[i].share / n;
      for (int lag = 0; lag <= MG_NOISE_MAX_LAG; lag++)
        {
          out->along[lag] += planes[i].along[lag] / n;
          out->down[lag] += planes[i].down[lag] / n;
        }
    }
  find_verdict (out);
}

/**
 * mg_removal_describe:
 *
 * Returns: (transfer full): the verdict in plain words
 */
char *
mg_removal_describe (const MgRemoval *removal)
{
  switch (removal->verdict)
    {
    case MG_REMOVAL_NOTHING:
      return g_strdup ("next to nothing was removed");
    case MG_REMOVAL_STRUCTURE:
      return g_strdup_printf ("structure was removed, too: in %.*f\u00a0%% of the image", removal->share < 0.1, 100 * removal->share);
    case MG_REMOVAL_NOISE:
    default:
      return g_strdup ("the residual looks like noise");
    }
}
