/* Looking: channels on and off, contrast that stays, slices, the map, zooming
 * about the pointer, what pages are. */
#include "display.h"

#include <math.h>

#include "canvas/canvas.h"
#include "canvas/minimap.h"
#include "io/tiff-write.h"
#include "panels/channel-row.h"
#include "panels/histogram-view.h"
#include "panels/image-panel.h"

#define WIDTH  160
#define HEIGHT 120
#define N_C    3
#define N_Z    4

static gboolean
is_ready (gpointer data)
{
  MgDocument *document = mg_session_get_current (data);

  return document != NULL && mg_document_get_state (document) == MG_DOCUMENT_READY;
}

static MgDocument *
get_document (Display *display)
{
  return mg_session_get_current (mg_window_get_session (display->window));
}

static void
write_stack (GFile *file,
             int n_c,
             int n_z)
{
  const MgImageInfo info = { .width = WIDTH, .height = HEIGHT, .n_channels = n_c, .n_z = n_z, .n_t = 1, .type = MG_PIXEL_U16 };
  g_autoptr (MgImage) image = NULL;
  g_autoptr (GError) error = NULL;
  guint16 *pixels = g_new (guint16, WIDTH * HEIGHT * n_c * n_z);

  for (int i = 0; i < WIDTH * HEIGHT * n_c * n_z; i++)
    pixels[i] = (guint16) (100 + i % 997);
  image = mg_image_new_take (&info, pixels, g_free, &error);
  g_assert_no_error (error);
  g_assert_true (mg_tiff_write_image (file, image, NULL, &error));
}

static void
open_two (Display *display)
{
  GFile *files[2];

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("stack-%d.tif", i);

      files[i] = g_file_new_build_filename (display->folder, name, NULL);
      write_stack (files[i], N_C, N_Z);
    }
  mg_window_open_files (display->window, files, 2);
  g_assert_true (display_wait (is_ready, mg_window_get_session (display->window), 30));
  display_settle ();
  g_object_unref (files[0]);
  g_object_unref (files[1]);
}

/* The n-th widget of a type, in the order of the tree. */
static GtkWidget *
find_widget (GtkWidget *widget,
             GType type,
             int *n)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (*n)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, n);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find (Display *display,
      GType type,
      int n)
{
  GtkWidget *found = find_widget (GTK_WIDGET (display->window), type, &n);

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
  GtkNative *native = gtk_widget_get_native (widget);
  double window_x, window_y, off_x, off_y;

  g_assert_true (gtk_widget_translate_coordinates (widget, GTK_WIDGET (native), x * gtk_widget_get_width (widget),
                                                   y * gtk_widget_get_height (widget), &window_x, &window_y));
  gtk_native_get_surface_transform (native, &off_x, &off_y);
  *screen_x = (int) round (window_x + off_x);
  *screen_y = (int) round (window_y + off_y);
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
  const MgChannelView *views = mg_document_get_channels (get_document (display), &n);

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

  return mg_document_get_channels (get_document (display), &n)[channel].max;
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
  g_assert_true (display_wait (is_ready, mg_window_get_session (display->window), 30));
  display_settle ();
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
  mg_canvas_visible_rect (canvas, &seen);
  g_assert_cmpint (seen.width, <, WIDTH / 2);
  g_assert_true (gtk_widget_get_visible (map));
  click (map, 0.02, 0.02);
  mg_canvas_visible_rect (canvas, &seen);
  g_assert_cmpint (seen.x, ==, 0);
  g_assert_cmpint (seen.y, ==, 0);
  click (map, 0.98, 0.98);
  mg_canvas_visible_rect (canvas, &seen);
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

static gboolean
has_channels (gpointer data)
{
  MgImage *image = is_ready (data) ? mg_document_get_image (mg_session_get_current (data)) : NULL;

  return image != NULL && mg_image_get_info (image)->n_channels == N_Z && mg_image_get_info (image)->n_z == 1;
}

/* Slices that are channels in truth */
static void
test_axes (void)
{
  Display *display = display_open ();
  MgSession *session = mg_window_get_session (display->window);
  g_autoptr (GFile) file = g_file_new_build_filename (display->folder, "pages.tif", NULL);
  g_autofree char *text = NULL;
  GtkWidget *panel, *axes;
  int n = 0;

  write_stack (file, 1, N_Z);
  mg_window_open_files (display->window, &file, 1);
  g_assert_true (display_wait (is_ready, session, 30));
  display_settle ();
  panel = find (display, MG_TYPE_IMAGE_PANEL, 0);
  axes = find_widget (panel, GTK_TYPE_DROP_DOWN, &n);
  g_assert_true (gtk_widget_get_visible (axes));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (axes), 1);
  g_assert_true (display_wait (has_channels, session, 30));
  display_settle ();
  n = N_Z - 1;
  g_assert_nonnull (find_widget (GTK_WIDGET (display->window), MG_TYPE_CHANNEL_ROW, &n));
  text = mg_project_to_text (mg_session_get_project (session));
  g_assert_nonnull (strstr (text, "\"axes\" : \"ZCT\""));
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  int result;

  if (!display_start ())
    return 77;
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/look/channels", test_channels);
  g_test_add_func ("/look/contrast", test_contrast);
  g_test_add_func ("/look/map", test_map);
  g_test_add_func ("/look/zoom", test_zoom);
  g_test_add_func ("/look/axes", test_axes);
  result = g_test_run ();
  display_stop ();
  return result;
}
