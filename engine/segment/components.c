#include "segment/components.h"

#include "image/runs.h"
#include "segment/label-map.h"

static inline void
append_runs (GArray *runs,
             const void *row,
             gboolean bytes,
             int y,
             int width)
{
  const guint8 *mask = row;
  const guint32 *labels = row;

  for (int x = 0; x < width;)
    {
      guint32 value = bytes ? mask[x] != 0 : labels[x];
      MgRun run = { y, x, x, value, runs->len };

      while (x < width && (bytes ? mask[x] != 0 : labels[x]) == value)
        x++;
      run.x1 = x;
      if (value != 0)
        g_array_append_val (runs, run);
    }
}

/* Numbers the components in the order of their first pixels and writes them. */
static guint32
write_components (MgRun *runs,
                  guint n_runs,
                  int width,
                  int height,
                  guint32 *out)
{
  guint32 n = 0;
  guint i = 0;

  for (int y = 0; y < height; y++)
    {
      guint32 *row = out + (gsize) y * width;
      int x = 0;

      for (; i < n_runs && runs[i].y == y; i++)
        {
          guint root = mg_runs_root (runs, i);

          runs[i].value = root == i ? ++n : runs[root].value;
          for (; x < runs[i].x0; x++)
            row[x] = 0;
          for (; x < runs[i].x1; x++)
            row[x] = runs[i].value;
        }
      for (; x < width; x++)
        row[x] = 0;
    }
  return n;
}

static guint32
label_runs (const void *pixels,
            gboolean bytes,
            int width,
            int height,
            gboolean diagonal,
            guint32 *out)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (MgRun));
  guint above = 0;

  for (int y = 0; y < height; y++)
    {
      guint begin = runs->len;
      gsize offset = (gsize) y * width;

      if (bytes)
        append_runs (runs, (const guint8 *) pixels + offset, TRUE, y, width);
      else
        append_runs (runs, (const guint32 *) pixels + offset, FALSE, y, width);
      mg_runs_join_rows ((MgRun *) runs->data, above, begin, runs->len, diagonal);
      above = begin;
    }
  return write_components ((MgRun *) runs->data, runs->len, width, height, out);
}

/**
 * mg_components_label:
 * @mask: @width × @height bytes, anything but 0 is foreground
 * @diagonal: pixels that share only a corner are connected too
 * @out: (out): @width × @height labels, from 1 in the order of first pixels
 *
 * Connected components of a mask. Any thread.
 *
 * Returns: how many there are
 */
guint32
mg_components_label (const guint8 *mask,
                     int width,
                     int height,
                     gboolean diagonal,
                     guint32 *out)
{
  return label_runs (mask, TRUE, width, height, diagonal, out);
}

/**
 * mg_components_split:
 * @labels: @width × @height labels
 * @diagonal: pixels that share only a corner are connected too
 * @out: (out): the same with every connected part of every label under a
 *   number of its own, from 1; may be @labels
 *
 * Returns: how many parts there are
 */
guint32
mg_components_split (const guint32 *labels,
                     int width,
                     int height,
                     gboolean diagonal,
                     guint32 *out)
{
  return label_runs (labels, FALSE, width, height, diagonal, out);
}

/**
 * mg_labels_remove_small:
 * @labels: (inout): @width × @height labels
 * @min_area: pixels an instance must have to stay
 *
 * Removes small instances and numbers the rest from 1 without gaps, in the
 * order of their old numbers.
 *
 * Returns: how many are left
 */
guint32
mg_labels_remove_small (guint32 *labels,
                        int width,
                        int height,
                        gint64 min_area)
{
  g_auto (MgLabelMap) map = { 0 };
  gsize n_pixels = (gsize) width * height;
  g_autofree gint64 *areas = NULL;
  g_autofree guint32 *numbers = NULL;
  guint32 n = 0;

  mg_label_map_init (&map, labels, n_pixels);
  areas = g_new0 (gint64, map.n + 1);
  numbers = g_new0 (guint32, map.n + 1);
  for (gsize i = 0; i < n_pixels; i++)
    if (labels[i] != 0)
      areas[mg_label_map_place (&map, labels[i])]++;
  for (guint i = 0; i < map.n; i++)
    numbers[i] = areas[i] >= min_area ? ++n : 0;
  for (gsize i = 0; i < n_pixels; i++)
    if (labels[i] != 0)
      labels[i] = numbers[mg_label_map_place (&map, labels[i])];
  return n;
}
