#include "fuzz.h"

#include "io/digest.h"
#include "io/loader.h"
#include "io/tiff-write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>
#include <unistd.h>

const char *const fuzz_shared_folder = "readers/malformed";

/* The image, and the same file as a label image. Regions are read up to this far, and
 * few rows of many channels, so that a promise of many values takes no longer than a
 * few. */
#define MAX_SIDE 600
#define MAX_ROWS (4 * MAX_SIDE) /* of one channel */

/* A few bytes may promise, and decode to, many gigabytes: nobody waits for them,
 * but reading has to stop soon after it is told to. */
#define PATIENCE_US G_USEC_PER_SEC

static struct
{
  GMutex lock;
  GCancellable *cancellable; /* (nullable): of the input in hand */
  gint64 begun;
} watch;

static gpointer
watch_input (gpointer data)
{
  for (;; g_usleep (PATIENCE_US / 10))
    {
      g_mutex_lock (&watch.lock);
      if (watch.cancellable != NULL && g_get_monotonic_time () > watch.begun + PATIENCE_US)
        g_cancellable_cancel (watch.cancellable);
      g_mutex_unlock (&watch.lock);
    }
  return NULL;
}

static void
set_watched (GCancellable *cancellable)
{
  static gsize watching;

  if (g_once_init_enter (&watching))
    {
      g_thread_unref (g_thread_new ("watch", watch_input, NULL));
      g_once_init_leave (&watching, 1);
    }
  g_mutex_lock (&watch.lock);
  g_set_object (&watch.cancellable, cancellable);
  watch.begun = g_get_monotonic_time ();
  g_mutex_unlock (&watch.lock);
}

static void
read_image (GFile *file,
            GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_load (file, cancellable, &error);
  g_autofree float *row = g_new (float, MAX_SIDE);

  g_assert_true ((image == NULL) == (error != NULL));
  if (image != NULL)
    {
      const MgImageInfo *info = mg_image_get_info (image);
      int width = MIN (info->width, MAX_SIDE), height = MIN (info->height, MIN (MAX_SIDE, MAX_ROWS / info->n_channels + 1));
      gboolean ok = TRUE;

      for (int plane = 0; plane < 3 && ok; plane++)
        for (int y = info->height - height; y < info->height && ok; y++)
          ok = mg_image_read_float (image, (info->n_channels - 1) * plane / 2, (info->n_z - 1) * plane / 2, (info->n_t - 1) * plane / 2,
                                    &(MgRect){ info->width - width, y, width, 1 }, row, 0, cancellable, &error);
      g_assert_true (ok == (error == NULL));
      if ((gint64) info->width * info->height * info->n_channels < MAX_SIDE * MAX_SIDE)
        g_free (mg_image_digest_page0 (file, NULL, NULL));
    }
}

