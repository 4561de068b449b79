#include "io/tiff-private.h"

#include "io/io-private.h"

#include <string.h>

/* Rows of a large strip that are decoded together come to about this. */
#define BAND_BYTES (4 << 20)

/* Of a row that is larger than this only the sample that is wanted is unpacked: thousands
 * of channels side by side, that a few bytes can promise. */
#define ROW_BYTES (16 << 20)

/* Whole rows of uncompressed strips are read together up to this. */
#define DIRECT_BYTES (256u << 10)

/* One region wanted of one page. */
typedef struct
{
  MgTiffSource *source;
  MgTileCache *cache;
  const MgTiffPage *page;
  guint64 shift;
  guint sample;
  const MgRect *rect;
  guint8 *dst;
  gsize stride;
  GCancellable *cancellable;
} Want;

/* Samples side by side in what is stored together */
static guint
interleaved (const MgTiffPage *page)
{
  return page->planar ? 1 : page->samples;
}

/* Samples side by side in a decoded block */
static guint
get_n_kept (const MgTiffPage *page)
{
  gsize row_bytes = (gsize) page->chunk_width * interleaved (page) * mg_pixel_type_size (page->stored);

  return page->way == MG_TIFF_BANDS && row_bytes > ROW_BYTES ? 1 : interleaved (page);
}

/* dst[i] = src[i × step], samples of `size` bytes */
static void
pick (gpointer dst, gconstpointer src, gsize step, gsize size, gsize n)
{
  if (step == 1)
    memcpy (dst, src, n * size);
  else if (size == 1)
    for (gsize i = 0; i < n; i++)
      ((guint8 *) dst)[i] = ((const guint8 *) src)[i * step];
  else if (size == 2)
    for (gsize i = 0; i < n; i++)
      ((guint16 *) dst)[i] = ((const guint16 *) src)[i * step];
  else if (size == 4)
    for (gsize i = 0; i < n; i++)
      ((guint32 *) dst)[i] = ((const guint32 *) src)[i * step];
  else
    for (gsize i = 0; i < n; i++)
      ((guint64 *) dst)[i] = ((const guint64 *) src)[i * step];
}

static gboolean
find_strip (const Want *want, guint32 strip, guint64 *offset, GError **error)
{
  MgTiffSource *source = want->source;
  int failed = 0;
  gboolean ok;

  g_mutex_lock (&source->mutex);
  ok = _mg_tiff_source_select (source, want->page->ifd, error);
  if (ok)
    {
      *offset = TIFFGetStrileOffsetWithErr (source->tif, strip, &failed);
      if (failed || *offset == 0)
        {
          _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT,
                                     "it does not say where some of its pixels are; the file is damaged");
          ok = FALSE;
        }
    }
  g_mutex_unlock (&source->mutex);
  return ok;
}

/* Where rows of uncompressed strips lie. */
typedef struct
{
  gsize bits_a_pixel;
  guint64 row_bytes, first_bit;
  gsize n_bytes; /* of the wanted columns of one row */
  int at_once;   /* rows read together: more than one when they are side by side */
} Rows;

static void
plan_rows (const Want *want, Rows *rows)
{
  const MgTiffPage *page = want->page;

  rows->bits_a_pixel = (gsize) page->bits * interleaved (page);
  rows->row_bytes = (page->width * (guint64) rows->bits_a_pixel + 7) / 8;
  rows->first_bit = want->rect->x * (guint64) rows->bits_a_pixel;
  rows->n_bytes = (rows->first_bit % 8 + want->rect->width * rows->bits_a_pixel + 7) / 8;
  rows->at_once = 1;
  if (rows->n_bytes == rows->row_bytes)
    rows->at_once = (int) CLAMP (DIRECT_BYTES / rows->row_bytes, 1, (guint64) want->rect->height);
}

