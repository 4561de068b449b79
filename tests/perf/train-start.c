/* How long the window takes from the press of Train to the first step learned,
 * and from Stop until it has stopped: a sample project, the defaults, the CPU.
 *
 *     train-start [REPEATS]
 *
 * Needs Xvfb and xdotool; prints one JSON object. */
#include "display/display.h"

#include <stdlib.h>

#include "dataset/sample.h"

#define MAX_SECONDS 120

static gboolean
is_ready (gpointer data)
{
  MgDocument *document = mg_session_get_current (data);

  return document != NULL && mg_document_get_state (document) == MG_DOCUMENT_READY;
}

static gboolean
is_running (gpointer data)
{
  return mg_training_get_state (data) == MG_TRAINING_RUNNING;
}

static gboolean
has_learned (gpointer data)
{
  guint n;

  mg_training_get_history (data, &n);
  return n > 0;
}

static gboolean
is_idle (gpointer data)
{
  return mg_training_get_state (data) == MG_TRAINING_IDLE;
}

static void
open_project (Display *display)
{
  const MgSampleOptions options = { .n_images = 8, .size = 512 };
  g_autofree char *path = g_build_filename (display->folder, "sample", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  if (!mg_sample_write (folder, &options, NULL, NULL, &error))
    g_error ("%s", error->message);
  mg_window_open_files (display->window, &folder, 1);
  g_assert_true (display_wait (is_ready, mg_window_get_session (display->window), MAX_SECONDS));
  display_settle ();
}

/* Milliseconds since `start` when it is `done`. */
static double
measure (Display *display,
         gint64 start,
         gboolean (*done) (gpointer data))
{
  g_assert_true (display_wait (done, mg_window_get_training (display->window), MAX_SECONDS));
  return (double) (g_get_monotonic_time () - start) / 1000.0;
}

static void
press_train_and_stop (Display *display)
{
  gint64 start = g_get_monotonic_time ();
  double running, learned;

  display_xdotool ("key ctrl+t");
  running = measure (display, start, is_running);
  learned = measure (display, start, has_learned);
  start = g_get_monotonic_time ();
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop-training", NULL);
  g_print ("{\"running_ms\": %.0f, \"first_step_ms\": %.0f, \"stop_ms\": %.0f}", running, learned,
           measure (display, start, is_idle));
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

      open_project (display);
      g_object_set (mg_window_get_session (display->window), "device", "cpu", NULL);
      g_print ("%s", i == 0 ? "" : ", ");
      press_train_and_stop (display);
      display_close (display);
    }
  g_print ("]}\n");
  display_stop ();
  return 0;
}
