/* What a person says of images: their axes, their pixels, how they are shown;
 * and that a project remembers it. */
#include <math.h>
#include <string.h>

#include "image/reading.h"
#include "project/project.h"
#include "support/folder.h"

#define SIDE 4

static MgImage *
make_image (int n_c,
            int n_z,
            int n_t,
            gboolean is_rgb)
{
  const MgImageInfo info = { .width = SIDE, .height = SIDE, .n_channels = n_c, .n_z = n_z, .n_t = n_t, .type = MG_PIXEL_U16, .is_rgb = is_rgb };
  guint16 *pixels = g_new (guint16, SIDE * SIDE * n_c * n_z * n_t);

  for (int t = 0; t < n_t; t++)
    for (int z = 0; z < n_z; z++)
      for (int c = 0; c < n_c; c++)
        for (int i = 0; i < SIDE * SIDE; i++)
          pixels[(((gsize) t * n_z + z) * n_c + c) * SIDE * SIDE + i] = (guint16) (100 * t + 10 * z + c);
  return mg_image_new_take (&info, pixels, g_free, NULL);
}

static int
value_at (MgImage *image,
          int c,
          int z,
          int t)
{
  guint16 value = 9999;

  g_assert_true (mg_image_read (image, c, z, t, &(MgRect){ 1, 1, 1, 1 }, &value, 0, NULL, NULL));
  return value;
}

/* Every way to read 2 channels, 3 slices, 4 frames has each plane in its place. */
static void
test_turned (void)
{
  g_autoptr (MgImage) plain = make_image (2, 3, 4, FALSE);
  g_autoptr (GPtrArray) ways = mg_reading_list_axes (mg_image_get_info (plain));

  g_assert_cmpuint (ways->len, ==, 6);
  g_assert_cmpstr (ways->pdata[0], ==, "CZT");
  for (guint i = 0; i < ways->len; i++)
    {
      MgReading reading = { .pixel_size = 0 };
      g_autoptr (MgImage) image = NULL;
      const char *axes = ways->pdata[i];
      int sizes[3] = { 2, 3, 4 }, weights[3] = { 1, 10, 100 };

      g_strlcpy (reading.axes, axes, sizeof reading.axes);
      image = mg_image_new_as_read (mg_image_ref (plain), &reading, NULL);
      for (int a = 0; a < 3; a++)
        for (int k = 0; k < sizes[a]; k++)
          {
            int at[3] = { 0 };

            at[strchr ("CZT", axes[a]) - "CZT"] = k;
            g_assert_cmpint (value_at (image, at[0], at[1], at[2]), ==, k * weights[a]);
          }
    }
}

static void
test_ways (void)
{
  g_autoptr (MgImage) pages = make_image (1, 7, 1, FALSE);
  g_autoptr (MgImage) colour = make_image (3, 5, 1, TRUE);
  g_autoptr (MgImage) flat = make_image (1, 1, 1, FALSE);
  g_autoptr (GPtrArray) ways = mg_reading_list_axes (mg_image_get_info (pages));
  g_autoptr (GPtrArray) colour_ways = mg_reading_list_axes (mg_image_get_info (colour));
  g_autoptr (GPtrArray) flat_ways = mg_reading_list_axes (mg_image_get_info (flat));
  static const char *const says[] = { "7 slices", "7 channels", "7 time points" };

  g_assert_cmpuint (ways->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = mg_reading_describe_axes (ways->pdata[i], mg_image_get_info (pages));

      g_assert_cmpstr (text, ==, says[i]);
    }
  /* red, green and blue stay what they are */
  g_assert_cmpuint (colour_ways->len, ==, 2);
  g_assert_cmpuint (flat_ways->len, ==, 1);
}

/* What cannot be is passed over. */
static void
test_refused (void)
{
  static const char *const bad[] = { "", "C", "CCZ", "XYZ", "czt", "ZCT" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      MgReading reading = { .pixel_size = i % 2 ? NAN : -3 };
      g_autoptr (MgImage) image = make_image (3, 2, 1, TRUE);
      MgImage *plain = image;

      g_strlcpy (reading.axes, bad[i], sizeof reading.axes);
      image = mg_image_new_as_read (g_steal_pointer (&image), &reading, NULL);
      g_assert_true (image == plain);
    }
}

