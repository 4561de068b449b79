#include "io/tiff-write.h"

#include "base/mem.h"
#include "io/atomic-file.h"
#include "io/io-private.h"

#include <errno.h>
#include <string.h>
#include <tiffio.h>
#include <unistd.h>

/* Rows that are compressed together come to about this. */
#define STRIP_BYTES (256 << 10)

/* From here on the offsets of a TIFF do not fit 32 bits, and it is written as
 * a BigTIFF. */
#define BIG_BYTES ((guint64) 4000 << 20)

/* Every whole number up to here is a float. */
#define FLOAT_EXACT (1u << 24)

typedef struct
{
  GFile *file;
  MgAtomicFile *atomic;
  TIFF *tif;
  int code; /* errno of the first write that failed */
  char *message;
} Writer;

/* What one page is made of. */
typedef struct
{
  int width, height;
  guint samples; /* 3 for RGB */
  MgPixelType type;
  gboolean one_of_many;
} Layout;

static tmsize_t
client_read (thandle_t handle, void *buffer, tmsize_t size)
{
  return read (mg_atomic_file_get_fd (((Writer *) handle)->atomic), buffer, size);
}

static tmsize_t
client_write (thandle_t handle, void *buffer, tmsize_t size)
{
  Writer *writer = handle;
  tmsize_t done = 0;

  while (done < size)
    {
      gssize n = write (mg_atomic_file_get_fd (writer->atomic), (guint8 *) buffer + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          if (writer->code == 0)
            writer->code = errno;
          return -1;
        }
      done += n;
    }
  return done;
}

static toff_t
client_seek (thandle_t handle, toff_t offset, int whence)
{
  return (toff_t) lseek (mg_atomic_file_get_fd (((Writer *) handle)->atomic), (off_t) offset, whence);
}

static toff_t
client_size (thandle_t handle)
{
  return (toff_t) lseek (mg_atomic_file_get_fd (((Writer *) handle)->atomic), 0, SEEK_END);
}

static int
client_close (thandle_t handle)
{
  return 0;
}

static int
keep_message (TIFF *tif, void *user_data, const char *module, const char *format, va_list args)
{
  Writer *writer = user_data;

  if (writer->message == NULL)
    writer->message = g_strdup_vprintf (format, args);
  return 1;
}

static int
ignore_message (TIFF *tif, void *user_data, const char *module, const char *format, va_list args)
{
  return 1;
}

static void
set_write_error (Writer *writer, GError **error)
{
  if (writer->code != 0)
    mg_atomic_file_set_error (writer->atomic, writer->code, error);
  else
    _mg_io_set_error (error, MG_ERROR_FAILED, writer->file, "it could not be saved: %s",
                      writer->message != NULL ? writer->message : "the TIFF library gave no reason");
}

static gboolean
writer_open (Writer *writer, GFile *file, guint64 bytes, GError **error)
{
  TIFFOpenOptions *options;

  writer->file = file;
  writer->atomic = mg_atomic_file_new (file, error);
  if (writer->atomic == NULL)
    return FALSE;
  options = TIFFOpenOptionsAlloc ();
  TIFFOpenOptionsSetErrorHandlerExtR (options, keep_message, writer);
  TIFFOpenOptionsSetWarningHandlerExtR (options, ignore_message, writer);
  writer->tif = TIFFClientOpenExt ("output", bytes > BIG_BYTES ? "wl8m" : "wlm", writer, client_read, client_write,
                                   client_seek, client_close, client_size, NULL, NULL, options);
  TIFFOpenOptionsFree (options);
  if (writer->tif == NULL)
    set_write_error (writer, error);
  return writer->tif != NULL;
}

static gboolean
writer_commit (Writer *writer, GError **error)
{
  TIFFClose (g_steal_pointer (&writer->tif));
  if (writer->code == 0 && writer->message == NULL)
    return mg_atomic_file_commit (writer->atomic, error);
  set_write_error (writer, error);
  return FALSE;
}

static void
writer_clear (Writer *writer)
{
  if (writer->tif != NULL)
    TIFFClose (writer->tif);
  g_clear_pointer (&writer->atomic, mg_atomic_file_free);
  g_free (writer->message);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Writer, writer_clear)

static int
sample_format (MgPixelType type)
{
  if (mg_pixel_type_is_float (type))
    return SAMPLEFORMAT_IEEEFP;
  return type == MG_PIXEL_I8 || type == MG_PIXEL_I16 || type == MG_PIXEL_I32 || type == MG_PIXEL_I64 ? SAMPLEFORMAT_INT
                                                                                                     : SAMPLEFORMAT_UINT;
}

