#include "image/quality.h"

#include "base/mem.h"
#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_RADIUS 5
#define WINDOW_SIGMA  1.5
#define WINDOW        (2 * WINDOW_RADIUS + 1)

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;

  return (x > y) - (x < y);
}

/* Linear between the two neighbouring ranks. */
static double
percentile (const float *sorted, gsize n, double percent)
{
  double rank = percent / 100 * (double) (n - 1);
  gsize k = (gsize) rank;

  return k + 1 < n ? sorted[k] + (rank - (double) k) * ((double) sorted[k + 1] - sorted[k]) : sorted[k];
}

static gboolean
find_range (const float *truth, gsize n, double *low, double *high, GError **error)
{
  float *sorted = mg_try_alloc (n * sizeof (float), "comparing the images", error);

  if (sorted == NULL)
    return FALSE;
  memcpy (sorted, truth, n * sizeof (float));
  qsort (sorted, n, sizeof (float), compare_floats);
  *low = percentile (sorted, n, 0.1);
  *high = percentile (sorted, n, 99.9);
  if (*high <= *low)
    *high = *low + 1;
  mg_free_aligned (sorted);
  return TRUE;
}

typedef struct
{
  const float *a, *b;
  int width, height;
  double kernel[WINDOW];
  double *row_sums; /* of each row of the result */
} Ssim;

/* Rows of the similarity index: weighted moments of each window. */
static void
ssim_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
  Ssim *s = data;
  gsize width = (gsize) s->width;
  g_autofree double *columns = g_new (double, 5 * width);

  for (gsize y = begin; y < end; y++)
    {
      double total = 0;

      memset (columns, 0, 5 * width * sizeof (double));
      for (gsize j = 0; j < WINDOW; j++)
        for (gsize x = 0; x < width; x++)
          {
            double a = s->a[(y + j) * width + x], b = s->b[(y + j) * width + x], w = s->kernel[j];
            double *m = columns + 5 * x;

            m[0] += w * a;
            m[1] += w * b;
            m[2] += w * a * a;
            m[3] += w * b * b;
            m[4] += w * a * b;
          }
      for (gsize x = 0; x + WINDOW <= width; x++)
        {
          double m[5] = { 0 }, va, vb, vab;

          for (gsize i = 0; i < WINDOW; i++)
            for (int k = 0; k < 5; k++)
              m[k] += s->kernel[i] * columns[5 * (x + i) + (gsize) k];
          va = m[2] - m[0] * m[0];
          vb = m[3] - m[1] * m[1];
          vab = m[4] - m[0] * m[1];
          total += (2 * m[0] * m[1] + c1) * (2 * vab + c2) / ((m[0] * m[0] + m[1] * m[1] + c1) * (va + vb + c2));
        }
      s->row_sums[y] = total;
    }
}

/* Wang et al. 2004: Gaussian window of 11 pixels, sigma 1.5, range 1, over the
 * pixels whose window lies in the image. */
static double
ssim (const float *a, const float *b, int width, int height)
{
  Ssim s = { .a = a, .b = b, .width = width, .height = height };
  int rows = height - WINDOW + 1;
  double sum = 0;

  if (width < WINDOW || rows < 1)
    return NAN;
  for (int i = 0; i < WINDOW; i++)
    {
      s.kernel[i] = exp (-0.5 * pow ((i - WINDOW_RADIUS) / WINDOW_SIGMA, 2));
      sum += s.kernel[i];
    }
  for (int i = 0; i < WINDOW; i++)
    s.kernel[i] /= sum;
  s.row_sums = g_new (double, rows);
  mg_parallel_for ((gsize) rows, 16, ssim_rows, &s);
  sum = 0;
  for (int y = 0; y < rows; y++)
    sum += s.row_sums[y];
  g_free (s.row_sums);
  return sum / ((double) rows * (width - WINDOW + 1));
}

/* Both in units of the truth's range. */
static MgQuality
measure (const float *truth, const float *restored, int width, int height)
{
  gsize n = (gsize) width * (gsize) height;
  double square = 0;

  for (gsize i = 0; i < n; i++)
    square += ((double) truth[i] - restored[i]) * ((double) truth[i] - restored[i]);
  square /= (double) n;
  return (MgQuality){ -10 * log10 (square), ssim (truth, restored, width, height), sqrt (square) };
}

/* scale · restored + offset nearest to the truth by least squares. */
static void
fit (const float *truth, float *restored, gsize n)
{
  double mean_t = 0, mean_r = 0, covariance = 0, variance = 0, scale;

  for (gsize i = 0; i < n; i++)
    {
      mean_t += truth[i];
      mean_r += restored[i];
    }
  mean_t /= (double) n;
  mean_r /= (double) n;
  for (gsize i = 0; i < n; i++)
    {
      covariance += (truth[i] - mean_t) * (restored[i] - mean_r);
      variance += (restored[i] - mean_r) * (restored[i] - mean_r);
    }
  scale = variance > 0 ? covariance / variance : 0;
  for (gsize i = 0; i < n; i++)
    restored[i] = (float) (mean_t + scale * (restored[i] - mean_r));
}

