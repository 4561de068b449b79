#include "base/rng.h"
#include "measure/measure.h"
#include "measure/shape.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>

typedef gboolean (*InsideFunc) (double x, double y);

static MgInstances *
draw (int width, int height, InsideFunc inside)
{
  guint32 *data = g_new0 (guint32, width * height);
  g_autoptr (MgLabels) labels = mg_labels_new_take (width, height, data, g_free);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      data[y * width + x] = inside (x + 0.5, y + 0.5);
  return mg_instances_new (labels, NULL, NULL);
}

static MgShape
shape_of (MgInstances *instances, double dx, double dy)
{
  MgShape shape;

  g_assert_cmpuint (mg_instances_get_n (instances), ==, 1);
  mg_shape_measure (mg_instances_get_labels (instances), mg_instances_get (instances, 0), dx, dy, &shape);
  return shape;
}

static gboolean
in_rectangle (double x, double y)
{
  return x > 10 && x < 50 && y > 20 && y < 40;
}

static gboolean
in_disc (double x, double y)
{
  return hypot (x - 60.3, y - 59.8) < 40;
}

/* 40 × 20, the long axis 30 degrees counter-clockwise from the x axis */
static gboolean
in_ellipse (double x, double y)
{
  double c = cos (G_PI / 6), s = sin (G_PI / 6), u = (x - 60) * c - (y - 60) * s, v = (x - 60) * s + (y - 60) * c;

  return u * u / 1600 + v * v / 400 < 1;
}

static void
test_rectangle (void)
{
  g_autoptr (MgInstances) instances = draw (64, 64, in_rectangle);
  MgShape shape = shape_of (instances, 1, 1), scaled = shape_of (instances, 0.5, 2);

  g_assert_cmpfloat (shape.area, ==, 800);
  g_assert_cmpfloat_with_epsilon (shape.centroid_x, 30, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.centroid_y, 30, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.hull_area, 800, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.feret_max, hypot (40, 20), 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.feret_min, 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.major_axis, 4 * sqrt (1600 / 12.0), 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.minor_axis, 4 * sqrt (400 / 12.0), 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.orientation, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.eccentricity, sqrt (0.75), 1e-9);
  /* 20 × 40 units now, and standing */
  g_assert_cmpfloat_with_epsilon (scaled.area, 800, 1e-9);
  g_assert_cmpfloat_with_epsilon (scaled.feret_min, 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (scaled.orientation, 90, 1e-9);
  g_assert_cmpfloat_with_epsilon (scaled.major_axis, 4 * sqrt (1600 / 12.0), 1e-9);
  g_assert_cmpfloat_with_epsilon (scaled.centroid_x, 15, 1e-9);
}

static void
test_disc (void)
{
  g_autoptr (MgInstances) instances = draw (120, 120, in_disc);
  MgShape shape = shape_of (instances, 1, 1);

  g_assert_cmpfloat_with_epsilon (shape.area / (G_PI * 1600), 1, 0.005);
  g_assert_cmpfloat_with_epsilon (shape.perimeter / (2 * G_PI * 40), 1, 0.01);
  g_assert_cmpfloat_with_epsilon (shape.feret_max, 80, 1.5);
  g_assert_cmpfloat_with_epsilon (shape.feret_min, 80, 1.5);
  g_assert_cmpfloat (shape.area / shape.hull_area, >, 0.97);
  g_assert_cmpfloat (shape.area / shape.hull_area, <=, 1);
  g_assert_cmpfloat (shape.eccentricity, <, 0.1);
}

static void
test_ellipse (void)
{
  g_autoptr (MgInstances) instances = draw (120, 120, in_ellipse);
  MgShape shape = shape_of (instances, 1, 1), scaled = shape_of (instances, 3, 3);
  double h = pow ((40.0 - 20) / (40 + 20), 2), circumference = G_PI * 60 * (1 + 3 * h / (10 + sqrt (4 - 3 * h)));

  g_assert_cmpfloat_with_epsilon (shape.major_axis, 80, 0.5);
  g_assert_cmpfloat_with_epsilon (shape.minor_axis, 40, 0.5);
  g_assert_cmpfloat_with_epsilon (shape.orientation, 30, 0.5);
  g_assert_cmpfloat_with_epsilon (shape.perimeter / circumference, 1, 0.02);
  g_assert_cmpfloat_with_epsilon (scaled.perimeter, 3 * shape.perimeter, 1e-6);
  g_assert_cmpfloat_with_epsilon (scaled.major_axis, 3 * shape.major_axis, 1e-6);
  g_assert_cmpfloat_with_epsilon (scaled.feret_max, 3 * shape.feret_max, 1e-6);
}

/* Hull and Feret diameters against trying all corners and many directions. */
static void
test_hull_brute_force (void)
{
  MgRng rng;

  mg_rng_init (&rng, 6, 0);
  for (int round = 0; round < 60; round++)
    {
      int width = 1 + (int) mg_rng_below (&rng, 12), height = 1 + (int) mg_rng_below (&rng, 12);
      guint32 *data = g_new0 (guint32, width * height);
      g_autoptr (MgLabels) labels = mg_labels_new_take (width, height, data, g_free);
      g_autoptr (MgInstances) instances = NULL;
      double longest = 0, narrowest = INFINITY;
      MgShape shape;

      for (int i = 0; i < width * height; i++)
        data[i] = mg_rng_below (&rng, 4) == 0;
      data[mg_rng_below (&rng, width * height)] = 1;
      instances = mg_instances_new (labels, NULL, NULL);
      shape = shape_of (instances, 1, 1);
      for (int k = 0; k < 7200; k++)
        {
          double c = cos (G_PI * k / 7200), s = sin (G_PI * k / 7200), low = INFINITY, high = -INFINITY;

          for (int i = 0; i < width * height; i++)
            for (int corner = 0; data[i] != 0 && corner < 4; corner++)
              {
                double at = (i % width + corner % 2) * c + (i / width + corner / 2) * s;

                low = MIN (low, at);
                high = MAX (high, at);
              }
          longest = MAX (longest, high - low);
          narrowest = MIN (narrowest, high - low);
        }
      g_assert_cmpfloat_with_epsilon (shape.feret_max, longest, 0.01);
      g_assert_cmpfloat_with_epsilon (shape.feret_min, narrowest, 0.01);
      g_assert_cmpfloat (shape.hull_area, >=, shape.area - 1e-9);
      g_assert_cmpfloat (shape.hull_area, <=, longest * longest * G_PI / 4 + 1e-9);
    }
}

static double
cell (MgTable *table, guint row, const char *name, const char *unit)
{
  guint column = mg_table_find_column (table, name, unit);

  g_assert_cmpuint (column, !=, G_MAXUINT);
  return mg_table_get_number (table, row, column);
}

static MgImage *
make_image (int width, int height, double pixel_size)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = 2, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32, .pixel_width = pixel_size, .pixel_height = pixel_size, .unit = (char *) "\302\265m" };
  float *pixels = g_new (float, 2 * width * height);

  for (int i = 0; i < 2 * width * height; i++)
    pixels[i] = 1e6f + (float) (i % 7) + (i >= width * height ? 100 : 0);
  pixels[0] = NAN;
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

