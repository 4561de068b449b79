#include "image/labels.h"

#include "base/mem.h"

/* Up to this label a bit a number is the faster way to count them (16 MiB). */
#define BITMAP_MAX (128u << 20)

struct _MgLabels
{
  gatomicrefcount ref_count;
  int width, height;
  guint32 *data;
  GDestroyNotify free_data;
  gsize counted; /* a g_once location: max and n are set */
  guint32 max;
  guint n;
};

/**
 * mg_labels_new_take:
 * @width: at least 1
 * @height: at least 1
 * @data: (transfer full): @width × @height labels without padding, top row first
 * @free_data: (nullable)
 *
 * Returns: (transfer full)
 */
MgLabels *
mg_labels_new_take (int width,
                    int height,
                    guint32 *data,
                    GDestroyNotify free_data)
{
  MgLabels *labels;

  g_return_val_if_fail (width > 0 && height > 0 && data != NULL, NULL);
  labels = g_new0 (MgLabels, 1);
  g_atomic_ref_count_init (&labels->ref_count);
  labels->width = width;
  labels->height = height;
  labels->data = data;
  labels->free_data = free_data;
  return labels;
}

/**
 * mg_labels_ref:
 *
 * Returns: (transfer full): @labels. Any thread.
 */
MgLabels *
mg_labels_ref (MgLabels *labels)
{
  g_atomic_ref_count_inc (&labels->ref_count);
  return labels;
}

/**
 * mg_labels_unref:
 * @labels: (transfer full): any thread
 */
void
mg_labels_unref (MgLabels *labels)
{
  if (!g_atomic_ref_count_dec (&labels->ref_count))
    return;
  if (labels->free_data != NULL)
    labels->free_data (labels->data);
  g_free (labels);
}

/**
 * mg_labels_get_width:
 *
 * Returns: pixels
 */
int
mg_labels_get_width (MgLabels *labels)
{
  return labels->width;
}

/**
 * mg_labels_get_height:
 *
 * Returns: pixels
 */
int
mg_labels_get_height (MgLabels *labels)
{
  return labels->height;
}

/**
 * mg_labels_get_data:
 *
 * Returns: (transfer none): width × height labels, rows without padding
 */
const guint32 *
mg_labels_get_data (MgLabels *labels)
{
  return labels->data;
}

static guint
count_in_bitmap (const guint32 *data, gsize size, guint32 max)
{
  g_autofree guint64 *seen = g_new0 (guint64, max / 64 + 1);
  guint n = 0;

  for (gsize i = 0; i < size; i++)
    seen[data[i] / 64] |= G_GUINT64_CONSTANT (1) << (data[i] % 64);
  seen[0] &= ~G_GUINT64_CONSTANT (1);
  for (gsize i = 0; i <= max / 64; i++)
    n += __builtin_popcountll (seen[i]);
  return n;
}

static guint
count_in_set (const guint32 *data, gsize size)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint32 last = 0;

  for (gsize i = 0; i < size; i++)
    if (data[i] != last && (last = data[i]) != 0)
      g_hash_table_add (seen, GUINT_TO_POINTER (last));
  return g_hash_table_size (seen);
}

static void
count (MgLabels *labels)
{
  if (g_once_init_enter (&labels->counted))
    {
      gsize size = (gsize) labels->width * labels->height;
      guint32 max = 0;

      for (gsize i = 0; i < size; i++)
        max = MAX (max, labels->data[i]);
      labels->max = max;
      labels->n = max <= BITMAP_MAX ? count_in_bitmap (labels->data, size, max)
                                    : count_in_set (labels->data, size);
      g_once_init_leave (&labels->counted, 1);
    }
}

/**
 * mg_labels_get_max:
 *
 * Returns: the largest label, 0 when all is background. The first call goes
 *   through all pixels. Any thread.
 */
guint32
mg_labels_get_max (MgLabels *labels)
{
  count (labels);
  return labels->max;
}

/**
 * mg_labels_get_n:
 *
 * Returns: how many different labels there are, background left out. The
 *   first call goes through all pixels. Any thread.
 */
guint
mg_labels_get_n (MgLabels *labels)
{
  count (labels);
  return labels->n;
}
