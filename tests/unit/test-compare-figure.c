#include "figure/report.h"
#include "image/line-profile.h"
#include "io/loader.h"

#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <math.h>
#include <string.h>
#include <tiffio.h>

#define W 96
#define H 64

typedef struct
{
  char *folder, *path;
  GFile *file;
  MgPyramid *pyramids[2];
  MgScene scenes[2];
  MgFigurePanel panels[2];
} Fixture;

static MgImage *
make_image (int width, int height, int shift)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U16, .pixel_width = 0.5, .pixel_height = 0.5, .unit = (char *) "µm" };
  guint16 *pixels = g_new (guint16, width * height);

  for (int i = 0; i < width * height; i++)
    pixels[i] = (guint16) (10 * (i % width) + shift);
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer name)
{
  fixture->folder = g_dir_make_tmp ("mg-figure-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, name, NULL);
  fixture->file = g_file_new_for_path (fixture->path);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (MgImage) image = make_image (W, H, 100 * i);

      fixture->pyramids[i] = mg_pyramid_new (image);
      fixture->scenes[i] = (MgScene){ .image = fixture->pyramids[i] };
      g_assert_true (mg_scene_auto_channels (&fixture->scenes[i], NULL, NULL));
      fixture->panels[i] = (MgFigurePanel){ i ? "after <&> é" : "before", &fixture->scenes[i], FALSE };
    }
}

static void
tear_down (Fixture *fixture, gconstpointer name)
{
  for (int i = 0; i < 2; i++)
    mg_pyramid_unref (fixture->pyramids[i]);
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0); /* nothing else left behind */
  g_object_unref (fixture->file);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static MgFigure
make_figure (const Fixture *fixture)
{
  return (MgFigure){ .panels = fixture->panels, .n_panels = 2, .roi = { 20, 16, 24, 12 }, .width_mm = 127, .dpi = 100 };
}

static void
write_figure (Fixture *fixture, const MgFigure *figure)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_figure_write_compare (fixture->file, figure, NULL, &error));
  g_assert_no_error (error);
}

static char *
read_text (Fixture *fixture, gsize *size)
{
  char *text;

  g_assert_true (g_file_get_contents (fixture->path, &text, size, NULL));
  return text;
}

static guint
count (const char *text, const char *what)
{
  guint n = 0;

  for (; (text = strstr (text, what)) != NULL; text++)
    n++;
  return n;
}

/* 127 mm are 5 inches: 500 pixels at 100 dpi, and the height follows. */
static void
test_png (Fixture *fixture, gconstpointer data)
{
  MgFigure figure = make_figure (fixture);
  const guint8 physical[] = { 'p', 'H', 'Y', 's', 0, 0, 0x0f, 0x61, 0, 0, 0x0f, 0x61, 1 }; /* 3937 a metre */
  g_autoptr (MgImage) image = NULL;
  g_autofree char *text = NULL;
  gsize size;
  double cell = (360 - 4 - 6) / 2.0, points = 4 + 11 + cell * H / W + 3 + cell / 2;
  guint32 n_yellow = 0;
  g_autofree guint8 *planes = NULL;

  write_figure (fixture, &figure);
  image = mg_image_load (fixture->file, NULL, NULL);
  g_assert_nonnull (image);
  g_assert_cmpint (mg_image_get_info (image)->width, ==, 500);
  g_assert_cmpint (mg_image_get_info (image)->height, ==, (int) round (points / 72 * 100));
  text = read_text (fixture, &size);
  g_assert_nonnull (memmem (text, size, physical, sizeof physical));
  /* frames: two of the region, two of what is magnified */
  planes = g_malloc (3 * 500 * 400);
  for (int c = 0; c < 3; c++)
    g_assert_true (mg_image_read (image, c, 0, 0, &(MgRect){ 0, 0, 500, mg_image_get_info (image)->height }, planes + c * 500 * 400, 500, NULL, NULL));
  for (int i = 0; i < 500 * mg_image_get_info (image)->height; i++)
    n_yellow += planes[i] > 0xe0 && planes[i + 500 * 400] > 0xb0 && planes[i + 2 * 500 * 400] < 0x60;
  g_assert_cmpuint (n_yellow, >, 2 * 2 * (240 + 120) / 2);
}

static void
test_tiff (Fixture *fixture, gconstpointer data)
{
  MgFigure figure = make_figure (fixture);
  float across = 0, down = 0;
  guint16 unit = 0;
  guint32 width = 0;
  TIFF *tif;

  write_figure (fixture, &figure);
  tif = TIFFOpen (fixture->path, "r");
  g_assert_nonnull (tif);
  g_assert_true (TIFFGetField (tif, TIFFTAG_XRESOLUTION, &across) && TIFFGetField (tif, TIFFTAG_YRESOLUTION, &down));
  g_assert_true (TIFFGetField (tif, TIFFTAG_RESOLUTIONUNIT, &unit) && TIFFGetField (tif, TIFFTAG_IMAGEWIDTH, &width));
  TIFFClose (tif);
  g_assert_cmpfloat (across, ==, 100);
  g_assert_cmpfloat (down, ==, 100);
  g_assert_cmpint (unit, ==, RESUNIT_INCH);
  g_assert_cmpuint (width, ==, 500);
}