/**
 * mg_quality_compare:
 * @truth: width × height
 * @restored: likewise, in the same units
 * @raw: (out): as they are
 * @fitted: (out): after the scale and offset of @restored that fit best, for
 *   methods that do not keep the units
 *
 * Any thread.
 *
 * Returns: FALSE with %MG_ERROR_NO_MEMORY, or with %MG_ERROR_DATA when a value
 *   is no number
 */
gboolean
mg_quality_compare (const float *truth,
                    const float *restored,
                    int width,
                    int height,
                    MgQuality *raw,
                    MgQuality *fitted,
                    GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  double low, high;
  float *a, *b;

  for (gsize i = 0; i < n; i++)
    if (!isfinite (truth[i]) || !isfinite (restored[i]))
      {
        g_set_error (error, MG_ERROR, MG_ERROR_DATA, "images with values that are no numbers cannot be compared");
        return FALSE;
      }
  if (!find_range (truth, n, &low, &high, error))
    return FALSE;
  a = mg_try_alloc (n * sizeof (float), "comparing the images", error);
  b = a == NULL ? NULL : mg_try_alloc (n * sizeof (float), "comparing the images", error);
  if (b != NULL)
    {
      for (gsize i = 0; i < n; i++)
        {
          a[i] = (float) ((truth[i] - low) / (high - low));
          b[i] = (float) ((restored[i] - low) / (high - low));
        }
      *raw = measure (a, b, width, height);
      fit (a, b, n);
      *fitted = measure (a, b, width, height);
    }
  mg_free_aligned (a);
  mg_free_aligned (b);
  return b != NULL;
}

static void
add (MgQuality *sum, const MgQuality *part, double weight)
{
  sum->psnr += weight * part->psnr;
  sum->ssim += weight * part->ssim;
  sum->nrmse += weight * part->nrmse;
}

static gboolean
compare_planes (MgImage *truth, MgImage *restored, float *a, float *b, MgQuality *raw, MgQuality *fitted,
                GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (truth);
  MgRect all = { 0, 0, info->width, info->height };
  gsize stride = (gsize) info->width * sizeof (float);
  double weight = 1.0 / ((double) info->n_channels * info->n_z * info->n_t);

  *raw = *fitted = (MgQuality){ 0 };
  for (int t = 0; t < info->n_t; t++)
    for (int z = 0; z < info->n_z; z++)
      for (int c = 0; c < info->n_channels; c++)
        {
          MgQuality plane_raw, plane_fitted;

          if (!mg_image_read_float (truth, c, z, t, &all, a, stride, cancellable, error) ||
              !mg_image_read_float (restored, c, z, t, &all, b, stride, cancellable, error) ||
              !mg_quality_compare (a, b, info->width, info->height, &plane_raw, &plane_fitted, error))
            return FALSE;
          add (raw, &plane_raw, weight);
          add (fitted, &plane_fitted, weight);
        }
  return TRUE;
}

/**
 * mg_quality_compare_images:
 * @raw: (out): mean over all planes
 * @fitted: (out): likewise, each plane fitted by itself
 *
 * Any thread.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when the images are not of one size
 */
gboolean
mg_quality_compare_images (MgImage *truth,
                           MgImage *restored,
                           MgQuality *raw,
                           MgQuality *fitted,
                           GCancellable *cancellable,
                           GError **error)
{
  const MgImageInfo *ours = mg_image_get_info (truth), *theirs = mg_image_get_info (restored);
  gsize size;
  float *a, *b;
  gboolean ok;

  if (ours->width != theirs->width || ours->height != theirs->height || ours->n_channels != theirs->n_channels ||
      ours->n_z != theirs->n_z || ours->n_t != theirs->n_t)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "the images have different sizes: %d × %d and %d × %d pixels, %d and %d planes",
                   ours->width, ours->height, theirs->width, theirs->height,
                   ours->n_channels * ours->n_z * ours->n_t, theirs->n_channels * theirs->n_z * theirs->n_t);
      return FALSE;
    }
  if (!mg_size_mul ((gsize) ours->width, (gsize) ours->height, &size) || !mg_size_mul (size, sizeof (float), &size))
    size = G_MAXSIZE;
  a = mg_try_alloc (size, "comparing the images", error);
  b = a == NULL ? NULL : mg_try_alloc (size, "comparing the images", error);
  ok = b != NULL && compare_planes (truth, restored, a, b, raw, fitted, cancellable, error);
  mg_free_aligned (a);
  mg_free_aligned (b);
  return ok;
}
