/* The second job as a person does it: filter, compare, draw a region, learn from
 * noisy images, denoise, make a figure; and what was kept is found again. */
#include "display.h"

#include "compare/compare-page.h"
#include "compare/metrics.h"
#include "dataset/sample.h"
#include "io/loader.h"

#define SIDE 128

static MgRendition *
get_right (gpointer data)
{
  return mg_compare_page_get_right (mg_window_get_compare_page (data));
}

static gboolean
right_is_there (gpointer data)
{
  MgRendition *right = get_right (data);

  return right != NULL && mg_rendition_get_image (right) != NULL;
}

static gboolean
right_is_filtered (gpointer data)
{
  return right_is_there (data) && mg_rendition_get_kind (get_right (data)) == MG_RENDITION_FILTER;
}

static gboolean
right_is_learned (gpointer data)
{
  return right_is_there (data) && mg_rendition_get_kind (get_right (data)) == MG_RENDITION_MODEL;
}

/* A folder of noisy images with their clean ones, as the command line makes it. */
static GFile *
open_pairs (Display *display)
{
  const MgSampleOptions options = { .n_images = 2, .size = SIDE, .seed = 3, .denoise = TRUE };
  GFile *folder = display_write_sample (display, "pairs", &options);

  display_open_file (display, folder);
  g_assert_true (display_wait (right_is_there, display->window, 30));
  display_settle ();
  return folder;
}

static MgCompareView *
get_view (Display *display)
{
  return mg_compare_page_get_view (mg_window_get_compare_page (display->window));
}

static void
place_in_view (Display *display,
               double x,
               double y,
               int *screen_x,
               int *screen_y)
{
  double at_x, at_y;

  mg_image_view_to_widget (MG_IMAGE_VIEW (get_view (display)), x, y, &at_x, &at_y);
  display_place_in (GTK_WIDGET (get_view (display)), at_x, at_y, screen_x, screen_y);
}

static void
drag (Display *display,
      double x0,
      double y0,
      double x1,
      double y1)
{
  int from_x, from_y, to_x, to_y;

  place_in_view (display, x0, y0, &from_x, &from_y);
  place_in_view (display, x1, y1, &to_x, &to_y);
  display_xdotool ("mousemove %d %d", from_x, from_y);
  display_settle ();
  display_xdotool ("mousedown 1 mousemove %d %d mousemove %d %d", (from_x + to_x) / 2, (from_y + to_y) / 2, to_x, to_y);
  display_settle ();
  display_xdotool ("mouseup 1");
  display_settle ();
}

static GFile *
get_restored (GFile *folder,
              MgRendition *rendition,
              MgDocument *document)
{
  g_autofree char *path = g_strdup_printf ("results/restored/%s/%s.tif", mg_rendition_get_id (rendition),
                                           mg_document_get_name (document));

  return g_file_resolve_relative_path (folder, path);
}

/* What is kept has the noisy image's type, size and pixel size. */
static void
check_kept (GFile *file,
            MgDocument *document)
{
  const MgImageInfo *noisy = mg_image_get_info (mg_document_get_image (document)), *info;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_load (file, NULL, &error);

  g_assert_no_error (error);
  info = mg_image_get_info (image);
  g_assert_cmpint (info->width, ==, noisy->width);
  g_assert_cmpint (info->height, ==, noisy->height);
  g_assert_cmpint (info->type, ==, noisy->type);
  g_assert_cmpfloat_with_epsilon (info->pixel_width, noisy->pixel_width, 1e-6);
}

static void
filter (Display *display,
        GFile *folder)
{
  MgDocument *document = display_get_document (display);
  g_autoptr (GFile) file = NULL;

  g_assert_cmpint (mg_rendition_get_kind (get_right (display->window)), ==, MG_RENDITION_CLEAN);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.filter", "s", "gaussian");
  g_assert_true (display_wait (right_is_filtered, display->window, 60));
  file = get_restored (folder, get_right (display->window), document);
  g_assert_true (g_str_has_suffix (g_file_peek_path (file), "gaussian/cells-001.tif"));
  check_kept (file, document);
}

