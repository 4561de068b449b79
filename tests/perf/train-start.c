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

/* Milliseconds until `done`, from a key pressed or, without one, an action. */
static double
measure (Display *display,
         const char *key,
         const char *action,
         gboolean (*done) (gpointer data))
{
  gint64 start = g_get_monotonic_time ();

  if (key != NULL)
    display_xdotool ("key %s", key);
  else
    gtk_widget_activate_action (GTK_WIDGET (display->window), action, NULL);
  g_assert_true (display_wait (done, mg_window_get_training (display->window), MAX_SECONDS));
  return (g_get_monotonic_time () - start) / 1000.0;
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
      double started, stopped;

      open_project (display);
      g_object_set (mg_window_get_session (display->window), "device", "cpu", NULL);
      started = measure (display, "ctrl+t", NULL, has_learned);
      stopped = measure (display, NULL, "win.stop-training", is_idle);
      g_print ("%s{\"first_step_ms\": %.0f, \"stop_ms\": %.0f}", i == 0 ? "" : ", ", started, stopped);
      display_close (display);
    }
  g_print ("]}\n");
  display_stop ();
  return 0;
}
