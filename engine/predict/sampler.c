#include "predict/sampler.h"

#include "base/mem.h"
#include "dataset/dataset.h"

#include <math.h>

/* source pixels of a strip read at once; bounds the memory for coarse grids */
#define STRIP_VALUES (4 << 20)
#define MAX_SAMPLES  8

/* One sample along one axis: (1 - f) · source[a] + f · source[b]. */
typedef struct
{
  int a, b;
  float f;
} Tap;

typedef struct
{
  int n;       /* grid pixels */
  int samples; /* taps a grid pixel; their mean is what it sees */
  int first, last;
  Tap *taps; /* owned */
} Axis;

/* Mirrors a position into 0 … n, edges being the mirrors. */
static double
mirror (double x, int n)
{
  double period = 2.0 * n;

  if (x >= 0 && x < n)
    return x;
  x -= period * floor (x / period);
  if (x >= n)
    x = period - x;
  return MIN (x, n - 1e-6);
}

/* As mg_patch_cut() resamples for training: bilinear between pixel centres,
 * where a grid pixel covers several image pixels the mean of as many samples. */
static void
axis_init (Axis *axis, double origin, double step, int begin, int n, int size)
{
  int k = CLAMP ((int) ceil (step - 0.25), 1, MAX_SAMPLES);

  *axis = (Axis){ n, k, size, -1, g_new (Tap, (gsize) n * (gsize) k) };
  for (int i = 0; i < n * k; i++)
    {
      double at = origin + step * ((double) begin + (i + 0.5) / k);
      double p = CLAMP (mirror (at, size) - 0.5, 0.0, size - 1.0);
      int a = (int) p;

      axis->taps[i] = (Tap){ a, MIN (a + 1, size - 1), (float) (p - a) };
      axis->first = MIN (axis->first, a);
      axis->last = MAX (axis->last, axis->taps[i].b);
    }
}

/* Rows of the source to columns of the grid. */
static void
shrink_columns (const Axis *axis, const float *source, int n_rows, float *out)
{
  int width = axis->last - axis->first + 1, k = axis->samples;
  float weight = 1.0f / (float) k;

  for (int y = 0; y < n_rows; y++, source += width)
    for (int u = 0; u < axis->n; u++)
      {
        float sum = 0;

        for (int i = u * k; i < (u + 1) * k; i++)
          {
            const Tap *tap = &axis->taps[i];
            float a = source[tap->a - axis->first];

            sum += a + tap->f * (source[tap->b - axis->first] - a);
          }
        *out++ = sum * weight;
      }
}

/* Rows v0 … v1 - 1 of the grid from source rows that begin at first. */
static void
shrink_rows (const Axis *axis, const float *source, int first, int width, int v0, int v1, float *out, int stride)
{
  int k = axis->samples;
  float weight = 1.0f / (float) k;

  for (int v = v0; v < v1; v++)
    for (int u = 0; u < width; u++)
      {
        float sum = 0;

        for (int i = v * k; i < (v + 1) * k; i++)
          {
            const Tap *tap = &axis->taps[i];
            float a = source[(gsize) (tap->a - first) * (gsize) width + (gsize) u];
            float b = source[(gsize) (tap->b - first) * (gsize) width + (gsize) u];

            sum += a + tap->f * (b - a);
          }
        out[((gsize) v * (gsize) width + (gsize) u) * (gsize) stride] = sum * weight;
      }
}

/* How many rows of the grid, from v0 on, a strip of the source may serve. */
static int
choose_strip (const Axis *columns, const Axis *rows, int v0, int *first, int *last)
{
  gsize width = (gsize) (columns->last - columns->first + 1);
  int v = v0, low = G_MAXINT, high = -1;

  for (; v < rows->n; v++)
    {
      int new_low = low, new_high = high;

      for (int i = v * rows->samples; i < (v + 1) * rows->samples; i++)
        {
          new_low = MIN (new_low, rows->taps[i].a);
          new_high = MAX (new_high, rows->taps[i].b);
        }
      if (v > v0 && (gsize) (new_high - new_low + 1) * width > STRIP_VALUES)
        break;
      low = new_low;
      high = new_high;
    }
  *first = low;
  *last = high;
  return v;
}

static gboolean
read_strip (const MgSampler *s, int c, const Axis *columns, const Axis *rows, int v0, int *v1,
            int grid_width, float *out, GCancellable *cancellable, GError **error)
{
  int first, last;
  MgRect source_rect;
  gsize n_source;
  float *source, *shrunk;

  *v1 = choose_strip (columns, rows, v0, &first, &last);
  source_rect = (MgRect){ columns->first, first, columns->last - columns->first + 1, last - first + 1 };
  n_source = (gsize) source_rect.width * (gsize) source_rect.height;
  source = mg_try_alloc (n_source * sizeof (float), "reading the image", error);
  shrunk = source == NULL ? NULL : mg_try_alloc ((gsize) source_rect.height * (gsize) grid_width * sizeof (float), "reading the image", error);
  if (shrunk != NULL && mg_image_read_float (s->image, s->channel + c, s->z, s->t, &source_rect, source,
                                             (gsize) source_rect.width * sizeof (float), cancellable, error))
    {
      mg_normalise (source, n_source, s->low[s->channel + c], s->high[s->channel + c]);
      mg_replace_outliers (source, source_rect.width, source_rect.height, MG_OUTLIER_GAP);
      shrink_columns (columns, source, source_rect.height, shrunk);
      shrink_rows (rows, shrunk, first, grid_width, v0, *v1, out + c, s->n_channels);
    }
  else
    *v1 = -1;
  mg_free_aligned (shrunk);
  mg_free_aligned (source);
  return *v1 >= 0;
}

/**
 * mg_sampler_read:
 * @rect: on the grid; what lies outside the image is its mirror image
 * @out: (out caller-allocates): height × width × channels, channels last
 *
 * Reads, normalises and resizes one region; never more of the image than that,
 * strip by strip. A pixel's value depends on its place on the grid only, not on
 * @rect. Any thread.
 *
 * Returns: FALSE with an error when the image cannot be read
 */
gboolean
mg_sampler_read (const MgSampler *sampler,
                 const MgRect *rect,
                 float *out,
                 GCancellable *cancellable,
                 GError **error)
{
  const MgImageInfo *info = mg_image_get_info (sampler->image);
  Axis columns, rows;
  gboolean ok = TRUE;

  axis_init (&columns, sampler->x, sampler->step_x, rect->x, rect->width, info->width);
  axis_init (&rows, sampler->y, sampler->step_y, rect->y, rect->height, info->height);
  for (int c = 0; c < sampler->n_channels && ok; c++)
    for (int v0 = 0, v1; v0 < rect->height && ok; v0 = v1)
      ok = read_strip (sampler, c, &columns, &rows, v0, &v1, rect->width, out, cancellable, error);
  g_free (columns.taps);
  g_free (rows.taps);
  return ok;
}
