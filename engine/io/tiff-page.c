#include "io/tiff-private.h"

#include "base/mem.h"

/* A strip larger than this is decoded some rows at a time. */
#define WHOLE_STRIP_BYTES (16 << 20)

/* Larger planes than this are a damaged file rather than a large one. */
#define MAX_PIXELS ((guint64) 1 << 33)

static guint32
get_u32 (TIFF *tif, guint32 tag, guint32 otherwise)
{
  guint32 value;

  return TIFFGetField (tif, tag, &value) ? value : otherwise;
}

static guint16
get_u16 (TIFF *tif, guint32 tag)
{
  guint16 value = 0;

  TIFFGetFieldDefaulted (tif, tag, &value);
  return value;
}

static guint
count_alpha (TIFF *tif, guint samples)
{
  guint16 n = 0, *kinds = NULL;
  guint n_alpha = 0;

  if (!TIFFGetField (tif, TIFFTAG_EXTRASAMPLES, &n, &kinds) || n >= samples)
    return 0;
  while (n_alpha < n && (kinds[n - 1 - n_alpha] == EXTRASAMPLE_ASSOCALPHA ||
                         kinds[n - 1 - n_alpha] == EXTRASAMPLE_UNASSALPHA))
    n_alpha++;
  return n_alpha;
}

static gboolean
check_extent (MgTiffSource *source, const MgTiffPage *page, GError **error)
{
  if (page->width == 0 || page->height == 0)
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT,
                                 "it says that it has %u × %u pixels; the file is damaged", page->width, page->height);
      return FALSE;
    }
  if (page->width > G_MAXINT / 2 || page->height > G_MAXINT / 2 ||
      (guint64) page->width * page->height > MAX_PIXELS)
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_TOO_LARGE,
                                 "it says that it has %u × %u pixels, more than can be opened", page->width, page->height);
      return FALSE;
    }
  return TRUE;
}

/* Chooses the type that holds the samples as they are stored. */
static gboolean
choose_type (MgTiffSource *source, MgTiffPage *page, GError **error)
{
  static const MgPixelType unsigned_types[] = { MG_PIXEL_U8, MG_PIXEL_U16, MG_PIXEL_U32, MG_PIXEL_U64 };
  static const MgPixelType signed_types[] = { MG_PIXEL_I8, MG_PIXEL_I16, MG_PIXEL_I32, MG_PIXEL_I64 };
  guint step = page->bits <= 8 ? 0 : page->bits <= 16 ? 1
                                   : page->bits <= 32 ? 2
                                                      : 3;
  gboolean known = page->bits >= 1 && page->bits <= 64 && page->samples >= 1;

  switch (page->format)
    {
    case SAMPLEFORMAT_UINT:
    case SAMPLEFORMAT_VOID:
      page->stored = unsigned_types[step];
      break;
    case SAMPLEFORMAT_INT:
      page->stored = signed_types[step];
      break;
    case SAMPLEFORMAT_IEEEFP:
      page->half = page->bits == 16;
      page->stored = page->half ? MG_PIXEL_U16 : page->bits == 32 ? MG_PIXEL_F32
                                                                  : MG_PIXEL_F64;
      known &= page->bits == 16 || page->bits == 32 || page->bits == 64;
      break;
    default:
      known = FALSE;
    }
  if (!known)
    _mg_tiff_source_set_error (source, error, MG_ERROR_UNSUPPORTED,
                               "its samples of %u bits (format %u) are of a kind that is not read (save it as 8 or 16 bit or 32-bit float)",
                               page->bits, page->format);
  return known;
}

static gboolean
is_subsampled (TIFF *tif)
{
  guint16 horizontal = 2, vertical = 2;

  TIFFGetFieldDefaulted (tif, TIFFTAG_YCBCRSUBSAMPLING, &horizontal, &vertical);
  return horizontal != 1 || vertical != 1;
}

/* Whether libtiff has to make a picture of it, because the stored numbers are
 * no colours (or, asked for them as stored, cannot be had one a pixel). */
