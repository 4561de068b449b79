/* Labels written as outlines and read back are the same labels; what overlaps,
 * lies outside or is no area is counted; masks and label images of every type. */
#include "base/rng.h"
#include "interchange/export.h"
#include "interchange/import.h"
#include "interchange/rasterise.h"
#include "io/tiff-write.h"
#include "support/folder.h"

#include <string.h>

static char *folder; /* a temporary one */

static GFile *
file_in_folder (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_new_for_path (path);
}

/* A picture of one letter a pixel: '.' is background, 'a' label 1, 'b' 2 … */
static MgLabels *
labels_of (const char *const *rows)
{
  int width = (int) strlen (rows[0]), height = (int) g_strv_length ((char **) rows);
  guint32 *data = g_new0 (guint32, (gsize) width * height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      data[y * width + x] = rows[y][x] == '.' ? 0 : (guint32) (rows[y][x] - 'a' + 1);
  return mg_labels_new_take (width, height, data, g_free);
}

static void
assert_same_labels (MgLabels *a, MgLabels *b)
{
  gsize n = (gsize) mg_labels_get_width (a) * mg_labels_get_height (a) * sizeof (guint32);

  g_assert_cmpint (mg_labels_get_width (a), ==, mg_labels_get_width (b));
  g_assert_cmpint (mg_labels_get_height (a), ==, mg_labels_get_height (b));
  g_assert_cmpmem (mg_labels_get_data (a), n, mg_labels_get_data (b), n);
}

static void
export_to (GFile *file, MgLabels *labels, MgExportFormat format)
{
  MgExportSource source = { .labels = labels, .scale = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_export (file, format, &source, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
import_from (GFile *file, const MgImportOptions *options, MgImported *imported)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_import (file, options, imported, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
check_round_trip (MgLabels *labels)
{
  static const MgExportFormat formats[] = { MG_EXPORT_IMAGEJ, MG_EXPORT_GEOJSON, MG_EXPORT_LABELS };
  MgImportOptions options = { mg_labels_get_width (labels), mg_labels_get_height (labels) };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GFile) file = file_in_folder (mg_export_get_kind (formats[i])->suffix);
      g_auto (MgImported) imported = { 0 };

      export_to (file, labels, formats[i]);
      import_from (file, &options, &imported);
      assert_same_labels (imported.labels, labels);
      g_assert_cmpuint (imported.n_cells, ==, mg_labels_get_n (labels));
      g_assert_cmpuint (imported.n_cut + imported.n_covered + imported.n_outside + imported.n_not_areas, ==, 0);
    }
}

/* Holes (one with a cell in it, one with a part of the same cell), cells that
 * touch, at the border, of one pixel, of parts, of pixels that meet by a
 * corner, and a number that nothing has. */
static void
test_round_trip_shapes (void)
{
  static const char *const rows[] = {
    "aaaaaa..b...ccccc",
    "a....a...b..c...c",
    "a.dd.a..b.b.c.c.c",
    "a....a..bbb.c...c",
    "aaaaaa......ccccc",
    "eeefff.....gg....",
    "eeefff.....gg..hh",
    "efffff...gg..i.hh",
    "..k......gg...i.h",
    "...........gg.iih",
    "k.........gg...ih",
    NULL
  };
  g_autoptr (MgLabels) labels = labels_of (rows);

  check_round_trip (labels);
}

/* Noise has every shape there is, and its numbers have gaps. */
static void
test_round_trip_noise (void)
{
  static const guint32 numbers[] = { 0, 3, 70000, 1, 0, 4000000000u };

  for (guint seed = 0; seed < 12; seed++)
    {
      int width = 23 + (int) seed, height = 31;
      guint32 *data = g_new (guint32, (gsize) width * height);
      g_autoptr (MgLabels) labels = mg_labels_new_take (width, height, data, g_free);
      MgRng rng;

      mg_rng_init (&rng, seed, 0);
      for (int i = 0; i < width * height; i++)
        data[i] = numbers[mg_rng_below (&rng, seed % 2 == 0 ? 4 : G_N_ELEMENTS (numbers))];
      check_round_trip (labels);
    }
}

/* Beyond what ImageJ's 16-bit coordinates hold. */
static void
test_round_trip_wide (void)
{
  int width = 70000, height = 4;
  guint32 *data = g_new0 (guint32, (gsize) width * height);
  g_autoptr (MgLabels) labels = mg_labels_new_take (width, height, data, g_free);

  for (int x = 0; x < width; x++)
    data[width + x] = (guint32) (x / 10000) % 3;
  data[3 * width + 69999] = 9;
  check_round_trip (labels);
}

static void
test_empty (void)
{
  static const char *const rows[] = { "....", "....", NULL };
  g_autoptr (MgLabels) labels = labels_of (rows);
  g_autoptr (GFile) file = file_in_folder ("empty.zip");
  g_autoptr (GError) error = NULL;
  MgImportOptions options = { 0 };
  MgImported imported;

  export_to (file, labels, MG_EXPORT_IMAGEJ);
  g_assert_false (mg_import (file, &options, &imported, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_assert_null (imported.labels);
}

/* The same labels give the same bytes, whatever the day and the time zone. */
static void
test_deterministic (void)
{
  static const char *const rows[] = { "aab", "a.b", NULL };
  g_autoptr (MgLabels) labels = labels_of (rows);

  for (int format = 0; format <= MG_EXPORT_OUTLINES; format++)
    {
      g_autoptr (GFile) file = file_in_folder ("same");
      g_autoptr (GBytes) first = NULL;
      g_autoptr (GBytes) second = NULL;

      g_setenv ("TZ", "Pacific/Auckland", TRUE);
      export_to (file, labels, (MgExportFormat) format);
      first = g_file_load_bytes (file, NULL, NULL, NULL);
      g_setenv ("TZ", "America/Los_Angeles", TRUE);
      export_to (file, labels, (MgExportFormat) format);
      second = g_file_load_bytes (file, NULL, NULL, NULL);
      g_assert_true (g_bytes_equal (first, second));
    }
  g_unsetenv ("TZ");
}

static void
test_cellpose_outlines (void)
{
  static const char *const rows[] = { ".aaa.", ".a.a.", ".aaa.", "b....", NULL };
  g_autoptr (MgLabels) labels = labels_of (rows);
  g_autoptr (GFile) file = file_in_folder ("cp_outlines.txt");
  g_autofree char *text = NULL;

  export_to (file, labels, MG_EXPORT_OUTLINES);
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_cmpstr (text, ==, "1,0,2,0,3,0,3,1,3,2,2,2,1,2,1,1\n0,3\n");
}

/* A hole that meets the outside by a corner: one ring would touch itself,
 * which geometry libraries refuse. */
static void
test_geojson_is_simple (void)
{
  static const char *const rows[] = { "aaa.", "a.a.", "aa..", "aaa.", NULL };
  g_autoptr (MgLabels) labels = labels_of (rows);
  g_autoptr (GFile) file = file_in_folder ("simple.geojson");
  g_autofree char *text = NULL;

  export_to (file, labels, MG_EXPORT_GEOJSON);
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"Polygon\",\"coordinates\":[[[0,0],"));
  /* the hole is a ring of its own, with the corner that it shares */
  g_assert_nonnull (strstr (text, "]],[["));
  check_round_trip (labels);
}

static void
test_measurements (void)
{
  static const char *const rows[] = { "aa.c", "aa.c", NULL };
  g_autoptr (MgLabels) labels = labels_of (rows);
  g_autoptr (GFile) file = file_in_folder ("measured.geojson");
  MgExportSource source = { .labels = labels, .measurements = TRUE };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const char *first, *second;

  g_assert_true (mg_export (file, MG_EXPORT_GEOJSON, &source, NULL, NULL, &error));
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  first = strstr (text, "\"name\":\"1\",\"measurements\":{\"area px^2\":4,");
  second = strstr (text, "\"name\":\"3\",\"measurements\":{\"area px^2\":2,");
  g_assert_nonnull (first);
  g_assert_nonnull (second);
  g_assert_true (first < second);
}

static void
add_square (MgRasteriser *rasteriser, guint32 label, double x, double y, double side, MgRasterised *done)
{
  g_auto (MgOutline) outline;

  mg_outline_init (&outline);
  mg_outline_add_point (&outline, x, y);
  mg_outline_add_point (&outline, x + side, y);
  mg_outline_add_point (&outline, x + side, y + side);
  mg_outline_add_point (&outline, x, y + side);
  mg_outline_end_ring (&outline);
  g_assert_true (mg_rasteriser_add (rasteriser, &outline, label, done, NULL, NULL));
}

/* Earlier ones keep their pixels; coordinates of any size do no harm. */
static void
test_rasterise (void)
{
  g_autoptr (MgRasteriser) rasteriser = mg_rasteriser_new (20, 10, NULL);
  MgRasterised done;

  add_square (rasteriser, 1, 2, 2, 4, &done);
  g_assert_cmpint (done.written, ==, 16);
  add_square (rasteriser, 2, 4, 4, 4, &done);
  g_assert_cmpint (done.written, ==, 12);
  g_assert_cmpint (done.covered, ==, 4);
  add_square (rasteriser, 3, 10.6, 0.6, 2.8, &done);
  g_assert_cmpint (done.written, ==, 4);
  /* middles of pixels on the left edge are outside, on the right one inside */
  add_square (rasteriser, 4, 14.5, 4, 1, &done);
  g_assert_cmpint (done.written, ==, 1);
  g_assert_cmpuint (mg_rasteriser_get_data (rasteriser)[4 * 20 + 15], ==, 4);
  add_square (rasteriser, 5, -1e300, -1e300, 5e299, &done);
  g_assert_cmpint (done.written + done.covered, ==, 0);
  add_square (rasteriser, 6, -1e9, -1e9, 2e9, &done);
  g_assert_cmpint (done.written + done.covered, ==, 200);
  g_assert_cmpint (done.covered, ==, 16 + 12 + 4 + 1);
}

static void
save_text (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Overlaps, points, other slices and what lies outside are counted and said. */
static void
test_counts (void)
{
  static const char text[] =
    "[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,4],[0,0]]]}},\n"
    "{\"type\":\"Feature\",\"geometry\":{\"coordinates\":[[[2,2],[6,2],[6,6],[2,6],[2,2]]],\"type\":\"Polygon\"},\"properties\":null},\n"
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[3,1],[3,3],[1,3],[1,1]]]}},\n"
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[3,3]}},\n"
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[3,3],[5,5]]}},\n"
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[90,0],[94,0],[94,4],[90,4],[90,0]]]}},\n"
    "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\"plane\":{\"c\":-1,\"z\":2,\"t\":0},\"coordinates\":[[[8,0],[9,0],[9,1]]]}}]";
  MgImportOptions options = { .width = 10, .height = 10, .slice = 1 };
  g_autoptr (GFile) file = file_in_folder ("counts.json");
  g_auto (MgImported) imported = { 0 };
  g_autofree char *said = NULL;

  save_text ("counts.json", text);
  import_from (file, &options, &imported);
  g_assert_cmpuint (imported.n_cells, ==, 2);
  g_assert_cmpuint (imported.n_not_areas, ==, 2);
  g_assert_cmpuint (imported.n_elsewhere, ==, 1);
  g_assert_cmpuint (imported.n_outside, ==, 1);
  g_assert_cmpuint (imported.n_covered, ==, 1);
  g_assert_cmpuint (imported.n_cut, ==, 1);
  g_assert_cmpint (imported.n_cut_pixels, ==, 4);
  said = mg_imported_describe (&imported);
  g_assert_cmpstr (said, ==,
                   "2 cells; 2 points, lines or texts are left out; 1 region of another slice is left out; "
                   "1 region outside of the image or without a pixel is left out; 1 region under others is left out; "
                   "1 cell lost 4 pixels to cells before it");
}

