#include "train/fingerprint.h"

#include "base/mem.h"

#define STRIP_BYTES (4u << 20)

static void
add_number (GChecksum *checksum, gint64 number)
{
  gint64 little_endian = GINT64_TO_LE (number);

  g_checksum_update (checksum, (const guchar *) &little_endian, sizeof little_endian);
}

/* The first plane of every channel, strip by strip: what training reads. */
static gboolean
add_image (GChecksum *checksum, MgImage *image, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  gsize row = (gsize) info->width * mg_pixel_type_size (info->type), size;
  int rows = (int) CLAMP (STRIP_BYTES / MAX (row, 1), 1, (gsize) info->height);
  guchar *strip;
  gboolean ok = TRUE;

  if (!mg_size_mul (row, (gsize) rows, &size))
    size = G_MAXSIZE;
  strip = mg_try_alloc (size, "reading an image", error);
  if (strip == NULL)
    return FALSE;
  add_number (checksum, info->width);
  add_number (checksum, info->height);
  add_number (checksum, info->type);
  for (int c = 0; c < info->n_channels && ok; c++)
    for (int y = 0; y < info->height && ok; y += rows)
      {
        MgRect rect = { 0, y, info->width, MIN (rows, info->height - y) };

        ok = mg_image_read (image, c, 0, 0, &rect, strip, row, cancellable, error);
        if (ok)
          g_checksum_update (checksum, strip, (gssize) (row * (gsize) rect.height));
      }
  mg_free_aligned (strip);
  return ok;
}

/**
 * mg_fingerprint_item:
 *
 * What was learned from, so that a model can name its data: SHA-256 over the
 * pixels of image, labels and clean image, and the training regions. Any thread.
 *
 * Returns: (transfer full): 64 hexadecimal digits; %NULL with an error
 */
char *
mg_fingerprint_item (const MgItem *item,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  if (!add_image (checksum, item->image, cancellable, error))
    return NULL;
  if (item->labels != NULL)
    {
      gsize n = (gsize) mg_labels_get_width (item->labels) * (gsize) mg_labels_get_height (item->labels);
      const guchar *data = (const guchar *) mg_labels_get_data (item->labels);

      add_number (checksum, 'l');
      g_checksum_update (checksum, data, (gssize) (n * sizeof (guint32)));
    }
  if (item->regions != NULL)
    {
      add_number (checksum, 'r');
      g_checksum_update (checksum, (const guchar *) item->regions->data, (gssize) (item->regions->len * sizeof (MgRect)));
    }
  if (item->clean != NULL)
    {
      add_number (checksum, 'c');
      if (!add_image (checksum, item->clean, cancellable, error))
        return NULL;
    }
  return g_strdup (g_checksum_get_string (checksum));
}
