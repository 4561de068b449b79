/* Fingers, a touchpad and a pen: a pinch zooms where it is made and paints nothing,
 * pressure makes the brush wide, and the pen's other end erases. */
#include "compositor.h"
#include "display.h"

#include "canvas/canvas.h"
#include "compare/compare-page.h"

typedef struct
{
  int x, y;
} Place;

static double
get_zoom (MgImageView *view)
{
  double zoom;

  g_object_get (view, "zoom", &zoom, NULL);
  return zoom;
}

static Place
place (MgImageView *view,
       double x,
       double y)
{
  double at_x, at_y;
  Place at;

  mg_image_view_to_widget (view, x, y, &at_x, &at_y);
  display_place_in (GTK_WIDGET (view), at_x, at_y, &at.x, &at.y);
  return at;
}

static void
assert_near (Place a,
             Place b)
{
  g_test_message ("%d, %d and %d, %d", a.x, a.y, b.x, b.y);
  g_assert_cmpint (ABS (a.x - b.x), <=, 2);
  g_assert_cmpint (ABS (a.y - b.y), <=, 2);
}

/* Two fingers beside a place of the image go apart, then aside together. */
static void
pinch_with_fingers (MgImageView *view,
                    double x,
                    double y,
                    int pane_offset)
{
  double zoom = get_zoom (view);
  Place at = place (view, x, y), now;

  at.x += pane_offset;
  compositor_touch_down (0, at.x - 40, at.y);
  compositor_touch_down (1, at.x + 40, at.y);
  for (int i = 1; i <= 10; i++)
    {
      compositor_touch_move (0, at.x - 40 - 6 * i, at.y);
      compositor_touch_move (1, at.x + 40 + 6 * i, at.y);
    }
  display_settle ();
  g_assert_cmpfloat_with_epsilon (get_zoom (view) / zoom, 2.5, 0.01);
  now = place (view, x, y);
  now.x += pane_offset;
  assert_near (now, at);
  for (int i = 0; i < 2; i++)
    compositor_touch_move (i, at.x + (i == 0 ? -100 : 100) + 30, at.y - 20);
  display_settle ();
  g_assert_cmpfloat_with_epsilon (get_zoom (view) / zoom, 2.5, 0.01);
  now = place (view, x, y);
  now.x += pane_offset;
  assert_near (now, (Place){ at.x + 30, at.y - 20 });
  compositor_touch_up (0);
  compositor_touch_up (1);
  display_settle ();
}

static void
test_fingers (void)
{
  Display *display = display_open ();
  MgAnnotation *annotation = mg_document_get_annotation (display_open_sample (display));

  pinch_with_fingers (MG_IMAGE_VIEW (mg_window_get_canvas (display->window)), 60, 70, 0);
  g_assert_false (mg_annotation_can_undo (annotation));
  display_close (display);
}

/* One finger paints. */
static void
test_finger (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);
  MgImageView *view = MG_IMAGE_VIEW (mg_window_get_canvas (display->window));
  Place at = place (view, 60, 70);

  compositor_touch_down (0, at.x, at.y);
  compositor_touch_move (0, at.x + 40, at.y);
  display_settle ();
  compositor_touch_up (0);
  display_settle ();
  g_assert_cmpuint (mg_annotation_get_n_instances (mg_document_get_annotation (document)), ==, 1);
  display_close (display);
}

static void
test_touchpad (void)
{
  Display *display = display_open ();
  MgImageView *view = MG_IMAGE_VIEW (mg_window_get_canvas (display->window));
  double zoom;
  Place at;

  display_open_sample (display);
  zoom = get_zoom (view);
  at = place (view, 80, 50);
  compositor_pointer_move (at.x, at.y);
  display_settle ();
  compositor_pinch_begin ();
  for (int i = 1; i <= 10; i++)
    compositor_pinch (1 + i * 0.2);
  compositor_pinch_end ();
  display_settle ();
  g_assert_cmpfloat_with_epsilon (get_zoom (view) / zoom, 3, 0.01);
  assert_near (place (view, 80, 50), at);
  display_close (display);
}