/* Finds where row `row` begins, and how many rows from it on lie together. */
static gboolean
find_row (const Want *want, const Rows *rows, guint32 row, guint32 *strip, guint64 *offset, int *n, GError **error)
{
  const MgTiffPage *page = want->page;
  guint32 strips_a_plane = (page->height - 1) / page->chunk_height + 1;
  guint32 wanted = row / page->chunk_height + (page->planar ? want->sample * strips_a_plane : 0);

  if (page->only_strip != 0)
    *offset = page->only_strip;
  else if (*strip != wanted && !find_strip (want, wanted, offset, error))
    return FALSE;
  *strip = wanted;
  *n = (int) MIN ((guint32) MIN (rows->at_once, *n), page->chunk_height - row % page->chunk_height);
  return TRUE;
}

/* Uncompressed strips: the bytes of the wanted columns, without libtiff. */
static gboolean
read_direct (const Want *want, GError **error)
{
  const MgTiffPage *page = want->page;
  const MgRect *rect = want->rect;
  guint n_inter = interleaved (page), skip = page->planar ? 0 : want->sample;
  gsize size = mg_pixel_type_size (page->stored), per_row = (gsize) rect->width * n_inter;
  g_autofree guint8 *raw = NULL;
  g_autofree guint8 *samples = NULL;
  guint32 strip = G_MAXUINT32;
  guint64 offset = 0;
  Rows rows;

  plan_rows (want, &rows);
  raw = g_try_malloc (rows.n_bytes * rows.at_once);
  samples = g_try_malloc (per_row * size);
  if (raw == NULL || samples == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, want->source->file, "not enough memory for one row of it");
      return FALSE;
    }
  for (int y = 0, n; y < rect->height; y += n)
    {
      guint32 row = rect->y + y;

      n = rect->height - y;
      if (g_cancellable_set_error_if_cancelled (want->cancellable, error) ||
          !find_row (want, &rows, row, &strip, &offset, &n, error) ||
          !_mg_tiff_source_pread (want->source,
                                  offset + want->shift + row % page->chunk_height * rows.row_bytes + rows.first_bit / 8,
                                  raw, rows.n_bytes * n, error))
        return FALSE;
      if (page->lsb_first)
        TIFFReverseBits (raw, rows.n_bytes * n);
      for (int i = 0; i < n; i++)
        {
          _mg_tiff_unpack (raw + i * rows.n_bytes, rows.first_bit % 8, page, FALSE, samples, per_row);
          pick (want->dst + (y + i) * want->stride, samples + skip * size, n_inter, size, rect->width);
        }
    }
  return TRUE;
}

/* The part of one uncompressed tile that is wanted; whole rows of it lie side by
 * side. */
static gboolean
read_direct_tile (const Want *want, const MgRect *tile, GError **error)
{
  const MgTiffPage *page = want->page;
  guint n_inter = interleaved (page), skip = page->planar ? 0 : want->sample;
  gsize size = mg_pixel_type_size (page->stored), bits_a_pixel = (gsize) page->bits * n_inter;
  guint64 row_bytes = (page->chunk_width * (guint64) bits_a_pixel + 7) / 8, first_bit, offset = 0;
  gsize n_bytes, per_row;
  guint32 across = (page->width - 1) / page->chunk_width + 1, down = (page->height - 1) / page->chunk_height + 1;
  guint32 number = (guint32) tile->y / page->chunk_height * across + (guint32) tile->x / page->chunk_width;
  g_autofree guint8 *raw = NULL;
  g_autofree guint8 *samples = NULL;
  MgRect part;
  int at_once;

  mg_rect_intersect (tile, want->rect, &part);
  first_bit = (part.x - tile->x) * (guint64) bits_a_pixel;
  n_bytes = (first_bit % 8 + part.width * bits_a_pixel + 7) / 8;
  at_once = n_bytes == row_bytes ? (int) CLAMP (DIRECT_BYTES / row_bytes, 1, (guint64) part.height) : 1;
  per_row = (gsize) part.width * n_inter;
  if (!find_strip (want, number + (page->planar ? want->sample * across * down : 0), &offset, error))
    return FALSE;
  raw = g_try_malloc (n_bytes * at_once);
  samples = g_try_malloc (per_row * size);
  if (raw == NULL || samples == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, want->source->file, "not enough memory for one row of it");
      return FALSE;
    }
  for (int y = 0, n; y < part.height; y += n)
    {
      n = MIN (at_once, part.height - y);
      if (!_mg_tiff_source_pread (want->source, offset + (guint64) (part.y - tile->y + y) * row_bytes + first_bit / 8,
                                  raw, n_bytes * n, error))
        return FALSE;
      if (page->lsb_first)
        TIFFReverseBits (raw, n_bytes * n);
      for (int i = 0; i < n; i++)
        {
          _mg_tiff_unpack (raw + i * n_bytes, first_bit % 8, page, FALSE, samples, per_row);
          pick (want->dst + (gsize) (part.y - want->rect->y + y + i) * want->stride + (part.x - want->rect->x) * size,
                samples + skip * size, n_inter, size, part.width);
        }
    }
  return TRUE;
}

