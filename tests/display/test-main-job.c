/* The main job as a person does it: paint, undo, redo, train, predict, accept,
 * save; and what was saved is what was painted. */
#include "display.h"

#include <glib/gstdio.h>

/* A stroke is where the pointer was: inside painted, outside not. */
static void
paint (Display *display,
       MgDocument *document)
{
  MgAnnotation *annotation = mg_document_get_annotation (document);
  MgMask *mask = mg_annotation_get_mask (annotation);

  g_object_set (mg_window_get_canvas (display->window), "brush-radius", 2.0, NULL);
  display_key ("b");
  display_circle (display, 40, 40, 14);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_cmpuint (mg_mask_get (mask, 40, 40), !=, 0);
  g_assert_cmpuint (mg_mask_get (mask, 53, 40), !=, 0);
  g_assert_cmpuint (mg_mask_get (mask, 60, 40), ==, 0);
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  g_assert_cmpuint (mg_mask_get (mask, 40, 40), ==, 0);
  display_key ("ctrl+shift+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_cmpuint (mg_mask_get (mask, 40, 40), !=, 0);
  display_circle (display, 90, 80, 10);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  g_assert_cmpuint (mg_mask_get (mask, 90, 80), !=, mg_mask_get (mask, 40, 40));
  display_check_saved (display);
}

static void
train (Display *display)
{
  MgTraining *training = mg_window_get_training (display->window);
  guint n;

  display_set_training (display, "boundary", 2, 4);
  display_xdotool ("key ctrl+t");
  g_assert_true (display_wait (display_training_runs, display, 60));
  g_assert_true (display_wait (display_is_idle, display, 300));
  mg_training_get_history (training, &n);
  g_assert_cmpuint (n, >, 0);
  g_assert_nonnull (mg_session_get_model (mg_window_get_session (display->window)));
}

static gboolean
is_accepted (gpointer document)
{
  return mg_document_get_prediction (document) == NULL;
}

static void
predict_and_accept (Display *display,
                    MgDocument *document)
{
  MgAnnotation *annotation = mg_document_get_annotation (document);
  MgMask *mask = mg_annotation_get_mask (annotation);
  guint before = mg_annotation_get_n_instances (annotation);
  guint32 painted = mg_mask_get (mask, 40, 40);
  MgInstances *instances;
  g_autoptr (MgInstances) accepted = NULL;

  g_assert_true (display_wait (display_is_idle, display, 120));
  display_key ("ctrl+r");
  g_assert_true (display_wait (display_is_idle, display, 120));
  instances = mg_document_get_prediction (document);
  g_assert_nonnull (instances);
  g_assert_cmpint (mg_labels_get_width (mg_instances_get_labels (instances)), ==, 128);
  accepted = mg_instances_ref (instances);
  display_key ("ctrl+Return");
  if (mg_instances_get_n (accepted) > 0)
    g_assert_true (display_wait (is_accepted, document, 30));
  /* what was painted stays; every cell has an own number */
  g_assert_cmpuint (mg_mask_get (mask, 40, 40), ==, painted);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), >=, before);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), <=, before + mg_instances_get_n (accepted));
  if (mg_instances_get_n (accepted) > 0)
    g_assert_null (mg_document_get_prediction (document));
  display_check_saved (display);
}

/* The page on the model, with its curve. */
static void
save_report (Display *display)
{
  g_autofree char *path = g_build_filename (display->folder, "report.svg", NULL), *text = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  mg_window_save_report (display->window, file);
  g_assert_true (display_wait (display_is_written, file, 60));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, ">Learning curve</text>"));
  g_assert_nonnull (strstr (text, ">8 steps (2 epochs)</text>"));
}

static void
test_main_job (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);

  paint (display, document);
  train (display);
  save_report (display);
  predict_and_accept (display, document);
  display_close (display);
}

