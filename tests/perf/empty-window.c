/* What an empty libadwaita window costs: the floor that the start-up of
 * the program is compared with. */
#include <adwaita.h>

#include "canvas/frame-trace.h"

static gboolean
on_timeout (gpointer app)
{
  g_application_quit (app);
  return G_SOURCE_REMOVE;
}

/* Draws all of it at every frame, as painting does. */
static gboolean
on_tick (GtkWidget *window,
         GdkFrameClock *clock,
         gpointer data)
{
  mg_frame_trace_enter ();
  gtk_widget_queue_draw (window);
  mg_frame_trace_leave ();
  mg_frame_trace_snapshot_begin ();
  mg_frame_trace_snapshot_end ();
  return G_SOURCE_CONTINUE;
}

static void
on_activate (GtkApplication *app)
{
  GtkWidget *window = adw_application_window_new (app);

  gtk_window_set_default_size (GTK_WINDOW (window), 1600, 1000);
  gtk_widget_realize (window);
  mg_frame_trace_watch (gtk_widget_get_frame_clock (window));
  gtk_window_present (GTK_WINDOW (window));
  if (g_getenv ("MG_REDRAW") != NULL)
    gtk_widget_add_tick_callback (window, on_tick, NULL, NULL);
  g_timeout_add_seconds (2, on_timeout, app);
}

int
main (int argc,
      char **argv)
{
  g_autoptr (AdwApplication) app = adw_application_new ("io.github.micrographia.Empty", G_APPLICATION_NON_UNIQUE);
  int status;

  mg_frame_trace_init ();
  g_signal_connect (app, "activate", G_CALLBACK (on_activate), NULL);
  status = g_application_run (G_APPLICATION (app), argc, argv);
  mg_frame_trace_finish ();
  return status;
}
