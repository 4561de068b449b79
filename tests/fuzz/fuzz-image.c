#include "fuzz.h"

#include "io/digest.h"
#include "io/loader.h"
#include "io/tiff-write.h"

#include <string.h>
#include <tiffio.h>
#include <unistd.h>

const char *const fuzz_shared_folder = "readers/malformed";

/* Regions are read up to this far, so that a promise of many pixels takes no
 * longer than a few. */
#define MAX_SIDE 600

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  int fd;
  g_autoptr (GFile) file = fuzz_as_file (data, size, &fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_load (file, NULL, &error);
  g_autofree float *row = g_new (float, MAX_SIDE);

  g_assert_true ((image == NULL) == (error != NULL));
  if (image != NULL)
    {
      const MgImageInfo *info = mg_image_get_info (image);
      int width = MIN (info->width, MAX_SIDE), height = MIN (info->height, MAX_SIDE);
      gboolean ok = TRUE;

      for (int plane = 0; plane < 3 && ok; plane++)
        for (int y = info->height - height; y < info->height && ok; y++)
          ok = mg_image_read_float (image, (info->n_channels - 1) * plane / 2, (info->n_z - 1) * plane / 2, (info->n_t - 1) * plane / 2,
                                    &(MgRect){ info->width - width, y, width, 1 }, row, 0, NULL, &error);
      g_assert_true (ok == (error == NULL));
      if ((gint64) info->width * info->height < MAX_SIDE * MAX_SIDE)
        g_free (mg_image_digest_page0 (file, NULL, NULL));
    }
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

static void
be_quiet (const char *module, const char *format, va_list args)
{
}

GPtrArray *
fuzz_make_seeds (void)
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
  };
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  TIFFSetWarningHandler (be_quiet);
  TIFFSetErrorHandler (be_quiet);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_ptr_array_add (seeds, write_seed (&kinds[i]));
  return seeds;
}
