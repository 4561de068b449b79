/* A project of ten thousand images: how long until it is open, and how long
 * frames take while its list is scrolled, and filters.
 *   bench-list [N]     (under the Xvfb it starts itself) */
#include "display/display.h"

#include <stdlib.h>
#include <time.h>

#include "dataset/sample.h"
#include "io/loader.h"
#include "panels/image-list.h"

/* What the main thread did in one frame, or for one filter. */
typedef struct
{
  double ms, cpu_ms;
} Took;

static Took begun;
static GArray *frames; /* of Took */

static Took
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (Took){ (double) g_get_monotonic_time () / 1e3, time.tv_sec * 1e3 + time.tv_nsec / 1e6 };
}

static Took
since (Took start)
{
  Took end = now ();

  return (Took){ end.ms - start.ms, end.cpu_ms - start.cpu_ms };
}

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
  begun = now ();
}

static void
on_after (GdkFrameClock *clock)
{
  Took took = since (begun);

  g_array_append_val (frames, took);
}

static int
compare_ms (gconstpointer a, gconstpointer b)
{
  double x = ((const Took *) a)->ms, y = ((const Took *) b)->ms;

  return (x > y) - (x < y);
}

static int
compare_cpu (gconstpointer a, gconstpointer b)
{
  double x = ((const Took *) a)->cpu_ms, y = ((const Took *) b)->cpu_ms;

  return (x > y) - (x < y);
}

/* The list's widget of a type. */
static GtkWidget *
find_in_list (GtkWidget *widget, GType type)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && gtk_widget_get_ancestor (widget, MG_TYPE_IMAGE_LIST) != NULL &&
      gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER) == NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_in_list (child, type);
  return found;
}

static void
filter (Display *display, const char *what, const char *text, guint which)
{
  GtkWidget *search = find_in_list (GTK_WIDGET (display->window), GTK_TYPE_SEARCH_ENTRY);
  GtkWidget *drop_down = find_in_list (GTK_WIDGET (display->window), GTK_TYPE_DROP_DOWN);
  Took took, start = now ();

  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), which);
  gtk_editable_set_text (GTK_EDITABLE (search), text);
  g_signal_emit_by_name (search, "search-changed");
  took = since (start);
  g_print ("%s: %.1f ms, %.1f ms of the processor\n", what, took.ms, took.cpu_ms);
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
  return frames->len >= 500;
}

int
main (int argc, char **argv)
{
  int n = argc > 1 ? atoi (argv[1]) : 10000;
  Display *display;
  GtkWidget *scrolled;
  GdkFrameClock *clock;
  g_autofree char *all = NULL;
  g_autoptr (GFile) folder = NULL;
  gint64 start;

  if (!display_start ())
    return 77;
  adw_init ();
  frames = g_array_new (FALSE, FALSE, sizeof (Took));
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
  scrolled = find_in_list (GTK_WIDGET (display->window), GTK_TYPE_SCROLLED_WINDOW);
  gtk_widget_add_tick_callback (GTK_WIDGET (display->window), scroll,
                                gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)), NULL);
  g_assert_true (display_wait (has_scrolled, NULL, 240));
  g_array_sort (frames, compare_ms);
  g_print ("frames while the list is scrolled: median %.1f ms, 99th percentile %.1f ms\n",
           g_array_index (frames, Took, frames->len / 2).ms, g_array_index (frames, Took, frames->len * 99 / 100).ms);
  g_array_sort (frames, compare_cpu);
  g_print ("processor time of these: median %.1f ms, 99th percentile %.1f ms\n",
           g_array_index (frames, Took, frames->len / 2).cpu_ms, g_array_index (frames, Took, frames->len * 99 / 100).cpu_ms);
  filter (display, "searched for a name that one image has", "image-00777", 0);
  filter (display, "searched for one that many have", "99", 0);
  filter (display, "only those not painted", "", 2);
  filter (display, "all again", "", 0);
  display_close (display);
  display_stop ();
  return 0;
}
