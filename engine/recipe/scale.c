#include "recipe/scale.h"

#include "base/mem.h"
#include "base/order.h"

#include <stdlib.h>

/**
 * mg_item_working_scale:
 * @item: prepared
 *
 * Returns: by what the item is resized before the network in training
 */
double
mg_item_working_scale (const MgItem *item,
                       const MgTrainConfig *config)
{
  if (config->working_diameter <= 0 || item->diameter <= 0)
    return config->working_scale;
  return CLAMP (config->working_diameter / item->diameter, MG_MIN_WORKING_SCALE, MG_MAX_WORKING_SCALE);
}

/* Sorted diameters of the training items with cells; (transfer full). */
static GArray *
diameters (MgDataset *dataset)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < mg_dataset_get_n (dataset); i++)
    {
      const MgItem *item = mg_dataset_get (dataset, i);

      if (item->diameter > 0 && item->role == MG_ROLE_OF_TRAIN)
        g_array_append_val (out, item->diameter);
    }
  qsort (out->data, out->len, sizeof (double), mg_order_doubles);
  return out;
}

/**
 * mg_dataset_median_diameter:
 *
 * Returns: the median over the training images of their median instance
 *   diameter, px; 0 without any
 */
double
mg_dataset_median_diameter (MgDataset *dataset)
{
  g_autoptr (GArray) all = diameters (dataset);

  return all->len > 0 ? g_array_index (all, double, all->len / 2) : 0;
}

/**
 * mg_dataset_diameter_spread:
 *
 * Returns: by which factor the 90th percentile of the images' diameters exceeds
 *   the 10th; 1 without any
 */
double
mg_dataset_diameter_spread (MgDataset *dataset)
{
  g_autoptr (GArray) all = diameters (dataset);

  if (all->len == 0)
    return 1;
  return g_array_index (all, double, all->len * 9 / 10) / g_array_index (all, double, all->len / 10);
}

/* Where pixel i of n lies among the m pixels of the source: two of them and
 * the share of the second. */
static void
neighbours (int i, int n, int m, int *a, int *b, float *share)
{
  double x = CLAMP ((i + 0.5) * m / n - 0.5, 0.0, m - 1.0);

  *a = (int) x;
  *b = MIN (*a + 1, m - 1);
  *share = (float) (x - *a);
}

/**
 * mg_plane_resize:
 * @src: width × height
 * @dst: (out): dst_width × dst_height
 *
 * Bilinear, pixel centres on pixel centres, edges kept. For probability maps
 * on their way to a finer grid.
 *
 * Returns: FALSE with an error when memory runs out.
 */
gboolean
mg_plane_resize (const float *src,
                 int width,
                 int height,
                 float *dst,
                 int dst_width,
                 int dst_height,
                 GError **error)
{
  gsize n = (gsize) dst_width;
  int *left = mg_try_alloc (2 * n * sizeof (int), "resizing the maps", error);
  float *share = left ? mg_try_alloc (n * sizeof (float), "resizing the maps", error) : NULL;

  if (share == NULL)
    {
      mg_free_aligned (left);
      return FALSE;
    }
  for (int x = 0; x < dst_width; x++)
    neighbours (x, dst_width, width, &left[2 * x], &left[2 * x + 1], &share[x]);
  for (int y = 0; y < dst_height; y++)
    {
      int top, bottom;
      float down;

      neighbours (y, dst_height, height, &top, &bottom, &down);

      const float *a = src + (gsize) top * (gsize) width, *b = src + (gsize) bottom * (gsize) width;

      for (int x = 0; x < dst_width; x++)
        {
          int l = left[2 * x], r = left[2 * x + 1];
          float upper = a[l] + share[x] * (a[r] - a[l]), lower = b[l] + share[x] * (b[r] - b[l]);

          *dst++ = upper + down * (lower - upper);
        }
    }
  mg_free_aligned (left);
  mg_free_aligned (share);
  return TRUE;
}

/**
 * mg_labels_resize:
 * @src: width × height
 * @dst: (out): dst_width × dst_height
 *
 * Takes the nearest pixel, so that labels stay labels.
 */
void
mg_labels_resize (const guint32 *src,
                  int width,
                  int height,
                  guint32 *dst,
                  int dst_width,
                  int dst_height)
{
  for (int y = 0; y < dst_height; y++)
    {
      const guint32 *row = src + (gsize) ((2 * (gint64) y + 1) * height / (2 * (gint64) dst_height)) * (gsize) width;

      for (int x = 0; x < dst_width; x++)
        *dst++ = row[(2 * (gint64) x + 1) * width / (2 * (gint64) dst_width)];
    }
}
