#include "dataset/objects.h"

#include "base/order.h"

#include <math.h>
#include <stdlib.h>

/**
 * mg_item_free:
 * @data: (nullable) (transfer full): an MgItem
 */
void
mg_item_free (gpointer data)
{
  MgItem *item = data;

  if (item == NULL)
    return;
  g_free (item->name);
  g_clear_pointer (&item->image, mg_image_unref);
  g_clear_pointer (&item->labels, mg_labels_unref);
  g_clear_pointer (&item->regions, g_array_unref);
  g_clear_pointer (&item->clean, mg_image_unref);
  g_free (item->centres);
  g_free (item);
}

typedef struct
{
  double area, x, y;
} Sum;

static void
add_run (GHashTable *index, GArray *sums, guint32 label, int x0, int x1, int y)
{
  gpointer found = g_hash_table_lookup (index, GUINT_TO_POINTER (label));
  guint i = GPOINTER_TO_UINT (found);
  double length = x1 - x0;

  if (found == NULL)
    {
      Sum sum = { 0 };

      g_array_append_val (sums, sum);
      i = sums->len;
      g_hash_table_insert (index, GUINT_TO_POINTER (label), GUINT_TO_POINTER (i));
    }

  Sum *sum = &g_array_index (sums, Sum, i - 1);

  sum->area += length;
  sum->x += length * (x0 + x1) / 2.0;
  sum->y += length * (y + 0.5);
}

/**
 * mg_typical_diameter:
 * @areas: (inout): of n instances; sorted
 * @n: at least 1
 *
 * The geometric mean of two diameters: that of the median instance, and that of
 * the instance which the median pixel of all lies in. The first alone is misled
 * by crumbs, the second by clumps.
 *
 * Returns: pixels, of the circle of the same area
 */
double
mg_typical_diameter (double *areas,
                     guint n)
{
  double sum = 0, half = 0;
  guint middle = 0;

  qsort (areas, n, sizeof (double), mg_order_doubles);
  for (guint i = 0; i < n; i++)
    sum += areas[i];
  while (half + areas[middle] < sum / 2)
    half += areas[middle++];
  return 2 * sqrt (sqrt (areas[n / 2] * areas[middle]) / G_PI);
}

/**
 * mg_item_knows:
 * @x: column
 * @y: row
 *
 * Returns: whether the pixel lies in a training region, or there are none
 */
gboolean
mg_item_knows (const MgItem *item,
               int x,
               int y)
{
  for (guint i = 0; item->regions != NULL && i < item->regions->len; i++)
    {
      const MgRect *rect = &g_array_index (item->regions, MgRect, i);

      if (x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height)
        return TRUE;
    }
  return item->regions == NULL;
}

/**
 * mg_item_find_objects:
 * @item: sets diameter, n_objects and centres from its labels and regions
 *
 * Instances whose centre lies outside of the training regions do not count.

 * Centres are in the order in which the instances appear, row by row, so that
 * the numbers of the labels do not matter.
 */
void
mg_item_find_objects (MgItem *item)
{
  g_autoptr (GHashTable) index = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (Sum));
  const guint32 *data = mg_labels_get_data (item->labels);
  int width = mg_labels_get_width (item->labels), height = mg_labels_get_height (item->labels);

  for (int y = 0; y < height; y++, data += width)
    for (int x = 0; x < width;)
      {
        guint32 label = data[x];
        int first = x;

        while (x < width && data[x] == label)
          x++;
        if (label != 0 && label != MG_LABEL_IGNORED)
          add_run (index, sums, label, first, x, y);
      }

  g_autofree double *areas = g_new (double, MAX (1, sums->len));

  g_clear_pointer (&item->centres, g_free);
  item->n_objects = 0;
  item->centres = g_new (float, 2 * (gsize) MAX (1, sums->len));
  for (guint i = 0; i < sums->len; i++)
    {
      const Sum *sum = &g_array_index (sums, Sum, i);
      double x = sum->x / sum->area, y = sum->y / sum->area;

      if (!mg_item_knows (item, (int) x, (int) y))
        continue;
      item->centres[2 * item->n_objects] = (float) x;
      item->centres[2 * item->n_objects + 1] = (float) y;
      areas[item->n_objects++] = sum->area;
    }
  item->diameter = item->n_objects > 0 ? mg_typical_diameter (areas, item->n_objects) : 0.0;
}
