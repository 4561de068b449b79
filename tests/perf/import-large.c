/* How long the window's main thread is kept while many cells are imported, taken
 * back and done again, all cleared and brought back, and how soon an import stops:
 * RoiSet.zip and label TIFF, over an image without cells.
 *
 *     import-large [SIDE [CELLS [STOPS]]]
 *
 * Needs Xvfb and xdotool; prints one JSON object for each kind of file: of each
 * the longest turn of the main loop in processor time, which a busy machine hardly
 * changes, and on the clock. */
#include "display/display.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "interchange/export.h"

#define MAX_SECONDS 300

/* Of the main thread, microseconds. */
typedef struct
{
  gint64 cpu, clock;
} Moment;

static Moment last_turn, longest;

static Moment
now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (Moment){ (gint64) t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000, g_get_monotonic_time () };
}

/* The time between two turns of the main loop is what a person waits for. */
static gboolean
on_turn (gpointer data)
{
  Moment at = now ();

  if (last_turn.clock != 0)
    {
      longest.cpu = MAX (longest.cpu, at.cpu - last_turn.cpu);
      longest.clock = MAX (longest.clock, at.clock - last_turn.clock);
    }
  last_turn = at;
  return G_SOURCE_CONTINUE;
}

static void
begin (void)
{
  longest = last_turn = (Moment){ 0, 0 };
}

static void
tell (const char *what)
{
  g_print (", \"%s_ms\": [%.1f, %.1f]", what, longest.cpu / 1000.0, longest.clock / 1000.0);
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

static void
rest (double seconds)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * G_USEC_PER_SEC);

  g_assert_true (display_wait (is_past, &end, MAX_SECONDS));
}

/* An action, and what the window does for it in the next seconds. */
static void
act (Display *display, const char *action, const char *what)
{
  begin ();
  rest (0.2); /* the first turn */
  gtk_widget_activate_action (GTK_WIDGET (display->window), action, NULL);
  rest (4);
  tell (what);
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
      rest (seconds * i / (n_stops + 1));
      start = g_get_monotonic_time ();
      gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop", NULL);
      g_assert_true (display_wait (is_idle, display, MAX_SECONDS));
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

  begin ();
  rest (2);
  g_print ("{\"what\": \"%s\"", name);
  tell ("at_rest");
  start = g_get_monotonic_time ();
  begin ();
  mg_window_import (display->window, file, FALSE);
  g_assert_true (display_wait (is_idle, display, MAX_SECONDS));
  seconds = (g_get_monotonic_time () - start) / 1e6;
  rest (4);
  tell ("import");
  g_print (", \"cells\": %u, \"seconds\": %.2f", mg_annotation_get_n_instances (annotation), seconds);
  act (display, "win.undo", "undo");
  act (display, "win.redo", "redo");
  act (display, "win.clear-labels", "clear");
  act (display, "win.undo", "undo_clear");
  act (display, "win.redo", "redo_clear");
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
  g_timeout_add_full (G_PRIORITY_HIGH, 1, on_turn, NULL, NULL);
  measure (display, zip, "RoiSet.zip", n_stops);
  measure (display, labels, "label TIFF", n_stops);
  display_close (display);
  display_stop ();
  return 0;
}
