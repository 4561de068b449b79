/* What a screen reader is told of the widgets that draw themselves. */
#include "display.h"

#include "canvas/canvas.h"
#include "panels/histogram-view.h"
#include "panels/loss-chart.h"

static void
test_canvas (void)
{
  Display *display = display_open ();
  GtkAccessible *canvas = GTK_ACCESSIBLE (mg_window_get_canvas (display->window));

  gtk_test_accessible_assert_role (canvas, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (canvas, GTK_ACCESSIBLE_PROPERTY_LABEL, "Image, none opened");
  display_open_sample (display);
  gtk_test_accessible_assert_property (canvas, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Image cells.tif, 128 by 128 pixels, 0 cells painted");
  display_circle (display, 40, 40, 12);
  gtk_test_accessible_assert_property (canvas, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Image cells.tif, 128 by 128 pixels, 1 cell painted");
  display_close (display);
}

static void
test_charts (void)
{
  g_autoptr (GtkWidget) chart = g_object_ref_sink (g_object_new (MG_TYPE_LOSS_CHART, NULL));
  g_autoptr (GtkWidget) histogram = g_object_ref_sink (g_object_new (MG_TYPE_HISTOGRAM_VIEW, NULL));
  const MgTrainPoint points[] = { { .step = 1, .loss = 2.5 }, { .step = 2, .loss = 1.25 } };

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_LABEL, "Learning curve, empty");
  mg_loss_chart_set_points (MG_LOSS_CHART (chart), points, G_N_ELEMENTS (points));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Learning curve, loss 1.25 at step 2");
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (histogram), GTK_ACCESSIBLE_ROLE_IMG);
  mg_histogram_view_set (MG_HISTOGRAM_VIEW (histogram), NULL, 3, 250);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (histogram), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Black at 3, white at 250");
}

/* A number takes no letters, and Escape leads back to the image, where they are tools. */
static void
test_back (void)
{
  Display *display = display_open ();
  GtkWidget *canvas = mg_window_get_canvas (display->window), *low;
  MgCanvasTool tool;
  double before;

  display_open_sample (display);
  g_object_set (canvas, "tool", MG_CANVAS_BRUSH, NULL);
  low = display_find_nth (GTK_WIDGET (display->window), GTK_TYPE_SPIN_BUTTON, 0);
  before = gtk_spin_button_get_value (GTK_SPIN_BUTTON (low));
  gtk_widget_grab_focus (low);
  display_settle ();
  display_key ("e");
  display_key ("Escape");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (display->window)) == canvas);
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (low)), ==, before);
  g_object_get (canvas, "tool", &tool, NULL);
  g_assert_cmpint (tool, ==, MG_CANVAS_BRUSH);
  display_key ("e");
  g_object_get (canvas, "tool", &tool, NULL);
  g_assert_cmpint (tool, ==, MG_CANVAS_ERASER);
  display_close (display);
}

/* Every button with a picture instead of a text has a name and a tooltip. */
static void
check_buttons (GtkWidget *widget,
               guint *n)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL &&
      gtk_widget_get_tooltip_text (widget) != NULL)
    {
      g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL));
      ++*n;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_buttons (child, n);
}

static void
test_buttons (void)
{
  Display *display = display_open ();
  guint n = 0;

  display_open_sample (display);
  check_buttons (GTK_WIDGET (display->window), &n);
  g_assert_cmpuint (n, >=, 8);
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/a11y/canvas", test_canvas);
  g_test_add_func ("/a11y/back", test_back);
  g_test_add_func ("/a11y/charts", test_charts);
  g_test_add_func ("/a11y/buttons", test_buttons);
  return display_test_run ();
}