/* C goes through the views; the divider follows the pointer. */
static void
cycle (Display *display)
{
  static const MgCompareMode modes[] = { MG_COMPARE_SIDE, MG_COMPARE_RIGHT, MG_COMPARE_LEFT, MG_COMPARE_SPLIT };
  double divider;

  g_assert_cmpint (mg_compare_view_get_mode (get_view (display)), ==, MG_COMPARE_SPLIT);
  drag (display, SIDE / 2.0, 20, SIDE / 4.0, 20);
  g_object_get (get_view (display), "divider", &divider, NULL);
  g_assert_cmpfloat (divider, <, 0.45);
  g_assert_cmpfloat (divider, >, 0.1);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      display_key ("c");
      g_assert_cmpint (mg_compare_view_get_mode (get_view (display)), ==, modes[i]);
    }
  display_key ("m");
  g_assert_cmpint (mg_compare_view_get_mode (get_view (display)), ==, MG_COMPARE_MAP);
  display_key ("c");
  g_assert_cmpint (mg_compare_view_get_mode (get_view (display)), ==, MG_COMPARE_LEFT);
  display_key ("c");
}

static void
draw_region (Display *display)
{
  MgRect roi, moved;

  g_assert_false (mg_compare_view_get_roi (get_view (display), &roi));
  drag (display, 70, 60, 110, 90);
  g_assert_true (mg_compare_view_get_roi (get_view (display), &roi));
  g_assert_cmpint (ABS (roi.x - 70), <=, 1);
  g_assert_cmpint (ABS (roi.y - 60), <=, 1);
  g_assert_cmpint (ABS (roi.width - 40), <=, 2);
  g_assert_cmpint (ABS (roi.height - 30), <=, 2);
  drag (display, 90, 80, 80, 70);
  mg_compare_view_get_roi (get_view (display), &moved);
  g_assert_cmpint (moved.width, ==, roi.width);
  g_assert_cmpint (ABS (moved.x - (roi.x - 10)), <=, 1);
  g_assert_cmpint (ABS (moved.y - (roi.y - 10)), <=, 1);
  display_key ("shift+Right");
  mg_compare_view_get_roi (get_view (display), &roi);
  g_assert_cmpint (roi.x, ==, moved.x + 1);
  display_key ("bracketright");
  mg_compare_view_get_roi (get_view (display), &moved);
  g_assert_cmpint (moved.width, >, roi.width);
}

static MgModel *
get_model (Display *display)
{
  return mg_session_get_model (mg_window_get_session (display->window));
}

static void
train (Display *display,
       const char *method)
{
  display_set_training (display, method, 2, 4);
  display_xdotool ("key ctrl+t");
  g_assert_true (display_wait (display_training_runs, display, 60));
  g_assert_true (display_wait (display_is_idle, display, 300));
  g_assert_nonnull (get_model (display));
  g_assert_true (display_wait (right_is_learned, display->window, 120));
}

