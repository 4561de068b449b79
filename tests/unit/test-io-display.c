/* What files say of how they are shown, of other files and of reduced copies. */
#include "image/pyramid.h"
#include "io/loader.h"
#include "support/folder.h"

#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <tiffio.h>

#define SIDE 32

static char *folder;

static GFile *
file_of (const char *name)
{
  return g_file_new_build_filename (folder, name, NULL);
}

static MgImage *
load (const char *name)
{
  g_autoptr (GFile) file = file_of (name);
  g_autoptr (GError) error = NULL;
  MgImage *image = mg_image_load (file, NULL, &error);

  g_assert_no_error (error);
  return image;
}

static TIFF *
open_tiff (const char *name, const char *mode)
{
  g_autoptr (GFile) file = file_of (name);

  return TIFFOpen (g_file_peek_path (file), mode);
}

/* The tags of one page of 8-bit pixels. */
static void
set_tags (TIFF *tif, guint side, int photometric)
{
  TIFFSetField (tif, TIFFTAG_IMAGEWIDTH, side);
  TIFFSetField (tif, TIFFTAG_IMAGELENGTH, side);
  TIFFSetField (tif, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tif, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tif, TIFFTAG_PHOTOMETRIC, photometric);
  TIFFSetField (tif, TIFFTAG_ROWSPERSTRIP, side);
}

static void
write_page (TIFF *tif, guint side, guint8 value)
{
  g_autofree guint8 *pixels = g_malloc (side * side);

  memset (pixels, value, side * side);
  g_assert_cmpint (TIFFWriteEncodedStrip (tif, 0, pixels, side * side), >, 0);
  g_assert_true (TIFFWriteDirectory (tif));
}

static void
write_stack (const char *name, const char *description, int n_pages, int first_value)
{
  TIFF *tif = open_tiff (name, "w");

  for (int p = 0; p < n_pages; p++)
    {
      set_tags (tif, SIDE, PHOTOMETRIC_MINISBLACK);
      if (p == 0 && description != NULL)
        TIFFSetField (tif, TIFFTAG_IMAGEDESCRIPTION, description);
      write_page (tif, SIDE, (guint8) (first_value + p));
    }
  TIFFClose (tif);
}

static int
value_at (MgImage *image, int c, int z, int t)
{
  guint8 pixel = 255;
  g_autoptr (GError) error = NULL;

  mg_image_read (image, c, z, t, &(MgRect){ 3, 4, 1, 1 }, &pixel, 1, NULL, &error);
  g_assert_no_error (error);
  return pixel;
}

static const TIFFFieldInfo blob_fields[] = {
  { 50838, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_LONG, FIELD_CUSTOM, TRUE, TRUE, (char *) "IJMetadataByteCounts" },
  { 50839, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_BYTE, FIELD_CUSTOM, TRUE, TRUE, (char *) "IJMetadata" },
};

/* Two ranges and two tables, as the numbers of a machine of either kind. */
static guint
make_blob (guint8 *blob, gboolean big_endian, guint32 *counts)
{
  const double ranges[4] = { 10, 200, 5.5, 77 };
  const char *const kinds[2] = { "rang", "luts" };
  const guint32 numbers[2] = { 1, 2 };
  guint at = 4;

  memcpy (blob, big_endian ? "IJIJ" : "JIJI", 4);
  for (int k = 0; k < 2; k++, at += 8)
    {
      guint32 n = big_endian ? GUINT32_TO_BE (numbers[k]) : GUINT32_TO_LE (numbers[k]);

      for (int i = 0; i < 4; i++)
        blob[at + i] = (guint8) kinds[k][big_endian ? i : 3 - i];
      memcpy (blob + at + 4, &n, 4);
    }
  counts[0] = at;
  for (int i = 0; i < 4; i++, at += 8)
    {
      guint64 bits;

      memcpy (&bits, &ranges[i], 8);
      bits = big_endian ? GUINT64_TO_BE (bits) : GUINT64_TO_LE (bits);
      memcpy (blob + at, &bits, 8);
    }
  counts[1] = 32;
  /* orange, a straight line; and one that goes up and down */
  for (int i = 0; i < 256; i++)
    {
      blob[at + i] = (guint8) i;
      blob[at + 256 + i] = (guint8) (i * 128 / 255);
      blob[at + 512 + i] = 0;
      blob[at + 768 + i] = (guint8) (i < 128 ? 2 * i : 511 - 2 * i);
      blob[at + 1024 + i] = blob[at + 1280 + i] = (guint8) i;
    }
  counts[2] = counts[3] = 768;
  return at + 2 * 768;
}

