#include "dataset/patch.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/**
 * mg_patch_init:
 * @patch: (out): zeroed or uninitialised memory
 * @size: pixels a side
 * @n_channels: of the images it is cut from
 * @with_labels: whether items carry labels
 * @with_clean: whether items carry a clean image
 *
 * Returns: FALSE with an error when memory runs out.
 */
gboolean
mg_patch_init (MgPatch *patch,
               int size,
               int n_channels,
               gboolean with_labels,
               gboolean with_clean,
               GError **error)
{
  gsize n = (gsize) size * (gsize) size;
  const char *what = "the training patches";

  *patch = (MgPatch){ .size = size, .n_channels = n_channels };
  if ((patch->image = mg_try_alloc (n * (gsize) n_channels * sizeof (float), what, error)) == NULL ||
      (patch->valid = mg_try_alloc (n * sizeof (float), what, error)) == NULL ||
      (with_labels && (patch->labels = mg_try_alloc (n * sizeof (guint32), what, error)) == NULL) ||
      (with_clean && (patch->clean = mg_try_alloc (n * (gsize) n_channels * sizeof (float), what, error)) == NULL))
    {
      mg_patch_clear (patch);
      return FALSE;
    }
  return TRUE;
}

/**
 * mg_patch_clear:
 * @patch: its arrays are freed
 */
void
mg_patch_clear (MgPatch *patch)
{
  g_clear_pointer (&patch->image, mg_free_aligned);
  g_clear_pointer (&patch->valid, mg_free_aligned);
  g_clear_pointer (&patch->labels, mg_free_aligned);
  g_clear_pointer (&patch->clean, mg_free_aligned);
  g_clear_pointer (&patch->scratch, mg_free_aligned);
  patch->scratch_values = 0;
}

/**
 * mg_place_init:
 * @place: (out): a place, upright and unbent
 * @x: of the patch's centre, in pixels of the image
 * @y: likewise
 * @scale: patch pixels an image pixel
 */
void
mg_place_init (MgPlace *place,
               double x,
               double y,
               double scale)
{
  *place = (MgPlace){ .x = x, .y = y, .matrix = { 1 / scale, 0, 0, 1 / scale } };
}

/* Displacement of patch pixel (u, v), in patch pixels. */
static void
bend (const MgPlace *place, int size, double u, double v, double *du, double *dv)
{
  const int last = MG_ELASTIC_NODES - 1;
  double gx = CLAMP (u / size * last, 0.0, last - 1e-6), gy = CLAMP (v / size * last, 0.0, last - 1e-6);
  int i = (int) gx, j = (int) gy;
  double fx = gx - i, fy = gy - j;
  const float *a = place->shift[j][i], *b = place->shift[j][i + 1];
  const float *c = place->shift[j + 1][i], *d = place->shift[j + 1][i + 1];

  *du = (1 - fy) * ((1 - fx) * a[0] + fx * b[0]) + fy * ((1 - fx) * c[0] + fx * d[0]);
  *dv = (1 - fy) * ((1 - fx) * a[1] + fx * b[1]) + fy * ((1 - fx) * c[1] + fx * d[1]);
}

/* Image position (pixel 0 spans 0 … 1) of patch position (u, v). */
static inline void
map (const MgPlace *place, int size, double u, double v, double *x, double *y)
{
  double du = 0, dv = 0;

  if (place->elastic)
    bend (place, size, u, v, &du, &dv);
  u += du - size / 2.0;
  v += dv - size / 2.0;
  *x = place->x + place->matrix[0] * u + place->matrix[1] * v;
  *y = place->y + place->matrix[2] * u + place->matrix[3] * v;
}

/* Mirrors a position into 0 … n, edges being the mirrors. */
static inline double
mirror (double x, int n)
{
  if (x >= 0 && x < n)
    return x;

  double period = 2.0 * n;

  x -= period * floor (x / period);
  if (x >= n)
    x = period - x;
  return MIN (x, n - 1e-6);
}

/* The pixels of one axis that positions low … high need, mirrored. */
static void
needed (double low, double high, int n, int *first, int *count)
{
  int a, b;

  if (low < 0 && high >= n)
    a = 0, b = n - 1;
  else if (low < 0)
    a = 0, b = (int) MIN (n - 1.0, MAX (high, -low) + 1);
  else if (high >= n)
    a = (int) MAX (0.0, MIN (low, 2.0 * n - high) - 1), b = n - 1;
  else
    a = (int) MAX (0.0, low - 1), b = (int) MIN (n - 1.0, high + 1);
  a = MIN (a, n - 1);
  *first = a;
  *count = MAX (b, a) - a + 1;
}

/* The source pixels that the patch is made from. */
static MgRect
source_rect (const MgPlace *place, int size, int width, int height)
{
  double low_x = G_MAXDOUBLE, high_x = -G_MAXDOUBLE, low_y = G_MAXDOUBLE, high_y = -G_MAXDOUBLE;
  const int last = MG_ELASTIC_NODES - 1;
  MgRect rect;

  /* linear between the nodes, so the extremes are at nodes */
  for (int j = 0; j <= last; j++)
    for (int i = 0; i <= last; i++)
      {
        double x, y;

        map (place, size, (double) size * i / last, (double) size * j / last, &x, &y);
        low_x = MIN (low_x, x);
        high_x = MAX (high_x, x);
        low_y = MIN (low_y, y);
        high_y = MAX (high_y, y);
      }
  needed (low_x, high_x, width, &rect.x, &rect.width);
  needed (low_y, high_y, height, &rect.y, &rect.height);
  return rect;
}

