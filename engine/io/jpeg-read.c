#include "io/jpeg-read.h"

#include "base/mem.h"
#include "io/io-private.h"

#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>
#include <setjmp.h>

/* A JPEG cannot be read from the middle, so all of it is held in memory. */
#define MAX_BYTES ((gsize) 512 << 20)

/* Every block of 8 × 8 pixels takes a bit at least: a damaged header must not
 * ask for memory that the file could never fill. */
#define MAX_PIXELS_A_BYTE 600

/* Progressive files have about ten passes; thousands of them are an attack. */
#define MAX_SCANS 200

typedef struct
{
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf leave;
  GFile *file;
  GCancellable *cancellable;
  char *bytes;
  gsize size;
  guint8 *planes; /* one channel after the other */
  guint8 *row;    /* interleaved */
  GError *error;
  char message[JMSG_LENGTH_MAX];
} Reader;

/**
 * mg_jpeg_is_jpeg:
 * @head: the first bytes of a file
 *
 * Returns: whether it begins as JPEG files do
 */
gboolean
mg_jpeg_is_jpeg (const guint8 *head,
                 gsize size)
{
  return size >= 3 && memcmp (head, "\xff\xd8\xff", 3) == 0;
}

G_NORETURN static void
on_error (j_common_ptr jpeg)
{
  Reader *reader = jpeg->client_data;

  jpeg->err->format_message (jpeg, reader->message);
  longjmp (reader->leave, 1);
}

/* Where data is missing libjpeg paints grey; that is no image to measure. */
static void
on_message (j_common_ptr jpeg, int level)
{
  if (level < 0 && (jpeg->err->msg_code == JWRN_JPEG_EOF || jpeg->err->msg_code == JWRN_HIT_MARKER))
    on_error (jpeg);
}

static void
on_progress (j_common_ptr jpeg)
{
  Reader *reader = jpeg->client_data;

  if (reader->jpeg.input_scan_number > MAX_SCANS)
    ERREXIT (jpeg, JERR_BAD_PROGRESSION);
  if (g_cancellable_set_error_if_cancelled (reader->cancellable, &reader->error))
    longjmp (reader->leave, 1);
}

static gboolean
read_header (Reader *reader, GError **error)
{
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  guint64 pixels;

  jpeg_mem_src (jpeg, (const guint8 *) reader->bytes, reader->size);
  jpeg_read_header (jpeg, TRUE);
  pixels = (guint64) jpeg->image_width * jpeg->image_height;
  if (jpeg->num_components != 1 && jpeg->num_components != 3)
    {
      _mg_io_set_error (error, MG_ERROR_UNSUPPORTED, reader->file,
                        "its colours are those of a printer (%d of them; save it as RGB or greyscale)", jpeg->num_components);
      return FALSE;
    }
  if (pixels / MAX_PIXELS_A_BYTE > reader->size)
    {
      _mg_io_set_error (error, MG_ERROR_FORMAT, reader->file,
                        "it says that it has %u × %u pixels, but the file is too short for them; it is damaged",
                        jpeg->image_width, jpeg->image_height);
      return FALSE;
    }
  jpeg->out_color_space = jpeg->num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  reader->planes = pixels <= MAX_BYTES / jpeg->num_components
                     ? mg_try_alloc (pixels * jpeg->num_components, "the image", error)
                     : NULL;
  reader->row = g_malloc ((gsize) jpeg->image_width * jpeg->num_components);
  if (reader->planes == NULL && (error == NULL || *error == NULL))
    _mg_io_set_error (error, MG_ERROR_TOO_LARGE, reader->file,
                      "it has %u × %u pixels, more than a JPEG may have here (save it as TIFF)",
                      jpeg->image_width, jpeg->image_height);
  return reader->planes != NULL;
}

/* libjpeg leaves by longjmp, so nothing in here holds memory of its own. */
static gboolean
decode (Reader *reader, GError **error)
{
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;

  if (setjmp (reader->leave))
    {
      if (reader->error != NULL)
        g_propagate_error (error, g_steal_pointer (&reader->error));
      else
        _mg_io_set_error (error, MG_ERROR_FORMAT, reader->file,
                          "the JPEG file is damaged or was cut short (%s)", reader->message);
      return FALSE;
    }
  jpeg_create_decompress (jpeg);
  jpeg->progress = &reader->progress;
  if (!read_header (reader, error))
    return FALSE;
  jpeg_start_decompress (jpeg);
  while (jpeg->output_scanline < jpeg->output_height)
    {
      gsize y = jpeg->output_scanline, width = jpeg->output_width, plane = width * jpeg->output_height;
      int n = jpeg->output_components;

      jpeg_read_scanlines (jpeg, &reader->row, 1);
      for (int c = 0; c < n; c++)
        for (gsize x = 0; x < width; x++)
          reader->planes[c * plane + y * width + x] = reader->row[x * n + c];
    }
  return TRUE;
}

static MgImage *
make_image (Reader *reader, GError **error)
{
  const char *const notes[] = { "JPEG does not keep exact values: look at it, but do not measure intensities in it", NULL };
  g_autofree char *name = _mg_io_base_name (reader->file);
  const MgImageInfo info = {
    .width = (int) reader->jpeg.output_width,
    .height = (int) reader->jpeg.output_height,
    .n_channels = reader->jpeg.output_components,
    .n_z = 1,
    .n_t = 1,
    .type = MG_PIXEL_U8,
    .is_rgb = reader->jpeg.output_components == 3,
    .name = name,
    .axes = (char *) (reader->jpeg.output_components == 3 ? "YXS" : "YX"),
    .notes = (char **) notes,
  };

  return mg_image_new_take (&info, g_steal_pointer (&reader->planes), mg_free_aligned, error);
}

/**
 * mg_jpeg_load:
 * @file: a JPEG file
 * @cancellable: (nullable)
 *
 * Reads all of a JPEG into memory: greyscale or RGB of 8 bits. Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgImage *
mg_jpeg_load (GFile *file,
              GCancellable *cancellable,
              GError **error)
{
  Reader *reader = g_new0 (Reader, 1);
  MgImage *image = NULL;

  reader->file = file;
  reader->cancellable = cancellable;
  reader->jpeg.err = jpeg_std_error (&reader->errors);
  reader->errors.error_exit = on_error;
  reader->errors.emit_message = on_message;
  reader->progress.progress_monitor = on_progress;
  reader->jpeg.client_data = reader;
  if (!g_file_load_contents (file, cancellable, &reader->bytes, &reader->size, NULL, error))
    _mg_io_prefix_error (error, file);
  else if (decode (reader, error))
    image = make_image (reader, error);
  jpeg_destroy_decompress (&reader->jpeg);
  mg_free_aligned (reader->planes);
  g_free (reader->row);
  g_free (reader->bytes);
  g_free (reader);
  return image;
}
