/* How long the window's main thread is kept while many cells are imported, taken
 * back and done again, all cleared and brought back, and how soon an import stops:
 * RoiSet.zip and label TIFF, over an image without cells.
 *
 *     import-large [SIDE [CELLS [STOPS]]]
 *
 * Needs Xvfb and xdotool; prints one JSON object for each kind of file: of each
 * the longest turn of the main loop in processor time, which a busy machine hardly
 * changes, and on the clock. */
#include "turns.h"

#include <stdlib.h>

#include "interchange/export.h"

static gboolean
is_idle (gpointer data)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (((Display *) data)->window), "import");
}

static GFile *
write_cells (Display *display, MgExportFormat format, int side, int n_cells)
{
  g_autofree char *path = g_strconcat (display->folder, "/cells", mg_export_get_kind (format)->suffix, NULL);
  g_autoptr (MgLabels) labels = turns_simulate (side, n_cells);
  MgExportSource source = { .labels = labels };
  g_autoptr (GError) error = NULL;
  GFile *file = g_file_new_for_path (path);

  mg_export (file, format, &source, NULL, NULL, &error);
  g_assert_no_error (error);
  return file;
}

static double
stop_slowest (Display *display, GFile *file, double seconds, int n_stops)
{
  MgAnnotation *annotation = mg_document_get_annotation (display_get_document (display));
  double slowest = 0;

  for (int i = 1; i <= n_stops; i++)
    {
      gint64 start;

      mg_window_import (display->window, file, FALSE);
      turns_rest (seconds * i / (n_stops + 1));
      start = g_get_monotonic_time ();
      gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop", NULL);
      g_assert_true (display_wait (is_idle, display, TURNS_MAX_SECONDS));
      slowest = MAX (slowest, (g_get_monotonic_time () - start) / 1000.0);
      while (mg_annotation_undo (annotation))
        ;
    }
  return slowest;
}

static void
measure (Display *display, GFile *file, const char *name, int n_stops)
{
  MgAnnotation *annotation = mg_document_get_annotation (display_get_document (display));
  gint64 start;
  double seconds;

  turns_begin ();
  turns_rest (2);
  g_print ("{\"what\": \"%s\"", name);
  turns_tell ("at_rest");
  start = g_get_monotonic_time ();
  turns_begin ();
  mg_window_import (display->window, file, FALSE);
  g_assert_true (display_wait (is_idle, display, TURNS_MAX_SECONDS));
  seconds = (g_get_monotonic_time () - start) / 1e6;
  turns_rest (4);
  turns_tell ("import");
  g_print (", \"cells\": %u, \"seconds\": %.2f", mg_annotation_get_n_instances (annotation), seconds);
  turns_act (display, "win.undo", is_idle, "undo");
  turns_act (display, "win.redo", is_idle, "redo");
  turns_act (display, "win.clear-labels", is_idle, "clear");
  turns_act (display, "win.undo", is_idle, "undo_clear");
  turns_act (display, "win.redo", is_idle, "redo_clear");
  while (mg_annotation_undo (annotation))
    ;
  g_print (", \"stop_ms\": %.1f}\n", stop_slowest (display, file, seconds, n_stops));
}

int
main (int argc, char *argv[])
{
  int side = argc > 1 ? atoi (argv[1]) : 16384, n_cells = argc > 2 ? atoi (argv[2]) : 100000;
  int n_stops = argc > 3 ? atoi (argv[3]) : 7;
  const MgImageInfo info = { .width = side, .height = side, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U8 };
  Display *display;
  g_autoptr (GFile) image = NULL, zip = NULL, labels = NULL;

  if (!display_start ())
    return 77;
  adw_init ();
  display = display_open ();
  image = display_write_image (display, "dark.tif", &info, g_malloc0 ((gsize) side * side));
  zip = write_cells (display, MG_EXPORT_IMAGEJ, side, n_cells);
  labels = write_cells (display, MG_EXPORT_LABELS, side, n_cells);
  display_open_file (display, image);
  turns_watch ();
  measure (display, zip, "RoiSet.zip", n_stops);
  measure (display, labels, "label TIFF", n_stops);
  display_close (display);
  display_stop ();
  return 0;
}
