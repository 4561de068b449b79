/* A disk that is full, that may only be read, and that is taken out: said in a
 * sentence, nothing lost, and saved once it can be. The disk is a real one, of 16
 * MiB of memory, in a name space of the test's own. */
#include "display.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define DISK_SIZE "size=16m"

#define INSIDE "MG_TEST_DISK"

static char place[] = "/tmp/mg-disk-XXXXXX";

/* In the name space that unshare(1) makes, where a person without rights may
 * mount; a process with threads, as one with OpenBLAS is, cannot make it itself. */
static gboolean
enter_name_space (char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  if (g_getenv (INSIDE) != NULL)
    return TRUE;
  if (g_spawn_command_line_sync ("unshare -rm true", NULL, NULL, &status, &error) &&
      g_spawn_check_wait_status (status, &error) && g_setenv (INSIDE, "1", TRUE))
    execvp ("unshare", (char *[]){ (char *) "unshare", (char *) "-rm", argv[0], NULL });
  g_print ("1..0 # SKIP no disk of one's own can be made here: %s\n", error != NULL ? error->message : g_strerror (errno));
  return FALSE;
}

/* In the place of the C library's, so that a disk can fail in its late writing. */
static int late_failure; /* atomic */

int
fdatasync (int fd)
{
  if (!g_atomic_int_get (&late_failure))
    return fsync (fd);
  errno = EIO;
  return -1;
}

/* All that is temporary lies there from then on. */
static void
make_disk (void)
{
  g_assert_nonnull (mkdtemp (place));
  g_assert_cmpint (mount ("tmpfs", place, "tmpfs", 0, DISK_SIZE), ==, 0);
  g_setenv ("TMPDIR", place, TRUE);
}

static void
fill_disk (Display *display)
{
  g_autofree char *path = g_build_filename (display->folder, "fill", NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  static const guint8 bytes[4096];

  while (write (fd, bytes, sizeof bytes) > 0)
    ;
  g_assert_cmpint (errno, ==, ENOSPC);
  close (fd);
}

static void
empty_disk (Display *display)
{
  g_autofree char *path = g_build_filename (display->folder, "fill", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
}

/* What the session said last. */
typedef struct
{
  char *failed, *read_only;
  guint n_again;
} Said;

static void
on_text (MgSession *session,
         const char *text,
         char **said)
{
  g_test_message ("%s", text);
  g_free (*said);
  *said = g_strdup (text);
}

static void
on_again (MgSession *session,
          Said *said)
{
  g_clear_pointer (&said->failed, g_free);
  said->n_again++;
}

static void
listen_to (Display *display,
           Said *said)
{
  MgSession *session = mg_window_get_session (display->window);

  g_signal_connect (session, "save-failed", G_CALLBACK (on_text), &said->failed);
  g_signal_connect (session, "read-only", G_CALLBACK (on_text), &said->read_only);
  g_signal_connect (session, "saved-again", G_CALLBACK (on_again), said);
}

static void
finish (Display *display,
        Said *said)
{
  g_signal_handlers_disconnect_matched (mg_window_get_session (display->window), G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, said);
  g_signal_handlers_disconnect_matched (mg_window_get_session (display->window), G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, &said->read_only);
  display_close (display);
  g_free (said->failed);
  g_free (said->read_only);
}

static gboolean
has_failed (gpointer said)
{
  return ((Said *) said)->failed != NULL;
}

static gboolean
is_saved_again (gpointer said)
{
  return ((Said *) said)->n_again > 0;
}

static gboolean
is_read_only (gpointer said)
{
  return ((Said *) said)->read_only != NULL;
}

static GtkInfoBar *
get_bar (Display *display)
{
  return GTK_INFO_BAR (display_find_nth (GTK_WIDGET (display->window), GTK_TYPE_INFO_BAR, 0));
}

static gboolean
bar_says (Display *display,
          const char *text)
{
  GtkWidget *label = display_find_nth (GTK_WIDGET (get_bar (display)), GTK_TYPE_LABEL, 0);

  return gtk_info_bar_get_revealed (get_bar (display)) && strstr (gtk_label_get_text (GTK_LABEL (label)), text) != NULL;
}

/* The question that closing asks, once it is there. */
static gboolean
find_question (gpointer question)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data))
      *(AdwMessageDialog **) question = l->data;
  return *(AdwMessageDialog **) question != NULL;
}

static gboolean
is_answered (gpointer data)
{
  AdwMessageDialog *question = NULL;

  return !find_question (&question);
}

