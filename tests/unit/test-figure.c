#include "figure/overlay.h"
#include "figure/scale-bar.h"
#include "io/loader.h"

#include <glib/gstdio.h>
#include <math.h>

#define W 150
#define H 120

typedef struct
{
  char *folder, *path;
  GFile *file;
} Target;

static void
target_set_up (Target *target, gconstpointer data)
{
  target->folder = g_dir_make_tmp ("mg-figure-XXXXXX", NULL);
  target->path = g_build_filename (target->folder, "figure.png", NULL);
  target->file = g_file_new_for_path (target->path);
}

static void
target_tear_down (Target *target, gconstpointer data)
{
  g_unlink (target->path);
  g_assert_cmpint (g_rmdir (target->folder), ==, 0); /* nothing else left behind */
  g_object_unref (target->file);
  g_free (target->path);
  g_free (target->folder);
}

static MgImage *
make_image (double pixel_size)
{
  MgImageInfo info = { .width = W, .height = H, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U16, .pixel_width = pixel_size, .pixel_height = pixel_size, .unit = (char *) "\302\265m", .name = (char *) "cells.tif" };
  guint16 *pixels = g_new (guint16, W * H);

  for (int i = 0; i < W * H; i++)
    pixels[i] = (guint16) (1000 - i % W);
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

static MgLabels *
make_labels (void)
{
  guint32 *data = g_new0 (guint32, W * H);

  for (int y = 20; y < 60; y++)
    for (int x = 30; x < 70; x++)
      data[y * W + x] = x < 50 ? 3 : 70000;
  return mg_labels_new_take (W, H, data, g_free);
}

/* 0xRRGGBB of each pixel of the PNG */
static guint32 *
read_png (GFile *file, int *width, int *height)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_load (file, NULL, &error);
  const MgImageInfo *info;
  MgRect all;
  guint32 *pixels;
  g_autofree guint8 *plane = NULL;

  g_assert_no_error (error);
  info = mg_image_get_info (image);
  g_assert_cmpint (info->n_channels, ==, 3);
  g_assert_cmpint (info->type, ==, MG_PIXEL_U8);
  *width = info->width;
  *height = info->height;
  all = (MgRect){ 0, 0, info->width, info->height };
  pixels = g_new0 (guint32, (gsize) info->width * info->height);
  plane = g_malloc ((gsize) info->width * info->height);
  for (int c = 0; c < 3; c++)
    {
      g_assert_true (mg_image_read (image, c, 0, 0, &all, plane, info->width, NULL, NULL));
      for (int i = 0; i < info->width * info->height; i++)
        pixels[i] = pixels[i] << 8 | plane[i];
    }
  return pixels;
}

static void
test_labels (Target *target, gconstpointer data)
{
  g_autoptr (MgLabels) labels = make_labels ();
  const guint32 *expected = mg_labels_get_data (labels);
  g_autoptr (GError) error = NULL;
  g_autofree guint32 *pixels = NULL;
  int width, height;

  g_assert_true (mg_figure_write_labels (target->file, labels, &error));
  g_assert_no_error (error);
  pixels = read_png (target->file, &width, &height);
  g_assert_cmpint (width, ==, W);
  g_assert_cmpint (height, ==, H);
  for (int i = 0; i < W * H; i++)
    g_assert_cmphex (pixels[i], ==, mg_label_colour (expected[i]));
}

static guint
count_white_below (const guint32 *pixels, int width, int height)
{
  guint n = 0;

  for (int i = width * (height * 4 / 5); i < width * height; i++)
    n += i % width > width / 2 && pixels[i] == 0xffffff;
  return n;
}

static void
test_overlay (Target *target, gconstpointer data)
{
  g_autoptr (MgLabels) labels = make_labels ();
  const double scales[] = { 0.7, 1, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    for (int sized = 0; sized < 2; sized++)
      {
        g_autoptr (MgImage) image = make_image (sized ? 0.5 : 0);
        g_autoptr (GError) error = NULL;
        g_autofree guint32 *pixels = NULL;
        int width, height;
        double scale = scales[i];

        g_assert_true (mg_figure_write_overlay (target->file, image, labels, scale, NULL, &error));
        g_assert_no_error (error);
        pixels = read_png (target->file, &width, &height);
        g_assert_cmpint (width, ==, (int) round (W * scale));
        g_assert_cmpint (height, ==, (int) round (H * scale));
        /* brightness falls to the right; outlines have the cell's colour */
        g_assert_cmphex (pixels[0] & 0xff, >, pixels[width / 2] & 0xff);
        g_assert_cmphex (pixels[(int) ceil (20 * scale) * width + (int) (40 * scale)], ==, mg_label_colour (3));
        g_assert_cmphex (pixels[(int) ceil (20 * scale) * width + (int) (60 * scale)], ==, mg_label_colour (70000));
        /* a bar of a quarter of the width at most, where the size is known */
        if (sized && MIN (width, height) >= 96)
          g_assert_cmpuint (count_white_below (pixels, width, height), >=, 3 * width / 10);
        else
          g_assert_cmpuint (count_white_below (pixels, width, height), <, 3 * width / 10);
      }
}

static void
test_refused (Target *target, gconstpointer data)
{
  g_autoptr (MgLabels) labels = make_labels ();
  g_autoptr (MgLabels) other = mg_labels_new_take (4, 4, g_new0 (guint32, 16), g_free);
  g_autoptr (MgImage) image = make_image (0);
  g_autofree char *path = g_build_filename (target->folder, "none", "figure.png", NULL);
  g_autoptr (GFile) nowhere = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (mg_figure_write_overlay (target->file, image, labels, 1000, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "figure.png"));
  g_clear_error (&error);
  g_assert_false (mg_figure_write_overlay (target->file, image, other, 1, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (mg_figure_write_labels (nowhere, labels, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (mg_figure_write_overlay (target->file, image, labels, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_scale_bar_length (void)
{
  g_assert_cmpfloat_with_epsilon (_mg_scale_bar_length (1), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (_mg_scale_bar_length (37), 20, 1e-9);
  g_assert_cmpfloat_with_epsilon (_mg_scale_bar_length (99), 50, 1e-9);
  g_assert_cmpfloat_with_epsilon (_mg_scale_bar_length (0.013), 0.01, 1e-9);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/figure/labels", Target, NULL, target_set_up, test_labels, target_tear_down);
  g_test_add ("/figure/overlay", Target, NULL, target_set_up, test_overlay, target_tear_down);
  g_test_add ("/figure/refused", Target, NULL, target_set_up, test_refused, target_tear_down);
  g_test_add_func ("/figure/scale-bar-length", test_scale_bar_length);
  return g_test_run ();
}