static void export(Display *display)
{
  const MgFigureOptions options = { .dpi = 100, .width_mm = 120, .whole = TRUE, .clean = TRUE, .profile = TRUE };
  static const char *const names[] = { "figure.png", "figure.pdf" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (display->folder, names[i], NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      mg_window_export_comparison (display->window, &options, file);
      g_assert_true (display_wait (display_is_written, file, 60));
    }
}

static void
test_denoise (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = open_pairs (display);
  MgSession *session = mg_window_get_session (display->window);
  g_autofree char *id = NULL;
  g_autoptr (GFile) kept = NULL;

  g_assert_cmpint (mg_session_get_task (session), ==, MG_TASK_DENOISE);
  filter (display, folder);
  cycle (display);
  draw_region (display);
  train (display, "n2v");
  export(display);
  id = g_strdup (mg_rendition_get_id (get_right (display->window)));
  kept = get_restored (folder, get_right (display->window), mg_session_get_current (session));
  check_kept (kept, mg_session_get_current (session));
  display_save (display);

  /* opened again, what was restored last is there, and the filter's besides */
  display_open_file (display, folder);
  g_assert_true (display_wait (right_is_learned, display->window, 60));
  g_assert_cmpstr (mg_rendition_get_id (get_right (display->window)), ==, id);
  g_assert_nonnull (mg_renditions_find (mg_compare_page_get_renditions (mg_window_get_compare_page (display->window)),
                                        "gaussian", NULL));
  g_assert_nonnull (mg_session_get_model (session));
  display_close (display);
}

static void
on_measured (const MgMetrics *metrics,
             const GError *error,
             gpointer data)
{
  g_assert_no_error (error);
  *(MgMetrics *) data = *metrics;
}

static gboolean
is_measured (gpointer data)
{
  return ((MgMetrics *) data)->has_removal[1];
}

/* Of two wishes the last counts; a filter brings the noisy image nearer to the
 * clean one, and its scores are those of the sides. */
static void
test_measure (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = open_pairs (display);
  MgComparePage *page = mg_window_get_compare_page (display->window);
  MgMetrics metrics = { 0 };
  g_autoptr (MgMeter) meter = mg_meter_new (on_measured, &metrics);
  MgMetricsSource source = { 0 };

  filter (display, folder);
  source.noisy = source.sides[0] = source.sides[1] = mg_rendition_get_image (mg_compare_page_get_left (page));
  source.clean = mg_rendition_get_image (mg_renditions_get_clean (mg_compare_page_get_renditions (page)));
  mg_meter_measure (meter, &source, 0);
  source.sides[1] = mg_rendition_get_image (mg_compare_page_get_right (page));
  mg_meter_measure (meter, &source, 0);
  g_assert_true (display_wait (is_measured, &metrics, 60));
  g_assert_true (metrics.has_scores[0] && metrics.has_scores[1]);
  g_assert_false (metrics.has_removal[0]);
  g_assert_cmpfloat (metrics.scores[1].raw.psnr, >, metrics.scores[0].raw.psnr + 3);
  g_assert_cmpfloat (metrics.removal[1].sigma_after, <, metrics.removal[1].sigma_before / 2);
  display_close (display);
}

/* The mean of all orientations is not what one of them gives. */
static void
average (Display *display)
{
  guint16 rows[2][SIDE];

  for (int i = 0; i < 2; i++)
    {
      g_assert_true (mg_image_read (mg_rendition_get_image (get_right (display->window)), 0, 0, 0, &(MgRect){ 0, 9, SIDE, 1 }, rows[i], sizeof rows[i], NULL, NULL));
      gtk_widget_activate_action (GTK_WIDGET (display->window), "win.average", NULL);
      gtk_widget_activate_action (GTK_WIDGET (display->window), "win.predict", NULL);
      g_assert_true (display_wait (display_is_idle, display, 60));
    }
  g_assert_true (memcmp (rows[0], rows[1], sizeof rows[0]) != 0);
}

/* What is set in the panel is what is learned with; where that is not what the
 * model was made with, the panel says so. */
static void
test_advanced (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = open_pairs (display);
  const MgTrainConfig *made;

  gtk_expander_set_expanded (GTK_EXPANDER (display_find (display, GTK_TYPE_EXPANDER, "Advanced")), TRUE);
  display_choose (display, "How Train learns", 2);
  display_check (display, "Another network, for results", TRUE);
  display_choose (display, "What is hidden from the network", 2);
  display_choose (display, "What becomes 0 and 1", 1);
  train (display, "n2v");
  made = mg_model_get_config (get_model (display));
  g_assert_cmpstr (made->recipe, ==, "n2v");
  g_assert_true (made->net.no_top_skip);
  g_assert_cmpint (made->blind_fill, ==, MG_BLIND_MEDIAN);
  g_assert_cmpint (made->blind_x, ==, 2);
  g_assert_cmpint (made->blind_y, ==, 0);
  g_assert_cmpint (made->normalisation, ==, 1);
  g_assert_true (display_says (display, "Training goes on from it"));
  average (display);
  display_check (display, "Another network, for results", FALSE);
  g_assert_true (display_says (display, "the advanced settings are other"));
  display_check (display, "Another network, for results", TRUE);
  g_assert_true (display_says (display, "Training goes on from it"));
  mg_window_set_train_config (display->window, NULL);
  display_choose (display, "How Train learns", 1);
  g_assert_true (display_says (display, "the method chosen is another"));
  display_close (display);
}

static gboolean
right_is_clean (gpointer data)
{
  return right_is_there (data) && mg_rendition_get_kind (get_right (data)) == MG_RENDITION_CLEAN;
}

/* Says yes to whatever is asked, and whether the result is gone. */
static gboolean
is_deleted (gpointer data)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    if (ADW_IS_MESSAGE_DIALOG (at->data) && gtk_widget_get_mapped (at->data))
      {
        adw_message_dialog_response (at->data, "delete");
        gtk_window_destroy (at->data);
      }
  return right_is_clean (data);
}

