/* What a person set and where they were is there again after a restart. */
#include "display.h"

#include <math.h>

#include "canvas/canvas.h"

static void
test_restart (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 3, 128);
  GtkWidget *canvas = mg_window_get_canvas (display->window);
  g_autofree char *name = NULL;
  double zoom, x, y, zoom2, x2, y2, radius, opacity;
  int width, height, undo;
  gboolean outlines;

  display_open_file (display, folder);
  display_key ("d");
  display_wait_ready (display);
  name = g_strdup (mg_document_get_name (display_get_document (display)));
  display_key ("z"); /* no outlines */
  g_object_set (canvas, "brush-radius", 7.5, "fill-opacity", 0.6, NULL);
  g_object_set (mg_window_get_session (display->window), "undo-mib", 100, NULL);
  display_key ("shift+F9"); /* no inspector */
  gtk_window_set_default_size (GTK_WINDOW (display->window), 1100, 700);
  display_settle ();
  display_key ("plus");
  display_key ("plus");
  display_key ("plus");
  g_assert_true (mg_image_view_get_place (MG_IMAGE_VIEW (canvas), &zoom, &x, &y));

  display_reopen (display);
  gtk_window_get_default_size (GTK_WINDOW (display->window), &width, &height);
  g_assert_cmpint (width, ==, 1100);
  g_assert_cmpint (height, ==, 700);
  display_open_file (display, folder);
  canvas = mg_window_get_canvas (display->window);
  g_assert_cmpstr (mg_document_get_name (display_get_document (display)), ==, name);
  g_object_get (canvas, "brush-radius", &radius, "fill-opacity", &opacity, "show-outlines", &outlines, NULL);
  g_object_get (mg_window_get_session (display->window), "undo-mib", &undo, NULL);
  g_assert_cmpfloat (radius, ==, 7.5);
  g_assert_cmpfloat (opacity, ==, 0.6);
  g_assert_false (outlines);
  g_assert_cmpint (undo, ==, 100);
  g_assert_true (mg_image_view_get_place (MG_IMAGE_VIEW (canvas), &zoom2, &x2, &y2));
  g_test_message ("%g at %g, %g; then %g at %g, %g", zoom, x, y, zoom2, x2, y2);
  g_assert_cmpfloat (fabs (zoom2 - zoom), <, 1e-6);
  g_assert_cmpfloat (fabs (x2 - x) + fabs (y2 - y), <, 2);
  {
    g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (display->window), "show-inspector");

    g_assert_false (g_variant_get_boolean (state));
  }
  display_close (display);
}

static void
test_recent (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 1, 128);
  g_autofree char *path = g_file_get_path (folder);
  g_autofree char *elsewhere = g_strconcat (path, "-moved", NULL);

  display_open_file (display, folder);
  display_reopen (display);
  g_assert_null (display_get_document (display));
  /* the empty page offers it: the list's one row */
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.open-recent", "s", path);
  display_wait_ready (display);
  /* one that is gone is said to be, and forgotten */
  display_reopen (display);
  g_assert_cmpint (rename (path, elsewhere), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.open-recent", "s", path);
  display_settle ();
  g_assert_null (display_get_document (display));
  {
    g_autofree char *file_path = g_build_filename (display->folder, "settings.ini", NULL);
    g_autoptr (GFile) file = g_file_new_for_path (file_path);
    g_autoptr (MgSettings) settings = NULL;
    g_autoptr (GPtrArray) recent = NULL;

    display_reopen (display);
    settings = mg_settings_new (file);
    recent = mg_settings_list_recent (settings);
    g_assert_cmpuint (recent->len, ==, 0);
  }
  display_close (display);
}

/* A file that is no settings file is none. */
static void
test_damaged (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "mg-settings-damaged.ini", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GtkWidget) box = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 3));
  g_autoptr (MgSettings) settings = NULL;
  int spacing;

  g_assert_true (g_file_set_contents (path, "[window]\nspacing=many\nwidth", -1, NULL));
  g_test_expect_message ("mg-ui", G_LOG_LEVEL_MESSAGE, "settings are begun anew*");
  settings = mg_settings_new (file);
  g_test_assert_expected_messages ();
  mg_settings_bind (settings, "spacing", box, "spacing");
  g_object_get (box, "spacing", &spacing, NULL);
  g_assert_cmpint (spacing, ==, 3);
  g_object_set (box, "spacing", 9, NULL);
  mg_settings_flush (settings);
  g_clear_object (&box);
  g_clear_object (&settings);
  settings = mg_settings_new (file);
  box = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 3));
  mg_settings_bind (settings, "spacing", box, "spacing");
  g_object_get (box, "spacing", &spacing, NULL);
  g_assert_cmpint (spacing, ==, 9);
  remove (path);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/state/restart", test_restart);
  g_test_add_func ("/state/recent", test_recent);
  g_test_add_func ("/state/damaged", test_damaged);
  return display_test_run ();
}
