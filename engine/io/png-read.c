#include "io/png-read.h"

#include "base/mem.h"
#include "io/io-private.h"

#include <png.h>
#include <setjmp.h>

/* A PNG cannot be read from the middle, so all of it is held in memory. */
#define MAX_BYTES ((gsize) 2 << 30)

typedef struct
{
  GFile *file;
  GInputStream *stream;
  GCancellable *cancellable;
  png_structp png;
  png_infop info;
  guint64 file_size;
  guint channels, stored_channels, bits;
  gboolean palette, alpha;
  guint8 *pixels; /* planes of one channel */
  guint8 *rows;   /* interleaved: one row, or all of an interlaced file */
  GError *error;
  char message[160];
} Reader;

/**
 * mg_png_is_png:
 * @head: the first bytes of a file
 *
 * Returns: whether it begins as PNG files do
 */
gboolean
mg_png_is_png (const guint8 *head,
               gsize size)
{
  return size >= 8 && png_sig_cmp (head, 0, 8) == 0;
}

G_NORETURN static void
on_error (png_structp png, png_const_charp message)
{
  Reader *reader = png_get_error_ptr (png);

  g_strlcpy (reader->message, message, sizeof reader->message);
  longjmp (png_jmpbuf (png), 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static void
on_read (png_structp png, png_bytep buffer, gsize size)
{
  Reader *reader = png_get_io_ptr (png);
  gsize n = 0;

  if (!g_input_stream_read_all (reader->stream, buffer, size, &n, reader->cancellable, &reader->error))
    png_error (png, "it cannot be read");
  if (n < size)
    png_error (png, "the file ends too early");
}

/* Reads the header and asks for whole samples in the machine's byte order. */
static gboolean
read_header (Reader *reader, GError **error)
{
  png_structp png = reader->png;
  png_infop info = reader->info;
  guint64 packed;
  int colour;

  png_read_info (png, info);
  colour = png_get_color_type (png, info);
  reader->bits = png_get_bit_depth (png, info);
  reader->palette = colour == PNG_COLOR_TYPE_PALETTE;
  reader->alpha = (colour & PNG_COLOR_MASK_ALPHA) != 0;
  reader->stored_channels = png_get_channels (png, info);
  reader->channels = reader->stored_channels - reader->alpha;
  packed = (guint64) png_get_rowbytes (png, info) * png_get_image_height (png, info);
  /* deflate makes at most 1032 bytes of one: do not take memory for what the
   * file cannot hold */
  if (packed / 1040 > reader->file_size)
    {
      _mg_io_set_error (error, MG_ERROR_FORMAT, reader->file,
                        "it says that it has %u × %u pixels, but the file is too short for them; it is damaged",
                        png_get_image_width (png, info), png_get_image_height (png, info));
      return FALSE;
    }
  if (reader->bits < 8)
    png_set_packing (png);
  if (reader->bits == 16 && G_BYTE_ORDER == G_LITTLE_ENDIAN)
    png_set_swap (png);
  return TRUE;
}

static gboolean
allocate (Reader *reader, int passes, GError **error)
{
  gsize row, plane, size = reader->bits == 16 ? 2 : 1, height = png_get_image_height (reader->png, reader->info);

  if (!mg_size_mul (png_get_image_width (reader->png, reader->info), size, &row) ||
      !mg_size_mul (row, height, &plane) || plane > MAX_BYTES / 4)
    {
      _mg_io_set_error (error, MG_ERROR_TOO_LARGE, reader->file,
                        "it has %u × %u pixels, more than a PNG may have here (save it as TIFF)",
                        png_get_image_width (reader->png, reader->info), png_get_image_height (reader->png, reader->info));
      return FALSE;
    }
  reader->pixels = mg_try_alloc (plane * reader->channels, "the image", error);
  if (reader->pixels != NULL)
    reader->rows = mg_try_alloc (row * reader->stored_channels * (passes > 1 ? height : 1), "the image", error);
  if (reader->rows == NULL)
    _mg_io_prefix_error (error, reader->file);
  return reader->rows != NULL;
}

/* One interleaved row into the planes; alpha, the last sample, is left out. */
static void
spread (Reader *reader, const guint8 *row, gsize y)
{
  gsize width = png_get_image_width (reader->png, reader->info);
  gsize height = png_get_image_height (reader->png, reader->info);
  guint n = reader->stored_channels;

  for (guint c = 0; c < reader->channels; c++)
    {
      gsize at = (c * height + y) * width;

      for (gsize x = 0; x < width; x++)
        if (reader->bits == 16)
          ((guint16 *) reader->pixels)[at + x] = ((const guint16 *) row)[x * n + c];
        else
          reader->pixels[at + x] = row[x * n + c];
    }
}

static void
read_rows (Reader *reader, int passes)
{
  gsize height = png_get_image_height (reader->png, reader->info);
  gsize row_bytes = (gsize) png_get_image_width (reader->png, reader->info) * reader->stored_channels * (reader->bits == 16 ? 2 : 1);

  for (int pass = 0; pass < passes; pass++)
    for (gsize y = 0; y < height; y++)
      {
        guint8 *row = reader->rows + (passes > 1 ? y * row_bytes : 0);

        png_read_row (reader->png, row, NULL);
        if (pass == passes - 1)
          spread (reader, row, y);
        if (y % 256 == 0 && g_cancellable_set_error_if_cancelled (reader->cancellable, &reader->error))
          png_error (reader->png, "cancelled");
      }
}

/* libpng leaves by longjmp, so nothing in here holds memory of its own. */
static gboolean
decode (Reader *reader, GError **error)
{
  int passes;

  if (setjmp (png_jmpbuf (reader->png)))
    {
      if (reader->error != NULL)
        g_propagate_error (error, g_steal_pointer (&reader->error));
      else
        _mg_io_set_error (error, MG_ERROR_FORMAT, reader->file,
                          "the PNG file is damaged or was cut short (%s)", reader->message);
      return FALSE;
    }
  if (!read_header (reader, error))
    return FALSE;
  passes = png_set_interlace_handling (reader->png);
  png_read_update_info (reader->png, reader->info);
  if (!allocate (reader, passes, error))
    return FALSE;
  read_rows (reader, passes);
  return TRUE;
}

static gboolean
read_palette (Reader *reader, MgChannelView *view)
{
  png_colorp colours;
  int n = 0, most = 1 << reader->bits;
  guint32 palette[MG_LUT_TABLE_SIZE] = { 0 };

  if (png_get_PLTE (reader->png, reader->info, &colours, &n) == 0 || most > MG_LUT_TABLE_SIZE)
    return FALSE;
  for (int i = 0; i < MIN (n, most); i++)
    palette[i] = (guint32) colours[i].red << 16 | (guint32) colours[i].green << 8 | colours[i].blue;
  _mg_spread_palette (palette, most, view);
  return TRUE;
}

static MgImage *
make_image (Reader *reader, GError **error)
{
  const char *const palette_note[] = { "it has a colour palette; the values are the numbers of its colours", NULL };
  const char *const alpha_note[] = { "its transparency is left out", NULL };
  g_autofree char *name = _mg_io_base_name (reader->file);
  MgChannelView view;
  MgImageInfo info = {
    .width = (int) png_get_image_width (reader->png, reader->info),
    .height = (int) png_get_image_height (reader->png, reader->info),
    .n_channels = (int) reader->channels,
    .n_z = 1,
    .n_t = 1,
    .type = reader->bits == 16 ? MG_PIXEL_U16 : MG_PIXEL_U8,
    .bits = reader->bits < 8 ? reader->bits : 0,
    .is_rgb = reader->channels == 3,
    .name = name,
    .axes = (char *) (reader->stored_channels > 1 ? "YXS" : "YX"),
    .notes = (char **) (reader->palette ? palette_note : reader->alpha ? alpha_note
                                                                       : NULL),
  };

  if (reader->palette && read_palette (reader, &view))
    info.channels = &view;
  return mg_image_new_take (&info, g_steal_pointer (&reader->pixels), mg_free_aligned, error);
}

static gboolean
open_stream (Reader *reader, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (reader->file, reader->cancellable, error);
  g_autoptr (GFileInfo) info = NULL;

  if (stream != NULL)
    info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, reader->cancellable, error);
  if (info == NULL)
    {
      _mg_io_prefix_error (error, reader->file);
      return FALSE;
    }
  reader->file_size = g_file_info_get_size (info);
  reader->stream = g_buffered_input_stream_new_sized (G_INPUT_STREAM (stream), 64 << 10);
  return TRUE;
}

/**
 * mg_png_load:
 * @file: a PNG file
 * @cancellable: (nullable)
 *
 * Reads all of a PNG into memory: greyscale of 1 to 16 bits, RGB; transparency
 * is left out, and of a palette the numbers are kept. Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgImage *
mg_png_load (GFile *file,
             GCancellable *cancellable,
             GError **error)
{
  Reader reader = { .file = file, .cancellable = cancellable };
  MgImage *image = NULL;

  if (!open_stream (&reader, error))
    return NULL;
  reader.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
  if (reader.png != NULL)
    reader.info = png_create_info_struct (reader.png);
  if (reader.info == NULL)
    _mg_io_set_error (error, MG_ERROR_NO_MEMORY, file, "not enough memory to read it");
  else
    {
      png_set_read_fn (reader.png, &reader, on_read);
      png_set_user_limits (reader.png, G_MAXINT / 2, G_MAXINT / 2);
      png_set_chunk_malloc_max (reader.png, 8 << 20);
      if (decode (&reader, error))
        image = make_image (&reader, error);
    }
  if (reader.png != NULL)
    png_destroy_read_struct (&reader.png, &reader.info, NULL);
  mg_free_aligned (reader.pixels);
  mg_free_aligned (reader.rows);
  g_object_unref (reader.stream);
  return image;
}