static gboolean
reserve (MgPatch *patch, const MgRect *rect, GError **error)
{
  gsize n;

  if (!mg_size_mul ((gsize) rect->width, (gsize) rect->height, &n))
    return FALSE;
  if (n <= patch->scratch_values)
    return TRUE;
  g_clear_pointer (&patch->scratch, mg_free_aligned);
  patch->scratch_values = 0;
  patch->scratch = mg_try_alloc (n * sizeof (float), "the training patches", error);
  if (patch->scratch)
    patch->scratch_values = n;
  return patch->scratch != NULL;
}

/* Bilinear, positions of pixel centres at + ½; pos relative to the scratch. */
static inline float
bilinear (const float *pixels, const MgRect *rect, double x, double y)
{
  float px = (float) CLAMP (x - 0.5, 0.0, rect->width - 1.0);
  float py = (float) CLAMP (y - 0.5, 0.0, rect->height - 1.0);
  int i = (int) px, j = (int) py;
  float fx = px - (float) i, fy = py - (float) j;
  int right = i + 1 < rect->width, down = j + 1 < rect->height ? rect->width : 0;
  const float *p = pixels + (gsize) j * (gsize) rect->width + i;
  float top = p[0] + fx * (p[right] - p[0]), bottom = p[down] + fx * (p[down + right] - p[down]);

  return top + fy * (bottom - top);
}

/* Resamples one channel from the scratch. A patch pixel that covers several
 * image pixels is the mean of as many samples, so that nothing aliases. */
static void
resample (const MgPatch *patch, const MgPlace *place, const MgRect *rect,
          int width, int height, float *out, int step)
{
  double area = fabs (place->matrix[0] * place->matrix[3] - place->matrix[1] * place->matrix[2]);
  int k = CLAMP ((int) ceil (sqrt (area) - 0.25), 1, 8);
  float weight = 1.0f / (float) (k * k);

  for (int v = 0; v < patch->size; v++)
    for (int u = 0; u < patch->size; u++)
      {
        float sum = 0;

        for (int j = 0; j < k; j++)
          for (int i = 0; i < k; i++)
            {
              double x, y;

              map (place, patch->size, u + (i + 0.5) / k, v + (j + 0.5) / k, &x, &y);
              sum += bilinear (patch->scratch, rect, mirror (x, width) - rect->x, mirror (y, height) - rect->y);
            }
        out[((gsize) v * (gsize) patch->size + (gsize) u) * (gsize) step] = sum * weight;
      }
}

static void
resample_labels (MgPatch *patch, const MgPlace *place, MgLabels *labels, int width, int height)
{
  const guint32 *data = labels ? mg_labels_get_data (labels) : NULL;
  gsize n = 0;

  for (int v = 0; v < patch->size; v++)
    for (int u = 0; u < patch->size; u++, n++)
      {
        double x, y;

        map (place, patch->size, u + 0.5, v + 0.5, &x, &y);
        patch->valid[n] = x >= 0 && x < width && y >= 0 && y < height;
        if (patch->labels)
          patch->labels[n] = data ? data[(gsize) mirror (y, height) * (gsize) width + (gsize) mirror (x, width)] : 0;
      }
}

static gboolean
cut_image (MgPatch *patch, MgImage *image, const MgItem *item, const MgPlace *place, const MgRect *rect,
           float *out, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  gsize n = (gsize) rect->width * (gsize) rect->height;

  for (int c = 0; c < patch->n_channels; c++)
    {
      if (!mg_image_read_float (image, c, 0, 0, rect, patch->scratch, sizeof (float) * (gsize) rect->width,
                                cancellable, error))
        return FALSE;
      mg_normalise (patch->scratch, n, item->low[c], item->high[c]);
      resample (patch, place, rect, info->width, info->height, out + c, patch->n_channels);
    }
  return TRUE;
}

/**
 * mg_patch_cut:
 * @patch: (inout): as mg_patch_init() made it; labels and clean are zeroed where
 *   the item has none
 * @item: prepared, with the patch's number of channels
 * @place: where, how turned, scaled and bent
 * @cancellable: (nullable): looked at while reading
 *
 * One resampling pass: images bilinearly (averaged where the patch is coarser),
 * labels by the nearest pixel; outside the image its mirror image. One thread a
 * patch.
 *
 * Returns: FALSE with an error when the image cannot be read.
 */
gboolean
mg_patch_cut (MgPatch *patch,
              const MgItem *item,
              const MgPlace *place,
              GCancellable *cancellable,
              GError **error)
{
  const MgImageInfo *info = mg_image_get_info (item->image);
  MgRect rect = source_rect (place, patch->size, info->width, info->height);
  gsize n = (gsize) patch->size * (gsize) patch->size * (gsize) patch->n_channels;

  if (!reserve (patch, &rect, error) ||
      !cut_image (patch, item->image, item, place, &rect, patch->image, cancellable, error))
    return FALSE;
  if (patch->clean && !item->clean)
    memset (patch->clean, 0, n * sizeof (float));
  else if (patch->clean && !cut_image (patch, item->clean, item, place, &rect, patch->clean, cancellable, error))
    return FALSE;
  resample_labels (patch, place, item->labels, info->width, info->height);
  return TRUE;
}
