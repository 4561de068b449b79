/* A project of ten thousand images: how long until it is open, and how long
 * frames take while its list is scrolled.
 *   bench-list [N]     (under the Xvfb it starts itself) */
#include "display/display.h"

#include <stdlib.h>

#include "dataset/sample.h"
#include "io/loader.h"
#include "panels/image-list.h"

static gint64 begun;
static GArray *frames; /* of double, ms */

static gboolean
all_checked (gpointer data)
{
  GListModel *documents = mg_session_get_documents (data);
  g_autoptr (MgDocument) last = g_list_model_get_item (documents, g_list_model_get_n_items (documents) - 1);

  return mg_document_get_file_state (last) != MG_FILE_UNKNOWN;
}

static void
make_images (const char *path,
             int n)
{
  const MgSampleOptions options = { .n_images = 1, .size = 64, .seed = 3 };
  g_autofree char *made = g_build_filename (path, "made", NULL);
  g_autofree char *all = g_build_filename (path, "all", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (made);
  g_autoptr (GFile) images = g_file_get_child (folder, "images");
  g_autoptr (GPtrArray) files = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (mg_sample_write (folder, &options, NULL, NULL, NULL));
  files = mg_list_images (images, NULL, NULL);
  g_assert_true (g_file_get_contents (g_file_peek_path (files->pdata[0]), &bytes, &size, NULL));
  g_mkdir_with_parents (all, 0777);
  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/image-%05d.tif", all, i);
      FILE *file = fopen (name, "wb");

      g_assert_true (file != NULL && fwrite (bytes, 1, size, file) == size);
      fclose (file);
    }
}

static void
on_before (GdkFrameClock *clock)
{
  begun = g_get_monotonic_time ();
}

static void
on_after (GdkFrameClock *clock)
{
  double ms = (double) (g_get_monotonic_time () - begun) / 1000;

  g_array_append_val (frames, ms);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static GtkAdjustment *
find_adjustment (GtkWidget *widget)
{
  GtkAdjustment *found = NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = GTK_IS_SCROLLED_WINDOW (child) && MG_IS_IMAGE_LIST (widget)
              ? gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (child))
              : find_adjustment (child);
  return found;
}

static gboolean
scroll (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  GtkAdjustment *adjustment = data;

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + 150);
  return G_SOURCE_CONTINUE;
}

static gboolean
has_scrolled (gpointer data)
{
  return frames->len >= 200;
}

int
main (int argc, char **argv)
{
  int n = argc > 1 ? atoi (argv[1]) : 10000;
  Display *display;
  GdkFrameClock *clock;
  g_autofree char *all = NULL;
  g_autoptr (GFile) folder = NULL;
  gint64 start;

  if (!display_start ())
    return 77;
  adw_init ();
  frames = g_array_new (FALSE, FALSE, sizeof (double));
  display = display_open ();
  make_images (display->folder, n);
  all = g_build_filename (display->folder, "all", NULL);
  folder = g_file_new_for_path (all);
  start = g_get_monotonic_time ();
  mg_window_open_files (display->window, &folder, 1);
  g_assert_true (display_wait (display_is_ready, display, 120));
  g_print ("%d images: the first is in view after %.0f ms\n", n, (double) (g_get_monotonic_time () - start) / 1000);
  g_assert_true (display_wait (all_checked, mg_window_get_session (display->window), 300));
  g_print ("every file was looked at after %.0f ms\n", (double) (g_get_monotonic_time () - start) / 1000);
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (display->window));
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before), NULL);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after), NULL);
  gtk_widget_add_tick_callback (GTK_WIDGET (display->window), scroll,
                                find_adjustment (GTK_WIDGET (display->window)), NULL);
  g_assert_true (display_wait (has_scrolled, NULL, 120));
  g_array_sort (frames, compare);
  g_print ("frames while the list is scrolled: median %.1f ms, 99th percentile %.1f ms\n",
           g_array_index (frames, double, frames->len / 2), g_array_index (frames, double, frames->len * 99 / 100));
  display_close (display);
  display_stop ();
  return 0;
}