static gboolean
read_direct_tiles (const Want *want, GError **error)
{
  const MgTiffPage *page = want->page;
  guint32 bottom = want->rect->y + want->rect->height, right = want->rect->x + want->rect->width;

  for (guint32 row = want->rect->y / page->chunk_height * page->chunk_height; row < bottom; row += page->chunk_height)
    for (guint32 column = want->rect->x / page->chunk_width * page->chunk_width; column < right; column += page->chunk_width)
      if (g_cancellable_set_error_if_cancelled (want->cancellable, error) ||
          !read_direct_tile (want, &(MgRect){ (int) column, (int) row, (int) page->chunk_width, (int) page->chunk_height }, error))
        return FALSE;
  return TRUE;
}

static gboolean
check_expansion (const Want *want, guint32 chunk, guint64 wanted, GError **error)
{
  TIFF *tif = want->source->tif;
  guint most = _mg_tiff_max_expansion (want->page->compression);
  int failed = 0;
  guint64 stored = TIFFGetStrileByteCountWithErr (tif, chunk, &failed);

  if (!failed && (most == 0 || MIN (stored, want->source->size) * most >= wanted))
    return TRUE;
  _mg_tiff_source_set_error (want->source, error, MG_ERROR_FORMAT,
                             "some of its pixels are missing; the file is damaged or was cut short");
  return FALSE;
}

static void
set_decode_error (const Want *want, guint32 row, GError **error)
{
  _mg_tiff_source_set_error (want->source, error, MG_ERROR_FORMAT,
                             "the pixels from row %u on cannot be decoded; the file is damaged, cut short or compressed in an unusual way", row + 1);
}

/* A whole strip or tile by libtiff, unpacked. */
static guint8 *
decode_chunk (const Want *want, guint32 column, guint32 row, guint32 rows, GError **error)
{
  const MgTiffPage *page = want->page;
  TIFF *tif = want->source->tif;
  gsize per_row = (gsize) page->chunk_width * interleaved (page);
  gsize raw_row = (per_row * page->bits + 7) / 8, size = mg_pixel_type_size (page->stored);
  g_autofree guint8 *raw = NULL;
  g_autofree guint8 *samples = NULL;
  guint32 chunk;
  tmsize_t got;

  chunk = page->tiled ? TIFFComputeTile (tif, column, row, 0, (guint16) want->sample)
                      : TIFFComputeStrip (tif, row, (guint16) want->sample);
  if (!check_expansion (want, chunk, raw_row * rows, error))
    return NULL;
  raw = g_try_malloc0 (raw_row * rows);
  samples = page->bits == 8 * size ? NULL : g_try_malloc (per_row * rows * size);
  if (raw == NULL || (samples == NULL && page->bits != 8 * size))
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, want->source->file, "not enough memory for a piece of it");
      return NULL;
    }
  got = page->tiled ? TIFFReadEncodedTile (tif, chunk, raw, (tmsize_t) (raw_row * rows))
                    : TIFFReadEncodedStrip (tif, chunk, raw, (tmsize_t) (raw_row * rows));
  if (got < 0)
    {
      set_decode_error (want, row, error);
      return NULL;
    }
  if (samples == NULL)
    return g_steal_pointer (&raw);
  for (guint32 y = 0; y < rows; y++)
    _mg_tiff_unpack (raw + y * raw_row, 0, page, TRUE, samples + y * per_row * size, per_row);
  return g_steal_pointer (&samples);
}

