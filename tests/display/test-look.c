/* Looking: channels on and off, contrast that stays, slices, the map, zooming
 * about the pointer, what pages are. */
#include "display.h"

#include <math.h>

#include "canvas/canvas.h"
#include "panels/channel-row.h"
#include "panels/histogram-view.h"
#include "panels/image-panel.h"
#include "panels/status-bar.h"

#define WIDTH  160
#define HEIGHT 120
#define N_C    3
#define N_Z    4

/* In the display's folder. */
static GFile *
write_stack (Display *display,
             const char *name,
             int n_c)
{
  const MgImageInfo info = { .width = WIDTH, .height = HEIGHT, .n_channels = n_c, .n_z = N_Z, .n_t = 1, .type = MG_PIXEL_U16 };
  guint16 *pixels = g_new (guint16, WIDTH * HEIGHT * n_c * N_Z);

  for (int i = 0; i < WIDTH * HEIGHT * n_c * N_Z; i++)
    pixels[i] = (guint16) (100 + i % 997);
  return display_write_image (display, name, &info, pixels);
}

static void
open_two (Display *display)
{
  g_autoptr (GFile) first = write_stack (display, "stack-0.tif", N_C);
  g_autoptr (GFile) second = write_stack (display, "stack-1.tif", N_C);

  display_open_files (display, (GFile *[]){ first, second }, 2);
}

static GtkWidget *
find (Display *display,
      GType type,
      int n)
{
  GtkWidget *found = display_find_nth (GTK_WIDGET (display->window), type, n);

  g_assert_nonnull (found);
  return found;
}

/* Where a part of a widget is on the screen. */
static void
place_of (GtkWidget *widget,
          double x,
          double y,
          int *screen_x,
          int *screen_y)
{
  display_place_in (widget, x * gtk_widget_get_width (widget), y * gtk_widget_get_height (widget), screen_x, screen_y);
}

static void
click (GtkWidget *widget,
       double x,
       double y)
{
  int screen_x, screen_y;

  place_of (widget, x, y, &screen_x, &screen_y);
  display_xdotool ("mousemove %d %d click 1", screen_x, screen_y);
  display_settle ();
}

static int
get_visible (Display *display)
{
  int n, bits = 0;
  const MgChannelView *views = mg_document_get_channels (display_get_document (display), &n);

  g_assert_cmpint (n, ==, N_C);
  for (int c = 0; c < n; c++)
    bits |= views[c].visible << c;
  return bits;
}

static void
test_channels (void)
{
  Display *display = display_open ();
  GtkWidget *row;

  open_two (display);
  g_assert_cmpint (get_visible (display), ==, 7);
  row = find (display, MG_TYPE_CHANNEL_ROW, 1);
  click (row, 0.08, 0.5); /* its check button */
  g_assert_cmpint (get_visible (display), ==, 5);
  click (row, 0.08, 0.5);
  g_assert_cmpint (get_visible (display), ==, 7);
  /* the first click on a name chooses the channel, the next shows it alone */
  click (row, 0.6, 0.5);
  g_assert_cmpint (get_visible (display), ==, 7);
  click (row, 0.6, 0.5);
  g_assert_cmpint (get_visible (display), ==, 2);
  click (row, 0.6, 0.5);
  g_assert_cmpint (get_visible (display), ==, 7);
  display_close (display);
}

static double
get_max (Display *display,
         int channel)
{
  int n;

  return mg_document_get_channels (display_get_document (display), &n)[channel].max;
}

