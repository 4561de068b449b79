#include "io/loader.h"
#include "io/tiff-write.h"
#include "support/folder.h"

#include <string.h>
#include <tiffio.h>

#define WIDTH  8
#define HEIGHT 6

static char *folder;

/* What a file of several pages says of itself; the pixels of page p are p. */
typedef struct
{
  int n_pages;
  const char *description;
  const char *software;
  double x_resolution;
  int unit;
  int odd_page, odd_width; /* a page of another width */
  int reduced_page;        /* a page that is a reduced copy */
  int samples;
} Pages;

static GFile *
write_pages (const char *name, const Pages *pages)
{
  GFile *file = g_file_new_build_filename (folder, name, NULL);
  TIFF *tif = TIFFOpen (g_file_peek_path (file), "w");
  int samples = MAX (pages->samples, 1);

  for (int p = 0; p < pages->n_pages; p++)
    {
      int width = pages->odd_width > 0 && p == pages->odd_page ? pages->odd_width : WIDTH;
      guint8 pixels[HEIGHT * WIDTH * 8];

      memset (pixels, p, sizeof pixels);
      TIFFSetField (tif, TIFFTAG_IMAGEWIDTH, width);
      TIFFSetField (tif, TIFFTAG_IMAGELENGTH, HEIGHT);
      TIFFSetField (tif, TIFFTAG_BITSPERSAMPLE, 8);
      TIFFSetField (tif, TIFFTAG_SAMPLESPERPIXEL, samples);
      TIFFSetField (tif, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
      TIFFSetField (tif, TIFFTAG_PHOTOMETRIC, samples == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
      TIFFSetField (tif, TIFFTAG_ROWSPERSTRIP, HEIGHT);
      if (pages->reduced_page > 0 && p == pages->reduced_page)
        TIFFSetField (tif, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
      if (p == 0 && pages->description != NULL)
        TIFFSetField (tif, TIFFTAG_IMAGEDESCRIPTION, pages->description);
      if (p == 0 && pages->software != NULL)
        TIFFSetField (tif, TIFFTAG_SOFTWARE, pages->software);
      if (p == 0 && pages->x_resolution > 0)
        {
          TIFFSetField (tif, TIFFTAG_XRESOLUTION, pages->x_resolution);
          TIFFSetField (tif, TIFFTAG_YRESOLUTION, pages->x_resolution / 2);
          TIFFSetField (tif, TIFFTAG_RESOLUTIONUNIT, pages->unit);
        }
      g_assert_cmpint (TIFFWriteEncodedStrip (tif, 0, pixels, width * HEIGHT * samples), >, 0);
      g_assert_true (TIFFWriteDirectory (tif));
    }
  TIFFClose (tif);
  return file;
}

static MgImage *
load_pages (const char *name, const Pages *pages)
{
  g_autoptr (GFile) file = write_pages (name, pages);
  g_autoptr (GError) error = NULL;
  MgImage *image = mg_image_load (file, NULL, &error);

  g_assert_no_error (error);
  return image;
}

static int
plane_value (MgImage *image, int c, int z, int t)
{
  guint8 pixel = 255;

  g_assert_true (mg_image_read (image, c, z, t, &(MgRect){ WIDTH - 1, HEIGHT - 1, 1, 1 }, &pixel, 1, NULL, NULL));
  return pixel;
}

static void
assert_shape (MgImage *image, int n_c, int n_z, int n_t, const char *axes)
{
  const MgImageInfo *info = mg_image_get_info (image);

  g_assert_cmpint (info->n_channels, ==, n_c);
  g_assert_cmpint (info->n_z, ==, n_z);
  g_assert_cmpint (info->n_t, ==, n_t);
  g_assert_cmpstr (info->axes, ==, axes);
}

static gboolean
has_note (MgImage *image, const char *says)
{
  char **notes = mg_image_get_info (image)->notes;

  for (; notes != NULL && *notes != NULL; notes++)
    if (strstr (*notes, says) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_imagej (void)
{
  const Pages pages = {
    .n_pages = 12,
    .description = "ImageJ=1.53t\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\nunit=\\u00B5m\nspacing=0.5\nfinterval=2.5\n",
    .x_resolution = 4,
    .unit = RESUNIT_NONE,
  };
  g_autoptr (MgImage) image = load_pages ("imagej.tif", &pages);
  const MgImageInfo *info = mg_image_get_info (image);

  assert_shape (image, 2, 3, 2, "TZCYX");
  g_assert_cmpint (plane_value (image, 1, 0, 0), ==, 1);
  g_assert_cmpint (plane_value (image, 0, 2, 0), ==, 4);
  g_assert_cmpint (plane_value (image, 1, 2, 1), ==, 11);
  g_assert_cmpstr (info->unit, ==, "µm");
  g_assert_cmpfloat (info->pixel_width, ==, 0.25);
  g_assert_cmpfloat (info->pixel_height, ==, 0.5);
  g_assert_cmpfloat (info->pixel_depth, ==, 0.5);
  g_assert_cmpfloat (info->frame_interval, ==, 2.5);
  g_assert_cmpstr (info->software, ==, "ImageJ 1.53t");
  g_assert_null (info->notes);
}

static void
test_imagej_units (void)
{
  static const struct
  {
    const char *unit;
    double width;
    const char *reads_as;
  } units[] = { { "micron", 0.25, "µm" }, { "nm", 0.00025, "µm" }, { "mm", 250, "µm" }, { "inch", 6350, "µm" }, { "pixel", 0, NULL }, { "parsec", 0.25, "parsec" } };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autofree char *text = g_strdup_printf ("ImageJ=1.53t\nunit=%s\n", units[i].unit);
      const Pages pages = { .n_pages = 1, .description = text, .x_resolution = 4, .unit = RESUNIT_NONE };
      g_autoptr (MgImage) image = load_pages ("unit.tif", &pages);
      const MgImageInfo *info = mg_image_get_info (image);

      g_assert_cmpfloat_with_epsilon (info->pixel_width, units[i].width, 1e-9);
      g_assert_cmpstr (info->unit, ==, units[i].reads_as);
    }
}

/* Descriptions that cannot be true of three pages: said in a note, and no more. */
static void
check_left_aside (const char *const *texts, guint n, const char *name, const char *whose)
{
  for (guint i = 0; i < n; i++)
    {
      const Pages pages = { .n_pages = 3, .description = texts[i] };
      g_autoptr (MgImage) image = load_pages (name, &pages);

      assert_shape (image, 1, 3, 1, "IYX");
      g_assert_true (has_note (image, whose));
    }
}

static void
test_imagej_wrong (void)
{
  static const char *const texts[] = {
    "ImageJ=1.53t\nimages=7\nslices=7\n",
    "ImageJ=1.53t\nchannels=99999999\nslices=99999999\nframes=99999999\n",
    "ImageJ=1.53t\nimages=-5\nslices=-1\nunit=\\uZZZZ\\u00\nfinterval=nan\nspacing=-inf\n",
  };

  check_left_aside (texts, G_N_ELEMENTS (texts), "wrong.tif", "ImageJ");
}

/* One set of tags, and planes one after the other behind it. */
static void
test_imagej_one_tag_set (void)
{
  const Pages pages = { .n_pages = 1, .description = "ImageJ=1.53t\nimages=6\nchannels=2\nslices=3\n" };
  g_autoptr (GFile) file = write_pages ("large.tif", &pages);
  g_autofree guint8 *bytes = NULL;
  gsize size;

  /* the pixels of page 0, zeros, come before its tags: put both the other way
   * round by hand, so that planes can follow */
  g_assert_true (g_file_load_contents (file, NULL, (char **) &bytes, &size, NULL, NULL));
  for (int n_planes = 4; n_planes <= 6; n_planes += 2)
    {
      gsize all = size + WIDTH * HEIGHT * n_planes;
      g_autofree guint8 *longer = g_malloc (all);
      guint32 offset = GUINT32_TO_LE ((guint32) size);
      g_autoptr (MgImage) image = NULL;
      gboolean moved = FALSE;

      memcpy (longer, bytes, size);
      for (gsize i = 8; i + 12 < size && !moved; i++)
        if (longer[i] == 0x11 && longer[i + 1] == 0x01 && longer[i + 4] == 1 && longer[i + 5] == 0)
          {
            longer[i + 2] = TIFF_LONG;
            memcpy (longer + i + 8, &offset, 4);
            moved = TRUE;
          }
      g_assert_true (moved);
      for (int p = 0; p < n_planes; p++)
        memset (longer + size + WIDTH * HEIGHT * p, 50 + p, WIDTH * HEIGHT);
      g_assert_true (g_file_set_contents (g_file_peek_path (file), (const char *) longer, (gssize) all, NULL));
      image = mg_image_load (file, NULL, NULL);
      if (n_planes == 6)
        {
          assert_shape (image, 2, 3, 1, "ZCYX");
          g_assert_cmpint (plane_value (image, 1, 2, 0), ==, 55);
        }
      else
        {
          assert_shape (image, 1, 1, 1, "YX");
          g_assert_true (has_note (image, "only the first is there"));
        }
      g_assert_cmpint (plane_value (image, 0, 0, 0), ==, 50);
    }
}

#define OME_HEAD   "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" UUID=\"urn:uuid:1\" Creator=\"Scope 1\"><Image ID=\"Image:0\">"
#define OME_TAIL   "</Pixels></Image></OME>"
#define OME_PIXELS "<Pixels Type=\"uint8\" SizeX=\"8\" SizeY=\"6\" "

static void
test_ome (void)
{
  const Pages pages = {
    .n_pages = 12,
    .description = OME_HEAD OME_PIXELS
    "DimensionOrder=\"XYZCT\" SizeC=\"2\" SizeZ=\"3\" SizeT=\"2\" SignificantBits=\"7\" PhysicalSizeX=\"0.1\" PhysicalSizeY=\"200\" PhysicalSizeYUnit=\"nm\""
    " PhysicalSizeZ=\"2\" TimeIncrement=\"3\" TimeIncrementUnit=\"ms\">"
    "<Channel ID=\"Channel:0\" Name=\"DAPI &amp; x\"/><Channel ID=\"Channel:1\" Name=\"GFP\"/><TiffData/>" OME_TAIL,
  };
  g_autoptr (MgImage) image = load_pages ("stack.ome.tif", &pages);
  const MgImageInfo *info = mg_image_get_info (image);

  assert_shape (image, 2, 3, 2, "TCZYX");
  g_assert_cmpint (plane_value (image, 0, 1, 0), ==, 1);
  g_assert_cmpint (plane_value (image, 1, 0, 0), ==, 3);
  g_assert_cmpint (plane_value (image, 1, 2, 1), ==, 11);
  g_assert_cmpuint (info->bits, ==, 7);
  g_assert_cmpstr (info->channel_names[0], ==, "DAPI & x");
  g_assert_cmpstr (info->channel_names[1], ==, "GFP");
  g_assert_cmpstr (info->software, ==, "Scope 1");
  g_assert_cmpfloat_with_epsilon (info->pixel_width, 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (info->pixel_depth, 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (info->frame_interval, 0.003, 1e-12);
  g_assert_null (info->notes);
}

static void
test_ome_places (void)
{
  static const struct
  {
    const char *blocks;
    int n_c, n_z;
    int value; /* of channel 1, slice 0; -1: no such */
    const char *note;
  } cases[] = {
    { "<TiffData IFD=\"0\" PlaneCount=\"4\"/>", 2, 2, 2, NULL },
    { "<TiffData IFD=\"3\" FirstC=\"0\" FirstZ=\"0\"/><TiffData IFD=\"2\" FirstZ=\"1\"/><TiffData IFD=\"1\" FirstC=\"1\"/><TiffData IFD=\"0\" FirstC=\"1\" FirstZ=\"1\"/>", 2, 2, 1, NULL },
    { "<TiffData IFD=\"2\" FirstC=\"1\" PlaneCount=\"2\"><UUID FileName=\"places.ome.tif\">urn:uuid:9</UUID></TiffData>"
      "<TiffData IFD=\"0\" PlaneCount=\"2\"><UUID FileName=\"other.ome.tif\">urn:uuid:2</UUID></TiffData>",
      1, 2, -1, "several" },
    { "<TiffData IFD=\"0\" PlaneCount=\"4\"><UUID FileName=\"renamed.ome.tif\">urn:uuid:1</UUID></TiffData>", 2, 2, 2, NULL },
    { "<TiffData IFD=\"0\" PlaneCount=\"3\"/>", 2, 2, 2, "1 of the 4 planes" },
    { "<TiffData IFD=\"900000000\" PlaneCount=\"900000000\"/>", 1, 4, -1, "damaged" },
    { "<TiffData FirstC=\"-5\"/><TiffData FirstZ=\"2000000000\"/>", 1, 4, -1, "damaged" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (OME_HEAD OME_PIXELS "DimensionOrder=\"XYZCT\" SizeC=\"2\" SizeZ=\"2\" SizeT=\"1\">", cases[i].blocks, OME_TAIL, NULL);
      const Pages pages = { .n_pages = 4, .description = text };
      g_autoptr (MgImage) image = load_pages ("places.ome.tif", &pages);
      const MgImageInfo *info = mg_image_get_info (image);

      g_assert_cmpint (info->n_channels, ==, cases[i].n_c);
      g_assert_cmpint (info->n_z, ==, cases[i].n_z);
      g_assert_cmpint (info->n_t, ==, 1);
      if (cases[i].value >= 0)
        g_assert_cmpint (plane_value (image, 1, 0, 0), ==, cases[i].value);
      if (cases[i].note != NULL)
        g_assert_true (has_note (image, cases[i].note));
      else
        g_assert_null (info->notes);
    }
}

static void
test_ome_rgb (void)
{
  const Pages pages = {
    .n_pages = 2,
    .samples = 3,
    .description = OME_HEAD OME_PIXELS "DimensionOrder=\"XYCZT\" SizeC=\"3\" SizeZ=\"2\" SizeT=\"1\"><Channel SamplesPerPixel=\"3\"/><TiffData/>" OME_TAIL,
  };
  g_autoptr (MgImage) image = load_pages ("rgb.ome.tif", &pages);

  assert_shape (image, 3, 2, 1, "ZYXS");
  g_assert_true (mg_image_get_info (image)->is_rgb);
}

/* Hostile or damaged text is not believed, and the pages are still shown. */
/* What tifffile writes: shape and, sometimes, axes; page p has the value p. */
static void
test_shape (void)
{
  static const struct
  {
    int n_pages, samples;
    const char *text;
    int n_c, n_z, n_t;
    const char *axes;
    int c, z, t, value; /* of a plane */
    const char *note;   /* (nullable) */
  } cases[] = {
    { 6, 1, "{\"shape\": [3, 2, 6, 8], \"axes\": \"ZCYX\"}", 2, 3, 1, "ZCYX", 1, 2, 0, 5, NULL },
    { 6, 1, "{\"axes\": \"CZYX\", \"shape\": [3, 2, 6, 8]}", 3, 2, 1, "CZYX", 2, 0, 0, 4, NULL },
    { 12, 1, "{\"shape\": [2, 3, 2, 6, 8], \"axes\": \"TZCYX\", \"unit\": {\"a\": [1, 2]}}", 2, 3, 2, "TZCYX", 1, 1, 1, 9, NULL },
    { 4, 1, "{\"shape\": [4, 6, 8], \"axes\": \"TYX\"}", 1, 1, 4, "TYX", 0, 0, 3, 3, NULL },
    { 4, 1, "{\"shape\": [1, 4, 1, 6, 8], \"axes\": \"TZCYX\"}", 1, 4, 1, "ZYX", 0, 2, 0, 2, NULL },
    { 2, 3, "{\"shape\": [2, 6, 8, 3], \"axes\": \"ZYXS\"}", 3, 2, 1, "ZYXS", 0, 1, 0, 1, NULL },
    { 1, 1, "{\"shape\": [6, 8]}", 1, 1, 1, "YX", 0, 0, 0, 0, NULL },
    /* nothing is said of the pages, or not of all */
    { 4, 1, "{\"shape\": [4, 6, 8]}", 1, 4, 1, "IYX", 0, 3, 0, 3, NULL },
    { 6, 1, "{\"shape\": [3, 2, 6, 8]}", 2, 3, 1, "ZCYX", 1, 0, 0, 1, "3 slices and 2 channels" },
    { 10, 1, "{\"shape\": [2, 5, 6, 8]}", 1, 5, 2, "TZYX", 0, 4, 1, 9, "2 time points and 5 slices" },
    { 12, 1, "{\"shape\": [2, 3, 2, 6, 8]}", 2, 3, 2, "TZCYX", 0, 1, 1, 8, "2 time points, 3 slices and 2 channels" },
    { 6, 1, "{\"shape\": [3, 2, 6, 8], \"axes\": \"QCYX\"}", 2, 1, 3, "TCYX", 1, 0, 2, 5, "3 time points and 2 channels" },
    { 2, 3, "{\"shape\": [2, 6, 8, 3]}", 3, 2, 1, "IYXS", 0, 1, 0, 1, NULL },
    /* more pages than it speaks of */
    { 6, 1, "{\"shape\": [2, 2, 6, 8], \"axes\": \"ZCYX\"}", 2, 2, 1, "ZCYX", 1, 1, 0, 3, "4 of its 6 pages" },
    /* of other pages, or no such text */
    { 6, 1, "{\"shape\": [3, 2, 8, 6], \"axes\": \"ZCYX\"}", 1, 6, 1, "IYX", 0, 5, 0, 5, "another shape" },
    { 6, 1, "{\"shape\": [3, 3, 6, 8], \"axes\": \"ZCYX\"}", 1, 6, 1, "IYX", 0, 5, 0, 5, "6 pages" },
    { 6, 1, "{\"shape\": [0, 3, 6, 8], \"axes\": \"ZCYX\"}", 1, 6, 1, "IYX", 0, 5, 0, 5, "6 pages" },
    { 4, 1, "{\"shape\": [4294967296, 4294967297, 4, 6, 8]}", 1, 4, 1, "IYX", 0, 3, 0, 3, "4 pages" },
    { 4, 1, "{\"shape\": [2, 2, 6, 8], \"axes\": \"ZC", 1, 4, 1, "IYX", 0, 3, 0, 3, NULL },
    { 4, 1, "{\"shape\": [[2], 2, 6, 8]}", 1, 4, 1, "IYX", 0, 3, 0, 3, NULL },
    { 4, 1, "{\"made by\": \"somebody\"}", 1, 4, 1, "IYX", 0, 3, 0, 3, NULL },
    { 4, 1, "{\"shape\": [1,1,1,1,1,1,1,1,1,1,1,4,6,8]}", 1, 4, 1, "IYX", 0, 3, 0, 3, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Pages pages = { .n_pages = cases[i].n_pages, .description = cases[i].text, .samples = cases[i].samples };
      g_autoptr (MgImage) image = load_pages ("shape.tif", &pages);

      g_test_message ("%s", cases[i].text);
      assert_shape (image, cases[i].n_c, cases[i].n_z, cases[i].n_t, cases[i].axes);
      g_assert_cmpint (plane_value (image, cases[i].c, cases[i].z, cases[i].t), ==, cases[i].value);
      if (cases[i].note != NULL)
        g_assert_true (has_note (image, cases[i].note));
      else
        g_assert_null (mg_image_get_info (image)->notes);
    }
}

/* One page's tags, and the pixels of all planes after each other. */
static void
test_shape_truncated (void)
{
  const Pages pages = { .n_pages = 1, .description = "{\"shape\": [2, 3, 6, 8], \"axes\": \"CZYX\", \"truncated\": true}" };
  g_autoptr (GFile) file = write_pages ("truncated.tif", &pages);
  g_autoptr (MgImage) image = NULL;
  g_autofree char *old = NULL;
  g_autoptr (GString) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  guint32 at;

  /* pixels at the end, as that program writes them */
  g_assert_true (g_file_get_contents (g_file_peek_path (file), &old, &size, NULL));
  bytes = g_string_new_len (old, (gssize) size);
  memcpy (&at, old + 4, sizeof at);
  for (guint16 n = *(guint16 *) (old + at), i = 0; i < n; i++)
    if (*(guint16 *) (old + at + 2 + 12 * i) == TIFFTAG_STRIPOFFSETS)
      memcpy (bytes->str + at + 2 + 12 * i + 8, &(guint32){ (guint32) size }, 4);
  for (int p = 0; p < 6; p++)
    for (int i = 0; i < WIDTH * HEIGHT; i++)
      g_string_append_c (bytes, (char) (10 + p));
  g_assert_true (g_file_set_contents (g_file_peek_path (file), bytes->str, (gssize) bytes->len, NULL));
  image = mg_image_load (file, NULL, &error);
  g_assert_no_error (error);
  assert_shape (image, 2, 3, 1, "CZYX");
  for (int c = 0; c < 2; c++)
    for (int z = 0; z < 3; z++)
      g_assert_cmpint (plane_value (image, c, z, 0), ==, 10 + 3 * c + z);
}

static void
test_ome_refused (void)
{
  static const char *const texts[] = {
    "<!DOCTYPE OME [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><OME><Image><Pixels SizeC=\"1\" SizeZ=\"3\" SizeT=\"1\"><TiffData/></Pixels></Image></OME>",
    "<OME><Image><Pixels SizeC=\"1\" SizeZ=\"3\" SizeT=\"1\"><TiffData/>",
    "<OME><Image><Pixels SizeC=\"2147483647\" SizeZ=\"2147483647\" SizeT=\"2147483647\"><TiffData/></Pixels></Image></OME>",
    "<OME><Image><Pixels SizeC=\"0\" SizeZ=\"-3\" SizeT=\"1\"><TiffData/></Pixels></Image></OME>",
    "<OME/>",
    "<OME><BinaryOnly MetadataFile=\"a.companion.ome\"/></OME>",
    "<OMEGA",
  };

  check_left_aside (texts, G_N_ELEMENTS (texts), "refused.ome.tif", "OME");
}

static void
test_resolution (void)
{
  static const struct
  {
    double resolution;
    int unit;
    double um;
  } cases[] = {
    { 20000, RESUNIT_CENTIMETER, 0.5 },
    { 25400, RESUNIT_INCH, 1 },
    { 72, RESUNIT_INCH, 0 },
    { 300, RESUNIT_INCH, 0 },
    { 5, RESUNIT_NONE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Pages pages = { .n_pages = 1, .x_resolution = cases[i].resolution, .unit = cases[i].unit, .software = "Scope" };
      g_autoptr (MgImage) image = load_pages ("resolution.tif", &pages);
      const MgImageInfo *info = mg_image_get_info (image);

      g_assert_cmpfloat_with_epsilon (info->pixel_width, cases[i].um, 1e-6);
      g_assert_cmpfloat_with_epsilon (info->pixel_height, cases[i].um * 2, 1e-6);
      g_assert_cmpstr (info->unit, ==, cases[i].um > 0 ? "µm" : NULL);
      g_assert_cmpstr (info->software, ==, "Scope");
      g_assert_cmpstr (info->name, ==, "resolution.tif");
    }
}

static void
test_odd_pages (void)
{
  const Pages odd = { .n_pages = 5, .odd_page = 2, .odd_width = 5 }, reduced = { .n_pages = 3, .reduced_page = 1 };
  g_autoptr (MgImage) a = load_pages ("odd.tif", &odd);
  g_autoptr (MgImage) b = load_pages ("reduced.tif", &reduced);

  assert_shape (a, 1, 4, 1, "IYX");
  g_assert_cmpint (plane_value (a, 0, 2, 0), ==, 3);
  g_assert_true (has_note (a, "1 of its 5 pages"));
  assert_shape (b, 1, 2, 1, "IYX");
  g_assert_cmpint (plane_value (b, 0, 1, 0), ==, 2);
  g_assert_null (mg_image_get_info (b)->notes);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("mg-meta-XXXXXX", NULL);
  g_test_add_func ("/tiff-meta/imagej", test_imagej);
  g_test_add_func ("/tiff-meta/imagej-units", test_imagej_units);
  g_test_add_func ("/tiff-meta/imagej-wrong", test_imagej_wrong);
  g_test_add_func ("/tiff-meta/imagej-one-tag-set", test_imagej_one_tag_set);
  g_test_add_func ("/tiff-meta/ome", test_ome);
  g_test_add_func ("/tiff-meta/ome-places", test_ome_places);
  g_test_add_func ("/tiff-meta/ome-rgb", test_ome_rgb);
  g_test_add_func ("/tiff-meta/ome-refused", test_ome_refused);
  g_test_add_func ("/tiff-meta/shape", test_shape);
  g_test_add_func ("/tiff-meta/shape-truncated", test_shape_truncated);
  g_test_add_func ("/tiff-meta/resolution", test_resolution);
  g_test_add_func ("/tiff-meta/odd-pages", test_odd_pages);
  status = g_test_run ();
  test_remove_folder (folder);
  g_free (folder);
  return status;
}