static gboolean
needs_rgba (TIFF *tif, const MgTiffPage *page, gboolean as_stored)
{
  char reason[1024];
  TIFFRGBAImage probe;
  gboolean tangled = page->compression == COMPRESSION_OJPEG ||
                     (page->photometric == PHOTOMETRIC_YCBCR &&
                      (page->compression == COMPRESSION_JPEG || is_subsampled (tif)));

  switch (page->photometric)
    {
    case PHOTOMETRIC_YCBCR:
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
      if (!as_stored || tangled || page->photometric != PHOTOMETRIC_YCBCR)
        return TRUE;
      break;
    case PHOTOMETRIC_SEPARATED:
    case PHOTOMETRIC_CIELAB:
      /* of 16 bits a sample there is no picture, but the numbers are good */
      if (as_stored || !TIFFRGBAImageBegin (&probe, tif, 0, reason))
        break;
      TIFFRGBAImageEnd (&probe);
      return TRUE;
    default:
      break;
    }
  return tangled;
}

static gboolean
check_rgba (MgTiffSource *source, MgTiffPage *page, GError **error)
{
  char reason[1024] = "";
  TIFFRGBAImage probe;
  gsize bytes;

  if (!TIFFRGBAImageBegin (&probe, source->tif, 0, reason))
    {
      g_clear_pointer (&source->message, g_free);
      _mg_tiff_source_set_error (source, error, MG_ERROR_UNSUPPORTED,
                                 "its colours cannot be decoded: %s (save it as RGB or greyscale)", reason);
      return FALSE;
    }
  TIFFRGBAImageEnd (&probe);
  if (!mg_size_mul (page->chunk_width, page->chunk_height, &bytes) || !mg_size_mul (bytes, 4, &bytes) ||
      bytes > MG_TIFF_MAX_ALLOC_BYTES)
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_TOO_LARGE,
                                 "it is stored in pieces of %u × %u pixels, more than can be opened (save it as tiles)",
                                 page->chunk_width, page->chunk_height);
      return FALSE;
    }
  page->way = MG_TIFF_RGBA;
  page->samples = 3;
  page->n_alpha = 0;
  page->bits = 8;
  page->planar = FALSE;
  page->half = FALSE;
  page->stored = MG_PIXEL_U8;
  return TRUE;
}

/* The most that one compressed byte can become, 0 where there is no bound: a
 * damaged file must not ask for memory that its bytes could never fill. */
guint
_mg_tiff_max_expansion (guint16 compression)
{
  switch (compression)
    {
    case COMPRESSION_NONE:
      return 1;
    case COMPRESSION_PACKBITS:
      return 64;
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
      return 1040;
    case COMPRESSION_LZW:
      return 4096;
    default:
      return 0;
    }
}

/* Whether the file can hold all the pixels that it speaks of. */
static gboolean
check_file_size (MgTiffSource *source, const MgTiffPage *page, GError **error)
{
  guint64 most = _mg_tiff_max_expansion (page->compression);
  double bytes = (double) page->width * page->height * page->samples * page->bits / 8;

  if (most == 0 || bytes <= (double) source->size * most)
    return TRUE;
  _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT,
                             "the file is too short for the %u × %u pixels that it speaks of; it is damaged or was cut short",
                             page->width, page->height);
  return FALSE;
}

static gboolean
choose_way (MgTiffSource *source, MgTiffPage *page, GError **error)
{
  gsize samples = page->planar ? 1 : page->samples, row, bytes;

  if (!check_file_size (source, page, error))
    return FALSE;
  if (!mg_size_mul (page->chunk_width, samples, &row) ||
      !mg_size_mul (row, mg_pixel_type_size (page->stored), &row) || row > MG_TIFF_MAX_ALLOC_BYTES ||
      !mg_size_mul (row, page->chunk_height, &bytes) ||
      (page->tiled && bytes > MG_TIFF_MAX_ALLOC_BYTES))
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_TOO_LARGE,
                                 "it is stored in pieces of %u × %u pixels, more than can be opened (save it with smaller tiles)",
                                 page->chunk_width, page->chunk_height);
      return FALSE;
    }
  if (page->compression == COMPRESSION_NONE)
    page->way = MG_TIFF_DIRECT;
  else
    page->way = page->tiled || bytes <= WHOLE_STRIP_BYTES ? MG_TIFF_CHUNKS : MG_TIFF_BANDS;
  return TRUE;
}