/* Set in one image it is kept in its slices, in other images, in the project. */
static void
test_contrast (void)
{
  Display *display = display_open ();
  MgCanvas *canvas = MG_CANVAS (mg_window_get_canvas (display->window));
  g_autofree char *text = NULL;
  double before, after;
  int from_x, from_y, to_x, to_y;
  GtkWidget *histogram;

  open_two (display);
  histogram = find (display, MG_TYPE_HISTOGRAM_VIEW, 0);
  before = get_max (display, 0);
  place_of (histogram, 0.96, 0.5, &from_x, &from_y);
  place_of (histogram, 0.5, 0.5, &to_x, &to_y);
  display_xdotool ("mousemove %d %d mousedown 1", from_x, from_y);
  display_settle ();
  display_xdotool ("mousemove %d %d", to_x, to_y);
  display_settle ();
  display_xdotool ("mouseup 1");
  display_settle ();
  after = get_max (display, 0);
  g_assert_cmpfloat (after, <, before * 0.75);
  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  display_key ("Page_Down");
  g_assert_cmpint (mg_canvas_get_z (canvas), ==, 1);
  g_assert_cmpfloat (get_max (display, 0), ==, after);
  display_key ("Page_Up");
  g_assert_cmpint (mg_canvas_get_z (canvas), ==, 0);
  display_key ("d");
  display_wait_ready (display);
  g_assert_cmpfloat (get_max (display, 0), ==, after);
  g_assert_cmpfloat (get_max (display, 1), !=, after);
  text = mg_project_to_text (mg_session_get_project (mg_window_get_session (display->window)));
  g_assert_nonnull (strstr (text, "1 of 3 uint16"));
  /* back to percentiles, by the key */
  display_key ("shift+c");
  g_assert_cmpfloat_with_epsilon (get_max (display, 0), before, 2);
  display_close (display);
}

static void
test_map (void)
{
  Display *display = display_open ();
  MgCanvas *canvas = MG_CANVAS (mg_window_get_canvas (display->window));
  GtkWidget *map = mg_canvas_get_minimap (canvas);
  MgRect seen;

  open_two (display);
  g_assert_false (gtk_widget_get_visible (map));
  for (int i = 0; i < 4; i++)
    display_key ("plus");
  display_settle ();
  mg_image_view_visible_rect (MG_IMAGE_VIEW (canvas), &seen);
  g_assert_cmpint (seen.width, <, WIDTH / 2);
  g_assert_true (gtk_widget_get_visible (map));
  click (map, 0.02, 0.02);
  mg_image_view_visible_rect (MG_IMAGE_VIEW (canvas), &seen);
  g_assert_cmpint (seen.x, ==, 0);
  g_assert_cmpint (seen.y, ==, 0);
  click (map, 0.98, 0.98);
  mg_image_view_visible_rect (MG_IMAGE_VIEW (canvas), &seen);
  g_assert_cmpint (seen.x + seen.width, ==, WIDTH);
  g_assert_cmpint (seen.y + seen.height, ==, HEIGHT);
  gtk_widget_grab_focus (GTK_WIDGET (canvas));
  display_key ("o");
  g_assert_false (gtk_widget_get_visible (map));
  display_key ("o");
  g_assert_true (gtk_widget_get_visible (map));
  display_key ("0");
  g_assert_false (gtk_widget_get_visible (map));
  display_close (display);
}

/* What is under the pointer stays under it, and the zoom arrives. */
static void
test_zoom (void)
{
  Display *display = display_open ();
  MgCanvas *canvas = MG_CANVAS (mg_window_get_canvas (display->window));
  int x, y, after_x, after_y;
  double zoom, end;

  open_two (display);
  g_object_get (canvas, "zoom", &zoom, NULL);
  display_place (display, 70, 50, &x, &y);
  display_xdotool ("mousemove %d %d click 4 click 4 click 4 click 4", x, y);
  display_settle ();
  display_settle ();
  display_place (display, 70, 50, &after_x, &after_y);
  g_assert_cmpint (abs (after_x - x), <=, 6); /* a pixel of the image is 12 of the screen now */
  g_assert_cmpint (abs (after_y - y), <=, 6);
  g_object_get (canvas, "zoom", &end, NULL);
  g_assert_cmpfloat (end, >, zoom * 2.8);
  g_assert_cmpfloat_with_epsilon (2 * log2 (end), round (2 * log2 (end)), 1e-6);
  display_close (display);
}

/* The status bar tells the place under the pointer and its value. */
static gboolean
tells_place (gpointer data)
{
  Display *display = data;
  MgImageView *view = MG_IMAGE_VIEW (mg_window_get_canvas (display->window));
  GtkWidget *bar = find (display, MG_TYPE_STATUS_BAR, 0);
  const char *place = gtk_label_get_text (GTK_LABEL (display_find_nth (bar, GTK_TYPE_LABEL, 0)));
  const char *value = gtk_label_get_text (GTK_LABEL (display_find_nth (bar, GTK_TYPE_LABEL, 1)));
  g_autofree char *expected = NULL, *expected_value = NULL;
  double x, y;

  _mg_image_view_get_pointer (view, &x, &y);
  expected = g_strdup_printf ("x %d  y %d", (int) x, (int) y);
  expected_value = g_strdup_printf ("   value %d", 100 + ((mg_canvas_get_z (MG_CANVAS (view)) * HEIGHT + (int) y) * WIDTH + (int) x) % 997);
  return view->motion.tick == 0 && strcmp (place, expected) == 0 && strcmp (value, expected_value) == 0;
}