static void
write_blob (const char *name, gboolean big_endian, guint cut)
{
  guint8 blob[4096];
  guint32 counts[4];
  guint size = make_blob (blob, big_endian, counts);
  TIFF *tif = open_tiff (name, big_endian ? "wb" : "wl");

  TIFFMergeFieldInfo (tif, blob_fields, G_N_ELEMENTS (blob_fields));
  for (int p = 0; p < 2; p++)
    {
      set_tags (tif, SIDE, PHOTOMETRIC_MINISBLACK);
      if (p == 0)
        {
          TIFFSetField (tif, TIFFTAG_IMAGEDESCRIPTION, "ImageJ=1.54f\nimages=2\nchannels=2\nmode=composite\n");
          TIFFSetField (tif, 50838, 4, counts);
          TIFFSetField (tif, 50839, size - cut, blob);
        }
      write_page (tif, SIDE, 7);
    }
  TIFFClose (tif);
}

static void
test_imagej_blob (void)
{
  for (int big_endian = 0; big_endian < 2; big_endian++)
    {
      g_autoptr (MgImage) image = NULL;
      const MgChannelView *views;

      write_blob ("blob.tif", big_endian, 0);
      image = load ("blob.tif");
      views = mg_image_get_info (image)->channels;
      g_assert_nonnull (views);
      g_assert_true (views[0].visible && views[1].visible);
      g_assert_cmpfloat (views[0].min, ==, 10);
      g_assert_cmpfloat (views[0].max, ==, 200);
      g_assert_cmpfloat (views[1].min, ==, 5.5);
      g_assert_cmpint (views[0].lut, ==, MG_LUT_COLOUR);
      g_assert_cmphex (views[0].colour, ==, 0xff8000);
      g_assert_cmpint (views[1].lut, ==, MG_LUT_TABLE);
      g_assert_cmphex (views[1].table[100], ==, 0xc86464);
      g_assert_cmphex (views[1].table[255], ==, 0x01ffff);
    }
}

/* A blob that is cut short is as if there was none. */
static void
test_imagej_blob_damaged (void)
{
  for (guint cut = 1; cut < 1600; cut += 97)
    {
      g_autoptr (MgImage) image = NULL;

      write_blob ("cut.tif", cut % 2, cut);
      image = load ("cut.tif");
      g_assert_cmpint (mg_image_get_info (image)->n_channels, ==, 2);
      g_assert_cmpfloat (mg_image_get_info (image)->channels[0].max, ==, 0);
    }
}

