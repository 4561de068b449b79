/* How long the window's main thread is kept while many cells are imported, and
 * how soon it stops: RoiSet.zip and label TIFF, over an image without cells.
 *
 *     import-large [SIDE [CELLS]]
 *
 * Needs Xvfb and xdotool; prints one JSON object. */
#include "display/display.h"

#include <math.h>
#include <stdlib.h>

#include "interchange/export.h"

#define MAX_SECONDS 300

static gint64 last_turn, longest_us;

/* The time between two turns of the main loop is what a person waits for. */
static gboolean
on_turn (gpointer data)
{
  gint64 now = g_get_monotonic_time ();

  if (last_turn != 0)
    longest_us = MAX (longest_us, now - last_turn);
  last_turn = now;
  return G_SOURCE_CONTINUE;
}

static gboolean
is_idle (gpointer data)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (((Display *) data)->window), "import");
}

static gboolean
is_past (gpointer data)
{
  return g_get_monotonic_time () > *(gint64 *) data;
}

static MgLabels *
simulate (int side, int n_cells)
{
  guint32 *data = g_malloc0 ((gsize) side * side * sizeof *data);
  int columns = (int) ceil (sqrt (n_cells)), pitch = side / columns;

  for (int y = 0; y < columns * pitch; y++)
    for (int x = 0; x < columns * pitch; x++)
      {
        int cell = y / pitch * columns + x / pitch;

        if (cell < n_cells && hypot (x % pitch - 0.5 * pitch, y % pitch - 0.5 * pitch) < 0.42 * pitch)
          data[(gsize) y * side + x] = (guint32) cell + 1;
      }
  return mg_labels_new_take (side, side, data, g_free);
}

static GFile *
write_cells (Display *display, MgExportFormat format, int side, int n_cells)
{
  g_autofree char *path = g_strconcat (display->folder, "/cells", mg_export_get_kind (format)->suffix, NULL);
  g_autoptr (MgLabels) labels = simulate (side, n_cells);
  MgExportSource source = { .labels = labels };
  g_autoptr (GError) error = NULL;
  GFile *file = g_file_new_for_path (path);

  mg_export (file, format, &source, NULL, NULL, &error);
  g_assert_no_error (error);
  return file;
}

/* What the window does anyway. */
static double
rest (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  longest_us = last_turn = 0;
  g_assert_true (display_wait (is_past, &end, MAX_SECONDS));
  return longest_us / 1000.0;
}

static void
import_and_stop (Display *display, GFile *file, const char *name)
{
  MgAnnotation *annotation = mg_document_get_annotation (display_get_document (display));
  double at_rest = rest (2), longest, seconds, slowest_stop = 0;
  gint64 start = g_get_monotonic_time ();
  guint n;

  longest_us = last_turn = 0;
  mg_window_import (display->window, file, FALSE);
  g_assert_true (display_wait (is_idle, display, MAX_SECONDS));
  seconds = (g_get_monotonic_time () - start) / 1e6;
  longest = longest_us / 1000.0;
  n = mg_annotation_get_n_instances (annotation);
  last_turn = 0;
  longest_us = 0;
  mg_annotation_undo (annotation);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  for (int i = 1; i < 8; i++)
    {
      mg_window_import (display->window, file, FALSE);
      rest (seconds * i / 8);
      start = g_get_monotonic_time ();
      gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop", NULL);
      g_assert_true (display_wait (is_idle, display, MAX_SECONDS));
      slowest_stop = MAX (slowest_stop, (g_get_monotonic_time () - start) / 1000.0);
      while (mg_annotation_undo (annotation))
        ;
    }
  g_print ("{\"what\": \"%s\", \"cells\": %u, \"seconds\": %.2f, \"main_thread_at_rest_ms\": %.1f, \"longest_ms\": %.1f, "
           "\"stop_ms\": %.1f}\n",
           name, n, seconds, at_rest, longest, slowest_stop);
}

int
main (int argc, char *argv[])
{
  int side = argc > 1 ? atoi (argv[1]) : 16384, n_cells = argc > 2 ? atoi (argv[2]) : 100000;
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
  g_timeout_add_full (G_PRIORITY_HIGH, 1, on_turn, NULL, NULL);
  import_and_stop (display, zip, "RoiSet.zip");
  import_and_stop (display, labels, "label TIFF");
  display_close (display);
  display_stop ();
  return 0;
}
