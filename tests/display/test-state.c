/* What a person set and where they were is there again after a restart. */
#include "display.h"

#include <math.h>

#include "compare/compare-page.h"
#include "compare/figure-dialog.h"
#include "panels/train-options.h"

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
  g_assert_false (display_action_is_on (display, "show-inspector"));
  display_close (display);
}

static gboolean
has_clean (gpointer data)
{
  MgComparePage *page = mg_window_get_compare_page (((Display *) data)->window);
  MgRendition *right = mg_compare_page_get_right (page);

  return right != NULL && mg_rendition_get_kind (right) == MG_RENDITION_CLEAN && mg_compare_page_fits (page, right);
}

/* The smallest window it is made for. */
static void
check_fits (Display *display)
{
  int min;

  gtk_widget_measure (GTK_WIDGET (display->window), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 1024);
}

/* Opened as by a person; closed by close_figure(). */
static GtkWidget *
open_figure (Display *display)
{
  g_autoptr (GList) windows = NULL;

  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.export-comparison", NULL);
  display_settle ();
  windows = gtk_window_list_toplevels ();
  for (GList *l = windows; l != NULL; l = l->next)
    if (MG_IS_FIGURE_DIALOG (l->data))
      return l->data;
  g_assert_not_reached ();
}

static void
close_figure (GtkWidget *dialog)
{
  gtk_window_close (GTK_WINDOW (dialog));
  display_settle ();
}

/* How figures are drawn, and where the divider stands. */
static void
set_figure (Display *display)
{
  MgComparePage *page = mg_window_get_compare_page (display->window);
  GtkWidget *dialog = open_figure (display);

  adw_combo_row_set_selected (ADW_COMBO_ROW (display_find_nth (dialog, ADW_TYPE_COMBO_ROW, 0)), 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (display_find_nth (dialog, GTK_TYPE_SPIN_BUTTON, 0)), 450);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (display_find_nth (dialog, GTK_TYPE_SPIN_BUTTON, 1)), 85);
  for (int i = 0; i < 3; i++)
    {
      GtkSwitch *on = GTK_SWITCH (display_find_nth (dialog, GTK_TYPE_SWITCH, i));

      g_assert_true (gtk_switch_get_active (on));
      gtk_switch_set_active (on, FALSE);
    }
  close_figure (dialog);
  g_object_set (mg_compare_page_get_view (page), "divider", 0.3, NULL);
}

static void
check_figure (Display *display)
{
  MgComparePage *page = mg_window_get_compare_page (display->window);
  GtkWidget *dialog = open_figure (display);
  double divider;

  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (display_find_nth (dialog, ADW_TYPE_COMBO_ROW, 0))), ==, 1);
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (display_find_nth (dialog, GTK_TYPE_SPIN_BUTTON, 0))), ==, 450);
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (display_find_nth (dialog, GTK_TYPE_SPIN_BUTTON, 1))), ==, 85);
  for (int i = 0; i < 3; i++)
    g_assert_false (gtk_switch_get_active (GTK_SWITCH (display_find_nth (dialog, GTK_TYPE_SWITCH, i))));
  close_figure (dialog);
  g_object_get (mg_compare_page_get_view (page), "divider", &divider, NULL);
  g_assert_cmpfloat (fabs (divider - 0.3), <, 1e-6);
}

static void
choose_all (Display *display,
            const MgRect *region)
{
  MgComparePage *page = mg_window_get_compare_page (display->window);

  mg_compare_view_set_roi (mg_compare_page_get_view (page), region);
  mg_compare_page_set_left (page, mg_renditions_get_clean (mg_compare_page_get_renditions (page)));
  gtk_expander_set_expanded (GTK_EXPANDER (display_find_nth (GTK_WIDGET (display->window), GTK_TYPE_EXPANDER, 0)), TRUE);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.compare-view", "s", "map");
  display_choose (display, "How Train learns", 2);
  display_choose (display, "What is hidden from the network around each pixel it has to foretell: as far as the noise of "
                           "neighbours is alike",
                  3);
  display_choose (display, "What becomes 0 and 1 for the network: the 1st and 99.8th percentile, or the mean and a "
                           "standard deviation more",
                  1);
  display_choose (display, "What the map shows", 2);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.link-contrast", NULL);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.average", NULL);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.compare-view", "s", "side");
  display_choose (display, "Which images are listed", 3);
}

/* Everything that is set where noise is taken away: of the person, and of the
 * project; another project does not get what belongs to this one. */