static void
test_imagej_modes (void)
{
  static const struct
  {
    const char *text;
    MgLut first, second;
    gboolean second_visible;
  } cases[] = {
    { "mode=composite", MG_LUT_RED, MG_LUT_GREEN, TRUE },
    { "mode=color", MG_LUT_RED, MG_LUT_GREEN, FALSE },
    { "mode=grayscale", MG_LUT_GREY, MG_LUT_GREY, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("ImageJ=1.54f\nimages=4\nchannels=2\nslices=2\n%s\nmin=3\nmax=90\n", cases[i].text);
      g_autoptr (MgImage) image = NULL;
      const MgChannelView *views;

      write_stack ("mode.tif", text, 4, 0);
      image = load ("mode.tif");
      views = mg_image_get_info (image)->channels;
      g_assert_cmpint (views[0].lut, ==, cases[i].first);
      g_assert_cmpint (views[1].lut, ==, cases[i].second);
      g_assert_true (views[0].visible);
      g_assert_true (views[1].visible == cases[i].second_visible);
    }
  {
    g_autoptr (MgImage) image = NULL;

    write_stack ("range.tif", "ImageJ=1.54f\nmin=3.5\nmax=90\n", 1, 0);
    image = load ("range.tif");
    g_assert_cmpfloat (mg_image_get_info (image)->channels[0].min, ==, 3.5);
    g_assert_cmpfloat (mg_image_get_info (image)->channels[0].max, ==, 90);
  }
}

static void
test_palette (void)
{
  guint16 r[256], g[256], b[256];
  g_autoptr (MgImage) scale = NULL;
  g_autoptr (MgImage) numbers = NULL;
  g_autoptr (MgImage) inverted = NULL;
  TIFF *tif;

  for (int kind = 0; kind < 2; kind++)
    {
      for (int i = 0; i < 256; i++)
        {
          r[i] = (guint16) (i * 257);
          g[i] = (guint16) (kind == 0 ? i * i * 257 / 255 : i % 7 * 9000);
          b[i] = 0;
        }
      tif = open_tiff (kind == 0 ? "scale.tif" : "numbers.tif", "w");
      set_tags (tif, SIDE, PHOTOMETRIC_PALETTE);
      TIFFSetField (tif, TIFFTAG_COLORMAP, r, g, b);
      write_page (tif, SIDE, 9);
      TIFFClose (tif);
    }
  tif = open_tiff ("inverted.tif", "w");
  set_tags (tif, SIDE, PHOTOMETRIC_MINISWHITE);
  write_page (tif, SIDE, 9);
  TIFFClose (tif);
  scale = load ("scale.tif");
  numbers = load ("numbers.tif");
  inverted = load ("inverted.tif");
  g_assert_cmpint (mg_image_get_info (scale)->channels[0].lut, ==, MG_LUT_TABLE);
  g_assert_false (mg_image_get_info (scale)->channels[0].discrete);
  g_assert_cmphex (mg_image_get_info (scale)->channels[0].table[128], ==, 0x804000);
  g_assert_true (mg_image_get_info (numbers)->channels[0].discrete);
  g_assert_cmpfloat (mg_image_get_info (numbers)->channels[0].max, ==, 255);
  g_assert_cmpint (mg_image_get_info (inverted)->channels[0].lut, ==, MG_LUT_INVERTED);
  g_assert_cmpint (value_at (inverted, 0, 0, 0), ==, 9);
}

#define OME_OF(uuid) "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:" uuid "\"><Image ID=\"Image:0\">" \
                     "<Pixels Type=\"uint8\" SizeX=\"32\" SizeY=\"32\" DimensionOrder=\"XYZCT\" SizeC=\"2\" SizeZ=\"2\" SizeT=\"1\">"                            \
                     "<Channel Name=\"A\" Color=\"-16776961\"/><Channel Name=\"B\" Color=\"16777215\"/>"                                                         \
                     "<TiffData IFD=\"0\" PlaneCount=\"2\"><UUID FileName=\"set-1.ome.tif\">urn:uuid:1</UUID></TiffData>"                                        \
                     "<TiffData FirstC=\"1\" IFD=\"0\"><UUID FileName=\"set-2.ome.tif\">urn:uuid:2</UUID></TiffData>"                                            \
                     "<TiffData FirstC=\"1\" FirstZ=\"1\" IFD=\"1\"><UUID FileName=\"set-2.ome.tif\">urn:uuid:2</UUID></TiffData></Pixels></Image></OME>"

/* Whichever file of a set is opened, all of the image is there. */
static void
test_ome_set (void)
{
  static const int values[2][2] = { { 50, 51 }, { 60, 61 } };

  write_stack ("set-1.ome.tif", OME_OF ("1"), 2, 50);
  write_stack ("set-2.ome.tif", OME_OF ("2"), 2, 60);
  for (int file = 0; file < 2; file++)
    {
      g_autoptr (MgImage) image = load (file == 0 ? "set-1.ome.tif" : "set-2.ome.tif");
      const MgImageInfo *info = mg_image_get_info (image);

      g_assert_cmpint (info->n_channels, ==, 2);
      g_assert_cmpint (info->n_z, ==, 2);
      g_assert_null (info->notes);
      for (int c = 0; c < 2; c++)
        for (int z = 0; z < 2; z++)
          g_assert_cmpint (value_at (image, c, z, 0), ==, values[c][z]);
      g_assert_cmpint (info->channels[0].lut, ==, MG_LUT_RED);
      g_assert_cmpint (info->channels[1].lut, ==, MG_LUT_CYAN);
    }
}

/* The description in a file of its own. */
static void
test_ome_companion (void)
{
  g_autoptr (GFile) companion = file_of ("set.companion.ome");
  const char *only = "<?xml version=\"1.0\"?><OME UUID=\"urn:uuid:2\"><BinaryOnly MetadataFile=\"set.companion.ome\" UUID=\"urn:uuid:9\"/></OME>";
  g_autoptr (MgImage) image = NULL;

  write_stack ("set-1.ome.tif", only, 2, 50);
  write_stack ("set-2.ome.tif", only, 2, 60);
  g_assert_true (g_file_set_contents (g_file_peek_path (companion), OME_OF ("9"), -1, NULL));
  image = load ("set-2.ome.tif");
  g_assert_cmpint (mg_image_get_info (image)->n_channels, ==, 2);
  g_assert_cmpint (value_at (image, 0, 1, 0), ==, 51);
  g_assert_cmpint (value_at (image, 1, 1, 0), ==, 61);
}

static void
assert_folded (const char *const *names,
               const char *expected)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GString) left = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (; *names != NULL; names++)
    g_ptr_array_add (files, file_of (*names));
  g_assert_true (mg_fold_image_sets (files, NULL, &error));
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *name = g_file_get_basename (files->pdata[i]);

      g_string_append_printf (left, "%s ", name);
    }
  g_assert_cmpstr (left->str, ==, expected);
}