static void
check_close_asks (Display *display,
                  const char *why)
{
  AdwMessageDialog *question = NULL;

  gtk_window_close (GTK_WINDOW (display->window));
  g_assert_true (display_wait (find_question, &question, 30));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (question), why));
  gtk_window_close (GTK_WINDOW (question));
  g_assert_true (display_wait (is_answered, NULL, 30));
  display_settle ();
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (display->window)));
}

static gboolean
has_two (gpointer data)
{
  return g_list_model_get_n_items (mg_session_get_documents (mg_window_get_session (((Display *) data)->window))) == 2;
}

/* What is said stays with images that are added. */
static void
check_stays (Display *display,
             MgDocument *document,
             GFile *more)
{
  MgSession *session = mg_window_get_session (display->window);

  mg_session_add (session, &more, 1);
  g_assert_true (display_wait (has_two, display, 30));
  g_assert_true (bar_says (display, "cells.journal"));
  mg_session_set_current (session, document);
  display_wait_ready (display);
}

static void
test_full (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) more = display_write_sample (display, "more", &(MgSampleOptions){ .n_images = 1, .size = 64 });
  g_autoptr (GFile) added = g_file_resolve_relative_path (more, "images/cells-001.tif");
  MgDocument *document = display_open_sample (display);
  MgAnnotation *annotation = mg_document_get_annotation (document);
  Said said = { 0 };

  listen_to (display, &said);
  display_circle (display, 40, 40, 14);
  display_save (display);
  fill_disk (display);
  display_circle (display, 90, 80, 10);
  g_assert_true (display_wait (has_failed, &said, 30));
  g_assert_nonnull (strstr (said.failed, "cells.journal: the disk is full"));
  g_assert_true (bar_says (display, "cells.journal"));
  g_assert_true (mg_document_has_failed_to_save (document));
  check_close_asks (display, "full");
  check_stays (display, document, added);
  display_circle (display, 40, 90, 10);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 3);
  empty_disk (display);
  g_assert_true (display_wait (is_saved_again, &said, 30));
  g_assert_false (gtk_info_bar_get_revealed (get_bar (display)));
  g_assert_false (mg_document_has_failed_to_save (document));
  display_check_saved (display);
  finish (display, &said);
}

static gboolean
model_failed (gpointer display)
{
  return bar_says (display, ".safetensors: the disk is full");
}

static gboolean
bar_is_gone (gpointer display)
{
  return !gtk_info_bar_get_revealed (get_bar (display));
}

static guint
count_models (Display *display)
{
  g_autofree char *path = g_build_filename (display->folder, "models", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, ".safetensors") && !g_str_has_prefix (name, "unfinished");
  return n;
}

/* What was learned waits for room. */
static void
test_full_for_a_model (void)
{
  Display *display = display_open ();

  display_open_sample (display);
  display_circle (display, 40, 40, 14);
  display_save (display);
  display_set_training (display, "boundary", 1, 4);
  fill_disk (display);
  display_key ("ctrl+t");
  g_assert_true (display_wait (model_failed, display, 120));
  g_assert_cmpuint (count_models (display), ==, 0);
  check_close_asks (display, "full");
  empty_disk (display);
  g_assert_true (display_wait (bar_is_gone, display, 30));
  g_assert_cmpuint (count_models (display), ==, 1);
  display_close (display);
}

