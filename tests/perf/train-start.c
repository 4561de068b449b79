/* How long the window takes from the press of Train to the first step learned,
 * and from Stop until it has stopped: a sample project, the defaults, the CPU.
 *
 *     train-start [REPEATS]
 *
 * Needs Xvfb and xdotool; prints one JSON object. */
#include "display/display.h"

#include <stdlib.h>

#define MAX_SECONDS 120

static gboolean
has_learned (gpointer data)
{
  guint n;

  mg_training_get_history (mg_window_get_training (((Display *) data)->window), &n);
  return n > 0;
}

/* Milliseconds since `start` when it is `done`. */
static double
measure (Display *display,
         gint64 start,
         gboolean (*done) (gpointer data))
{
  g_assert_true (display_wait (done, display, MAX_SECONDS));
  return (double) (g_get_monotonic_time () - start) / 1000.0;
}

static void
press_train_and_stop (Display *display)
{
  gint64 start = g_get_monotonic_time ();
  double running, learned;

  display_xdotool ("key ctrl+t");
  running = measure (display, start, display_training_runs);
  learned = measure (display, start, has_learned);
  start = g_get_monotonic_time ();
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop-training", NULL);
  g_print ("{\"running_ms\": %.0f, \"first_step_ms\": %.0f, \"stop_ms\": %.0f}", running, learned,
           measure (display, start, display_training_is_idle));
}

int
main (int argc, char *argv[])
{
  int repeats = argc > 1 ? atoi (argv[1]) : 3;

  if (!display_start ())
    return 77;
  adw_init ();
  g_print ("{\"runs\": [");
  for (int i = 0; i < repeats; i++)
    {
      Display *display = display_open ();
      g_autoptr (GFile) folder = display_make_project (display, 8, 512);

      display_open_file (display, folder);
      g_object_set (mg_window_get_session (display->window), "device", "cpu", NULL);
      g_print ("%s", i == 0 ? "" : ", ");
      press_train_and_stop (display);
      display_close (display);
    }
  g_print ("]}\n");
  display_stop ();
  return 0;
}