#define POSITION(file) "<Image><Pixels SizeX=\"32\" SizeY=\"32\" DimensionOrder=\"XYZCT\" SizeC=\"1\" SizeZ=\"2\" SizeT=\"1\">" \
                       "<TiffData IFD=\"0\"><UUID FileName=\"" file "-1.ome.tif\">urn:uuid:" file "1</UUID></TiffData>"         \
                       "<TiffData FirstZ=\"1\" IFD=\"0\"><UUID FileName=\"" file "-2.ome.tif\">urn:uuid:" file "2</UUID></TiffData></Pixels></Image>"

/* A set is one image in a list of files, whichever way it is described. */
static void
test_ome_listed_once (void)
{
  static const char *const all[] = { "alone.ome.tif", "plain.tif", "set-1.ome.tif", "set-2.ome.tif", "zz.ome.tif", NULL };
  static const char *const copied[] = { "copy.ome.tif", "set-1.ome.tif", "set-2.ome.tif", NULL };
  static const char *const some[] = { "set-2.ome.tif", NULL };
  static const char *const positions[] = { "a-1.ome.tif", "a-2.ome.tif", "b-1.ome.tif", "b-2.ome.tif", NULL };
  const char *only = "<?xml version=\"1.0\"?><OME UUID=\"urn:uuid:%d\"><BinaryOnly MetadataFile=\"%s\" UUID=\"urn:uuid:9\"/></OME>";
  g_autoptr (GFile) companion = file_of ("set.companion.ome");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *one = g_strdup_printf (only, 1, "set.companion.ome"), *two = g_strdup_printf (only, 2, "set.companion.ome");
  g_autofree char *of_master = g_strdup_printf (only, 2, "set-1.ome.tif");
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;

  write_stack ("plain.tif", NULL, 2, 0);
  write_stack ("alone.ome.tif", "<OME><Image><Pixels DimensionOrder=\"XYZCT\" SizeC=\"1\" SizeZ=\"2\" SizeT=\"1\"><TiffData/></Pixels></Image></OME>", 2, 0);
  write_stack ("zz.ome.tif", "<OME damaged", 2, 0);
  write_stack ("set-1.ome.tif", OME_OF ("1"), 2, 50);
  write_stack ("set-2.ome.tif", OME_OF ("2"), 2, 60);
  assert_folded (all, "alone.ome.tif plain.tif set-1.ome.tif zz.ome.tif ");
  assert_folded (some, "set-2.ome.tif ");
  /* a copy under another name, which says it is the first of the set, is one of its own */
  write_stack ("copy.ome.tif", OME_OF ("1"), 2, 50);
  assert_folded (copied, "copy.ome.tif set-1.ome.tif ");
  /* described beside, and by one of the files */
  write_stack ("set-1.ome.tif", one, 2, 50);
  write_stack ("set-2.ome.tif", two, 2, 60);
  g_assert_true (g_file_set_contents (g_file_peek_path (companion), OME_OF ("9"), -1, NULL));
  assert_folded (all, "alone.ome.tif plain.tif set-1.ome.tif zz.ome.tif ");
  write_stack ("set-1.ome.tif", OME_OF ("1"), 2, 50);
  write_stack ("set-2.ome.tif", of_master, 2, 60);
  assert_folded (all, "alone.ome.tif plain.tif set-1.ome.tif zz.ome.tif ");
  image = load ("set-2.ome.tif");
  g_assert_cmpint (value_at (image, 0, 1, 0), ==, 51);
  g_assert_cmpint (value_at (image, 1, 1, 0), ==, 61);
  /* two places of a sample, each in two files that speak of both */
  for (int i = 0; positions[i] != NULL; i++)
    write_stack (positions[i], "<OME>" POSITION ("a") POSITION ("b") "</OME>", 1, 10 * i);
  assert_folded (positions, "a-1.ome.tif b-1.ome.tif ");
  g_cancellable_cancel (cancellable);
  for (int i = 0; positions[i] != NULL; i++)
    g_ptr_array_add (files, file_of (positions[i]));
  g_assert_false (mg_fold_image_sets (files, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A file of the set that turns out to be another image is an error that names
 * it, and the rest can be read. */
static void
test_ome_set_unlike (void)
{
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;
  guint8 pixel;
  TIFF *tif;

  write_stack ("set-1.ome.tif", OME_OF ("1"), 2, 50);
  tif = open_tiff ("set-2.ome.tif", "w");
  set_tags (tif, SIDE / 2, PHOTOMETRIC_MINISBLACK);
  write_page (tif, SIDE / 2, 9);
  TIFFClose (tif);
  image = load ("set-1.ome.tif");
  g_assert_cmpint (value_at (image, 0, 1, 0), ==, 51);
  g_assert_false (mg_image_read (image, 1, 0, 0, &(MgRect){ 0, 0, 1, 1 }, &pixel, 1, NULL, &error));
  g_assert_nonnull (strstr (error->message, "set-2.ome.tif"));
  g_clear_error (&error);
  g_assert_false (mg_image_read (image, 1, 1, 0, &(MgRect){ 0, 0, 1, 1 }, &pixel, 1, NULL, &error));
  g_assert_nonnull (strstr (error->message, "page 2"));
}

/* Reduced copies, whatever is in them, are what the pyramid shows. */
static void
test_levels (void)
{
  for (int chained = 0; chained < 2; chained++)
    {
      const guint side = 1001;
      toff_t sub[2] = { 0 };
      TIFF *tif = open_tiff ("levels.tif", "w");
      g_autoptr (MgImage) image = NULL;
      g_autoptr (MgPyramid) pyramid = NULL;
      float values[4];

      set_tags (tif, side, PHOTOMETRIC_MINISBLACK);
      if (!chained)
        TIFFSetField (tif, TIFFTAG_SUBIFD, 2, sub);
      write_page (tif, side, 10);
      set_tags (tif, side / 2, PHOTOMETRIC_MINISBLACK);
      TIFFSetField (tif, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
      write_page (tif, side / 2, 20);
      set_tags (tif, side / 4 + 1, PHOTOMETRIC_MINISBLACK);
      TIFFSetField (tif, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
      write_page (tif, side / 4 + 1, 30);
      TIFFClose (tif);
      image = load ("levels.tif");
      pyramid = mg_pyramid_new (image);
      g_assert_cmpint (mg_image_get_info (image)->n_z, ==, 1);
      g_assert_null (mg_image_get_info (image)->notes);
      for (int level = 0; level < 3; level++)
        {
          int width, height;

          g_assert_true (level == 0 || mg_image_has_level (image, level));
          mg_pyramid_get_size (pyramid, level, &width, &height);
          g_assert_true (mg_pyramid_read (pyramid, level, 0, 0, 0, &(MgRect){ width - 2, height - 2, 2, 2 }, values, 2 * sizeof (float), NULL, NULL));
          for (int i = 0; i < 4; i++)
            g_assert_cmpfloat (values[i], ==, 10 * (level + 1));
        }
    }
}

static void
write_jpeg (const char *name, int n, gboolean progressive)
{
  g_autoptr (GFile) file = file_of (name);
  FILE *out = fopen (g_file_peek_path (file), "wb");
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  guint8 row[64 * 4];
  guint8 *rows = row;

  jpeg.err = jpeg_std_error (&errors);
  jpeg_create_compress (&jpeg);
  jpeg_stdio_dest (&jpeg, out);
  jpeg.image_width = 64;
  jpeg.image_height = 48;
  jpeg.input_components = n;
  jpeg.in_color_space = n == 1 ? JCS_GRAYSCALE : n == 3 ? JCS_RGB
                                                        : JCS_CMYK;
  jpeg_set_defaults (&jpeg);
  jpeg_set_quality (&jpeg, 95, TRUE);
  if (progressive)
    jpeg_simple_progression (&jpeg);
  jpeg_start_compress (&jpeg, TRUE);
  for (int y = 0; y < 48; y++)
    {
      for (int x = 0; x < 64; x++)
        for (int c = 0; c < n; c++)
          row[x * n + c] = (guint8) (c == 0 ? x * 3 : c == 1 ? y * 4
                                                             : 60);
      jpeg_write_scanlines (&jpeg, &rows, 1);
    }
  jpeg_finish_compress (&jpeg);
  jpeg_destroy_compress (&jpeg);
  fclose (out);
}

static void
test_jpeg (void)
{
  for (int kind = 0; kind < 4; kind++)
    {
      int n = kind % 2 == 0 ? 1 : 3;
      g_autoptr (MgImage) image = NULL;
      const MgImageInfo *info;
      guint8 value;

      write_jpeg ("photo.jpg", n, kind >= 2);
      image = load ("photo.jpg");
      info = mg_image_get_info (image);
      g_assert_cmpint (info->width, ==, 64);
      g_assert_cmpint (info->height, ==, 48);
      g_assert_cmpint (info->n_channels, ==, n);
      g_assert_true (info->is_rgb == (n == 3));
      g_assert_true (mg_image_read (image, 0, 0, 0, &(MgRect){ 20, 30, 1, 1 }, &value, 1, NULL, NULL));
      g_assert_cmpfloat_with_epsilon (value, 60, 6);
      if (n == 3)
        {
          g_assert_true (mg_image_read (image, 1, 0, 0, &(MgRect){ 20, 30, 1, 1 }, &value, 1, NULL, NULL));
          g_assert_cmpfloat_with_epsilon (value, 120, 8);
        }
    }
}

/* Never a picture of which a part is made up. */
static void
test_jpeg_bad (void)
{
  g_autoptr (GFile) file = file_of ("bad.jpg");
  g_autofree char *bytes = NULL;
  gsize size;

  write_jpeg ("bad.jpg", 4, FALSE);
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (mg_image_load (file, NULL, &error));
    g_assert_error (error, MG_ERROR, MG_ERROR_UNSUPPORTED);
    g_assert_nonnull (strstr (error->message, "save it as RGB"));
  }
  write_jpeg ("bad.jpg", 3, TRUE);
  g_assert_true (g_file_load_contents (file, NULL, &bytes, &size, NULL, NULL));
  for (gsize part = 3; part < size - 2; part += size / 23)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (g_file_peek_path (file), bytes, (gssize) part, NULL));
      g_assert_null (mg_image_load (file, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "bad.jpg"));
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("mg-display-XXXXXX", NULL);
  g_test_add_func ("/io-display/imagej-blob", test_imagej_blob);
  g_test_add_func ("/io-display/imagej-blob-damaged", test_imagej_blob_damaged);
  g_test_add_func ("/io-display/imagej-modes", test_imagej_modes);
  g_test_add_func ("/io-display/palette", test_palette);
  g_test_add_func ("/io-display/ome-set", test_ome_set);
  g_test_add_func ("/io-display/ome-companion", test_ome_companion);
  g_test_add_func ("/io-display/ome-listed-once", test_ome_listed_once);
  g_test_add_func ("/io-display/ome-set-unlike", test_ome_set_unlike);
  g_test_add_func ("/io-display/levels", test_levels);
  g_test_add_func ("/io-display/jpeg", test_jpeg);
  g_test_add_func ("/io-display/jpeg-bad", test_jpeg_bad);
  status = g_test_run ();
  test_remove_folder (folder);
  g_free (folder);
  return status;
}
