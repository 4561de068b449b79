#include "image/filter.h"

#include "base/mem.h"
#include "base/parallel.h"
#include "image/select.h"

#include <math.h>
#include <string.h>

#define GAUSS_REACH 3.5 /* sigmas */

#define MAX_MEDIAN_RADIUS 8

#define NLM_SEARCH 7 /* px to each side in which alike places are looked for */
#define NLM_PATCH  2 /* px to each side that must be alike */

static const char *const names[] = { "gaussian", "median", "nlm" };

/**
 * mg_filter_find:
 * @name: "gaussian", "median" or "nlm"
 * @kind: (out): the filter
 *
 * Returns: FALSE with an error that lists the filters
 */
gboolean
mg_filter_find (const char *name,
                MgFilterKind *kind,
                GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], name) == 0)
      {
        *kind = (MgFilterKind) i;
        return TRUE;
      }
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "There is no filter “%s”; known are: gaussian, median, nlm.", name);
  return FALSE;
}

/**
 * mg_filter_name:
 *
 * Returns: (transfer none): as mg_filter_find() takes it
 */
const char *
mg_filter_name (MgFilterKind kind)
{
  return names[kind];
}

static inline int
mirror (int i, int n)
{
  while (i < 0 || i >= n)
    i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return i;
}

static int
make_kernel (double sigma, float **kernel)
{
  int radius = MAX (1, (int) ceil (GAUSS_REACH * sigma));
  double sum = 0;

  *kernel = g_new (float, 2 * radius + 1);
  for (int i = -radius; i <= radius; i++)
    sum += exp (-i * i / (2 * sigma * sigma));
  for (int i = -radius; i <= radius; i++)
    (*kernel)[i + radius] = (float) (exp (-i * i / (2 * sigma * sigma)) / sum);
  return radius;
}

/* One axis after the other: values → rows → out. */
typedef struct
{
  const float *values, *kernel;
  float *rows, *out;
  int width, height, radius;
} Gaussian;

static void
gaussian_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Gaussian *g = data;
  g_autofree float *padded = g_new (float, g->width + 2 * g->radius);

  for (gsize y = begin; y < end; y++)
    {
      const float *in = g->values + y * (gsize) g->width;
      float *to = g->rows + y * (gsize) g->width;

      for (int x = -g->radius; x < g->width + g->radius; x++)
        padded[x + g->radius] = in[mirror (x, g->width)];
      memset (to, 0, (gsize) g->width * sizeof (float));
      for (int i = 0; i <= 2 * g->radius; i++)
        for (int x = 0; x < g->width; x++)
          to[x] += g->kernel[i] * padded[x + i];
    }
}

static void
gaussian_columns (gsize begin, gsize end, guint worker, gpointer data)
{
  const Gaussian *g = data;

  for (gsize y = begin; y < end; y++)
    {
      float *to = g->out + y * (gsize) g->width;

      memset (to, 0, (gsize) g->width * sizeof (float));
      for (int i = -g->radius; i <= g->radius; i++)
        {
          const float *in = g->rows + (gsize) mirror ((int) y + i, g->height) * (gsize) g->width;
          float weight = g->kernel[i + g->radius];

          for (int x = 0; x < g->width; x++)
            to[x] += weight * in[x];
        }
    }
}

/**
 * mg_filter_gaussian:
 * @values: width × height
 * @sigma: px, more than 0
 * @out: (out caller-allocates): width × height, not @values
 *
 * The edges mirror. Any thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_filter_gaussian (const float *values,
                    int width,
                    int height,
                    double sigma,
                    float *out,
                    GError **error)
{
  g_autofree float *kernel = NULL;
  gsize n = (gsize) width * (gsize) height;
  Gaussian gaussian = { .values = values, .out = out, .width = width, .height = height };

  gaussian.rows = mg_try_alloc (n * sizeof (float), "filtering the image", error);
  if (gaussian.rows == NULL)
    return FALSE;
  gaussian.radius = make_kernel (sigma, &kernel);
  gaussian.kernel = kernel;
  mg_parallel_for ((gsize) height, 16, gaussian_rows, &gaussian);
  mg_parallel_for ((gsize) height, 16, gaussian_columns, &gaussian);
  mg_free_aligned (gaussian.rows);
  return TRUE;
}

typedef struct
{
  const float *values;
  int width, height, radius;
  float *out;
  GCancellable *cancellable;
} Median;

static void
median_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Median *m = data;
  float window[(2 * MAX_MEDIAN_RADIUS + 1) * (2 * MAX_MEDIAN_RADIUS + 1)];

  for (gsize y = begin; y < end && !g_cancellable_is_cancelled (m->cancellable); y++)
    for (int x = 0; x < m->width; x++)
      {
        gsize n = 0;

        for (int j = -m->radius; j <= m->radius; j++)
          {
            const float *row = m->values + (gsize) mirror ((int) y + j, m->height) * (gsize) m->width;

            for (int i = -m->radius; i <= m->radius; i++)
              window[n++] = row[mirror (x + i, m->width)];
          }
        m->out[y * (gsize) m->width + (gsize) x] = (float) mg_percentile (window, n, 50);
      }
}

/**
 * mg_filter_median:
 * @values: width × height, finite
 * @radius: px: the median of 2 · radius + 1 pixels squared is taken; 1 to 8
 * @out: (out caller-allocates): width × height, not @values
 * @cancellable: (nullable): looked at row by row
 *
 * The edges mirror. Any thread.
 *
 * Returns: FALSE with an error when the radius is out of range, or when it was
 *   cancelled
 */
