/* The list of images: roles, search, files that are gone or no images. */
#include "display.h"

#include <glib/gstdio.h>
#include <string.h>

#include "panels/display-panel.h"
#include "panels/image-list.h"

static MgDocument *
get (Display *display,
     guint i)
{
  g_autoptr (MgDocument) document =
    g_list_model_get_item (mg_session_get_documents (mg_window_get_session (display->window)), i);

  return document; /* the session keeps it */
}

static void
test_role (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 4, 64);
  g_autofree char *path = g_build_filename (g_file_peek_path (folder), "project.json", NULL);
  g_autofree char *text = NULL;

  display_open_file (display, folder);
  g_assert_cmpint (mg_document_get_role (get (display, 0)), ==, MG_PROJECT_TRAIN);
  display_key ("alt+2");
  g_assert_cmpint (mg_document_get_role (get (display, 0)), ==, MG_PROJECT_VALIDATION);
  display_key ("d");
  display_key ("alt+4");
  g_assert_cmpint (mg_document_get_role (get (display, 1)), ==, MG_PROJECT_NONE);
  {
    g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (display->window), "role");

    g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "none");
  }
  display_save (display);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "validation"));
  display_reopen (display);
  display_open_file (display, folder);
  g_assert_cmpint (mg_document_get_role (get (display, 0)), ==, MG_PROJECT_VALIDATION);
  g_assert_cmpint (mg_document_get_role (get (display, 1)), ==, MG_PROJECT_NONE);
  g_assert_cmpint (mg_document_get_role (get (display, 2)), ==, MG_PROJECT_TRAIN);
  display_close (display);
}

/* The images' list, not that of the drop-down above it. */
static guint
count_shown (Display *display)
{
  GtkWidget *list = display_find_nth (GTK_WIDGET (display->window), MG_TYPE_IMAGE_LIST, 0);

  for (GtkWidget *child = gtk_widget_get_first_child (list); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_SCROLLED_WINDOW (child))
      {
        GtkWidget *view = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (child));

        return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (view))));
      }
  g_assert_not_reached ();
}

static gboolean
is_empty (gpointer data)
{
  return count_shown (data) == 0;
}

static gboolean
is_full (gpointer data)
{
  return count_shown (data) == g_list_model_get_n_items (mg_session_get_documents (mg_window_get_session (((Display *) data)->window)));
}

static void
test_search (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 4, 64);
  MgSession *session = mg_window_get_session (display->window);
  GtkWidget *list = display_find_nth (GTK_WIDGET (display->window), MG_TYPE_IMAGE_LIST, 0);
  GtkDropDown *which = GTK_DROP_DOWN (display_find_nth (list, GTK_TYPE_DROP_DOWN, 0));
  MgDocument *first;
  guint n;

  display_open_file (display, folder);
  first = mg_session_get_current (session);
  n = count_shown (display);
  g_assert_cmpuint (n, >=, 4);
  display_key ("ctrl+f");
  display_xdotool ("type 003");
  display_settle ();
  display_settle ();
  g_assert_cmpuint (count_shown (display), >, 0);
  g_assert_cmpuint (count_shown (display), <, n);
  g_assert_true (mg_session_get_current (session) == first); /* searching takes nothing away */
  display_xdotool ("type zzz");
  g_assert_true (display_wait (is_empty, display, 10));
  g_assert_true (display_says (display, "No image has “003zzz” in its name"));
  g_signal_emit_by_name (display_find (display, GTK_TYPE_BUTTON, "Search for nothing"), "clicked");
  g_assert_true (display_wait (is_full, display, 10));
  g_assert_cmpuint (count_shown (display), ==, n);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.role", "s", "none");
  gtk_drop_down_set_selected (which, 6); /* not used */
  display_settle ();
  g_assert_cmpuint (count_shown (display), ==, 1);
  g_assert_true (mg_session_get_current (session) == first);
  gtk_drop_down_set_selected (which, 0);
  display_settle ();
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.remove-image", NULL);
  display_settle ();
  g_assert_cmpuint (count_shown (display), ==, n - 1);
  g_assert_nonnull (mg_session_get_current (session));
  display_close (display);
}