static void
test_denoising (void)
{
  const MgSampleOptions options = { .n_images = 2, .size = 96, .denoise = TRUE };
  const MgRect region = { 10, 20, 30, 40 };
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_write_sample (display, "noisy", &options);
  g_autoptr (GFile) other = display_write_sample (display, "other", &options);
  MgComparePage *page = mg_window_get_compare_page (display->window);
  MgRect roi;
  gboolean linked;
  int map;

  display_open_file (display, folder);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.role", "s", "validation");
  check_fits (display);
  display_xdotool ("key ctrl+2");
  g_assert_true (display_wait (has_clean, display, 30));
  check_fits (display);
  choose_all (display, &region);
  set_figure (display);
  /* the next image has what was chosen, and the region */
  display_key ("d");
  display_wait_ready (display);
  g_assert_true (display_wait (has_clean, display, 30));
  g_assert_cmpint (mg_rendition_get_kind (mg_compare_page_get_left (page)), ==, MG_RENDITION_CLEAN);
  g_assert_true (mg_compare_view_get_roi (mg_compare_page_get_view (page), &roi));
  g_assert_cmpint (roi.height, ==, region.height);

  display_reopen (display);
  page = mg_window_get_compare_page (display->window);
  display_open_file (display, folder);
  g_assert_true (display_wait (has_clean, display, 30));
  g_assert_cmpint (mg_compare_view_get_mode (mg_compare_page_get_view (page)), ==, MG_COMPARE_SIDE);
  g_object_get (page, "linked", &linked, "map", &map, NULL);
  g_assert_false (linked);
  g_assert_cmpint (map, ==, MG_COMPARE_MAP_ERROR);
  g_assert_cmpint (mg_rendition_get_kind (mg_compare_page_get_left (page)), ==, MG_RENDITION_CLEAN);
  g_assert_true (mg_compare_view_get_roi (mg_compare_page_get_view (page), &roi));
  g_assert_cmpmem (&roi, sizeof roi, &region, sizeof region);
  g_assert_cmpuint (display_get_chosen (display, "How Train learns"), ==, 2);
  g_assert_cmpuint (display_get_chosen (display, "What is hidden from the network around each pixel it has to foretell: as "
                                                 "far as the noise of neighbours is alike"),
                    ==, 3);
  g_assert_cmpuint (display_get_chosen (display, "What becomes 0 and 1 for the network: the 1st and 99.8th percentile, or "
                                                 "the mean and a standard deviation more"),
                    ==, 1);
  g_assert_cmpuint (display_get_chosen (display, "Which images are listed"), ==, 3);
  g_assert_true (display_action_is_on (display, "average"));
  check_figure (display);

  display_open_file (display, other);
  display_xdotool ("key ctrl+2");
  g_assert_true (display_wait (has_clean, display, 30));
  g_assert_cmpint (mg_rendition_get_kind (mg_compare_page_get_left (page)), ==, MG_RENDITION_NOISY);
  g_assert_false (mg_compare_view_get_roi (mg_compare_page_get_view (page), &roi));
  g_assert_cmpuint (display_get_chosen (display, "How Train learns"), ==, 0);
  g_assert_cmpuint (display_get_chosen (display, "Which images are listed"), ==, 0);
  g_assert_false (display_action_is_on (display, "average"));
  display_close (display);
}

static GtkAdjustment *
get_threshold (Display *display)
{
  return gtk_range_get_adjustment (GTK_RANGE (display_find (display, GTK_TYPE_SCALE, "How sure the network must be that a pixel")));
}

/* Where cells end belongs to the project they are of. */
static void
test_thresholds (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 1, 64);
  g_autoptr (GFile) other = display_write_sample (display, "other", &(MgSampleOptions){ .n_images = 1, .size = 64 });
  MgDecodeParams params;
  double usual;

  display_open_file (display, folder);
  usual = gtk_adjustment_get_value (get_threshold (display));
  gtk_adjustment_set_value (get_threshold (display), 0.31);
  display_reopen (display);
  display_open_file (display, folder);
  g_assert_cmpfloat (fabs (gtk_adjustment_get_value (get_threshold (display)) - 0.31), <, 1e-6);
  mg_prediction_get_params (mg_window_get_prediction (display->window), &params);
  g_assert_cmpfloat (fabs (params.threshold - 0.31), <, 1e-6);
  display_open_file (display, other);
  g_assert_cmpfloat (gtk_adjustment_get_value (get_threshold (display)), ==, usual);
  display_close (display);
}

/* What is set for trainings is used by them after a restart, each task has its own,
 * and can be taken back. */
static void
test_training (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 1, 64);
  MgTrainOptions *options;
  MgTrainConfig config, defaults;
  g_autoptr (GError) error = NULL;

  mg_recipe_find ("boundary", &error)->defaults (&defaults);
  display_open_file (display, folder);
  gtk_expander_set_expanded (GTK_EXPANDER (display_find (display, GTK_TYPE_EXPANDER, "Training Settings")), TRUE);
  display_settle ();
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (display_find (display, GTK_TYPE_SPIN_BUTTON,
                                                            "How long training lasts; 0: as long as the method needs")),
                             7);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (display_find (display, GTK_TYPE_SPIN_BUTTON, "Squares a step; more take more memory")), 2);
  display_check (display, "Images are turned and mirrored while training: cells lie any way round", FALSE);

  display_reopen (display);
  display_open_file (display, folder);
  options = MG_TRAIN_OPTIONS (display_find_nth (GTK_WIDGET (display->window), MG_TYPE_TRAIN_OPTIONS, 0));
  config = defaults;
  mg_train_options_apply (options, &config);
  g_assert_cmpfloat (config.minutes, ==, 7);
  g_assert_cmpint (config.batch, ==, 2);
  g_assert_cmpint (config.patch, ==, defaults.patch);
  g_assert_false (config.flips);
  g_assert_cmpfloat (config.rotation, ==, 0);
  g_assert_cmpfloat (config.noise, ==, defaults.noise);
  g_assert_true (mg_train_config_check (&config, &error));
  mg_recipe_find ("care", &error)->defaults (&config);
  mg_train_options_apply (options, &config);
  g_assert_cmpfloat (config.minutes, ==, 0);

  g_object_set (options, "settings", "{'segment-batch': <1e9>, 'segment-patch': <'wide'>}", NULL); /* by another hand */
  config = defaults;
  mg_train_options_apply (options, &config);
  g_assert_cmpmem (&config, sizeof config, &defaults, sizeof defaults);
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
  g_test_add_func ("/state/denoising", test_denoising);
  g_test_add_func ("/state/thresholds", test_thresholds);
  g_test_add_func ("/state/training", test_training);
  g_test_add_func ("/state/recent", test_recent);
  g_test_add_func ("/state/damaged", test_damaged);
  return display_test_run ();
}