/* libtiff's answer to a number it has no decoder for is late and unclear. */
static gboolean
check_codec (MgTiffSource *source, const MgTiffPage *page, GError **error)
{
  if (TIFFIsCODECConfigured (page->compression))
    return TRUE;
  _mg_tiff_source_set_error (source, error, MG_ERROR_UNSUPPORTED,
                             "it is compressed in a way that is not read (number %u; save it with deflate, LZW or no compression)",
                             page->compression);
  return FALSE;
}

/* Reads the current page's tags. Call with the mutex held, or before any
 * other thread knows the source.
 *
 * With `as_stored` the numbers are wanted as the file has them even where
 * they are not grey values or RGB. */
gboolean
_mg_tiff_page_parse (MgTiffSource *source,
                     gboolean as_stored,
                     MgTiffPage *page,
                     GError **error)
{
  TIFF *tif = source->tif;
  int failed = 0;

  *page = (MgTiffPage){
    .ifd = source->current_ifd,
    .width = get_u32 (tif, TIFFTAG_IMAGEWIDTH, 0),
    .height = get_u32 (tif, TIFFTAG_IMAGELENGTH, 0),
    .subfile = get_u32 (tif, TIFFTAG_SUBFILETYPE, 0),
    .samples = get_u16 (tif, TIFFTAG_SAMPLESPERPIXEL),
    .bits = get_u16 (tif, TIFFTAG_BITSPERSAMPLE),
    .format = get_u16 (tif, TIFFTAG_SAMPLEFORMAT),
    .compression = get_u16 (tif, TIFFTAG_COMPRESSION),
    .photometric = PHOTOMETRIC_MINISBLACK,
    .lsb_first = get_u16 (tif, TIFFTAG_FILLORDER) == FILLORDER_LSB2MSB,
    .big_endian = TIFFIsBigEndian (tif),
    .swapped = TIFFIsByteSwapped (tif),
    .tiled = TIFFIsTiled (tif),
  };
  TIFFGetField (tif, TIFFTAG_PHOTOMETRIC, &page->photometric);
  if (!check_extent (source, page, error) || !check_codec (source, page, error))
    return FALSE;
  page->planar = get_u16 (tif, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE && page->samples > 1;
  page->n_alpha = count_alpha (tif, page->samples);
  page->chunk_width = page->tiled ? get_u32 (tif, TIFFTAG_TILEWIDTH, 0) : page->width;
  page->chunk_height = page->tiled ? get_u32 (tif, TIFFTAG_TILELENGTH, 0)
                                   : MIN (get_u32 (tif, TIFFTAG_ROWSPERSTRIP, G_MAXUINT32), page->height);
  if (page->chunk_width == 0 || page->chunk_height == 0)
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT,
                                 "its %s have no pixels; the file is damaged", page->tiled ? "tiles" : "strips");
      return FALSE;
    }
  if (needs_rgba (tif, page, as_stored))
    return check_rgba (source, page, error);
  if (!choose_type (source, page, error) || !choose_way (source, page, error))
    return FALSE;
  if (page->way == MG_TIFF_DIRECT && !page->tiled && page->chunk_height == page->height && !page->planar)
    page->only_strip = TIFFGetStrileOffsetWithErr (tif, 0, &failed);
  return TRUE;
}

/* Whether two pages can be planes of one image. */
gboolean
_mg_tiff_page_alike (const MgTiffPage *a,
                     const MgTiffPage *b)
{
  return a->width == b->width && a->height == b->height && a->samples == b->samples &&
         a->n_alpha == b->n_alpha && a->bits == b->bits && a->stored == b->stored && a->half == b->half;
}

/* Bytes of one sample as _mg_tiff_read_samples() gives it. */
gsize
_mg_tiff_page_sample_bytes (const MgTiffPage *page)
{
  return mg_pixel_type_size (page->stored);
}