static MgInstances *
random_instances (int width, int height)
{
  guint32 *data = g_new0 (guint32, width * height);
  g_autoptr (MgLabels) labels = mg_labels_new_take (width, height, data, g_free);
  MgRng rng;

  mg_rng_init (&rng, 1, 0);
  for (int i = 0; i < width * height; i++)
    data[i] = mg_rng_below (&rng, 4);
  return mg_instances_new (labels, NULL, NULL);
}

static void
check_intensities (MgTable *table, guint row, MgImage *image, MgInstances *instances, guint32 label, int channel)
{
  const MgImageInfo *info = mg_image_get_info (image);
  MgRect all = { 0, 0, info->width, info->height };
  int n_pixels = info->width * info->height;
  g_autofree float *values = g_new (float, n_pixels);
  const guint32 *data = mg_labels_get_data (mg_instances_get_labels (instances));
  double n = 0, sum = 0, squares = 0, low = INFINITY, high = -INFINITY;
  const char *const names[] = { "ch1_mean", "ch2_mean", "ch1_std", "ch2_std", "ch1_min", "ch2_min", "ch1_max", "ch2_max", "ch1_integrated", "ch2_integrated" };

  mg_image_read_float (image, channel, 0, 0, &all, values, info->width * 4, NULL, NULL);
  for (int i = 0; i < n_pixels; i++)
    if (data[i] == label && isfinite (values[i]))
      {
        n++;
        sum += values[i];
        low = MIN (low, values[i]);
        high = MAX (high, values[i]);
      }
  for (int i = 0; i < n_pixels; i++)
    if (data[i] == label && isfinite (values[i]))
      squares += pow (values[i] - sum / n, 2);
  g_assert_cmpfloat_with_epsilon (cell (table, row, names[channel], NULL), sum / n, 1e-6);
  g_assert_cmpfloat_with_epsilon (cell (table, row, names[2 + channel], NULL), sqrt (squares / n), 1e-6);
  g_assert_cmpfloat (cell (table, row, names[4 + channel], NULL), ==, low);
  g_assert_cmpfloat (cell (table, row, names[6 + channel], NULL), ==, high);
  g_assert_cmpfloat_with_epsilon (cell (table, row, names[8 + channel], NULL), sum, 1e-3);
}

