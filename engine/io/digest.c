#include "io/digest.h"

#include "io/io-private.h"
#include "io/loader.h"
#include "io/tiff-private.h"

#include <string.h>

/* Rows that are hashed together come to about this. */
#define BAND_BYTES ((gsize) 4 << 20)

#define CACHE_BYTES ((gsize) 64 << 20)

/* Samples of one page in the order Y, X, S (S planes one after the other when
 * `planes`), `size` bytes each. */
typedef struct
{
  int width, height;
  guint samples;
  gsize size;
  gboolean planes;
  gboolean (*read) (gpointer data, guint sample, const MgRect *rect, gpointer dst, GCancellable *cancellable, GError **error);
  gpointer data;
} Page;

typedef struct
{
  MgTiffSource *source;
  MgTileCache *cache;
  MgTiffPage page;
} TiffPage;

static gboolean
read_tiff (gpointer data, guint sample, const MgRect *rect, gpointer dst, GCancellable *cancellable, GError **error)
{
  TiffPage *tiff = data;

  return _mg_tiff_read_samples (tiff->source, tiff->cache, &tiff->page, 0, sample, rect, dst,
                                rect->width * _mg_tiff_page_sample_bytes (&tiff->page), cancellable, error);
}

static gboolean
read_image (gpointer data, guint sample, const MgRect *rect, gpointer dst, GCancellable *cancellable, GError **error)
{
  MgImage *image = data;

  return mg_image_read (image, (int) sample, 0, 0, rect, dst,
                        rect->width * mg_pixel_type_size (mg_image_get_info (image)->type), cancellable, error);
}

static void
interleave (guint8 *dst, const guint8 *src, gsize size, guint samples, gsize n)
{
  for (gsize i = 0; i < n; i++)
    memcpy (dst + i * samples * size, src + i * size, size);
}

static void
to_little_endian (guint8 *data, gsize size, gsize n)
{
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    return;
  for (guint8 *p = data; p < data + n * size; p += size)
    for (gsize i = 0; i < size / 2; i++)
      {
        guint8 keep = p[i];

        p[i] = p[size - 1 - i];
        p[size - 1 - i] = keep;
      }
}

static gboolean
hash_page (const Page *page, GChecksum *sum, GCancellable *cancellable, GError **error)
{
  gsize row = page->size * page->width, all = page->planes ? 1 : page->samples;
  int rows = (int) CLAMP (BAND_BYTES / (row * all), 1, (gsize) page->height);
  g_autofree guint8 *one = g_try_malloc (row * rows);
  g_autofree guint8 *band = all > 1 ? g_try_malloc (row * rows * all) : NULL;

  if (one == NULL || (all > 1 && band == NULL))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory for some rows of the image");
      return FALSE;
    }
  for (guint plane = 0; plane < (page->planes ? page->samples : 1); plane++)
    for (int y = 0; y < page->height; y += rows)
      {
        MgRect rect = { 0, y, page->width, MIN (rows, page->height - y) };
        gsize n = (gsize) rect.width * rect.height;

        for (guint s = 0; s < all; s++)
          {
            if (!page->read (page->data, plane + s, &rect, one, cancellable, error))
              return FALSE;
            to_little_endian (one, page->size, n);
            if (all > 1)
              interleave (band + s * page->size, one, page->size, page->samples, n);
          }
        g_checksum_update (sum, all > 1 ? band : one, (gssize) (n * all * page->size));
      }
  return TRUE;
}

static gboolean
hash_tiff (GFile *file, GChecksum *sum, GCancellable *cancellable, GError **error)
{
  g_autoptr (MgTiffSource) source = _mg_tiff_source_open (file, cancellable, error);
  g_autoptr (MgTileCache) cache = mg_tile_cache_new (CACHE_BYTES);
  TiffPage tiff = { source, cache };
  Page page = { .read = read_tiff, .data = &tiff };

  if (source == NULL || !_mg_tiff_page_parse (source, TRUE, &tiff.page, error))
    return FALSE;
  page.width = (int) tiff.page.width;
  page.height = (int) tiff.page.height;
  page.samples = tiff.page.samples;
  page.size = _mg_tiff_page_sample_bytes (&tiff.page);
  /* samples that fill no whole bytes have to be unpacked, and then come one
   * pixel after the other whatever the file's order */
  page.planes = tiff.page.planar && tiff.page.bits == 8 * page.size;
  return hash_page (&page, sum, cancellable, error);
}

static gboolean
hash_other (GFile *file, GChecksum *sum, GCancellable *cancellable, GError **error)
{
  g_autoptr (MgImage) image = mg_image_load (file, cancellable, error);
  const MgImageInfo *info;
  Page page = { .read = read_image, .data = image };

  if (image == NULL)
    return FALSE;
  info = mg_image_get_info (image);
  page.width = info->width;
  page.height = info->height;
  page.samples = (guint) info->n_channels;
  page.size = mg_pixel_type_size (info->type);
  return hash_page (&page, sum, cancellable, error);
}

/**
 * mg_image_digest_page0:
 * @file: an image
 * @cancellable: (nullable)
 *
 * The SHA-256 of the first page's samples as the file stores them: little
 * endian, in the order Y, X, S (S, Y, X where the file has planes of whole
 * bytes), 1 to 7 bits as bytes, white as zero not inverted, palette not
 * applied. Colour models that only exist as compressed pictures (JPEG's
 * YCbCr) are hashed as the RGB they decode to, PNG without transparency. Any
 * thread.
 *
 * Returns: (transfer full): 64 hexadecimal digits; %NULL with an error naming
 *   the file
 */
char *
mg_image_digest_page0 (GFile *file,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  gboolean is_tiff = FALSE;

  if (!_mg_io_is_tiff (file, &is_tiff, cancellable, error) ||
      !(is_tiff ? hash_tiff : hash_other) (file, sum, cancellable, error))
    return NULL;
  return g_strdup (g_checksum_get_string (sum));
}
