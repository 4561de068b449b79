#include "annotate/annotation.h"
#include "base/rng.h"
#include "view/composer.h"

#include <math.h>
#include <string.h>

static MgPyramid *
make_pyramid (int width, int height, const guint8 *pixels, int n_channels)
{
  MgImageInfo info = { .width = width, .height = height, .n_channels = n_channels, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  g_autoptr (MgImage) image = mg_image_new_take (&info, g_memdup2 (pixels, (gsize) width * height * n_channels), g_free, NULL);

  return mg_pyramid_new (image);
}

static guint8 *
random_pixels (MgRng *rng, gsize n)
{
  guint8 *pixels = g_malloc (n);

  for (gsize i = 0; i < n; i++)
    pixels[i] = (guint8) mg_rng_below (rng, 256);
  return pixels;
}

static MgViewport
viewport_of (int image_width, int image_height, int width, int height, double zoom)
{
  return (MgViewport){ image_width, image_height, width, height, image_width / 2.0, image_height / 2.0, zoom };
}

static MgScene
grey_scene (MgPyramid *pyramid)
{
  return (MgScene){ .image = pyramid,
                    .n_channels = 1,
                    .channels = { { TRUE, MG_LUT_GREY, 0, 255, 1 } },
                    .fill_opacity = 0.5,
                    .outline_opacity = 1 };
}

static guint8 *
compose (const MgScene *scene, const MgViewport *viewport, const MgRect *rect)
{
  gsize stride = (gsize) rect->width * 4;
  guint8 *rgba = g_malloc (stride * rect->height);
  g_autoptr (GError) error = NULL;

  memset (rgba, 0x55, stride * rect->height);
  g_assert_true (mg_compose (scene, viewport, rect, rgba, stride, NULL, &error));
  g_assert_no_error (error);
  return rgba;
}

static void
assert_pixel (const guint8 *rgba, int width, int x, int y, guint32 rgb, int tolerance)
{
  const guint8 *p = rgba + ((gsize) y * width + x) * 4;

  g_assert_cmpint (abs (p[0] - (int) (rgb >> 16)), <=, tolerance);
  g_assert_cmpint (abs (p[1] - (int) (rgb >> 8 & 0xff)), <=, tolerance);
  g_assert_cmpint (abs (p[2] - (int) (rgb & 0xff)), <=, tolerance);
  g_assert_cmpint (p[3], ==, 255);
}

static void
test_nearest (void)
{
  MgRng rng;
  g_autofree guint8 *pixels = NULL;

  mg_rng_init (&rng, 1, 0);
  pixels = random_pixels (&rng, 40 * 30);
  for (double zoom = 1; zoom <= 7; zoom += 1.5)
    {
      g_autoptr (MgPyramid) pyramid = make_pyramid (40, 30, pixels, 1);
      MgScene scene = grey_scene (pyramid);
      MgViewport viewport = viewport_of (40, 30, 64, 50, zoom);
      MgRect all = { 0, 0, 64, 50 };
      g_autofree guint8 *rgba = NULL;

      viewport.centre_x = 17.25;
      rgba = compose (&scene, &viewport, &all);
      for (int y = 0; y < 50; y++)
        for (int x = 0; x < 64; x++)
          {
            double ix = floor ((x + 0.5 - 32) / zoom + 17.25), iy = floor ((y + 0.5 - 25) / zoom + 15);

            if (ix < 0 || iy < 0 || ix >= 40 || iy >= 30)
              g_assert_cmpint (rgba[(y * 64 + x) * 4 + 3], ==, 0);
            else
              assert_pixel (rgba, 64, x, y, pixels[(int) iy * 40 + (int) ix] * 0x010101u, 1);
          }
    }
}

/* Below zoom 1 every device pixel is the mean of what it covers. */
static void
check_averaged (const guint8 *pixels, int width, int height, double zoom, int tolerance)
{
  g_autoptr (MgPyramid) pyramid = make_pyramid (width, height, pixels, 1);
  MgScene scene = grey_scene (pyramid);
  int out_width = (int) floor (width * zoom), out_height = (int) floor (height * zoom);
  MgViewport viewport = viewport_of (width, height, out_width, out_height, zoom);
  MgRect all = { 0, 0, out_width, out_height };
  g_autofree guint8 *rgba = NULL;

  viewport.centre_x = out_width / zoom / 2;
  viewport.centre_y = out_height / zoom / 2;
  rgba = compose (&scene, &viewport, &all);
  for (int y = 0; y < out_height; y++)
    for (int x = 0; x < out_width; x++)
      {
        double sum = 0, weight = 0, x0 = x / zoom, x1 = (x + 1) / zoom, y0 = y / zoom, y1 = (y + 1) / zoom;

        for (int iy = (int) y0; iy < MIN (y1, height); iy++)
          for (int ix = (int) x0; ix < MIN (x1, width); ix++)
            {
              double w = (MIN (x1, ix + 1) - MAX (x0, ix)) * (MIN (y1, iy + 1) - MAX (y0, iy));

              sum += w * pixels[iy * width + ix];
              weight += w;
            }
        assert_pixel (rgba, out_width, x, y, (guint32) lround (sum / weight) * 0x010101u, tolerance);
      }
}

static void
test_averaged (void)
{
  MgRng rng;
  g_autofree guint8 *pixels = NULL;

  mg_rng_init (&rng, 2, 0);
  pixels = random_pixels (&rng, 601 * 533);
  check_averaged (pixels, 64, 48, 0.5, 1);
  check_averaged (pixels, 61, 47, 0.75, 1);
  check_averaged (pixels, 601, 533, 0.5, 1);
  check_averaged (pixels, 601, 533, 0.25, 1);
  check_averaged (pixels, 600, 532, 0.9, 1);
}

static void
test_contrast (void)
{
  guint8 pixels[256];
  g_autoptr (MgPyramid) pyramid = NULL;
  MgScene scene;
  MgViewport viewport = viewport_of (256, 1, 256, 1, 1);
  MgRect all = { 0, 0, 256, 1 };
  g_autofree guint8 *straight = NULL;
  g_autofree guint8 *curved = NULL;
  g_autofree guint8 *step = NULL;

  for (int i = 0; i < 256; i++)
    pixels[i] = (guint8) i;
  pyramid = make_pyramid (256, 1, pixels, 1);
  scene = grey_scene (pyramid);
  scene.channels[0] = (MgChannelView){ TRUE, MG_LUT_GREEN, 50, 150, 1 };
  straight = compose (&scene, &viewport, &all);
  scene.channels[0] = (MgChannelView){ TRUE, MG_LUT_INVERTED, 0, 255, 0.5 };
  curved = compose (&scene, &viewport, &all);
  scene.channels[0] = (MgChannelView){ TRUE, MG_LUT_GREY, 100, 100, 1 };
  step = compose (&scene, &viewport, &all);
  for (int i = 0; i < 256; i++)
    {
      double value = CLAMP ((i - 50) / 100.0, 0, 1);

      assert_pixel (straight, 256, i, 0, (guint32) lround (255 * value) << 8, 1);
      assert_pixel (curved, 256, i, 0, (guint32) lround (255 * (1 - sqrt (i / 255.0))) * 0x010101u, 1);
      if (i != 100)
        assert_pixel (step, 256, i, 0, i > 100 ? 0xffffff : 0, 0);
    }
}

static void
test_channels_add (void)
{
  const guint8 pixels[] = { 10, 200, 100, 100, 255, 0 }; /* two channels of three pixels */
  g_autoptr (MgPyramid) pyramid = make_pyramid (3, 1, pixels, 2);
  MgScene scene = grey_scene (pyramid);
  MgViewport viewport = viewport_of (3, 1, 3, 1, 1);
  MgRect all = { 0, 0, 3, 1 };
  g_autofree guint8 *rgba = NULL;
  g_autofree guint8 *one = NULL;

  scene.n_channels = 2;
  scene.channels[0] = (MgChannelView){ TRUE, MG_LUT_RED, 0, 255, 1 };
  scene.channels[1] = (MgChannelView){ TRUE, MG_LUT_YELLOW, 0, 255, 1 };
  rgba = compose (&scene, &viewport, &all);
  assert_pixel (rgba, 3, 0, 0, 0x6e6400, 1);
  assert_pixel (rgba, 3, 1, 0, 0xffff00, 1);
  assert_pixel (rgba, 3, 2, 0, 0x640000, 1);
  scene.channels[0].visible = FALSE;
  one = compose (&scene, &viewport, &all);
  assert_pixel (one, 3, 1, 0, 0xffff00, 1);
  assert_pixel (one, 3, 2, 0, 0x000000, 1);
}

static void
test_auto_channels (void)
{
  MgRng rng;
  g_autofree guint8 *pixels = NULL;
  g_autoptr (MgPyramid) one = NULL;
  g_autoptr (MgPyramid) two = NULL;
  MgScene scene = { 0 };

  mg_rng_init (&rng, 3, 0);
  pixels = random_pixels (&rng, 80 * 80 * 2);
  for (int i = 0; i < 80 * 80; i++)
    pixels[i] = 40 + pixels[i] % 100;
  one = make_pyramid (80, 80, pixels, 1);
  two = make_pyramid (80, 80, pixels, 2);
  scene.image = one;
  g_assert_true (mg_scene_auto_channels (&scene, NULL, NULL));
  g_assert_cmpint (scene.n_channels, ==, 1);
  g_assert_cmpint (scene.channels[0].lut, ==, MG_LUT_GREY);
  g_assert_cmpfloat_with_epsilon (scene.channels[0].min, 40, 1.5);
  g_assert_cmpfloat_with_epsilon (scene.channels[0].max, 139, 1.5);
  scene.image = two;
  g_assert_true (mg_scene_auto_channels (&scene, NULL, NULL));
  g_assert_cmpint (scene.n_channels, ==, 2);
  g_assert_cmpint (scene.channels[0].lut, !=, scene.channels[1].lut);
  g_assert_cmpfloat (scene.channels[1].max, >, 250);
}

static guint32
mix (guint32 dst, guint32 src, double opacity)
{
  guint32 out = 0;

  for (int shift = 0; shift < 24; shift += 8)
    out |= (guint32) lround ((dst >> shift & 0xff) * (1 - opacity) + (src >> shift & 0xff) * opacity) << shift;
  return out;
}

static MgMask *
square_mask (int size, int x0, int y0, int x1, int y1, guint32 label)
{
  guint32 *data = g_new0 (guint32, size * size);
  g_autoptr (MgLabels) labels = mg_labels_new_take (size, size, data, g_free);

  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      data[y * size + x] = label;
  return mg_mask_new_from_labels (labels, NULL);
}

/* Fill inside, one (at zoom 8 two) device pixels of outline along the border,
 * at every zoom and whichever way the border runs. */
static void
check_labels_at (double zoom, int outline)
{
  guint8 pixels[20 * 20];
  g_autoptr (MgPyramid) pyramid = NULL;
  g_autoptr (MgMask) mask = square_mask (20, 4, 6, 14, 16, 5);
  int size = (int) (20 * zoom), x0 = (int) (4 * zoom), y0 = (int) (6 * zoom), x1 = (int) (14 * zoom), y1 = (int) (16 * zoom);
  MgViewport viewport = viewport_of (20, 20, size, size, zoom);
  MgRect all = { 0, 0, size, size };
  guint32 colour = mg_label_colour (5);
  g_autofree guint8 *rgba = NULL;
  MgScene scene;

  memset (pixels, 100, sizeof pixels);
  pyramid = make_pyramid (20, 20, pixels, 1);
  scene = grey_scene (pyramid);
  scene.mask = mask;
  scene.show_mask = TRUE;
  scene.fill_opacity = 0.25;
  rgba = compose (&scene, &viewport, &all);
  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      {
        gboolean inside = x >= x0 && x < x1 && y >= y0 && y < y1;
        gboolean core = x >= x0 + outline && x < x1 - outline && y >= y0 + outline && y < y1 - outline;

        assert_pixel (rgba, size, x, y,
                      !inside ? 0x646464 : core ? mix (0x646464, colour, 0.25)
                                                : colour,
                      1);
      }
}

static void
test_labels (void)
{
  check_labels_at (0.5, 1);
  check_labels_at (1, 1);
  check_labels_at (4, 1);
  check_labels_at (8, 2);
}

static guint
count_differing (const guint8 *a, const guint8 *b, gsize n_pixels)
{
  guint n = 0;

  for (gsize i = 0; i < n_pixels; i++)
    n += memcmp (a + 4 * i, b + 4 * i, 4) != 0;
  return n;
}

/* The same cell drawn by hand and predicted look different; the prediction
 * lies where its rectangle says. */
static void
test_prediction (void)
{
  g_autoptr (MgMask) mask = square_mask (32, 10, 10, 22, 22, 3);
  guint32 *data = g_new0 (guint32, 12 * 12);
  g_autoptr (MgLabels) labels = mg_labels_new_take (12, 12, data, g_free);
  MgViewport viewport = viewport_of (32, 32, 128, 128, 4);
  MgRect all = { 0, 0, 128, 128 };
  MgScene scene = { .mask = mask, .prediction = labels, .prediction_rect = { 10, 10, 12, 12 }, .fill_opacity = 0.25, .outline_opacity = 1 };
  g_autofree guint8 *by_hand = NULL;
  g_autofree guint8 *predicted = NULL;
  guint32 colour = mg_label_colour (3), fill = mix (0, colour, 0.25);
  guint n_dashes = 0;

  for (int i = 0; i < 12 * 12; i++)
    data[i] = 3;
  scene.show_mask = TRUE;
  by_hand = compose (&scene, &viewport, &all);
  scene.show_mask = FALSE;
  scene.show_prediction = TRUE;
  predicted = compose (&scene, &viewport, &all);
  for (int x = 40; x < 88; x++)
    {
      assert_pixel (by_hand, 128, x, 40, colour, 1);
      n_dashes += predicted[(40 * 128 + x) * 4 + 0] != by_hand[(40 * 128 + x) * 4 + 0] ||
                  predicted[(40 * 128 + x) * 4 + 1] != by_hand[(40 * 128 + x) * 4 + 1];
    }
  g_assert_cmpuint (n_dashes, ==, 24);
  assert_pixel (predicted, 128, 60, 60, fill, 1);
  assert_pixel (predicted, 128, 39, 60, 0, 0);
  g_assert_cmpuint (count_differing (by_hand, predicted, 128 * 128), >, 60);
}

static void
test_highlight (void)
{
  g_autoptr (MgMask) mask = square_mask (32, 10, 10, 22, 22, 3);
  MgViewport viewport = viewport_of (32, 32, 32, 32, 1);
  MgRect all = { 0, 0, 32, 32 };
  g_autoptr (GHashTable) selected = g_hash_table_new (NULL, NULL);
  MgScene scene = { .mask = mask, .show_mask = TRUE, .fill_opacity = 0.25, .outline_opacity = 1, .selected = selected };
  g_autofree guint8 *plain = compose (&scene, &viewport, &all);
  g_autofree guint8 *rgba = NULL;

  g_hash_table_add (selected, GUINT_TO_POINTER (3));
  rgba = compose (&scene, &viewport, &all);
  assert_pixel (plain, 32, 10, 15, mg_label_colour (3), 1);
  assert_pixel (rgba, 32, 10, 15, 0xffffff, 0);
  assert_pixel (rgba, 32, 15, 15, mix (0, mg_label_colour (3), 0.625), 1);
}

/* Ignored pixels are hatched, in grey, and unlike any cell. */
static void
test_ignored (void)
{
  g_autoptr (MgMask) mask = square_mask (32, 4, 4, 28, 28, MG_LABEL_IGNORED);
  MgViewport viewport = viewport_of (32, 32, 32, 32, 1);
  MgRect all = { 0, 0, 32, 32 };
  MgScene scene = { .mask = mask, .show_mask = TRUE, .fill_opacity = 0.5, .outline_opacity = 1 };
  g_autofree guint8 *rgba = compose (&scene, &viewport, &all);
  guint n_light = 0, n_dark = 0;

  for (int x = 6; x < 26; x++)
    {
      const guint8 *px = rgba + (12 * 32 + x) * 4;

      g_assert_cmpuint (px[0], ==, px[1]);
      g_assert_cmpuint (px[0], ==, px[2]);
      n_light += px[0] > 80;
      n_dark += px[0] < 40;
    }
  g_assert_cmpuint (n_light, >=, 8);
  g_assert_cmpuint (n_dark, >=, 8);
  assert_pixel (rgba, 32, 1, 1, 0, 0);
}

static void
random_scene (MgScene *scene, MgPyramid *pyramid, MgMask *mask, MgLabels *labels)
{
  *scene = grey_scene (pyramid);
  scene->mask = mask;
  scene->prediction = labels;
  scene->prediction_rect = (MgRect){ 0, 0, 300, 280 };
  scene->show_mask = scene->show_prediction = TRUE;
}

/* Parts drawn apart are bytewise what is drawn at once. */
static void
test_parts_fit (void)
{
  MgRng rng;
  g_autofree guint8 *pixels = NULL;
  g_autoptr (MgPyramid) pyramid = NULL;
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (300, 280);
  g_autoptr (MgLabels) labels = NULL;
  const double zooms[] = { 0.3, 0.5, 0.8, 1, 2.7, 9 };
  MgScene scene;

  mg_rng_init (&rng, 8, 0);
  pixels = random_pixels (&rng, 300 * 280);
  pyramid = make_pyramid (300, 280, pixels, 1);
  for (int i = 0; i < 40; i++)
    {
      MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = mg_rng_range (&rng, 3, 20) };

      mg_annotation_begin_stroke (annotation, &stroke, mg_rng_range (&rng, 0, 300), mg_rng_range (&rng, 0, 280));
      mg_annotation_end_stroke (annotation);
      if (i == 20)
        labels = mg_mask_to_labels (mg_annotation_get_mask (annotation), NULL);
    }
  random_scene (&scene, pyramid, mg_annotation_get_mask (annotation), labels);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      MgViewport viewport = viewport_of (300, 280, 170, 150, zooms[i]);
      MgRect all = { 0, 0, 170, 150 };
      g_autofree guint8 *whole = NULL;

      viewport.centre_x += 3.3;
      whole = compose (&scene, &viewport, &all);
      for (int round = 0; round < 10; round++)
        {
          MgRect part = { (int) mg_rng_below (&rng, 100), (int) mg_rng_below (&rng, 100), 1 + (int) mg_rng_below (&rng, 70), 1 + (int) mg_rng_below (&rng, 50) };
          g_autofree guint8 *rgba = compose (&scene, &viewport, &part);

          for (int y = 0; y < part.height; y++)
            g_assert_cmpmem (rgba + (gsize) y * part.width * 4, part.width * 4,
                             whole + ((gsize) (part.y + y) * 170 + part.x) * 4, part.width * 4);
        }
    }
}