static gboolean
all_checked (gpointer data)
{
  GListModel *documents = mg_session_get_documents (data);

  for (guint i = 0; i < g_list_model_get_n_items (documents); i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (documents, i);

      if (mg_document_get_file_state (document) == MG_FILE_UNKNOWN)
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_failed (gpointer data)
{
  return mg_document_get_state (data) == MG_DOCUMENT_FAILED;
}

static gboolean
is_missing (gpointer data)
{
  return mg_document_get_file_state (data) == MG_FILE_MISSING;
}

/* It was found, looked at, and drawn in the list. */
static gboolean
is_well (gpointer data)
{
  g_autoptr (GdkPaintable) thumbnail = NULL;

  g_object_get (data, "thumbnail", &thumbnail, NULL);
  return mg_document_get_file_state (data) == MG_FILE_WELL && thumbnail != NULL;
}

static gboolean
offers_to_find (gpointer data)
{
  return display_says (data, "1 image is not where it was");
}

static gboolean
says_found (gpointer data)
{
  return display_says (data, "The missing image was found") && !offers_to_find (data);
}

static gboolean
says_not_found (gpointer data)
{
  return display_says (data, "The missing image is not there");
}

/* Looked for in vain, then found; what is said of it stays until then, and lets
 * other messages pass. */
static void
find_missing (Display *display,
              MgDocument *gone,
              const char *to)
{
  MgSession *session = mg_window_get_session (display->window);
  g_autoptr (GFile) without = g_file_new_build_filename (display->folder, "project", "labels", NULL);
  g_autoptr (GFile) deep = g_file_new_for_path (to), in = g_file_get_parent (deep), above = g_file_get_parent (in);

  g_assert_true (display_wait (offers_to_find, display, 30));
  mg_session_set_current (session, gone);
  g_assert_true (display_wait (has_failed, gone, 30));
  g_assert_true (display_says (display, "is not there any more"));
  g_assert_false (gtk_widget_get_visible (display_find_nth (GTK_WIDGET (display->window), MG_TYPE_DISPLAY_PANEL, 0)));
  g_assert_true (gtk_widget_get_mapped (display_find (display, GTK_TYPE_BUTTON, "Choose a folder in which they are looked for")));
  mg_session_set_current (session, get (display, 0));
  display_wait_ready (display);
  g_assert_true (gtk_widget_get_visible (display_find_nth (GTK_WIDGET (display->window), MG_TYPE_DISPLAY_PANEL, 0)));
  mg_session_find_missing (session, without);
  g_assert_true (display_wait (says_not_found, display, 30));
  g_assert_cmpint (mg_document_get_file_state (gone), ==, MG_FILE_MISSING);
  mg_session_find_missing (session, above);
  g_assert_true (display_wait (says_found, display, 30));
  g_assert_true (display_wait (is_well, gone, 30));
  g_assert_cmpstr (g_file_peek_path (mg_project_item_get_image (mg_document_get_item (gone))), ==, to);
  mg_session_set_current (session, gone);
  display_wait_ready (display);
}

/* Files that go while the program is open are missing as soon as one is looked for. */
static void
go_meanwhile (Display *display)
{
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (g_remove (g_file_peek_path (mg_project_item_get_image (mg_document_get_item (get (display, i))))), ==, 0);
  mg_document_close (get (display, 0));
  mg_session_set_current (mg_window_get_session (display->window), get (display, 0));
  g_assert_true (display_wait (has_failed, get (display, 0), 30));
  g_assert_true (display_wait (is_missing, get (display, 1), 30));
}

static void
test_problems (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 4, 64);
  g_autofree char *images = g_build_filename (g_file_peek_path (folder), "images", NULL);
  g_autofree char *elsewhere = g_build_filename (display->folder, "moved", "deep", NULL);
  g_autoptr (GFile) moved = g_file_new_for_path (elsewhere);
  g_autofree char *from = NULL, *to = NULL;
  MgSession *session = mg_window_get_session (display->window);
  MgDocument *gone;

  display_open_file (display, folder);
  display_key ("alt+2"); /* so that there is a project.json */
  g_assert_true (display_wait (all_checked, session, 30));
  display_save (display);
  g_assert_cmpint (g_mkdir_with_parents (elsewhere, 0777), ==, 0);
  from = g_strdup (g_file_peek_path (mg_project_item_get_image (mg_document_get_item (get (display, 2)))));
  to = g_build_filename (elsewhere, strrchr (from, '/') + 1, NULL);
  g_assert_true (g_file_set_contents (g_file_peek_path (mg_project_item_get_image (mg_document_get_item (get (display, 3)))),
                                      "no image", -1, NULL));
  display_reopen (display);
  session = mg_window_get_session (display->window);
  g_assert_cmpint (rename (from, to), ==, 0);
  display_open_file (display, folder);
  g_assert_true (display_wait (all_checked, session, 30));
  gone = get (display, 2);
  g_assert_cmpint (mg_document_get_file_state (get (display, 1)), ==, MG_FILE_WELL);
  g_assert_cmpint (mg_document_get_file_state (gone), ==, MG_FILE_MISSING);
  g_assert_cmpint (mg_document_get_file_state (get (display, 3)), ==, MG_FILE_BROKEN);
  g_assert_nonnull (mg_document_get_problem (get (display, 3)));
  find_missing (display, gone, to);
  go_meanwhile (display);
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/list/role", test_role);
  g_test_add_func ("/list/search", test_search);
  g_test_add_func ("/list/problems", test_problems);
  return display_test_run ();
}