/* Saved in another folder, the project takes its results along. */
static void
test_save_in (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = open_pairs (display);
  g_autofree char *path = g_build_filename (display->folder, "elsewhere", NULL);
  g_autoptr (GFile) other = g_file_new_for_path (path);
  g_autoptr (GFile) copied = g_file_resolve_relative_path (other, "results/restored/gaussian/cells-001.tif");

  filter (display, folder);
  mg_window_save_in (display->window, other);
  g_assert_true (display_wait (display_is_written, copied, 30));
  g_assert_true (display_wait (display_is_saved, display, 30));
  display_open_file (display, other);
  g_assert_true (display_wait (right_is_filtered, display->window, 30));
  g_assert_true (g_file_equal (mg_rendition_get_file (get_right (display->window)), copied));
  display_close (display);
}

/* A result that is deleted is gone from the list and the disk, and asked for first;
 * the image that was filtered stays. */
static void
test_delete (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = open_pairs (display);
  MgRenditions *renditions = mg_compare_page_get_renditions (mg_window_get_compare_page (display->window));
  GtkWidget *button = display_find (display, GTK_TYPE_BUTTON, "Delete the result shown at the right");
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) version = NULL;

  g_assert_nonnull (button);
  g_assert_false (gtk_widget_get_visible (button));
  filter (display, folder);
  display_settle ();
  g_assert_true (gtk_widget_get_visible (button));
  file = get_restored (folder, get_right (display->window), display_get_document (display));
  version = g_file_get_parent (file);
  gtk_widget_activate (button);
  display_settle ();
  g_assert_true (g_file_query_exists (file, NULL));
  g_assert_true (display_wait (is_deleted, display->window, 30));
  g_assert_false (g_file_query_exists (version, NULL));
  g_assert_null (mg_renditions_find (renditions, "gaussian", NULL));
  g_assert_false (gtk_widget_get_visible (button));
  display_close (display);
}

static gboolean
map_is_there (gpointer data)
{
  const MgChannelView *views;
  const char *title;
  int n_views;

  return mg_compare_page_get_map (mg_window_get_compare_page (data), &title, &views, &n_views) != NULL;
}

/* A network that learns how unsure it is leaves a map of it beside what it restored,
 * of which the brightest places are those of the view's full colour. */