static double
distance (guint32 a, guint32 b)
{
  double sum = 0;

  for (int shift = 0; shift < 24; shift += 8)
    sum += pow ((double) (a >> shift & 0xff) - (double) (b >> shift & 0xff), 2);
  return sqrt (sum);
}

static void
test_colours (void)
{
  for (guint32 label = 1; label < 5000; label++)
    {
      guint32 colour = mg_label_colour (label);

      for (guint32 next = 1; next <= 4; next++)
        g_assert_cmpfloat (distance (colour, mg_label_colour (label + next)), >, 50);
      g_assert_cmpfloat (distance (colour, 0), >, 150);
      g_assert_cmpfloat (distance (colour, 0x808080), >, 80);
    }
  g_assert_cmpuint (mg_label_colour (G_MAXUINT32), !=, 0);
  g_assert_cmpuint (mg_lut_colour (MG_LUT_GREY, 2), ==, 0xffffff);
  g_assert_cmpuint (mg_lut_colour (MG_LUT_GREY, NAN), ==, 0);
  g_assert_cmpuint (mg_lut_colour (MG_LUT_INVERTED, 0), ==, 0xffffff);
  g_assert_cmpuint (mg_lut_colour (MG_LUT_FIRE, 0), ==, 0);
  g_assert_cmpuint (mg_lut_colour (MG_LUT_FIRE, 1), ==, 0xffffff);
  /* maps meant to be read as numbers grow brighter all the way */
  for (int lut = MG_LUT_VIRIDIS; lut <= MG_LUT_FIRE; lut++)
    for (double value = 0, last = -1; value <= 1; value += 1.0 / 64)
      {
        guint32 c = mg_lut_colour (lut, value);
        double luminance = 0.2126 * (c >> 16) + 0.7152 * (c >> 8 & 0xff) + 0.0722 * (c & 0xff);

        g_assert_cmpfloat (luminance, >=, last);
        last = luminance;
      }
}