gboolean
mg_filter_median (const float *values,
                  int width,
                  int height,
                  int radius,
                  float *out,
                  GCancellable *cancellable,
                  GError **error)
{
  Median median = { values, width, height, radius, out, cancellable };

  if (radius < 1 || radius > MAX_MEDIAN_RADIUS)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "The radius of a median must be 1 to %d pixels, not %d.", MAX_MEDIAN_RADIUS, radius);
      return FALSE;
    }
  mg_parallel_for ((gsize) height, 8, median_rows, &median);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* The plane with a mirrored rim, and what non-local means works with. */
typedef struct
{
  int width, height, rim, pitch; /* pitch, height + 2 rim: of the padded plane */
  float *padded;
  float floor, scale; /* weight = exp (-max (distance - floor, 0) · scale) */
  float *out;
  GCancellable *cancellable;
} Nlm;

/* Sums of squared differences of one row against the row at the offset. */
static void
add_row (const float *a, const float *b, int n, float sign, float *sums)
{
  for (int x = 0; x < n; x++)
    {
      float d = a[x] - b[x];

      sums[x] += sign * d * d;
    }
}

/* exp for 0 and less, to a few percent: weights need no more, and this one the
 * compiler makes into vector instructions. */
static inline float
weigh (float x)
{
  float t = 1 + x * (1.0f / 16);

  t = t > 0 ? t : 0;
  t *= t;
  t *= t;
  t *= t;
  return t * t;
}

/* One strip of rows for one offset; column sums slide down, row sums across. */
static void
nlm_offset (const Nlm *nlm, int y0, int y1, int dx, int dy, float *columns, float *total, float *weights)
{
  int wide = nlm->width + 2 * NLM_PATCH;
  const float *base = nlm->padded + (gsize) nlm->rim * (gsize) nlm->pitch + nlm->rim - NLM_PATCH;
  gssize shift = (gssize) dy * nlm->pitch + dx;

  memset (columns, 0, (gsize) wide * sizeof (float));
  for (int v = y0 - NLM_PATCH; v < y0 + NLM_PATCH; v++)
    add_row (base + (gssize) v * nlm->pitch, base + (gssize) v * nlm->pitch + shift, wide, 1, columns);
  for (int y = y0; y < y1; y++)
    {
      const float *in = base + (gssize) (y + NLM_PATCH) * nlm->pitch, *old = base + (gssize) (y - NLM_PATCH) * nlm->pitch;
      const float *centre = base + (gssize) y * nlm->pitch + NLM_PATCH + shift;
      gsize at = (gsize) (y - y0) * (gsize) nlm->width;

      add_row (in, in + shift, wide, 1, columns);
      for (int x = 0; x < nlm->width; x++)
        {
          float sum = 0, weight;

          for (int i = 0; i <= 2 * NLM_PATCH; i++)
            sum += columns[x + i];
          weight = weigh (-MAX (sum - nlm->floor, 0.0f) * nlm->scale);
          total[at + (gsize) x] += weight * centre[x];
          weights[at + (gsize) x] += weight;
        }
      add_row (old, old + shift, wide, -1, columns);
    }
}

static void
nlm_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Nlm *nlm = data;
  gsize n = (end - begin) * (gsize) nlm->width;
  g_autofree float *columns = g_new (float, nlm->width + 2 * NLM_PATCH);
  g_autofree float *total = g_new0 (float, n), *weights = g_new0 (float, n);
  float *out = nlm->out + begin * (gsize) nlm->width;

  for (int dy = -NLM_SEARCH; dy <= NLM_SEARCH && !g_cancellable_is_cancelled (nlm->cancellable); dy++)
    for (int dx = -NLM_SEARCH; dx <= NLM_SEARCH; dx++)
      nlm_offset (nlm, (int) begin, (int) end, dx, dy, columns, total, weights);
  for (gsize i = 0; i < n; i++)
    out[i] = total[i] / weights[i];
}

/**
 * mg_filter_nlm:
 * @values: width × height, finite
 * @strength: in units of @sigma; 0.2 to 2
 * @sigma: of the noise, more than 0
 * @out: (out caller-allocates): width × height, not @values
 * @cancellable: (nullable): looked at some times a second
 *
 * Non-local means (Buades, Coll and Morel 2005; 2011 for the noise taken off the
 * distance): each pixel becomes the mean of those of 15 × 15 whose 5 × 5
 * neighbourhoods are alike. The edges mirror. Any thread.
 *
 * Returns: FALSE with an error when memory runs out or when it was cancelled
 */
gboolean
mg_filter_nlm (const float *values,
               int width,
               int height,
               double strength,
               double sigma,
               float *out,
               GCancellable *cancellable,
               GError **error)
{
  const int area = (2 * NLM_PATCH + 1) * (2 * NLM_PATCH + 1), rim = NLM_SEARCH + NLM_PATCH;
  Nlm nlm = { .width = width, .height = height, .rim = rim, .pitch = width + 2 * rim, .out = out, .cancellable = cancellable };
  double h = MAX (strength * sigma, 1e-12);

  nlm.floor = (float) (2 * sigma * sigma * area);
  nlm.scale = (float) (1 / (h * h * area));
  nlm.padded = mg_try_alloc ((gsize) nlm.pitch * (gsize) (height + 2 * rim) * sizeof (float), "filtering the image", error);
  if (nlm.padded == NULL)
    return FALSE;
  for (int y = -rim; y < height + rim; y++)
    for (int x = -rim; x < width + rim; x++)
      nlm.padded[(gsize) (y + rim) * (gsize) nlm.pitch + (gsize) (x + rim)] =
        values[(gsize) mirror (y, height) * (gsize) width + (gsize) mirror (x, width)];
  mg_parallel_for ((gsize) height, 32, nlm_rows, &nlm);
  mg_free_aligned (nlm.padded);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
