#include "panels/scroll-guard.h"

#include <math.h>

/* As far as a scrolled window goes with a notch of the wheel (gtkscrolledwindow.c). */
static double
notch (GtkAdjustment *adjustment)
{
  return pow (gtk_adjustment_get_page_size (adjustment), 2.0 / 3.0);
}

/* What lies under the pointer has a value that the wheel would change. */
static gboolean
is_over_value (GtkWidget *scrolled,
               GtkEventControllerMotion *motion)
{
  double *place = g_object_get_data (G_OBJECT (motion), "place");
  GtkWidget *under = gtk_widget_pick (scrolled, place[0], place[1], GTK_PICK_DEFAULT);

  return under != NULL && (gtk_widget_get_ancestor (under, GTK_TYPE_SPIN_BUTTON) != NULL ||
                           gtk_widget_get_ancestor (under, GTK_TYPE_SCALE) != NULL);
}

/* A scroll event does not say where it was. */
static void
on_motion (GtkEventControllerMotion *motion,
           double x,
           double y,
           double *place)
{
  place[0] = x;
  place[1] = y;
}

static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           GtkEventControllerMotion *motion)
{
  GtkWidget *scrolled = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller));
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  double by = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL ? dy * notch (adjustment) : dy;

  if (!is_over_value (scrolled, motion))
    return FALSE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + by);
  return TRUE;
}

/**
 * mg_scroll_guard_install:
 * @scrolled: a panel of numbers and sliders
 *
 * The wheel scrolls the panel, whatever lies under the pointer: a person who looks
 * for something further down must not change contrast and learning rate on the way.
 */
void
mg_scroll_guard_install (GtkScrolledWindow *scrolled)
{
  GtkEventController *controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  double *place = g_new0 (double, 2);

  g_object_set_data_full (G_OBJECT (motion), "place", place, g_free);
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), place);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), place);
  gtk_widget_add_controller (GTK_WIDGET (scrolled), motion);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_object (controller, "scroll", G_CALLBACK (on_scroll), motion, 0);
  gtk_widget_add_controller (GTK_WIDGET (scrolled), controller);
}