static void
test_viewport_round_trip (void)
{
  MgRng rng;

  mg_rng_init (&rng, 4, 0);
  for (int round = 0; round < 500; round++)
    {
      MgViewport viewport = viewport_of (1 + (int) mg_rng_below (&rng, 5000), 1 + (int) mg_rng_below (&rng, 5000),
                                         50 + (int) mg_rng_below (&rng, 2000), 50 + (int) mg_rng_below (&rng, 2000), 1);
      double x = mg_rng_range (&rng, 0, 2000), y = mg_rng_range (&rng, 0, 2000), ix, iy, sx, sy;
      MgRect image = { (int) mg_rng_below (&rng, viewport.image_width), 0, 1, 1 }, screen, back;

      mg_viewport_fit (&viewport);
      g_assert_cmpfloat (viewport.image_width * viewport.zoom, <=, viewport.width + 1e-6);
      g_assert_cmpfloat (viewport.image_height * viewport.zoom, <=, viewport.height + 1e-6);
      mg_viewport_set_zoom (&viewport, exp2 (mg_rng_range (&rng, -8, 8)), x, y);
      mg_viewport_to_image (&viewport, x, y, &ix, &iy);
      mg_viewport_to_screen (&viewport, ix, iy, &sx, &sy);
      g_assert_cmpfloat_with_epsilon (sx, x, 1e-6);
      g_assert_cmpfloat_with_epsilon (sy, y, 1e-6);
      mg_viewport_to_screen (&viewport, image.x, 0, &sx, &sy);
      screen = (MgRect){ (int) floor (sx), (int) floor (sy), (int) ceil (viewport.zoom) + 1, (int) ceil (viewport.zoom) + 1 };
      mg_viewport_image_rect (&viewport, &screen, &back);
      g_assert_cmpint (back.x, <=, image.x);
      g_assert_cmpint (back.x + back.width, >=, image.x + 1);
      g_assert_cmpint (back.y, ==, 0);
    }
}