static void
test_uncertainty (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = open_pairs (display);
  MgComparePage *page = mg_window_get_compare_page (display->window);
  MgDocument *document = display_get_document (display);
  const MgChannelView *views;
  const MgImageInfo *info;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;
  const char *title;
  int n_views;

  gtk_expander_set_expanded (GTK_EXPANDER (display_find (display, GTK_TYPE_EXPANDER, "Advanced")), TRUE);
  display_check (display, "Learns how unsure", TRUE);
  display_check (display, "Moves clean images that lie", TRUE);
  train (display, "care");
  g_assert_true (mg_model_get_config (get_model (display))->probabilistic);
  g_assert_true (mg_model_get_config (get_model (display))->align);
  path = g_strdup_printf ("results/restored/%s/uncertainty/%s_uncertainty.tif", mg_rendition_get_id (get_right (display->window)),
                          mg_document_get_name (document));
  file = g_file_resolve_relative_path (folder, path);
  g_assert_true (g_file_query_exists (file, NULL));
  display_key ("m");
  g_assert_true (display_wait (map_is_there, display->window, 60));
  display_choose (display, "What the map shows", MG_COMPARE_MAP_UNCERTAINTY);
  g_assert_false (map_is_there (display->window));
  g_assert_true (display_wait (map_is_there, display->window, 60));
  info = mg_image_get_info (mg_pyramid_get_image (mg_compare_page_get_map (page, &title, &views, &n_views)));
  g_assert_cmpstr (title, ==, "Uncertainty");
  g_assert_true (info->width == SIDE && info->type == MG_PIXEL_F32);
  g_assert_cmpfloat (views[0].max, >, 0);
  display_close (display);
}

static gboolean
filters (gpointer data)
{
  return !g_action_group_get_action_enabled (G_ACTION_GROUP (data), "filter");
}

static gboolean
filters_no_more (gpointer data)
{
  return !filters (data);
}

/* The slowest filter stops soon, and leaves nothing behind. */
static void
test_stop (void)
{
  const MgSampleOptions options = { .n_images = 1, .size = 768, .seed = 3, .denoise = TRUE };
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_write_sample (display, "large", &options);
  g_autoptr (GFile) results = g_file_get_child (folder, "results");
  gint64 start;

  display_open_file (display, folder);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.filter", "s", "nlm");
  g_assert_true (display_wait (filters, display->window, 10));
  display_settle ();
  start = g_get_monotonic_time ();
  display_xdotool ("key Escape");
  g_assert_true (display_wait (filters_no_more, display->window, 30));
  g_test_message ("stopped after %.0f ms", (g_get_monotonic_time () - start) / 1000.0);
  g_assert_false (g_file_query_exists (results, NULL));
  display_close (display);
}

/* Between the tasks and back: neither shows what belongs to the other. */
static void
test_modes (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);
  MgSession *session = mg_window_get_session (display->window);

  display_circle (display, 40, 40, 12);
  g_assert_cmpuint (mg_annotation_get_n_instances (mg_document_get_annotation (document)), ==, 1);
  display_key ("ctrl+2");
  g_assert_cmpint (mg_session_get_task (session), ==, MG_TASK_DENOISE);
  g_assert_false (gtk_widget_get_mapped (mg_window_get_canvas (display->window)));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (get_view (display))));
  g_assert_null (get_right (display->window));
  /* what cannot be seen is not undone */
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (mg_document_get_annotation (document)), ==, 1);
  display_key ("ctrl+1");
  g_assert_true (gtk_widget_get_mapped (mg_window_get_canvas (display->window)));
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (mg_document_get_annotation (document)), ==, 0);
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/compare/denoise", test_denoise);
  g_test_add_func ("/compare/measure", test_measure);
  g_test_add_func ("/compare/advanced", test_advanced);
  g_test_add_func ("/compare/uncertainty", test_uncertainty);
  g_test_add_func ("/compare/delete", test_delete);
  g_test_add_func ("/compare/save-in", test_save_in);
  g_test_add_func ("/compare/stop", test_stop);
  g_test_add_func ("/compare/modes", test_modes);
  return display_test_run ();
}
