#include "image/derived.h"
#include "image/histogram.h"
#include "image/labels.h"
#include "image/pyramid.h"
#include "image/tile-cache.h"

#include <math.h>
#include <string.h>

static void
fill (gpointer pixels, MgPixelType type, gsize i, int value)
{
  switch (type)
    {
    case MG_PIXEL_U8:
      ((guint8 *) pixels)[i] = (guint8) value;
      break;
    case MG_PIXEL_I8:
      ((gint8 *) pixels)[i] = (gint8) value;
      break;
    case MG_PIXEL_U16:
      ((guint16 *) pixels)[i] = (guint16) value;
      break;
    case MG_PIXEL_I16:
      ((gint16 *) pixels)[i] = (gint16) value;
      break;
    case MG_PIXEL_U32:
      ((guint32 *) pixels)[i] = (guint32) value;
      break;
    case MG_PIXEL_I32:
      ((gint32 *) pixels)[i] = value;
      break;
    case MG_PIXEL_U64:
      ((guint64 *) pixels)[i] = (guint64) value;
      break;
    case MG_PIXEL_I64:
      ((gint64 *) pixels)[i] = value;
      break;
    case MG_PIXEL_F32:
      ((float *) pixels)[i] = (float) value;
      break;
    case MG_PIXEL_F64:
      ((double *) pixels)[i] = value;
      break;
    }
}

/* The value says where it came from, within what every type can hold. */
static int
value_at (int c, int z, int t, int y, int x)
{
  return (x + 3 * y + 7 * c + 11 * z + 17 * t) % 120;
}

static MgImage *
make_image (MgPixelType type, int width, int height, int n_c, int n_z, int n_t)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = n_c, .n_z = n_z, .n_t = n_t, .type = type, .name = (char *) "made.tif" };
  gpointer pixels = g_malloc (mg_pixel_type_size (type) * width * height * n_c * n_z * n_t);
  gsize i = 0;
  g_autoptr (GError) error = NULL;
  MgImage *image;

  for (int t = 0; t < n_t; t++)
    for (int z = 0; z < n_z; z++)
      for (int c = 0; c < n_c; c++)
        for (int y = 0; y < height; y++)
          for (int x = 0; x < width; x++)
            fill (pixels, type, i++, value_at (c, z, t, y, x));
  image = mg_image_new_take (&info, pixels, g_free, &error);
  g_assert_no_error (error);
  return image;
}

static void
test_read_types (void)
{
  for (MgPixelType type = MG_PIXEL_U8; type <= MG_PIXEL_F64; type++)
    {
      g_autoptr (MgImage) image = make_image (type, 9, 7, 2, 3, 2);
      const MgRect rect = { 2, 1, 5, 4 };
      float out[4][8];
      g_autoptr (GError) error = NULL;

      for (int plane = 0; plane < 12; plane++)
        {
          int c = plane % 2, z = plane / 2 % 3, t = plane / 6;

          g_assert_true (mg_image_read_float (image, c, z, t, &rect, out[0], sizeof out[0], NULL, &error));
          for (int y = 0; y < 4; y++)
            for (int x = 0; x < 5; x++)
              g_assert_cmpfloat (out[y][x], ==, value_at (c, z, t, y + 1, x + 2));
        }
    }
}

static void
test_read_outside (void)
{
  g_autoptr (MgImage) image = make_image (MG_PIXEL_U8, 4, 3, 1, 1, 1);
  const MgRect bad[] = { { -1, 0, 2, 2 }, { 0, -1, 2, 2 }, { 3, 0, 2, 1 }, { 0, 2, 1, 2 }, { 0, 0, G_MAXINT, 1 }, { 1, 0, G_MAXINT, 1 } };
  const MgRect whole = { 0, 0, 4, 3 }, none = { 2, 2, 0, 0 };
  float out[12];

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mg_image_read_float (image, 0, 0, 0, &bad[i], out, 16, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
      g_assert_nonnull (strstr (error->message, "made.tif"));
    }
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mg_image_read_float (image, i == 0, i == 1, i == 2, &whole, out, i == 3 ? 12 : 16, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
    }
  g_assert_true (mg_image_read_float (image, 0, 0, 0, &none, out, 0, NULL, NULL));
}

