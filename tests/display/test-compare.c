/* The second job as a person does it: filter, compare, draw a region, learn from
 * noisy images, denoise, make a figure; and what was kept is found again. */
#include "display.h"

#include "compare/metrics.h"
#include "panels/status-bar.h"

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

/* C goes through the views; the divider follows the pointer. */
static void
cycle (Display *display)
{
  static const MgCompareMode modes[] = { MG_COMPARE_SIDE, MG_COMPARE_RIGHT, MG_COMPARE_LEFT, MG_COMPARE_SPLIT };
  double divider;

  g_assert_cmpint (mg_compare_view_get_mode (get_view (display)), ==, MG_COMPARE_SPLIT);
  drag (display, DISPLAY_PAIRS_SIDE / 2.0, 20, DISPLAY_PAIRS_SIDE / 4.0, 20);
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

/* The place and the values of both images at x = 70, y = 60. */
static gboolean
tells_both (gpointer display)
{
  MgComparePage *page = mg_window_get_compare_page (((Display *) display)->window);
  GtkWidget *bar = display_find_nth (GTK_WIDGET (((Display *) display)->window), MG_TYPE_STATUS_BAR, 0);
  MgRendition *both[] = { mg_compare_page_get_left (page), mg_compare_page_get_right (page) };
  g_autoptr (GString) expected = g_string_new (NULL);
  const char *text = gtk_label_get_text (GTK_LABEL (display_find_nth (bar, GTK_TYPE_LABEL, 0)));

  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    {
      g_autoptr (GError) error = NULL;
      float value;

      mg_image_read_float (mg_rendition_get_image (both[i]), 0, 0, 0, &(MgRect){ 70, 60, 1, 1 }, &value, 0, NULL, &error);
      g_assert_no_error (error);
      g_string_append_printf (expected, "   %s %g", mg_rendition_get_title (both[i]), value);
    }
  return g_str_has_prefix (text, "x 70  y 60") && g_str_has_suffix (text, expected->str);
}

static void
hover (Display *display)
{
  int x, y;

  place_in_view (display, 20.5, 20.5, &x, &y);
  display_xdotool ("mousemove %d %d", x, y);
  place_in_view (display, 70.5, 60.5, &x, &y);
  display_xdotool ("mousemove %d %d", x, y);
  g_assert_true (display_wait (tells_both, display, 10));
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
  g_autoptr (GFile) folder = display_open_pairs (display);
  MgSession *session = mg_window_get_session (display->window);
  g_autofree char *id = NULL;

  g_assert_cmpint (mg_session_get_task (session), ==, MG_TASK_DENOISE);
  display_filter (display, folder);
  cycle (display);
  hover (display);
  draw_region (display);
  display_learn (display, "n2v");
  export(display);
  id = g_strdup (mg_rendition_get_id (display_get_right (display)));
  display_check_kept (display, folder);
  display_save (display);

  /* opened again, what was restored last is there, and the filter's besides */
  display_open_file (display, folder);
  g_assert_true (display_wait (display_right_is_learned, display, 60));
  g_assert_cmpstr (mg_rendition_get_id (display_get_right (display)), ==, id);
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
  g_autoptr (GFile) folder = display_open_pairs (display);
  MgComparePage *page = mg_window_get_compare_page (display->window);
  MgMetrics metrics = { 0 };
  g_autoptr (MgMeter) meter = mg_meter_new (on_measured, &metrics);
  MgMetricsSource source = { 0 };

  display_filter (display, folder);
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
  g_assert_null (display_get_right (display));
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
  g_test_add_func ("/compare/modes", test_modes);
  return display_test_run ();
}