/* Without the image's size a file gets what it needs, and not more than can be. */
static void
test_size_of_outlines (void)
{
  static const char text[] = "{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[%s,1],[3,8.5]]]}";
  g_autofree char *small = g_strdup_printf (text, "12"), *large = g_strdup_printf (text, "1e12");
  g_autoptr (GFile) file = file_in_folder ("size.json");
  g_autoptr (GError) error = NULL;
  MgImportOptions options = { 0 };
  g_auto (MgImported) imported = { 0 };
  MgImported none;

  save_text ("size.json", small);
  import_from (file, &options, &imported);
  g_assert_cmpint (mg_labels_get_width (imported.labels), ==, 12);
  g_assert_cmpint (mg_labels_get_height (imported.labels), ==, 9);
  save_text ("size.json", large);
  g_assert_false (mg_import (file, &options, &none, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "size.json"));
}

static void
write_mask (GFile *file, int width, int height, int x0, int y0, int side, guint8 value)
{
  guint8 *pixels = g_new0 (guint8, (gsize) width * height);
  MgImageInfo info = { .width = width, .height = height, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  g_autoptr (MgImage) image = NULL;

  for (int y = y0; y < y0 + side; y++)
    memset (pixels + y * width + x0, value, (gsize) side);
  image = mg_image_new_take (&info, pixels, g_free, NULL);
  g_assert_true (mg_tiff_write_image (file, image, NULL, NULL));
}

static void
test_mask_folder (void)
{
  g_autoptr (GFile) masks = file_in_folder ("masks");
  MgImportOptions options = { 0 };
  g_auto (MgImported) imported = { 0 };
  g_autoptr (GError) error = NULL;
  MgImported none;

  g_assert_true (g_file_make_directory (masks, NULL, NULL));
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("mask-%d.tif", i);
      g_autoptr (GFile) file = g_file_get_child (masks, name);

      write_mask (file, 16, 12, 3 * i, 2, 4, i == 1 ? 1 : 255);
    }
  import_from (masks, &options, &imported);
  g_assert_cmpuint (imported.n_cells, ==, 3);
  g_assert_cmpint (imported.n_cut_pixels, ==, 8);
  g_assert_cmpuint (mg_labels_get_data (imported.labels)[2 * 16 + 3], ==, 1);
  g_assert_cmpuint (mg_labels_get_data (imported.labels)[2 * 16 + 4], ==, 2);
  g_assert_cmpuint (mg_labels_get_data (imported.labels)[2 * 16 + 9], ==, 3);
  {
    g_autoptr (GFile) file = g_file_get_child (masks, "other-size.tif");

    write_mask (file, 17, 12, 0, 0, 2, 255);
  }
  g_assert_false (mg_import (masks, &options, &none, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "other-size.tif"));
}