static void
test_no_pixels (void)
{
  MgImageInfo info = { .width = 0, .height = 5, .n_channels = 1, .n_z = 1, .n_t = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_null (mg_image_new_take (&info, g_malloc (1), g_free, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_clear_error (&error);
  info = (MgImageInfo){ .width = G_MAXINT, .height = G_MAXINT, .n_channels = 9, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F64 };
  g_assert_null (mg_image_new_take (&info, g_malloc (1), g_free, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_TOO_LARGE);
}

static void
test_labels (void)
{
  guint32 few[] = { 0, 7, 7, 0, 65536, 3 }, far[] = { 0, G_MAXUINT32, 5, G_MAXUINT32 - 1, 5, 0 }, none[6] = { 0 };
  g_autoptr (MgLabels) a = mg_labels_new_take (3, 2, few, NULL);
  g_autoptr (MgLabels) b = mg_labels_new_take (2, 3, far, NULL);
  g_autoptr (MgLabels) c = mg_labels_new_take (6, 1, none, NULL);

  g_assert_cmpuint (mg_labels_get_n (a), ==, 3);
  g_assert_cmpuint (mg_labels_get_max (a), ==, 65536);
  g_assert_cmpuint (mg_labels_get_n (b), ==, 3);
  g_assert_cmpuint (mg_labels_get_max (b), ==, G_MAXUINT32);
  g_assert_cmpuint (mg_labels_get_n (c), ==, 0);
  g_assert_cmpuint (mg_labels_get_max (c), ==, 0);
  g_assert_cmpint (mg_labels_get_width (b), ==, 2);
  g_assert_cmpint (mg_labels_get_height (b), ==, 3);
}

static MgImage *
float_image (float *pixels, int width, int height)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };

  return mg_image_new_take (&info, pixels, NULL, NULL);
}

static void
test_histogram_not_finite (void)
{
  float pixels[] = { NAN, 1, INFINITY, 2, 3, -INFINITY, 4, 5 };
  float bad[] = { NAN, INFINITY };
  g_autoptr (MgImage) image = float_image (pixels, 4, 2);
  g_autoptr (MgImage) none = float_image (bad, 2, 1);
  MgHistogram histogram;

  g_assert_true (mg_histogram_compute (image, 0, 0, 0, &histogram, NULL, NULL));
  g_assert_cmpuint (histogram.n, ==, 5);
  g_assert_cmpfloat (histogram.min, ==, 1);
  g_assert_cmpfloat (histogram.max, ==, 5);
  g_assert_cmpfloat (mg_histogram_percentile (&histogram, 0), ==, 1);
  g_assert_cmpfloat (mg_histogram_percentile (&histogram, 100), ==, 5);
  g_assert_cmpfloat_with_epsilon (mg_histogram_percentile (&histogram, 50), 3, 0.51);
  g_assert_true (mg_histogram_compute (none, 0, 0, 0, &histogram, NULL, NULL));
  g_assert_cmpuint (histogram.n, ==, 0);
  g_assert_cmpfloat (mg_histogram_percentile (&histogram, 50), ==, 0);
}

/* A plane made when asked for: the value is its row and column. */
static gboolean
ramp_read (gpointer data, int c, int z, int t, const MgRect *rect,
           gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  for (int y = 0; y < rect->height; y++)
    {
      guint16 *row = (guint16 *) ((guint8 *) dst + y * stride);

      for (int x = 0; x < rect->width; x++)
        row[x] = (guint16) ((rect->x + x + rect->y + y) & 0xfff);
    }
  *(gint64 *) data += (gint64) rect->width * rect->height;
  return TRUE;
}

static void
test_histogram_large (void)
{
  const int sides[] = { 100, 4096, 40000 };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      static const MgImageSource source = { ramp_read, NULL };
      gint64 n_read = 0;
      MgImageInfo info = { .width = sides[i], .height = sides[i], .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U16 };
      g_autoptr (MgImage) image = mg_image_new_from_source (&info, &source, &n_read, NULL);
      MgHistogram histogram;

      g_assert_true (mg_histogram_compute (image, 0, 0, 0, &histogram, NULL, NULL));
      g_assert_cmpuint (histogram.n, <=, 3 << 20);
      g_assert_cmpint (n_read, <=, 5 << 20);
      if (sides[i] == 4096)
        g_assert_cmpfloat_with_epsilon (mg_histogram_percentile (&histogram, 50), 2047, 20);
    }
}

static void
test_pyramid_means (void)
{
  g_autoptr (MgImage) image = make_image (MG_PIXEL_U8, 1003, 517, 1, 1, 1);
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (image);
  g_autofree float *full = g_new (float, 1003 * 517);
  const MgRect whole = { 0, 0, 1003, 517 };
  int width, height;

  g_assert_cmpint (mg_pyramid_get_n_levels (pyramid), ==, 3);
  mg_pyramid_get_size (pyramid, 2, &width, &height);
  g_assert_cmpint (width, ==, 251);
  g_assert_cmpint (height, ==, 130);
  g_assert_true (mg_pyramid_read (pyramid, 0, 0, 0, 0, &whole, full, 1003 * 4, NULL, NULL));
  for (int level = 1; level < 3; level++)
    {
      int side = 1 << level;
      g_autofree float *out = NULL;

      mg_pyramid_get_size (pyramid, level, &width, &height);
      out = g_new (float, width *height);
      g_assert_true (mg_pyramid_read (pyramid, level, 0, 0, 0, &(MgRect){ 3, 5, width - 3, height - 5 }, out, width * 4, NULL, NULL));
      for (int y = 5; y < 517 / side; y++)
        for (int x = 3; x < 1003 / side; x++)
          {
            double sum = 0;

            for (int i = 0; i < side * side; i++)
              sum += full[(y * side + i / side) * 1003 + x * side + i % side];
            g_assert_cmpfloat_with_epsilon (out[(y - 5) * width + x - 3], sum / (side * side), 1e-3);
          }
    }
  /* the last column of level 1 is the mean of two pixels, not of four */
  float corner[2];

  g_assert_true (mg_pyramid_read (pyramid, 1, 0, 0, 0, &(MgRect){ 501, 0, 1, 1 }, corner, 4, NULL, NULL));
  g_assert_cmpfloat (corner[0], ==, 0.5f * (full[1002] + full[1003 + 1002]));
}

static void
test_pyramid_outside (void)
{
  g_autoptr (MgImage) image = make_image (MG_PIXEL_U8, 600, 300, 1, 1, 1);
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (image);
  float out[4];

  for (int level = -1; level < 4; level++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mg_pyramid_read (pyramid, level, 0, 0, 0, &(MgRect){ 599, 299, 2, 2 }, out, 8, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
    }
}

static void
test_pyramid_cancel (void)
{
  g_autoptr (MgImage) image = make_image (MG_PIXEL_U8, 600, 300, 1, 1, 1);
  g_autoptr (MgPyramid) pyramid = mg_pyramid_new (image);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  float out[4];

  g_cancellable_cancel (cancellable);
  g_assert_false (mg_pyramid_read (pyramid, 1, 0, 0, 0, &(MgRect){ 0, 0, 2, 2 }, out, 8, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_tile_cache_budget (void)
{
  g_autoptr (MgTileCache) cache = mg_tile_cache_new (3000);
  g_autoptr (GBytes) big = g_bytes_new_take (g_malloc0 (4000), 4000);

  for (guint64 i = 0; i < 10; i++)
    {
      g_autoptr (GBytes) block = g_bytes_new_take (g_malloc0 (1000), 1000);
      g_autoptr (GBytes) first = NULL;

      mg_tile_cache_insert (cache, 1, i, block);
      first = mg_tile_cache_lookup (cache, 1, 0); /* used again and again, so it stays */
      g_assert_nonnull (first);
    }
  for (guint64 i = 0; i < 10; i++)
    {
      g_autoptr (GBytes) block = mg_tile_cache_lookup (cache, 1, i);

      g_assert_true ((block != NULL) == (i == 0 || i > 7));
    }
  mg_tile_cache_insert (cache, 2, 0, big);
  g_assert_null (mg_tile_cache_lookup (cache, 2, 0));
}

/* Made as they are read, also in parts and with a stride. */
static void
test_derived (void)
{
  g_autoptr (MgImage) a = make_image (MG_PIXEL_U8, 20, 12, 2, 2, 1), b = make_image (MG_PIXEL_F32, 20, 12, 2, 2, 1);
  g_autoptr (MgImage) part = make_image (MG_PIXEL_U16, 5, 4, 2, 1, 1), other = make_image (MG_PIXEL_U8, 20, 13, 2, 2, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) difference = mg_image_difference (a, b, &error), patched = mg_image_patched (a, part, 9, 3, &error);
  const MgRect rect = { 7, 2, 9, 8 };
  float values[8][16], expected[8][16];

  g_assert_no_error (error);
  g_assert_true (mg_image_read_float (difference, 1, 1, 0, &rect, values[0], sizeof values[0], NULL, &error));
  for (int i = 0; i < 9 * 8; i++)
    g_assert_cmpfloat (values[i / 9][i % 9], ==, 0);
  for (int z = 0; z < 2; z++)
    {
      g_assert_true (mg_image_read_float (patched, 1, z, 0, &rect, values[0], sizeof values[0], NULL, &error));
      g_assert_true (mg_image_read_float (a, 1, z, 0, &rect, expected[0], sizeof expected[0], NULL, &error));
      for (int y = 0; y < 4 && z == 0; y++)
        for (int x = 0; x < 5; x++)
          expected[1 + y][2 + x] = (float) value_at (1, 0, 0, y, x);
      for (int i = 0; i < 9 * 8; i++)
        g_assert_cmpfloat (values[i / 9][i % 9], ==, expected[i / 9][i % 9]);
    }
  g_assert_null (mg_image_difference (a, other, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (mg_image_patched (a, part, 16, 3, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/read-types", test_read_types);
  g_test_add_func ("/image/read-outside", test_read_outside);
  g_test_add_func ("/image/no-pixels", test_no_pixels);
  g_test_add_func ("/image/labels", test_labels);
  g_test_add_func ("/image/histogram-not-finite", test_histogram_not_finite);
  g_test_add_func ("/image/histogram-large", test_histogram_large);
  g_test_add_func ("/image/pyramid-means", test_pyramid_means);
  g_test_add_func ("/image/pyramid-outside", test_pyramid_outside);
  g_test_add_func ("/image/pyramid-cancel", test_pyramid_cancel);
  g_test_add_func ("/image/tile-cache-budget", test_tile_cache_budget);
  g_test_add_func ("/image/derived", test_derived);
  return g_test_run ();
}