/* The next row of the page, or, when it is `row` that is wanted and decoding
 * got elsewhere, the first of its strip: codecs only go forward. */
static guint32
next_row (const Want *want, guint32 row)
{
  const MgTiffSource *source = want->source;
  guint32 first = row - row % want->page->chunk_height;

  if (source->next_sample == want->sample && source->next_row > first && source->next_row <= row)
    return source->next_row;
  return first;
}

/* A decoded row into a block of get_n_kept() samples a pixel. */
static void
unpack_row (const Want *want, const guint8 *raw, guint8 *dst)
{
  const MgTiffPage *page = want->page;
  gsize n = interleaved (page), size = mg_pixel_type_size (page->stored);

  if (get_n_kept (page) == n)
    _mg_tiff_unpack (raw, 0, page, TRUE, dst, page->width * n);
  else
    for (gsize x = 0; x < page->width; x++)
      _mg_tiff_unpack (raw, (x * n + want->sample) * page->bits, page, TRUE, dst + x * size, 1);
}

/* Some rows of a large strip. */
static guint8 *
decode_band (const Want *want, guint32 row, guint32 rows, GError **error)
{
  const MgTiffPage *page = want->page;
  MgTiffSource *source = want->source;
  gsize per_row = (gsize) page->width * get_n_kept (page), size = mg_pixel_type_size (page->stored);
  guint32 strip = TIFFComputeStrip (source->tif, row, (guint16) want->sample);
  tmsize_t raw_row = TIFFScanlineSize (source->tif);
  g_autofree guint8 *raw = NULL;
  g_autofree guint8 *samples = NULL;

  if (!check_expansion (want, strip, (guint64) raw_row * MIN (page->chunk_height, page->height - row), error))
    return NULL;
  raw = g_try_malloc0 (raw_row);
  samples = g_try_malloc (per_row * rows * size);
  if (raw == NULL || samples == NULL || raw_row < (tmsize_t) (((gsize) page->width * interleaved (page) * page->bits + 7) / 8))
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, source->file, "not enough memory for a row of it");
      return NULL;
    }
  for (guint32 y = next_row (want, row); y < row + rows; y++)
    {
      source->next_row = 0;
      if (g_cancellable_set_error_if_cancelled (want->cancellable, error))
        return NULL;
      if (TIFFReadScanline (source->tif, raw, y, (guint16) want->sample) < 0)
        {
          set_decode_error (want, y, error);
          return NULL;
        }
      source->next_row = y + 1;
      source->next_sample = want->sample;
      if (y >= row)
        unpack_row (want, raw, samples + (y - row) * per_row * size);
    }
  return g_steal_pointer (&samples);
}

/* A strip or tile as 8-bit RGB; libtiff's rasters begin at the bottom. */
static guint8 *
decode_rgba (const Want *want, guint32 column, guint32 row, guint32 rows, GError **error)
{
  const MgTiffPage *page = want->page;
  TIFF *tif = want->source->tif;
  gsize width = page->chunk_width;
  g_autofree guint32 *raster = g_try_new0 (guint32, width * rows);
  g_autofree guint8 *rgb = g_try_malloc (width * rows * 3);
  gboolean ok;

  if (raster == NULL || rgb == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, want->source->file, "not enough memory for a piece of it");
      return NULL;
    }
  TIFFSetField (tif, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  ok = page->tiled ? TIFFReadRGBATileExt (tif, column, row, raster, 1)
                   : TIFFReadRGBAStripExt (tif, row, raster, 1);
  if (!ok)
    {
      set_decode_error (want, row, error);
      return NULL;
    }
  for (gsize y = 0; y < rows; y++)
    for (gsize x = 0; x < width; x++)
      {
        guint32 colour = raster[(rows - 1 - y) * width + x];
        guint8 *out = rgb + 3 * (y * width + x);

        out[0] = TIFFGetR (colour);
        out[1] = TIFFGetG (colour);
        out[2] = TIFFGetB (colour);
      }
  return g_steal_pointer (&rgb);
}