static void
test_svg (Fixture *fixture, gconstpointer data)
{
  MgFigure figure = make_figure (fixture);
  g_autofree char *text = NULL;
  xmlDoc *doc;
  gsize size;

  figure.profile = TRUE;
  write_figure (fixture, &figure);
  text = read_text (fixture, &size);
  doc = xmlReadMemory (text, (int) size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
  g_assert_nonnull (doc);
  xmlFreeDoc (doc);
  g_assert_cmpuint (count (text, "data:image/png;base64,"), ==, 2); /* once each */
  g_assert_cmpuint (count (text, "<use "), ==, 4);                  /* shown twice each */
  g_assert_nonnull (strstr (text, ">after &lt;&amp;&gt; é</text>"));
  g_assert_nonnull (strstr (text, ">10 µm</text>")); /* of 48 µm */
  g_assert_nonnull (strstr (text, ">2 µm</text>"));  /* of 12 µm */
  g_assert_nonnull (strstr (text, "width=\"96\" height=\"64\""));
  g_assert_nonnull (strstr (text, ">distance [µm]</text>"));
}

static void
test_pdf (Fixture *fixture, gconstpointer data)
{
  MgFigure figure = make_figure (fixture);
  g_autofree char *text = NULL;
  gsize size;

  write_figure (fixture, &figure);
  text = read_text (fixture, &size);
  g_assert_true (g_str_has_prefix (text, "%PDF-1."));
  g_assert_nonnull (memmem (text + size - 8, 8, "%%EOF", 5));
  for (gsize i = 0; i < size; i++)
    if (text[i] == '\0')
      text[i] = ' ';
  g_assert_cmpuint (count (text, "/Subtype /Image"), ==, 2);
  g_assert_cmpuint (count (text, "/Width 96"), ==, 2); /* every pixel */
}

/* The one left of the divider, the other right of it. */
static void
test_split (Fixture *fixture, gconstpointer data)
{
  MgFigure figure = { .panels = fixture->panels, .n_panels = 2, .split = 0.25, .width_mm = 50.8, .dpi = 50 };
  g_autoptr (MgImage) image = NULL;
  const MgImageInfo *info;
  guint8 left, right;

  for (int i = 0; i < 2; i++)
    fixture->scenes[i].channels[0] = (MgChannelView){ .visible = TRUE, .lut = i ? MG_LUT_GREEN : MG_LUT_RED, .min = -1000, .max = 0, .gamma = 1 };
  write_figure (fixture, &figure);
  image = mg_image_load (fixture->file, NULL, NULL);
  g_assert_nonnull (image);
  info = mg_image_get_info (image);
  g_assert_cmpint (info->width, ==, 100);
  g_assert_true (mg_image_read (image, 0, 0, 0, &(MgRect){ 20, info->height / 2, 1, 1 }, &left, 1, NULL, NULL));
  g_assert_true (mg_image_read (image, 0, 0, 0, &(MgRect){ 32, info->height / 2, 1, 1 }, &right, 1, NULL, NULL));
  g_assert_cmpint (left, ==, 255);
  g_assert_cmpint (right, ==, 0);
}

static void
refuse (Fixture *fixture, const MgFigure *figure, const char *file, int code, const char *words)
{
  g_autofree char *path = g_build_filename (fixture->folder, file, NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_assert_false (mg_figure_write_compare (target, figure, NULL, &error));
  g_assert_error (error, MG_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  MgFigure figure = make_figure (fixture);
  g_autoptr (MgImage) other = make_image (W, H + 1, 0);
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (other);

  refuse (fixture, &figure, "figure.jpg", MG_ERROR_USAGE, "figure.jpg");
  figure.dpi = 2400;
  figure.width_mm = 1000;
  refuse (fixture, &figure, "figure.png", MG_ERROR_TOO_LARGE, "figure.png");
  figure.dpi = 1;
  refuse (fixture, &figure, "figure.png", MG_ERROR_USAGE, "dpi");
  figure = make_figure (fixture);
  figure.roi.x = 1000;
  refuse (fixture, &figure, "figure.png", MG_ERROR_USAGE, "outside");
  figure = make_figure (fixture);
  fixture->scenes[1].image = pyramid;
  refuse (fixture, &figure, "figure.png", MG_ERROR_SHAPE, "versions of one image");
}

static void
test_line_profile (void)
{
  g_autoptr (MgImage) image = make_image (W, H, 0);
  g_autoptr (GError) error = NULL;
  double values[9];

  /* a ramp: the value at x is that of the pixel whose centre is there */
  g_assert_true (mg_line_profile (image, 0, 0, 0, (double[]){ 10.5, 3, 50.5, 40 }, 9, values, NULL, &error));
  g_assert_no_error (error);
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (values[i], 100 + 50 * i, 1e-3);
  /* beyond the image it goes on as it ends */
  g_assert_true (mg_line_profile (image, 0, 0, 0, (double[]){ -20, -5, -10, -5 }, 2, values, NULL, &error));
  g_assert_cmpfloat (values[0], ==, 0);
  g_assert_true (mg_line_profile (image, 0, 0, 0, (double[]){ W, H, W + 10, H + 9 }, 2, values, NULL, &error));
  g_assert_cmpfloat (values[1], ==, 10 * (W - 1));
}

static void
test_link_contrast (Fixture *fixture, gconstpointer data)
{
  MgScene *scenes = fixture->scenes;
  double max = scenes[1].channels[0].max;

  g_assert_true (mg_figure_link_contrast (scenes, 2, 1, FALSE));
  g_assert_cmpfloat (scenes[0].channels[0].max, ==, max);
  scenes[1].channels[0].min = 100 * max;
  scenes[1].channels[0].max = 200 * max;
  g_assert_false (mg_figure_link_contrast (scenes, 2, 1, FALSE));
  g_assert_cmpfloat (scenes[0].channels[0].max, ==, max);
  g_assert_true (mg_figure_link_contrast (scenes, 2, 1, TRUE));
  g_assert_cmpfloat (scenes[0].channels[0].max, ==, 200 * max);
}

/* More images than rows, one of them perfect. */
static void
test_score_report (Fixture *fixture, gconstpointer data)
{
  MgScoreLine lines[40] = { 0 };
  const MgQuality filters[3] = { { .fitted = { 25, 0.5, 0.1 } } };
  MgFigure example = { .panels = fixture->panels, .n_panels = 2 };
  MgScoreReport report = { "a test", TRUE, TRUE, lines, 40, { .restored = { .raw = { 31.25, 0.9, 0.02 } } }, filters, "An advice.", &example, "One of them" };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  xmlDoc *doc;
  gsize size;

  for (int i = 0; i < 40; i++)
    lines[i] = (MgScoreLine){ .name = i ? "an image" : "<first>", .restored = { .fitted = { i == 7 ? INFINITY : 20 + i, 0.5, 0.1 } } };
  lines[3].removal.verdict = MG_REMOVAL_STRUCTURE;
  g_assert_true (mg_report_write_scores (fixture->file, &report, NULL, &error));
  g_assert_no_error (error);
  text = read_text (fixture, &size);
  doc = xmlReadMemory (text, (int) size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
  g_assert_nonnull (doc);
  xmlFreeDoc (doc);
  g_assert_nonnull (strstr (text, ">31.25</text>"));
  g_assert_nonnull (strstr (text, ">&lt;first&gt;</text>"));
  g_assert_nonnull (strstr (text, "and 26 more"));
  g_assert_nonnull (strstr (text, "In 1 of 40 images structure was removed"));
  g_assert_nonnull (strstr (text, ">An advice.</text>"));
  g_assert_nonnull (strstr (text, ">after &lt;&amp;&gt; é</text>"));
}

/* Something bright in a corner of a large dark image. */
static void
test_region (void)
{
  const int side = 1500;
  const MgImageInfo info = { .width = side, .height = side, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  guint8 *pixels = g_malloc0 ((gsize) side * side);
  g_autoptr (MgImage) image = NULL;
  MgRect region;

  for (int y = 1300; y < 1340; y++)
    memset (pixels + y * side + 1200, 255, 50);
  image = mg_image_new_take (&info, pixels, g_free, NULL);
  for (guint n = 1; n <= 3; n++)
    {
      g_assert_true (mg_report_choose_region (image, n, &region, NULL, NULL));
      g_assert_cmpint (region.x, <=, 1200);
      g_assert_cmpint (region.y, <=, 1300);
      g_assert_cmpint (region.x + region.width, >=, 1250);
      g_assert_cmpint (region.y + region.height, >=, 1340);
      g_assert_cmpint (region.y + region.height, <=, side);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/figure/compare/png", Fixture, "figure.png", set_up, test_png, tear_down);
  g_test_add ("/figure/compare/tiff", Fixture, "figure.tif", set_up, test_tiff, tear_down);
  g_test_add ("/figure/compare/svg", Fixture, "figure.svg", set_up, test_svg, tear_down);
  g_test_add ("/figure/compare/pdf", Fixture, "figure.pdf", set_up, test_pdf, tear_down);
  g_test_add ("/figure/compare/split", Fixture, "figure.png", set_up, test_split, tear_down);
  g_test_add ("/figure/compare/refused", Fixture, "none.png", set_up, test_refused, tear_down);
  g_test_add ("/figure/link-contrast", Fixture, "none.png", set_up, test_link_contrast, tear_down);
  g_test_add ("/figure/score-report", Fixture, "scores.svg", set_up, test_score_report, tear_down);
  g_test_add_func ("/figure/region", test_region);
  g_test_add_func ("/image/line-profile", test_line_profile);
  return g_test_run ();
}