static void
test_table (void)
{
  g_autoptr (MgTable) table = mg_table_new ();
  g_autoptr (MgImage) image = make_image (31, 150, 0.25);
  g_autoptr (MgImage) other = make_image (20, 20, 0);
  g_autoptr (MgInstances) instances = random_instances (31, 150);
  g_autoptr (MgInstances) others = random_instances (20, 20);
  g_autoptr (GError) error = NULL;

  g_assert_true (mg_measure_add (table, others, other, "other.tif", NULL, &error));
  g_assert_true (mg_measure_add (table, instances, image, "image.tif", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mg_table_get_n_rows (table), ==, 6);
  for (guint i = 0; i < 3; i++)
    {
      const MgInstance *instance = mg_instances_get (instances, i);

      g_assert_cmpstr (mg_table_get_text (table, 3 + i, mg_table_find_column (table, "image", NULL)), ==, "image.tif");
      g_assert_cmpfloat (cell (table, 3 + i, "label", NULL), ==, i + 1);
      g_assert_cmpfloat (cell (table, 3 + i, "area", "px^2"), ==, instance->area);
      g_assert_cmpfloat_with_epsilon (cell (table, 3 + i, "area", "um^2"), instance->area / 16.0, 1e-9);
      g_assert_cmpfloat_with_epsilon (cell (table, 3 + i, "perimeter", "um"), cell (table, 3 + i, "perimeter", "px") / 4, 1e-6);
      g_assert_true (isnan (cell (table, i, "area", "um^2")));
      g_assert_cmpfloat (cell (table, 3 + i, "touches_border", NULL), ==, 1);
      for (int c = 0; c < 2; c++)
        check_intensities (table, 3 + i, image, instances, i + 1, c);
    }
  g_assert_false (mg_measure_add (table, others, image, "image.tif", NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_assert_cmpuint (mg_table_get_n_rows (table), ==, 6);
  g_clear_error (&error);
  g_assert_true (mg_measure_add (table, others, NULL, "shapes only", NULL, &error));
  g_assert_cmpuint (mg_table_get_n_rows (table), ==, 9);
}

static void
test_csv (void)
{
  g_autoptr (MgTable) table = mg_table_new ();
  g_autofree char *folder = g_dir_make_tmp ("mg-measure-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "table.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint name = mg_table_add_column (table, "image", NULL, TRUE), area = mg_table_add_column (table, "area", "um^2", FALSE);
  guint late;

  for (int i = 0; i < 4; i++)
    mg_table_add_row (table);
  late = mg_table_add_column (table, "odd, name", NULL, FALSE);
  mg_table_set_text (table, 0, name, "a \"b\",c\n.tif");
  mg_table_set_number (table, 0, area, 0.125);
  mg_table_set_number (table, 1, area, 4294967295.0);
  mg_table_set_number (table, 2, area, -1.0 / 3);
  mg_table_set_number (table, 3, late, 1e-12);
  setlocale (LC_NUMERIC, "de_DE.UTF-8"); /* where there is one, with decimal commas */
  g_assert_true (mg_table_write_csv (table, file, &error));
  g_assert_no_error (error);
  setlocale (LC_NUMERIC, "C");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==,
                   "image,area (um^2),\"odd, name\"\n"
                   "\"a \"\"b\"\",c\n.tif\",0.125,\n"
                   ",4294967295,\n"
                   ",-0.333333333,\n"
                   ",,1e-12\n");
  g_unlink (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0); /* nothing else left behind */
  g_assert_false (mg_table_write_csv (table, file, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/measure/shape/rectangle", test_rectangle);
  g_test_add_func ("/measure/shape/disc", test_disc);
  g_test_add_func ("/measure/shape/ellipse", test_ellipse);
  g_test_add_func ("/measure/shape/hull-brute-force", test_hull_brute_force);
  g_test_add_func ("/measure/table", test_table);
  g_test_add_func ("/measure/csv", test_csv);
  return g_test_run ();
}