static void
set_tags (TIFF *tif, const Layout *layout, const MgImageInfo *like, const char *description)
{
  gsize size = mg_pixel_type_size (layout->type), row = size * layout->samples * layout->width;

  TIFFSetField (tif, TIFFTAG_IMAGEWIDTH, (guint32) layout->width);
  TIFFSetField (tif, TIFFTAG_IMAGELENGTH, (guint32) layout->height);
  TIFFSetField (tif, TIFFTAG_SAMPLESPERPIXEL, layout->samples);
  TIFFSetField (tif, TIFFTAG_BITSPERSAMPLE, (guint) (8 * size));
  TIFFSetField (tif, TIFFTAG_SAMPLEFORMAT, sample_format (layout->type));
  TIFFSetField (tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField (tif, TIFFTAG_PHOTOMETRIC, layout->samples == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tif, TIFFTAG_ROWSPERSTRIP, (guint32) CLAMP (STRIP_BYTES / row, 1, (gsize) layout->height));
  if (mg_pixel_type_is_float (layout->type))
    /* noise in a mantissa hardly shrinks; but of plain stacks ImageJ and tifffile take
     * the pages to follow each other without a gap, and never look for where they are */
    TIFFSetField (tif, TIFFTAG_COMPRESSION, layout->one_of_many ? COMPRESSION_ADOBE_DEFLATE : COMPRESSION_NONE);
  else
    {
      TIFFSetField (tif, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
      TIFFSetField (tif, TIFFTAG_PREDICTOR, size <= 4 ? PREDICTOR_HORIZONTAL : PREDICTOR_NONE);
    }
  if (like->pixel_width > 0 && like->pixel_height > 0)
    {
      /* as ImageJ has it: pixels per unit, and the unit in the description */
      TIFFSetField (tif, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
      TIFFSetField (tif, TIFFTAG_XRESOLUTION, 1 / like->pixel_width);
      TIFFSetField (tif, TIFFTAG_YRESOLUTION, 1 / like->pixel_height);
    }
  TIFFSetField (tif, TIFFTAG_SOFTWARE, "Micrographia " MG_VERSION);
  if (description != NULL)
    TIFFSetField (tif, TIFFTAG_IMAGEDESCRIPTION, description);
}

static void
append_number (GString *text, const char *key, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (text, "%s=%s\n", key, g_ascii_dtostr (digits, sizeof digits, value));
}

/* ImageJ reads ASCII, with Java's escapes for the rest. */
static void
append_unit (GString *text, const char *unit)
{
  g_string_append (text, "unit=");
  for (const char *p = unit; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80 && c >= 0x20)
        g_string_append_c (text, (char) c);
      else if (c < 0x10000)
        g_string_append_printf (text, "\\u%04X", c);
    }
  g_string_append_c (text, '\n');
}

static char *
describe (const MgImageInfo *info, int n_c, int n_z, int n_t)
{
  GString *text = g_string_new ("ImageJ=1.54f\n");

  if (n_c > 1 || n_z > 1 || n_t > 1)
    {
      g_string_append_printf (text, "images=%" G_GINT64_FORMAT "\n", (gint64) n_c * n_z * n_t);
      if (n_c > 1)
        g_string_append_printf (text, "channels=%d\n", n_c);
      if (n_z > 1)
        g_string_append_printf (text, "slices=%d\n", n_z);
      if (n_t > 1)
        g_string_append_printf (text, "frames=%d\n", n_t);
      if ((n_c > 1) + (n_z > 1) + (n_t > 1) > 1)
        g_string_append (text, "hyperstack=true\n");
      if (n_c > 1)
        g_string_append (text, "mode=composite\n");
    }
  if (info->unit != NULL && g_utf8_validate (info->unit, -1, NULL) && info->pixel_width > 0)
    append_unit (text, info->unit);
  if (info->pixel_depth > 0)
    append_number (text, "spacing", info->pixel_depth);
  if (info->frame_interval > 0)
    append_number (text, "finterval", info->frame_interval);
  g_string_append (text, "loop=false\n");
  return g_string_free (text, FALSE);
}

static void
interleave (guint8 *dst, const guint8 *src, gsize size, guint samples, gsize n)
{
  for (gsize i = 0; i < n; i++)
    memcpy (dst + i * samples * size, src + i * size, size);
}

/* Writes one page strip by strip. */
static gboolean
write_plane (Writer *writer, MgImage *image, const Layout *layout, int c, int z, int t, GCancellable *cancellable, GError **error)
{
  gsize size = mg_pixel_type_size (layout->type);
  gsize row = size * layout->samples * layout->width;
  int rows = (int) CLAMP (STRIP_BYTES / row, 1, (gsize) layout->height);
  g_autofree guint8 *strip = g_try_malloc (rows * row);
  g_autofree guint8 *one = layout->samples > 1 ? g_try_malloc (rows * size * layout->width) : NULL;

  if (strip == NULL || (layout->samples > 1 && one == NULL))
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, writer->file, "not enough memory to save it");
      return FALSE;
    }
  for (int y = 0; y < layout->height; y += rows)
    {
      MgRect rect = { 0, y, layout->width, MIN (rows, layout->height - y) };

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint s = 0; s < layout->samples; s++)
        {
          if (!mg_image_read (image, c + (int) s, z, t, &rect, one != NULL ? one : strip, size * layout->width, cancellable, error))
            return FALSE;
          if (one != NULL)
            interleave (strip + s * size, one, size, layout->samples, (gsize) layout->width * rect.height);
        }
      if (TIFFWriteEncodedStrip (writer->tif, (guint32) (y / rows), strip, (tmsize_t) (row * rect.height)) < 0)
        {
          set_write_error (writer, error);
          return FALSE;
        }
    }
  if (TIFFWriteDirectory (writer->tif))
    return TRUE;
  set_write_error (writer, error);
  return FALSE;
}