/* Numbers of any type; those of 64 bits get new ones. */
static void
test_label_types (void)
{
  static const MgPixelType types[] = { MG_PIXEL_U8, MG_PIXEL_I8, MG_PIXEL_U16, MG_PIXEL_I16, MG_PIXEL_U32,
                                       MG_PIXEL_I32, MG_PIXEL_U64, MG_PIXEL_I64, MG_PIXEL_F32, MG_PIXEL_F64 };
  g_autoptr (GFile) file = file_in_folder ("typed.tif");
  MgImportOptions options = { 3, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      MgImageInfo info = { .width = 3, .height = 1, .n_channels = 1, .n_z = 1, .n_t = 1, .type = types[i] };
      guint8 *pixels = g_malloc0 (24);
      g_autoptr (MgImage) image = mg_image_new_take (&info, pixels, g_free, NULL);
      g_auto (MgImported) imported = { 0 };
      gsize size = mg_pixel_type_size (types[i]);

      for (guint k = 0; k < 3; k++)
        if (types[i] == MG_PIXEL_F32)
          ((float *) pixels)[k] = 50.0f * (float) k;
        else if (types[i] == MG_PIXEL_F64)
          ((double *) pixels)[k] = 50.0 * k;
        else
          pixels[k * size] = (guint8) (50 * k);
      g_assert_true (mg_tiff_write_image (file, image, NULL, NULL));
      import_from (file, &options, &imported);
      for (guint k = 0; k < 3; k++)
        g_assert_cmpuint (mg_labels_get_data (imported.labels)[k], ==, 50 * k);
    }
}