/* The decoded block at (column, row), a multiple of the block's extent. */
static GBytes *
get_block (const Want *want, guint32 column, guint32 row, guint32 rows, GError **error)
{
  const MgTiffPage *page = want->page;
  guint n_kept = get_n_kept (page);
  gsize size = (gsize) page->chunk_width * rows * n_kept * mg_pixel_type_size (page->stored);
  guint64 group = page->ifd << 16 | (n_kept < page->samples ? want->sample : 0), index = (guint64) row << 32 | column;
  GBytes *block = mg_tile_cache_lookup (want->cache, group, index);
  guint8 *data = NULL;

  if (block != NULL)
    return block;
  g_mutex_lock (&want->source->mutex);
  block = mg_tile_cache_lookup (want->cache, group, index);
  if (block == NULL && _mg_tiff_source_select (want->source, page->ifd, error))
    {
      g_clear_pointer (&want->source->message, g_free);
      data = page->way == MG_TIFF_RGBA    ? decode_rgba (want, column, row, rows, error)
             : page->way == MG_TIFF_BANDS ? decode_band (want, row, rows, error)
                                          : decode_chunk (want, column, row, rows, error);
    }
  if (data != NULL)
    {
      block = g_bytes_new_take (data, size);
      mg_tile_cache_insert (want->cache, group, index, block);
    }
  g_mutex_unlock (&want->source->mutex);
  return block;
}

static void
copy_block (const Want *want, GBytes *block, const MgRect *area)
{
  const MgTiffPage *page = want->page;
  guint n_kept = get_n_kept (page);
  gsize size = mg_pixel_type_size (page->stored);
  const guint8 *data = g_bytes_get_data (block, NULL);
  MgRect part;

  if (!mg_rect_intersect (area, want->rect, &part))
    return;
  for (int y = 0; y < part.height; y++)
    {
      gsize at = (gsize) (part.y - area->y + y) * page->chunk_width + (part.x - area->x);

      pick (want->dst + (gsize) (part.y - want->rect->y + y) * want->stride + (part.x - want->rect->x) * size,
            data + (at * n_kept + (n_kept < page->samples ? 0 : want->sample)) * size, n_kept, size, part.width);
    }
}

static gboolean
read_blocks (const Want *want, GError **error)
{
  const MgTiffPage *page = want->page;
  gsize row_bytes = (gsize) page->chunk_width * get_n_kept (page) * mg_pixel_type_size (page->stored);
  guint32 block_height = page->chunk_height;
  guint32 bottom = want->rect->y + want->rect->height, right = want->rect->x + want->rect->width;

  if (page->way == MG_TIFF_BANDS)
    block_height = CLAMP (BAND_BYTES / row_bytes, 1, page->chunk_height);
  for (guint32 row = want->rect->y / block_height * block_height; row < bottom; row += block_height)
    for (guint32 column = want->rect->x / page->chunk_width * page->chunk_width; column < right; column += page->chunk_width)
      {
        guint32 rows = page->tiled ? block_height : MIN (block_height, page->height - row);
        MgRect area = { (int) column, (int) row, (int) page->chunk_width, (int) rows };
        g_autoptr (GBytes) block = NULL;

        if (g_cancellable_set_error_if_cancelled (want->cancellable, error))
          return FALSE;
        block = get_block (want, column, row, rows, error);
        if (block == NULL)
          return FALSE;
        copy_block (want, block, &area);
      }
  return TRUE;
}

/* One sample of every pixel of a region, in the page's stored type, rows
 * `stride` bytes apart. `shift` bytes are added to where uncompressed pixels
 * are (later planes that share one page's tags). Any thread. */
gboolean
_mg_tiff_read_samples (MgTiffSource *source,
                       MgTileCache *cache,
                       const MgTiffPage *page,
                       guint64 shift,
                       guint sample,
                       const MgRect *rect,
                       gpointer dst,
                       gsize stride,
                       GCancellable *cancellable,
                       GError **error)
{
  const Want want = { source, cache, page, shift, sample, rect, dst, stride, cancellable };

  if (page->way != MG_TIFF_DIRECT)
    return read_blocks (&want, error);
  return page->tiled ? read_direct_tiles (&want, error) : read_direct (&want, error);
}
