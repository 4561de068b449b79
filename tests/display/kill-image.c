/* What the program is killed over. */
#include "kill-image.h"

#include <tiffio.h>

#include "io/tiff-write.h"

int
kill_site_x (guint site)
{
  return (int) (site % N_ACROSS) * SPACING + SPACING / 2;
}

int
kill_site_y (guint site)
{
  return (int) (site / N_ACROSS) * SPACING + SPACING / 2;
}

static gboolean
fill_noise (gpointer data, int c, int z, int t, const MgRect *rect, gpointer dst, gsize stride, GCancellable *cancellable,
            GError **error)
{
  for (int y = 0; y < rect->height; y++)
    for (int x = 0; x < rect->width; x++)
      ((guint8 *) dst)[(gsize) y * stride + (gsize) x] = (guint8) ((rect->x + x) * 7 ^ (rect->y + y) * 13);
  return TRUE;
}

void
kill_write_image (GFile *file,
                  int width,
                  int height)
{
  static const MgImageSource source = { fill_noise, NULL };
  const MgImageInfo info = { .width = width, .height = height, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_new_from_source (&info, &source, NULL, &error);

  g_assert_no_error (error);
  mg_tiff_write_image (file, image, NULL, &error);
  g_assert_no_error (error);
}

/* As ImageJ keeps them: squares, one a site. */
static void
write_rois (TIFF *tif)
{
  static const TIFFFieldInfo fields[] = {
    { 50838, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_LONG, FIELD_CUSTOM, TRUE, TRUE, (char *) "lengths" },
    { 50839, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_BYTE, FIELD_CUSTOM, TRUE, TRUE, (char *) "blob" },
  };
  const guint8 head[] = { 'I', 'J', 'I', 'J', 'o', 'v', 'e', 'r', 0, 0, N_SITES >> 8, N_SITES & 255 };
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  guint32 lengths[1 + N_SITES] = { sizeof head };

  TIFFMergeFieldInfo (tif, fields, G_N_ELEMENTS (fields));
  g_byte_array_append (blob, head, sizeof head);
  for (guint i = 0; i < N_SITES; i++)
    {
      int sides[] = { kill_site_y (i) - 8, kill_site_x (i) - 8, kill_site_y (i) + 8, kill_site_x (i) + 8 };
      guint8 roi[64] = { 'I', 'o', 'u', 't', 0, 228, 1 };

      for (guint k = 0; k < 4; k++)
        {
          roi[8 + 2 * k] = (guint8) (sides[k] >> 8);
          roi[9 + 2 * k] = (guint8) sides[k];
        }
      g_byte_array_append (blob, roi, sizeof roi);
      lengths[1 + i] = sizeof roi;
    }
  TIFFSetField (tif, 50838, (guint32) G_N_ELEMENTS (lengths), lengths);
  TIFFSetField (tif, 50839, (guint32) blob->len, blob->data);
}

void
kill_write_image_with_rois (GFile *file)
{
  g_autofree guint8 *row = g_malloc0 (SIZE);
  TIFF *tif = TIFFOpen (g_file_peek_path (file), "w");

  TIFFSetField (tif, TIFFTAG_IMAGEWIDTH, SIZE);
  TIFFSetField (tif, TIFFTAG_IMAGELENGTH, SIZE);
  TIFFSetField (tif, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tif, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tif, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tif, TIFFTAG_IMAGEDESCRIPTION, "ImageJ=1.54f\nimages=1\n");
  write_rois (tif);
  for (guint y = 0; y < SIZE; y++)
    TIFFWriteScanline (tif, row, y, 0);
  TIFFClose (tif);
}