/**
 * mg_tiff_write_image:
 * @file: the target; replaced whole or not at all
 * @image: read region by region
 * @cancellable: (nullable)
 *
 * Writes an image as ImageJ does: pages in the order C, Z, T with the axes,
 * pixel size and unit in the description; RGB as RGB. Integers and stacks are
 * compressed (deflate), a plane of floats is not. Above 4 GB it is a BigTIFF. Any thread.
 *
 * Returns: FALSE with an error naming the file; nothing is left behind then
 */
gboolean
mg_tiff_write_image (GFile *file,
                     MgImage *image,
                     GCancellable *cancellable,
                     GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  gboolean rgb = info->is_rgb && info->n_channels == 3;
  int n_c = rgb ? 1 : info->n_channels;
  Layout layout = { info->width, info->height, rgb ? 3 : 1, info->type, n_c > 1 || info->n_z > 1 || info->n_t > 1 };
  g_autofree char *description = describe (info, n_c, info->n_z, info->n_t);
  g_auto (Writer) writer = { 0 };
  gsize bytes = mg_pixel_type_size (info->type);

  if (!mg_size_mul (bytes, info->width, &bytes) || !mg_size_mul (bytes, info->height, &bytes) ||
      !mg_size_mul (bytes, info->n_channels, &bytes) || !mg_size_mul (bytes, info->n_z, &bytes) ||
      !mg_size_mul (bytes, info->n_t, &bytes))
    bytes = G_MAXSIZE;
  if (!writer_open (&writer, file, bytes, error))
    return FALSE;
  for (int t = 0; t < info->n_t; t++)
    for (int z = 0; z < info->n_z; z++)
      for (int c = 0; c < n_c; c++)
        {
          set_tags (writer.tif, &layout, info, c + z + t == 0 ? description : NULL);
          if (!write_plane (&writer, image, &layout, c, z, t, cancellable, error))
            return FALSE;
        }
  return writer_commit (&writer, error);
}

/* Labels as an image of the type they are saved in. */
typedef struct
{
  MgLabelRows rows;
  gpointer data;
  MgPixelType type;
} LabelSource;

static gboolean
labels_read (gpointer data, int c, int z, int t, const MgRect *rect,
             gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  const LabelSource *source = data;
  g_autofree guint32 *row = g_new (guint32, rect->width);

  for (int y = 0; y < rect->height; y++)
    {
      guint8 *to = (guint8 *) dst + y * stride;

      source->rows (source->data, z, t, &(MgRect){ rect->x, rect->y + y, rect->width, 1 }, row);
      for (int x = 0; x < rect->width; x++)
        if (source->type == MG_PIXEL_U16)
          ((guint16 *) to)[x] = (guint16) row[x];
        else if (source->type == MG_PIXEL_F32)
          ((float *) to)[x] = (float) row[x];
        else
          ((guint32 *) to)[x] = row[x];
    }
  return TRUE;
}

/**
 * mg_tiff_write_label_planes:
 * @file: the target; replaced whole or not at all
 * @like: the image they belong to: size, slices, time points, pixel size and unit
 * @max: the highest label
 * @rows: gives the labels of part of a plane
 * @data: for @rows
 * @cancellable: (nullable)
 *
 * Writes a label image that ImageJ and Fiji open: 16 bit, or 32-bit float when
 * a label is above 65 535 (ImageJ has no other type that holds them), or
 * 32-bit integers when one is above 2^24, where floats end being exact. A
 * strip at a time is in memory. Any thread.
 *
 * Returns: FALSE with an error naming the file; nothing is left behind then
 */
