#include "io/png-write.h"

#include "io/atomic-file.h"
#include "io/io-private.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>

#define METRES_PER_INCH 0.0254

/* Where the bytes go: one of both. */
typedef struct
{
  MgAtomicFile *atomic; /* borrowed */
  GByteArray *bytes;    /* borrowed */
  png_structp png;
  png_infop info;
  guint8 *row; /* owned */
  GError *error;
  char message[160];
} Writer;

G_NORETURN static void
on_error (png_structp png, png_const_charp message)
{
  Writer *writer = png_get_error_ptr (png);

  g_strlcpy (writer->message, message, sizeof writer->message);
  longjmp (png_jmpbuf (png), 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static void
on_write (png_structp png, png_bytep data, gsize size)
{
  Writer *writer = png_get_io_ptr (png);

  if (writer->bytes != NULL)
    g_byte_array_append (writer->bytes, data, (guint) size);
  else if (!mg_atomic_file_write (writer->atomic, data, size, &writer->error))
    png_error (png, "it cannot be written");
}

static void
on_flush (png_structp png)
{
}

/* FALSE, with the message, where the library gives up. */
static gboolean
write_rows (Writer *writer, const guint32 *pixels, int width, int height, double dpi)
{
  png_structp png = writer->png;

  if (setjmp (png_jmpbuf (png)) != 0)
    return FALSE;
  png_set_write_fn (png, writer, on_write, on_flush);
  png_set_IHDR (png, writer->info, (png_uint_32) width, (png_uint_32) height, 8, PNG_COLOR_TYPE_RGB,
                PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  if (dpi > 0)
    png_set_pHYs (png, writer->info, (png_uint_32) lround (dpi / METRES_PER_INCH),
                  (png_uint_32) lround (dpi / METRES_PER_INCH), PNG_RESOLUTION_METER);
  png_write_info (png, writer->info);
  for (int y = 0; y < height; y++)
    {
      const guint32 *from = pixels + (gsize) y * (gsize) width;

      for (int x = 0; x < width; x++)
        {
          writer->row[3 * x] = (guint8) (from[x] >> 16);
          writer->row[3 * x + 1] = (guint8) (from[x] >> 8);
          writer->row[3 * x + 2] = (guint8) from[x];
        }
      png_write_row (png, writer->row);
    }
  png_write_end (png, NULL);
  return TRUE;
}

static gboolean
encode (Writer *writer, const guint32 *pixels, int width, int height, double dpi)
{
  gboolean ok;

  writer->png = png_create_write_struct (PNG_LIBPNG_VER_STRING, writer, on_error, on_warning);
  writer->info = writer->png != NULL ? png_create_info_struct (writer->png) : NULL;
  writer->row = g_try_malloc ((gsize) width * 3);
  ok = writer->info != NULL && writer->row != NULL && write_rows (writer, pixels, width, height, dpi);
  png_destroy_write_struct (&writer->png, &writer->info);
  g_free (writer->row);
  return ok;
}

/**
 * mg_png_write:
 * @file: the target; replaced whole or not at all
 * @pixels: width × height words 0xRRGGBB, row by row
 * @dpi: how large it is to be shown, pixels an inch; 0 does not say
 *
 * Writes a picture, not data. Any thread.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_png_write (GFile *file,
              const guint32 *pixels,
              int width,
              int height,
              double dpi,
              GError **error)
{
  g_autoptr (MgAtomicFile) atomic = mg_atomic_file_new (file, error);
  Writer writer = { .atomic = atomic };

  if (atomic == NULL)
    return FALSE;
  if (encode (&writer, pixels, width, height, dpi))
    return mg_atomic_file_commit (atomic, error);
  if (writer.error != NULL)
    g_propagate_error (error, writer.error);
  else
    _mg_io_set_error (error, MG_ERROR_FAILED, file, "the picture could not be made: %s",
                      writer.message[0] != '\0' ? writer.message : "there is not enough memory");
  return FALSE;
}

/**
 * mg_png_append:
 * @bytes: what the picture's file is added to
 * @pixels: width × height words 0xRRGGBB, row by row
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_png_append (GByteArray *bytes,
               const guint32 *pixels,
               int width,
               int height,
               GError **error)
{
  Writer writer = { .bytes = bytes };

  if (encode (&writer, pixels, width, height, 0))
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY, "a picture of %d × %d pixels could not be made: %s", width, height,
               writer.message[0] != '\0' ? writer.message : "there is not enough memory");
  return FALSE;
}