/* Well inside a large image the point under the pointer stays. */
static void
test_viewport_anchor (void)
{
  MgViewport viewport = viewport_of (10000, 10000, 800, 600, 1);
  double ix, iy, jx, jy;

  mg_viewport_to_image (&viewport, 200, 500, &ix, &iy);
  mg_viewport_set_zoom (&viewport, 2.5, 200, 500);
  mg_viewport_to_image (&viewport, 200, 500, &jx, &jy);
  g_assert_cmpfloat_with_epsilon (ix, jx, 1e-9);
  g_assert_cmpfloat_with_epsilon (iy, jy, 1e-9);
  mg_viewport_pan (&viewport, 25, -50);
  mg_viewport_to_image (&viewport, 225, 450, &jx, &jy);
  g_assert_cmpfloat_with_epsilon (ix, jx, 1e-9);
  g_assert_cmpfloat_with_epsilon (iy, jy, 1e-9);
  /* no empty border */
  mg_viewport_pan (&viewport, 1e9, 1e9);
  mg_viewport_to_image (&viewport, 0, 0, &jx, &jy);
  g_assert_cmpfloat_with_epsilon (jx, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (jy, 0, 1e-6);
}

static void
test_zoom_steps (void)
{
  double zoom = 1;

  for (int i = 0; i < 4; i++)
    zoom = mg_viewport_zoom_step (zoom, 1);
  g_assert_cmpfloat_with_epsilon (zoom, 4, 1e-9);
  for (int i = 0; i < 6; i++)
    zoom = mg_viewport_zoom_step (zoom, -1);
  g_assert_cmpfloat_with_epsilon (zoom, 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (mg_viewport_zoom_step (0.9, 1), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (mg_viewport_zoom_step (1.1, -1), 1, 1e-9);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view/composer/nearest", test_nearest);
  g_test_add_func ("/view/composer/averaged", test_averaged);
  g_test_add_func ("/view/composer/contrast", test_contrast);
  g_test_add_func ("/view/composer/channels-add", test_channels_add);
  g_test_add_func ("/view/auto-channels", test_auto_channels);
  g_test_add_func ("/view/composer/labels", test_labels);
  g_test_add_func ("/view/composer/prediction", test_prediction);
  g_test_add_func ("/view/composer/highlight", test_highlight);
  g_test_add_func ("/view/composer/ignored", test_ignored);
  g_test_add_func ("/view/composer/parts-fit", test_parts_fit);
  g_test_add_func ("/view/colours", test_colours);
  g_test_add_func ("/view/viewport/round-trip", test_viewport_round_trip);
  g_test_add_func ("/view/viewport/anchor", test_viewport_anchor);
  g_test_add_func ("/view/viewport/zoom-steps", test_zoom_steps);
  return g_test_run ();
}