static void
test_labels_of_64_bits (void)
{
  guint64 numbers[4] = { G_MAXUINT64, 0, 5, G_MAXUINT64 };
  MgImageInfo info = { .width = 4, .height = 1, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U64 };
  g_autoptr (MgImage) image = mg_image_new_take (&info, numbers, NULL, NULL);
  g_autoptr (GFile) file = file_in_folder ("wide-numbers.tif");
  MgImportOptions options = { 0 };
  g_auto (MgImported) imported = { 0 };
  const guint32 expected[4] = { 1, 0, 2, 1 };

  g_assert_true (mg_tiff_write_image (file, image, NULL, NULL));
  import_from (file, &options, &imported);
  g_assert_cmpmem (mg_labels_get_data (imported.labels), sizeof expected, expected, sizeof expected);
}

/* Stacks are read one plane at a time; a size that does not fit is refused. */
static void
test_label_stack (void)
{
  guint16 numbers[6] = { 1, 2, 3, 4, 5, 6 };
  MgImageInfo info = { .width = 2, .height = 1, .n_channels = 1, .n_z = 3, .n_t = 1, .type = MG_PIXEL_U16 };
  g_autoptr (MgImage) image = mg_image_new_take (&info, numbers, NULL, NULL);
  g_autoptr (GFile) file = file_in_folder ("stack.tif");
  MgImportOptions options = { .slice = 2 }, whole = { 0 }, other = { .width = 3, .height = 1, .slice = 1 };
  g_auto (MgImported) imported = { 0 };
  g_autoptr (GError) error = NULL;
  MgImported none;

  g_assert_true (mg_tiff_write_image (file, image, NULL, NULL));
  import_from (file, &options, &imported);
  g_assert_cmpuint (mg_labels_get_data (imported.labels)[0], ==, 3);
  g_assert_false (mg_import (file, &whole, &none, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
  g_clear_error (&error);
  g_assert_false (mg_import (file, &other, &none, NULL, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
}

/* A stopped export leaves the file that was there. */
static void
test_cancelled (void)
{
  static const char *const rows[] = { "aab", "a.b", NULL };
  g_autoptr (MgLabels) labels = labels_of (rows);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  MgExportSource source = { .labels = labels };

  g_cancellable_cancel (cancellable);
  for (int format = 0; format <= MG_EXPORT_OUTLINES; format++)
    {
      g_autoptr (GFile) file = file_in_folder ("kept");
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      save_text ("kept", "as it was");
      g_assert_false (mg_export (file, (MgExportFormat) format, &source, NULL, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
      g_assert_cmpstr (text, ==, "as it was");
    }
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("mg-interchange-XXXXXX", NULL);
  g_test_add_func ("/interchange/round-trip/shapes", test_round_trip_shapes);
  g_test_add_func ("/interchange/round-trip/noise", test_round_trip_noise);
  g_test_add_func ("/interchange/round-trip/wide", test_round_trip_wide);
  g_test_add_func ("/interchange/empty", test_empty);
  g_test_add_func ("/interchange/deterministic", test_deterministic);
  g_test_add_func ("/interchange/cellpose-outlines", test_cellpose_outlines);
  g_test_add_func ("/interchange/geojson-is-simple", test_geojson_is_simple);
  g_test_add_func ("/interchange/measurements", test_measurements);
  g_test_add_func ("/interchange/rasterise", test_rasterise);
  g_test_add_func ("/interchange/counts", test_counts);
  g_test_add_func ("/interchange/size-of-outlines", test_size_of_outlines);
  g_test_add_func ("/interchange/mask-folder", test_mask_folder);
  g_test_add_func ("/interchange/label-types", test_label_types);
  g_test_add_func ("/interchange/labels-of-64-bits", test_labels_of_64_bits);
  g_test_add_func ("/interchange/label-stack", test_label_stack);
  g_test_add_func ("/interchange/cancelled", test_cancelled);
  status = g_test_run ();
  test_remove_folder (folder);
  g_free (folder);
  return status;
}