gboolean
mg_tiff_write_label_planes (GFile *file,
                            const MgImageInfo *like,
                            guint32 max,
                            MgLabelRows rows,
                            gpointer data,
                            GCancellable *cancellable,
                            GError **error)
{
  static const MgImageSource source = { labels_read, NULL };
  LabelSource labels = { rows, data, max <= G_MAXUINT16 ? MG_PIXEL_U16 : max <= FLOAT_EXACT ? MG_PIXEL_F32
                                                                                            : MG_PIXEL_U32 };
  const MgImageInfo info = {
    .width = like->width,
    .height = like->height,
    .n_channels = 1,
    .n_z = like->n_z,
    .n_t = like->n_t,
    .type = labels.type,
    .pixel_width = like->pixel_width,
    .pixel_height = like->pixel_height,
    .pixel_depth = like->pixel_depth,
    .frame_interval = like->frame_interval,
    .unit = like->unit,
  };
  g_autoptr (MgImage) image = mg_image_new_from_source (&info, &source, &labels, error);

  return image != NULL && mg_tiff_write_image (file, image, cancellable, error);
}

static void
rows_of_labels (gpointer data, int z, int t, const MgRect *rect, guint32 *dst)
{
  gsize width = mg_labels_get_width (data);

  memcpy (dst, mg_labels_get_data (data) + rect->y * width + rect->x, rect->width * sizeof *dst);
}

/**
 * mg_tiff_write_labels:
 * @file: the target; replaced whole or not at all
 * @labels: what to write
 * @like: (nullable): the image they belong to; its pixel size and unit are kept
 * @cancellable: (nullable)
 *
 * Writes one plane as mg_tiff_write_label_planes() does. Any thread.
 *
 * Returns: FALSE with an error naming the file; nothing is left behind then
 */
gboolean
mg_tiff_write_labels (GFile *file,
                      MgLabels *labels,
                      const MgImageInfo *like,
                      GCancellable *cancellable,
                      GError **error)
{
  MgImageInfo info = { .width = mg_labels_get_width (labels), .height = mg_labels_get_height (labels), .n_z = 1, .n_t = 1 };

  if (like != NULL)
    {
      info.pixel_width = like->pixel_width;
      info.pixel_height = like->pixel_height;
      info.unit = like->unit;
    }
  return mg_tiff_write_label_planes (file, &info, mg_labels_get_max (labels), rows_of_labels, labels, cancellable, error);
}

/**
 * mg_tiff_write_picture:
 * @file: the target; replaced whole or not at all
 * @pixels: width × height words 0xRRGGBB, row by row
 * @dpi: how large it is to be printed, pixels an inch
 *
 * Writes a picture for a page, not data: RGB, compressed without loss. Any thread.
 *
 * Returns: FALSE with an error naming the file; nothing is left behind then
 */
gboolean
mg_tiff_write_picture (GFile *file,
                       const guint32 *pixels,
                       int width,
                       int height,
                       double dpi,
                       GError **error)
{
  const Layout layout = { width, height, 3, MG_PIXEL_U8 };
  const MgImageInfo plain = { 0 };
  gsize row = 3 * (gsize) width;
  int rows = (int) CLAMP (STRIP_BYTES / row, 1, (gsize) height);
  g_autofree guint8 *strip = g_try_malloc (rows * row);
  g_auto (Writer) writer = { 0 };

  if (!writer_open (&writer, file, row * (gsize) height, error))
    return FALSE;
  if (strip == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, file, "not enough memory to save it");
      return FALSE;
    }
  set_tags (writer.tif, &layout, &plain, NULL);
  TIFFSetField (writer.tif, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  TIFFSetField (writer.tif, TIFFTAG_XRESOLUTION, dpi);
  TIFFSetField (writer.tif, TIFFTAG_YRESOLUTION, dpi);
  for (int y = 0; y < height; y += rows)
    {
      gsize n = (gsize) MIN (rows, height - y) * (gsize) width;
      const guint32 *from = pixels + (gsize) y * (gsize) width;

      for (gsize i = 0; i < n; i++)
        for (int c = 0; c < 3; c++)
          strip[3 * i + (gsize) c] = (guint8) (from[i] >> (16 - 8 * c));
      if (TIFFWriteEncodedStrip (writer.tif, (guint32) (y / rows), strip, (tmsize_t) (3 * n)) < 0)
        {
          set_write_error (&writer, error);
          return FALSE;
        }
    }
  return writer_commit (&writer, error);
}