static void
read_labels (GFile *file,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_label_image_load (file, cancellable, &error);
  const MgImageInfo *info = image != NULL ? mg_image_get_info (image) : NULL;
  g_autoptr (MgLabels) labels = NULL;

  g_assert_true ((image == NULL) == (error != NULL));
  if (image == NULL || (gint64) info->width * info->height >= MAX_SIDE * MAX_SIDE)
    return;
  labels = mg_labels_load_plane (file, info->n_z - 1, info->n_t - 1, cancellable, &error);
  g_assert_true ((labels == NULL) == (error != NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  int fd;
  g_autoptr (GFile) file = fuzz_as_file (data, size, &fd);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  set_watched (cancellable);
  read_image (file, cancellable);
  read_labels (file, cancellable);
  set_watched (NULL);
  close (fd);
  return 0;
}

typedef struct
{
  guint bits, samples, compression, photometric;
  gboolean tiled, planar;
  const char *mode, *description;
} Seed;

static GBytes *
write_seed (const Seed *seed)
{
  GFileIOStream *stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("mg-seed-XXXXXX", &stream, NULL);
  TIFF *tif = TIFFOpen (g_file_peek_path (file), seed->mode);
  GBytes *bytes;

  g_object_unref (stream);
  for (int page = 0; page < 2; page++)
    {
      guint8 pixels[4096];

      for (guint i = 0; i < sizeof pixels; i++)
        pixels[i] = (guint8) (i * i / 5 + page);
      TIFFSetField (tif, TIFFTAG_IMAGEWIDTH, 24);
      TIFFSetField (tif, TIFFTAG_IMAGELENGTH, 20);
      TIFFSetField (tif, TIFFTAG_BITSPERSAMPLE, seed->bits);
      TIFFSetField (tif, TIFFTAG_SAMPLESPERPIXEL, seed->samples);
      TIFFSetField (tif, TIFFTAG_PHOTOMETRIC, seed->photometric);
      TIFFSetField (tif, TIFFTAG_COMPRESSION, seed->compression);
      TIFFSetField (tif, TIFFTAG_PLANARCONFIG, seed->planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
      if (seed->description != NULL && page == 0)
        TIFFSetField (tif, TIFFTAG_IMAGEDESCRIPTION, seed->description);
      if (seed->tiled)
        {
          TIFFSetField (tif, TIFFTAG_TILEWIDTH, 16);
          TIFFSetField (tif, TIFFTAG_TILELENGTH, 16);
        }
      else
        TIFFSetField (tif, TIFFTAG_ROWSPERSTRIP, 8);
      for (guint32 i = 0; i < (seed->tiled ? TIFFNumberOfTiles (tif) : TIFFNumberOfStrips (tif)); i++)
        if (seed->tiled)
          TIFFWriteEncodedTile (tif, i, pixels, TIFFTileSize (tif));
        else
          TIFFWriteEncodedStrip (tif, i, pixels, TIFFVStripSize (tif, i % 3 == 2 ? 4 : 8));
      TIFFWriteDirectory (tif);
    }
  TIFFClose (tif);
  bytes = g_file_load_bytes (file, NULL, NULL, NULL);
  g_file_delete (file, NULL, NULL);
  return bytes;
}

/* The file whose header says that its pixels are of so many channels. */
static GBytes *
promise_channels (GBytes *file, guint16 n_channels)
{
  static const guint8 samples[] = { TIFFTAG_SAMPLESPERPIXEL & 0xff, TIFFTAG_SAMPLESPERPIXEL >> 8, TIFF_SHORT, 0, 1, 0, 0, 0 };
  gsize size;
  guint8 *bytes = g_bytes_unref_to_data (file, &size), *end = bytes + size;
  const guint16 value = GUINT16_TO_LE (n_channels);

  for (guint8 *at = bytes; (at = memmem (at, (gsize) (end - at), samples, sizeof samples)) != NULL; at += sizeof samples)
    memcpy (at + sizeof samples, &value, sizeof value);
  return g_bytes_new_take (bytes, size);
}

static GBytes *
write_jpeg (int n, gboolean progressive)
{
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  unsigned char *bytes = NULL;
  unsigned long size = 0;

  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&jpeg);
  jpeg_mem_dest (&jpeg, &bytes, &size);
  jpeg.image_width = 24;
  jpeg.image_height = 20;
  jpeg.input_components = n;
  jpeg.in_color_space = n == 1 ? JCS_GRAYSCALE : n == 3 ? JCS_RGB
                                                        : JCS_CMYK;
  jpeg_set_defaults (&jpeg);
  if (progressive)
    jpeg_simple_progression (&jpeg);
  jpeg_start_compress (&jpeg, TRUE);
  for (int y = 0; y < 20; y++)
    {
      guint8 row[24 * 4];
      guint8 *rows = row;

      for (guint i = 0; i < sizeof row; i++)
        row[i] = (guint8) (i * i + 7 * y);
      jpeg_write_scanlines (&jpeg, &rows, 1);
    }
  jpeg_finish_compress (&jpeg);
  jpeg_destroy_compress (&jpeg);
  return g_bytes_new_with_free_func (bytes, size, free, bytes);
}

static void
put_png (png_structp png, png_bytep data, png_size_t size)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint) size);
}