/* The pointer rests; what is under it does not. */
static void
test_under_pointer (void)
{
  Display *display = display_open ();
  MgImageView *view = MG_IMAGE_VIEW (mg_window_get_canvas (display->window));
  g_autoptr (GFile) file = write_stack (display, "values.tif", 1);
  double x, y, rolled_x, rolled_y;

  display_open_file (display, file);
  display_move_to (display, 40, 30);
  g_assert_true (display_wait (tells_place, display, 10));
  mg_image_view_set_place (view, 24, 60, 50);
  g_assert_true (display_wait (tells_place, display, 10));
  _mg_image_view_get_pointer (view, &x, &y);
  _mg_image_view_push (view, -900, -700);
  g_assert_true (display_wait (tells_place, display, 10));
  _mg_image_view_get_pointer (view, &rolled_x, &rolled_y);
  g_assert_cmpint ((int) rolled_x, >, (int) x);
  g_assert_cmpint ((int) rolled_y, >, (int) y);
  mg_image_view_zoom_fit (view);
  g_assert_true (display_wait (tells_place, display, 10));
  display_key ("Page_Down");
  g_assert_true (display_wait (tells_place, display, 10));
  display_close (display);
}

static gboolean
has_channels (gpointer data)
{
  MgImage *image = display_is_ready (data) ? mg_document_get_image (display_get_document (data)) : NULL;

  return image != NULL && mg_image_get_info (image)->n_channels == N_Z && mg_image_get_info (image)->n_z == 1;
}

/* Slices that are channels in truth */
static void
test_axes (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) file = write_stack (display, "pages.tif", 1);
  g_autofree char *text = NULL;
  GtkWidget *panel, *axes;

  display_open_file (display, file);
  panel = find (display, MG_TYPE_IMAGE_PANEL, 0);
  axes = display_find_nth (panel, GTK_TYPE_DROP_DOWN, 0);
  g_assert_true (gtk_widget_get_visible (axes));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (axes), 1);
  g_assert_true (display_wait (has_channels, display, 30));
  display_settle ();
  find (display, MG_TYPE_CHANNEL_ROW, N_Z - 1);
  text = mg_project_to_text (mg_session_get_project (mg_window_get_session (display->window)));
  g_assert_nonnull (strstr (text, "\"axes\" : \"ZCT\""));
  display_close (display);
}

/* On the way down the panel the wheel changes nothing that lies under the pointer. */
static void
test_wheel (void)
{
  Display *display = display_open ();
  GtkWidget *slider, *scrolled;
  double before, at;
  int x, y;

  display_open_sample (display);
  gtk_window_set_default_size (GTK_WINDOW (display->window), 1000, 600); /* too low for all of it */
  display_settle ();
  slider = display_find (display, GTK_TYPE_SCALE, "Opacity of the fill");
  scrolled = gtk_widget_get_ancestor (slider, GTK_TYPE_SCROLLED_WINDOW);
  before = gtk_range_get_value (GTK_RANGE (slider));
  at = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)));
  display_place_in (slider, gtk_widget_get_width (slider) / 2.0, gtk_widget_get_height (slider) / 2.0, &x, &y);
  display_xdotool ("mousemove %d %d", x, y);
  display_settle ();
  display_xdotool ("click 5");
  display_settle ();
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (slider)), ==, before);
  g_assert_cmpfloat (gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled))), >, at);
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/look/channels", test_channels);
  g_test_add_func ("/look/contrast", test_contrast);
  g_test_add_func ("/look/map", test_map);
  g_test_add_func ("/look/zoom", test_zoom);
  g_test_add_func ("/look/wheel", test_wheel);
  g_test_add_func ("/look/under-pointer", test_under_pointer);
  g_test_add_func ("/look/axes", test_axes);
  return display_test_run ();
}