/* In the right one of two panes. */
static void
test_compare (void)
{
  const MgSampleOptions options = { .n_images = 1, .size = 128, .seed = 3, .denoise = TRUE };
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_write_sample (display, "pairs", &options);
  MgComparePage *page = mg_window_get_compare_page (display->window);
  GtkWidget *view = GTK_WIDGET (mg_compare_page_get_view (page));
  MgRect roi;

  display_open_file (display, folder);
  g_object_set (view, "mode", MG_COMPARE_SIDE, NULL);
  display_settle ();
  pinch_with_fingers (MG_IMAGE_VIEW (view), 64, 64, (gtk_widget_get_width (view) + 4) / 2);
  g_assert_false (mg_compare_view_get_roi (MG_COMPARE_VIEW (view), &roi));
  display_close (display);
}

/* Faster than a frame: it comes as one motion. */
static void
draw (MgImageView *view,
      CompositorTool tool,
      double x0,
      double x1,
      double y,
      double pressure0,
      double pressure1)
{
  for (int i = 0; i <= 10; i++)
    {
      Place at = place (view, x0 + (x1 - x0) * i / 10, y);
      double pressure = pressure0 + (pressure1 - pressure0) * i / 10;

      if (i == 0)
        compositor_pen_down (tool, at.x, at.y, pressure);
      else
        compositor_pen_move (tool, at.x, at.y, pressure);
    }
  display_settle ();
  compositor_pen_up (tool);
  display_settle ();
}

/* How many pixels high a stroke is. */
static int
get_height (MgAnnotation *annotation,
            int x,
            int y)
{
  MgMask *mask = mg_annotation_get_mask (annotation);
  int n = 0;

  for (int i = y - 15; i <= y + 15; i++)
    n += mg_mask_get (mask, x, i) != 0;
  return n;
}

static void
test_pen (void)
{
  Display *display = display_open ();
  MgAnnotation *annotation = mg_document_get_annotation (display_open_sample (display));
  MgImageView *view = MG_IMAGE_VIEW (mg_window_get_canvas (display->window));

  g_object_set (view, "brush-radius", 8.0, NULL);
  draw (view, COMPOSITOR_PEN, 20, 60, 20, 1, 1);
  g_assert_cmpint (ABS (get_height (annotation, 40, 20) - 16), <=, 1);
  draw (view, COMPOSITOR_PEN, 20, 60, 45, 0.25, 0.25);
  g_assert_cmpint (ABS (get_height (annotation, 40, 45) - 10), <=, 1);
  draw (view, COMPOSITOR_PEN, 20, 60, 75, 0, 1);
  g_assert_cmpint (ABS (get_height (annotation, 24, 75) - 9), <=, 1);
  g_assert_cmpint (ABS (get_height (annotation, 56, 75) - 15), <=, 1);
  g_object_set (view, "pressure", FALSE, NULL);
  draw (view, COMPOSITOR_PEN, 20, 60, 110, 0.25, 0.25);
  g_assert_cmpint (ABS (get_height (annotation, 40, 110) - 16), <=, 1);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 4);
  display_close (display);
}

/* Whatever the tool is; and it is the tool's turn again after. */
static void
test_eraser (void)
{
  Display *display = display_open ();
  MgAnnotation *annotation = mg_document_get_annotation (display_open_sample (display));
  MgImageView *view = MG_IMAGE_VIEW (mg_window_get_canvas (display->window));
  static const MgCanvasTool tools[] = { MG_CANVAS_BRUSH, MG_CANVAS_SELECT, MG_CANVAS_LASSO };

  g_object_set (view, "brush-radius", 6.0, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      int y = 25 + 35 * (int) i;

      g_object_set (view, "tool", MG_CANVAS_BRUSH, NULL);
      draw (view, COMPOSITOR_PEN, 30, 90, y, 1, 1);
      g_object_set (view, "tool", tools[i], NULL);
      draw (view, COMPOSITOR_ERASER, 50, 60, y, 1, 1);
      g_assert_cmpint (get_height (annotation, 35, y), ==, 12);
      g_assert_cmpint (get_height (annotation, 55, y), ==, 0);
    }
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  compositor_start ();
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/touch/fingers", test_fingers);
  g_test_add_func ("/touch/finger", test_finger);
  g_test_add_func ("/touch/touchpad", test_touchpad);
  g_test_add_func ("/touch/compare", test_compare);
  g_test_add_func ("/touch/pen", test_pen);
  g_test_add_func ("/touch/eraser", test_eraser);
  return g_test_run ();
}