static GBytes *
write_png (int bits, int colour, int interlace)
{
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
  png_infop info = png_create_info_struct (png);
  GByteArray *bytes = g_byte_array_new ();
  guint8 pixels[20][24 * 8];
  png_bytep rows[20];

  for (int y = 0; y < 20; y++)
    {
      rows[y] = pixels[y];
      for (guint i = 0; i < sizeof pixels[y]; i++)
        pixels[y][i] = (guint8) (i * i + 7 * y);
    }
  png_set_write_fn (png, bytes, put_png, NULL);
  png_set_IHDR (png, info, 24, 20, bits, colour, interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (colour == PNG_COLOR_TYPE_PALETTE)
    {
      static const png_color palette[] = { { 0, 0, 0 }, { 255, 0, 0 }, { 0, 255, 128 }, { 9, 9, 9 } };

      png_set_PLTE (png, info, palette, G_N_ELEMENTS (palette));
      png_set_tRNS (png, info, (png_byte[]){ 0, 128 }, 2, NULL);
    }
  png_set_pHYs (png, info, 5000, 5000, PNG_RESOLUTION_METER);
  png_set_rows (png, info, rows);
  png_write_png (png, info, PNG_TRANSFORM_IDENTITY, NULL);
  png_destroy_write_struct (&png, &info);
  return g_byte_array_free_to_bytes (bytes);
}

static void
be_quiet (const char *module, const char *format, va_list args)
{
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const Seed kinds[] = {
    { 8, 1, COMPRESSION_NONE, PHOTOMETRIC_MINISBLACK, FALSE, FALSE, "wl", "ImageJ=1.53\nimages=2\nslices=2\nunit=\\u00B5m\n" },
    { 16, 3, COMPRESSION_LZW, PHOTOMETRIC_RGB, TRUE, FALSE, "wb", NULL },
    { 12, 2, COMPRESSION_ADOBE_DEFLATE, PHOTOMETRIC_MINISWHITE, FALSE, TRUE, "w8", NULL },
    { 1, 1, COMPRESSION_CCITTFAX4, PHOTOMETRIC_MINISWHITE, FALSE, FALSE, "wl", NULL },
    { 8, 3, COMPRESSION_JPEG, PHOTOMETRIC_YCBCR, TRUE, FALSE, "wl", NULL },
    { 8, 4, COMPRESSION_PACKBITS, PHOTOMETRIC_SEPARATED, FALSE, FALSE, "wb", NULL },
    { 32, 1, COMPRESSION_NONE, PHOTOMETRIC_MINISBLACK, TRUE, FALSE, "wb8",
      "<OME UUID=\"u\"><Image><Pixels DimensionOrder=\"XYZCT\" SizeC=\"2\" SizeZ=\"1\" SizeT=\"1\" PhysicalSizeX=\"0.1\">"
      "<Channel Name=\"a\"/><TiffData IFD=\"0\" FirstC=\"1\"><UUID>u</UUID></TiffData><TiffData IFD=\"1\"/></Pixels></Image></OME>" },
    { 8, 1, COMPRESSION_NONE, PHOTOMETRIC_MINISBLACK, FALSE, FALSE, "wl",
      "<OME><Image><Pixels DimensionOrder=\"XYCZT\" SizeC=\"50000\" SizeZ=\"1\" SizeT=\"1\"><TiffData IFD=\"0\" PlaneCount=\"2\"/></Pixels></Image></OME>" },
  };
  static const Seed promising[] = {
    { 8, 1, COMPRESSION_NONE, PHOTOMETRIC_MINISBLACK, FALSE, FALSE, "wl", NULL },
    { 1, 1, COMPRESSION_CCITTFAX4, PHOTOMETRIC_MINISWHITE, FALSE, FALSE, "wl", NULL },
    { 16, 1, COMPRESSION_LZW, PHOTOMETRIC_MINISBLACK, FALSE, TRUE, "wl", NULL },
    { 8, 1, COMPRESSION_ADOBE_DEFLATE, PHOTOMETRIC_MINISBLACK, TRUE, FALSE, "wl", NULL },
  };

  TIFFSetWarningHandler (be_quiet);
  TIFFSetErrorHandler (be_quiet);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_ptr_array_add (seeds, write_seed (&kinds[i]));
  for (guint i = 0; i < G_N_ELEMENTS (promising); i++)
    g_ptr_array_add (seeds, promise_channels (write_seed (&promising[i]), 20000 + (guint16) i));
  for (int i = 0; i < 4; i++)
    g_ptr_array_add (seeds, write_jpeg (i == 0 ? 1 : i == 3 ? 4
                                                            : 3,
                                        i == 2));
  g_ptr_array_add (seeds, write_png (16, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_ADAM7));
  g_ptr_array_add (seeds, write_png (2, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE));
  g_ptr_array_add (seeds, write_png (8, PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE));
  g_ptr_array_add (seeds, write_png (1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE));
}
