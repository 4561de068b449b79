/* Cells out to a RoiSet.zip and back into the image, with undo; a bad
 * file changes nothing; a file dialog opens for each. */
#include "display.h"

#include <glib/gstdio.h>

static gboolean
is_idle (gpointer data)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (data), "import");
}

static void
wait_until_done (Display *display)
{
  g_assert_true (display_wait (is_idle, display->window, 60));
  display_settle ();
}

static GFile *
in_folder (Display *display,
           const char *name)
{
  return g_file_new_build_filename (display->folder, name, NULL);
}

static void
round_trip (Display *display,
            MgAnnotation *annotation,
            MgExportFormat format)
{
  g_autoptr (GFile) file = in_folder (display, mg_export_get_kind (format)->suffix);
  g_autofree guint32 *before = NULL, *after = NULL;
  gsize size, size_after;

  before = display_read_labels (annotation, &size);
  mg_window_export (display->window, format, file);
  g_assert_false (is_idle (display->window));
  wait_until_done (display);
  g_assert_true (g_file_query_exists (file, NULL));
  mg_annotation_clear (annotation);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  mg_window_import (display->window, file, FALSE);
  wait_until_done (display);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  after = display_read_labels (annotation, &size_after);
  for (gsize i = 0; i < size / sizeof *before; i++)
    g_assert_true ((before[i] == 0) == (after[i] == 0));
  /* the import is one step */
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  display_key ("ctrl+shift+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  /* what is there already is not taken twice */
  mg_window_import (display->window, file, FALSE);
  wait_until_done (display);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
}

#define BAD "save it again in ImageJ's ROI Manager"

static gboolean
is_said (gpointer data)
{
  return display_says (data, BAD);
}

/* The end of a sentence is what to do, and is seen however long the file's place is. */
static void
said_whole (Display *display,
            const char *text)
{
  GtkWidget *label = display_find (display, GTK_TYPE_LABEL, text);
  graphene_rect_t bounds;

  g_assert_nonnull (label);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))));
  g_assert_true (gtk_widget_compute_bounds (label, GTK_WIDGET (display->window), &bounds));
  g_assert_cmpfloat (bounds.origin.x, >=, 0);
  g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=, gtk_widget_get_width (GTK_WIDGET (display->window)));
}

static void
refused (Display *display,
         MgAnnotation *annotation)
{
  g_autofree char *folder = g_build_filename (display->folder, "Microscopy of a person with a long name",
                                              "2024-05-17 plate 3, time series of nuclei", NULL);
  g_autofree char *path = g_build_filename (folder, "bad.zip", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  guint before = mg_annotation_get_n_instances (annotation);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);

  g_assert_true (g_file_replace_contents (file, "PK\3\4 and no more", 16, NULL, FALSE, 0, NULL, NULL, NULL));
  mg_window_import (display->window, file, FALSE);
  wait_until_done (display);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, before);
  g_assert_true (display_wait (is_said, display, 10));
  said_whole (display, BAD);
}

/* Keys are heard after a submenu was closed. */
static void
menu (Display *display,
      MgAnnotation *annotation)
{
  guint before = mg_annotation_get_n_instances (annotation);

  display_key ("F10");
  display_key ("Down");
  display_key ("Down");
  display_key ("Right");
  g_assert_true (display_says (display, "From a _File"));
  display_key ("Escape");
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), <, before);
  display_key ("ctrl+shift+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, before);
}

/* (nullable): a window beside the one of the program */
static GtkWindow *
find_dialog (gpointer main_window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (l->data != main_window && gtk_widget_get_visible (l->data))
      return l->data;
  return NULL;
}

static gboolean
dialog_is_open (gpointer data)
{
  return find_dialog (data) != NULL;
}

static gboolean
dialog_is_closed (gpointer data)
{
  return find_dialog (data) == NULL;
}

static GtkWidget *
find_question (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data) && gtk_widget_get_mapped (l->data))
      return l->data;
  return NULL;
}

static gboolean
replace_is_asked (gpointer data)
{
  return find_question () != NULL;
}

/* The chooser selects the name without its ending: one that is typed whole has it once. */
static void
typed (Display *display)
{
  g_autofree char *path = g_build_filename (display->folder, "typed.zip", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  for (int i = 0; i < 2; i++)
    {
      display_xdotool ("key ctrl+e");
      g_assert_true (display_wait (dialog_is_open, display->window, 30));
      display_settle ();
      display_xdotool ("type --delay 20 typed.zip");
      display_settle ();
      display_xdotool ("key Return");
      if (i == 1) /* and is not replaced unasked */
        {
          g_assert_true (display_wait (replace_is_asked, NULL, 30));
          g_signal_emit_by_name (find_question (), "response", "cancel");
          gtk_window_destroy (GTK_WINDOW (find_question ()));
        }
      g_assert_true (display_wait (dialog_is_closed, display->window, 30));
      wait_until_done (display);
      g_assert_true (g_file_query_exists (file, NULL));
    }
}

static void
keys (Display *display)
{
  static const char *const accels[] = { "ctrl+alt+i", "ctrl+e" };

  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    {
      display_xdotool ("key %s", accels[i]);
      g_assert_true (display_wait (dialog_is_open, display->window, 30));
      display_settle ();
      gtk_window_close (find_dialog (display->window));
      g_assert_true (display_wait (dialog_is_closed, display->window, 30));
    }
}

/* Also where there is no image to go back to. */
static void
menu_of_none (Display *display)
{
  display_settle ();
  display_key ("F10");
  display_key ("Down");
  display_key ("Right");
  display_key ("Escape");
  display_xdotool ("key ctrl+o");
  g_assert_true (display_wait (dialog_is_open, display->window, 30));
  gtk_window_close (find_dialog (display->window));
  g_assert_true (display_wait (dialog_is_closed, display->window, 30));
}

static void
test_interchange (void)
{
  Display *display = display_open ();
  MgDocument *document;
  MgAnnotation *annotation;

  menu_of_none (display);
  document = display_open_sample (display);
  annotation = mg_document_get_annotation (document);
  refused (display, annotation);
  g_object_set (mg_window_get_canvas (display->window), "brush-radius", 2.0, NULL);
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (display->window), "export"));
  display_key ("b");
  display_circle (display, 40, 40, 14);
  display_circle (display, 90, 80, 10);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (display->window), "export"));
  round_trip (display, annotation, MG_EXPORT_IMAGEJ);
  round_trip (display, annotation, MG_EXPORT_GEOJSON);
  menu (display, annotation);
  keys (display);
  typed (display);
  display_close (display);
}

int
main (int argc, char *argv[])
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/display/interchange", test_interchange);
  return display_test_run ();
}