/* Opens for looking; nothing asks to be saved; a copy elsewhere is painted on. */
static void
test_read_only (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) project = display_make_project (display, 2, 128);
  g_autoptr (GFile) elsewhere = g_file_new_build_filename (display->folder, "elsewhere", NULL);
  g_autofree char *copy = g_build_filename (display->folder, "elsewhere", "annotations", "cells-001.tif", NULL);
  const char *path = g_file_peek_path (project);
  MgDocument *document;
  Said said = { 0 };

  g_assert_cmpint (mount (path, path, NULL, MS_BIND, NULL), ==, 0);
  g_assert_cmpint (mount (NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
  g_assert_cmpint (g_mkdir (g_file_peek_path (elsewhere), 0700), ==, 0);
  listen_to (display, &said);
  display_open_file (display, project);
  g_assert_true (display_wait (is_read_only, &said, 30));
  g_assert_true (bar_says (display, path));
  display_key ("w"); /* a look is not worth a word */
  g_assert_false (has_failed (&said));
  display_reopen (display);
  listen_to (display, &said);
  display_open_file (display, project);
  document = display_get_document (display);
  display_circle (display, 90, 30, 6);
  g_assert_true (display_wait (has_failed, &said, 30));
  g_assert_nonnull (strstr (said.failed, "cannot be written to"));
  mg_window_save_in (display->window, elsewhere);
  g_assert_true (display_wait (display_is_saved, display, 60));
  g_assert_false (mg_document_has_failed_to_save (document));
  g_assert_false (gtk_info_bar_get_revealed (get_bar (display)));
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
  g_assert_cmpint (umount2 (path, MNT_DETACH), ==, 0);
  finish (display, &said);
}

/* A folder that can be written to after all: all of the project is, and the bar goes. */
static void
test_writable_again (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) project = display_make_project (display, 2, 128);
  g_autofree char *written = g_build_filename (g_file_peek_path (project), "project.json", NULL);
  const char *path = g_file_peek_path (project);
  Said said = { 0 };

  g_assert_cmpint (mount (path, path, NULL, MS_BIND, NULL), ==, 0);
  g_assert_cmpint (mount (NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), ==, 0);
  listen_to (display, &said);
  display_open_file (display, project);
  g_assert_true (display_wait (is_read_only, &said, 30));
  display_circle (display, 90, 30, 6);
  check_close_asks (display, "cannot be written to");
  g_assert_cmpint (mount (NULL, path, NULL, MS_BIND | MS_REMOUNT, NULL), ==, 0);
  g_assert_true (display_wait (is_saved_again, &said, 30));
  g_assert_false (gtk_info_bar_get_revealed (get_bar (display)));
  g_assert_true (g_file_test (written, G_FILE_TEST_EXISTS));
  finish (display, &said);
  g_assert_cmpint (umount2 (path, MNT_DETACH), ==, 0);
}

static gboolean
is_safe (gpointer document)
{
  return mg_document_is_safe (document);
}

/* A stick that is pulled out and put in again. */
static void
test_taken_out (void)
{
  Display *display = display_open ();
  g_autofree char *stick = g_build_filename (display->folder, "stick", NULL);
  g_autofree char *pocket = g_build_filename (display->folder, "pocket", NULL);
  g_autoptr (GFile) project = display_write_sample (display, "stick/project", &(MgSampleOptions){ .n_images = 2, .size = 128, .seed = 3 });
  MgDocument *document;
  Said said = { 0 };

  listen_to (display, &said);
  display_open_file (display, project);
  document = display_get_document (display);
  display_circle (display, 40, 40, 8);
  g_assert_cmpint (g_rename (stick, pocket), ==, 0);
  display_circle (display, 90, 80, 8);
  g_assert_true (display_wait (has_failed, &said, 30));
  g_assert_nonnull (strstr (said.failed, "stick/project"));
  g_assert_nonnull (strstr (said.failed, "not there any more"));
  g_assert_false (g_file_test (stick, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (pocket, stick), ==, 0);
  g_assert_true (display_wait (is_saved_again, &said, 30));
  g_assert_false (mg_document_has_failed_to_save (document));
  g_assert_true (display_wait (is_safe, document, 30));
  finish (display, &said);
}

/* A disk that takes what is written and cannot keep it: written again. */
static void
test_late_failure (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);
  Said said = { 0 };

  listen_to (display, &said);
  display_circle (display, 40, 40, 14);
  g_assert_true (display_wait (is_safe, document, 30));
  g_atomic_int_set (&late_failure, TRUE);
  display_circle (display, 90, 80, 10);
  g_assert_true (display_wait (has_failed, &said, 30));
  g_assert_nonnull (strstr (said.failed, "cells.journal"));
  g_assert_true (bar_says (display, "cells.journal"));
  g_assert_false (mg_document_is_safe (document));
  check_close_asks (display, "cells.journal");
  g_assert_cmpuint (said.n_again, ==, 0);
  g_atomic_int_set (&late_failure, FALSE);
  g_assert_true (display_wait (is_saved_again, &said, 30));
  g_assert_true (display_wait (is_safe, document, 30));
  g_assert_false (mg_document_has_failed_to_save (document));
  g_assert_false (gtk_info_bar_get_revealed (get_bar (display)));
  display_check_saved (display);
  finish (display, &said);
}

int
main (int argc,
      char **argv)
{
  int result;

  if (!enter_name_space (argv))
    return 77;
  make_disk ();
  display_test_init (&argc, &argv);
  g_test_add_func ("/display/disk/full", test_full);
  g_test_add_func ("/display/disk/full-for-a-model", test_full_for_a_model);
  g_test_add_func ("/display/disk/read-only", test_read_only);
  g_test_add_func ("/display/disk/writable-again", test_writable_again);
  g_test_add_func ("/display/disk/taken-out", test_taken_out);
  g_test_add_func ("/display/disk/late-failure", test_late_failure);
  result = display_test_run ();
  umount2 (place, MNT_DETACH);
  rmdir (place);
  return result;
}