/* Painting goes on while it trains; Stop ends it soon and keeps what there is. */
static void
test_stop (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);
  MgAnnotation *annotation = mg_document_get_annotation (document);
  gint64 start;

  g_object_set (mg_window_get_canvas (display->window), "brush-radius", 2.0, NULL);
  display_circle (display, 40, 40, 14);
  display_set_training (display, "boundary", 1000, 8);
  display_key ("ctrl+t");
  g_assert_true (display_wait (display_training_runs, display, 60));
  display_circle (display, 90, 80, 10);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  g_assert_true (display_training_runs (display));
  start = g_get_monotonic_time ();
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop-training", NULL);
  g_assert_true (display_wait (display_training_is_idle, display, 30));
  g_test_message ("stopped after %.0f ms", (g_get_monotonic_time () - start) / 1000.0);
  display_check_saved (display);
  display_close (display);
}

static gboolean
has_failed (gpointer data)
{
  MgDocument *document = mg_session_get_current (data);

  return document != NULL && mg_document_get_state (document) == MG_DOCUMENT_FAILED;
}

/* A file that is no image is said to be so, in place, by its name. */
static void
test_bad_file (void)
{
  Display *display = display_open ();
  g_autofree char *path = g_build_filename (display->folder, "broken.tif", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  MgSession *session = mg_window_get_session (display->window);

  g_file_set_contents (path, "this is no TIFF", -1, &error);
  g_assert_no_error (error);
  mg_window_open_files (display->window, &file, 1);
  g_assert_true (display_wait (has_failed, session, 30));
  g_assert_nonnull (strstr (mg_document_get_error (mg_session_get_current (session))->message, "broken.tif"));
  display_close (display);
}

/* A click with Select accepts a predicted cell; Delete removes it again. */
static void
test_select (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);
  MgAnnotation *annotation = mg_document_get_annotation (document);
  MgMask *mask = mg_annotation_get_mask (annotation);

  display_show_prediction (display, &(MgRect){ 60, 60, 20, 20 }, 1);
  display_key ("v");
  display_click (display, 20, 20);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  display_click (display, 70, 70);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_cmpuint (mg_mask_get (mask, 60, 60), !=, 0);
  g_assert_cmpuint (mg_mask_get (mask, 80, 80), ==, 0);
  display_key ("Delete");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  display_check_saved (display);
  display_close (display);
}

static void
on_save_failed (MgSession *session,
                const char *text,
                char **said)
{
  g_free (*said);
  *said = g_strdup (text);
}

static gboolean
is_said (gpointer data)
{
  return *(char **) data != NULL;
}

/* What cannot be saved stays on the screen, unsaved, and is said. */
static void
test_save_fails (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);
  MgSession *session = mg_window_get_session (display->window);
  g_autofree char *blocker = g_build_filename (display->folder, "annotations", NULL);
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;

  /* a file where the folder should be: no permission can make up for it */
  g_file_set_contents (blocker, "", 0, &error);
  g_assert_no_error (error);
  g_signal_connect (session, "save-failed", G_CALLBACK (on_save_failed), &said);
  display_circle (display, 40, 40, 14);
  display_key ("ctrl+s");
  g_assert_true (display_wait (is_said, &said, 30));
  g_assert_nonnull (strstr (said, "annotations"));
  g_assert_true (mg_document_is_modified (document));
  g_assert_cmpuint (mg_annotation_get_n_instances (mg_document_get_annotation (document)), ==, 1);
  g_assert_cmpint (g_unlink (blocker), ==, 0);
  display_check_saved (display);
  g_assert_false (mg_document_is_modified (document));
  g_signal_handlers_disconnect_by_data (session, &said);
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  display_test_init (&argc, &argv);
  g_test_add_func ("/display/main-job", test_main_job);
  g_test_add_func ("/display/stop", test_stop);
  g_test_add_func ("/display/select", test_select);
  g_test_add_func ("/display/save-fails", test_save_fails);
  g_test_add_func ("/display/bad-file", test_bad_file);
  return display_test_run ();
}