static void
test_pixel_size (void)
{
  const MgReading reading = { .pixel_size = 0.325 };
  g_autoptr (MgImage) image = mg_image_new_as_read (make_image (2, 1, 1, FALSE), &reading, NULL);

  g_assert_cmpfloat (mg_image_get_info (image)->pixel_width, ==, 0.325);
  g_assert_cmpfloat (mg_image_get_info (image)->pixel_height, ==, 0.325);
  g_assert_cmpstr (mg_image_get_info (image)->unit, ==, "µm");
  g_assert_cmpint (value_at (image, 1, 0, 0), ==, 1);
}

static MgProject *
make_project (GFile *folder)
{
  MgProject *project = mg_project_new (folder);

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d.tif", i);
      g_autoptr (GFile) file = g_file_get_child (folder, name);

      g_assert_true (g_file_set_contents (g_file_peek_path (file), "x", 1, NULL));
      mg_project_add (project, file, NULL);
    }
  return project;
}

/* What is said is read again: for all images, and for each. */
static void
test_kept (void)
{
  g_autofree char *path = g_dir_make_tmp ("mg-settings-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  const MgChannelView one = { TRUE, MG_LUT_FIRE, 12.5, 900.25, 0.7, 0, NULL, FALSE };
  const MgChannelView other = { FALSE, MG_LUT_COLOUR, 0, 0, 1, 0x12ab34, NULL, FALSE };
  const MgReading reading = { "TCZ", 0.108 };
  g_autoptr (GError) error = NULL;

  {
    g_autoptr (MgProject) project = make_project (folder);
    g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), 1);
    g_autoptr (GFile) file = mg_project_dup_file (project);
    g_autofree char *text = NULL;

    g_assert_true (mg_project_item_get_shared_view (item) == mg_project_get_view (project));
    mg_view_settings_set_channel (mg_project_get_view (project), "DAPI \"x\" uint16", &one);
    mg_view_settings_set_channel (mg_project_item_get_view (item), "2 of 3 uint8", &other);
    mg_view_settings_set_reading (mg_project_item_get_view (item), &reading);
    text = mg_project_to_text (project);
    g_assert_true (mg_project_write (file, text, &error));
  }
  {
    g_autoptr (MgProject) project = mg_project_open (folder, NULL, &error);
    g_autoptr (MgProjectItem) item = NULL;
    g_autoptr (MgProjectItem) plain = NULL;
    MgChannelView view;
    MgReading found;

    g_assert_no_error (error);
    item = g_list_model_get_item (G_LIST_MODEL (project), 1);
    plain = g_list_model_get_item (G_LIST_MODEL (project), 0);
    g_assert_true (mg_view_settings_get_channel (mg_project_item_get_shared_view (plain), "DAPI \"x\" uint16", &view));
    g_assert_cmpint (view.lut, ==, MG_LUT_FIRE);
    g_assert_cmpfloat (view.min, ==, 12.5);
    g_assert_cmpfloat (view.max, ==, 900.25);
    g_assert_cmpfloat (view.gamma, ==, 0.7);
    g_assert_true (mg_view_settings_get_channel (mg_project_item_get_view (item), "2 of 3 uint8", &view));
    g_assert_false (view.visible);
    g_assert_cmphex (view.colour, ==, 0x12ab34);
    g_assert_cmpfloat (view.max, ==, view.min);
    g_assert_false (mg_view_settings_get_channel (mg_project_item_get_view (plain), "2 of 3 uint8", &view));
    mg_view_settings_get_reading (mg_project_item_get_view (item), &found);
    g_assert_cmpstr (found.axes, ==, "TCZ");
    g_assert_cmpfloat (found.pixel_size, ==, 0.108);
  }
  test_remove_folder (path);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view-settings/turned", test_turned);
  g_test_add_func ("/view-settings/ways", test_ways);
  g_test_add_func ("/view-settings/refused", test_refused);
  g_test_add_func ("/view-settings/pixel-size", test_pixel_size);
  g_test_add_func ("/view-settings/kept", test_kept);
  return g_test_run ();
}
