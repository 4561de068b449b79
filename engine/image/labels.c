#include "image/labels.h"

/* Up to this label a bit a number is the faster way to count them (16 MiB). */
#define BITMAP_MAX (128u << 20)
/* Pixels between two looks at whether to go on. */
#define PIXELS_A_LOOK (1u << 20)

struct _MgLabels
{
  gatomicrefcount ref_count;
  int width, height;
  guint32 *data;
  GDestroyNotify free_data;
  GMutex lock; /* of what follows */
  gboolean is_counted;
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
  g_mutex_init (&labels->lock);
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
  g_mutex_clear (&labels->lock);
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

/* FALSE when cancelled: asked a few hundred times a gigabyte. */
static gboolean
goes_on (gsize i, GCancellable *cancellable)
{
  return i % PIXELS_A_LOOK != 0 || !g_cancellable_is_cancelled (cancellable);
}

static gboolean
find_max (const guint32 *data, gsize size, guint32 *max, GCancellable *cancellable)
{
  *max = 0;
  for (gsize begin = 0; begin < size; begin += PIXELS_A_LOOK)
    {
      gsize end = MIN (begin + PIXELS_A_LOOK, size);

      if (!goes_on (begin, cancellable))
        return FALSE;
      for (gsize i = begin; i < end; i++)
        *max = MAX (*max, data[i]);
    }
  return TRUE;
}

static gboolean
count_in_bitmap (const guint32 *data, gsize size, guint32 max, guint *n, GCancellable *cancellable)
{
  g_autofree guint64 *seen = g_new0 (guint64, max / 64 + 1);

  for (gsize i = 0; i < size; i++)
    {
      if (!goes_on (i, cancellable))
        return FALSE;
      seen[data[i] / 64] |= G_GUINT64_CONSTANT (1) << (data[i] % 64);
    }
  seen[0] &= ~G_GUINT64_CONSTANT (1);
  *n = 0;
  for (gsize i = 0; i <= max / 64; i++)
    *n += (guint) __builtin_popcountll (seen[i]);
  return TRUE;
}

static gboolean
count_in_set (const guint32 *data, gsize size, guint *n, GCancellable *cancellable)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint32 last = 0;

  for (gsize i = 0; i < size; i++)
    {
      if (!goes_on (i, cancellable))
        return FALSE;
      if (data[i] != last && (last = data[i]) != 0)
        g_hash_table_add (seen, GUINT_TO_POINTER (last));
    }
  *n = g_hash_table_size (seen);
  return TRUE;
}

/**
 * mg_labels_count:
 * @cancellable: (nullable): looked at some hundred times a second
 *
 * Goes through all pixels once for mg_labels_get_max() and mg_labels_get_n(),
 * which would do so without an end to it: for large images that one may leave.
 * Any thread.
 *
 * Returns: %FALSE with %G_IO_ERROR_CANCELLED
 */
gboolean
mg_labels_count (MgLabels *labels,
                 GCancellable *cancellable,
                 GError **error)
{
  gsize size = (gsize) labels->width * labels->height;
  gboolean ok;

  g_mutex_lock (&labels->lock);
  ok = labels->is_counted ||
       (find_max (labels->data, size, &labels->max, cancellable) &&
        (labels->max <= BITMAP_MAX ? count_in_bitmap (labels->data, size, labels->max, &labels->n, cancellable)
                                   : count_in_set (labels->data, size, &labels->n, cancellable)));
  labels->is_counted = ok;
  g_mutex_unlock (&labels->lock);
  return ok || !g_cancellable_set_error_if_cancelled (cancellable, error);
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
  mg_labels_count (labels, NULL, NULL);
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
  mg_labels_count (labels, NULL, NULL);
  return labels->n;
}
