/* The main job as a person does it: paint, undo, redo, train, predict, accept,
 * save; and what was saved is what was painted. */
#include "display.h"

#include <glib/gstdio.h>

#include "canvas/canvas.h"
#include "io/loader.h"

static gboolean
training_is_idle (gpointer data)
{
  return mg_training_get_state (mg_window_get_training (data)) == MG_TRAINING_IDLE;
}

static gboolean
training_runs (gpointer data)
{
  return mg_training_get_state (mg_window_get_training (data)) == MG_TRAINING_RUNNING;
}

static gboolean
prediction_is_idle (gpointer data)
{
  return !mg_prediction_is_running (mg_window_get_prediction (data));
}

static gboolean
is_saved (gpointer data)
{
  return mg_session_is_saved (data);
}

static void
check_saved (Display *display,
             MgDocument *document)
{
  MgMask *mask = mg_annotation_get_mask (mg_document_get_annotation (document));
  int width = mg_mask_get_width (mask), height = mg_mask_get_height (mask);
  g_autofree guint32 *painted = g_new (guint32, (gsize) width * height);
  g_autofree char *path = g_build_filename (display->folder, "annotations", "cells.tif", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MgLabels) saved = NULL;
  g_autoptr (GError) error = NULL;

  display_key ("ctrl+s");
  g_assert_true (display_wait (is_saved, mg_window_get_session (display->window), 30));
  saved = mg_labels_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (mg_labels_get_width (saved), ==, width);
  g_assert_cmpint (mg_labels_get_height (saved), ==, height);
  mg_mask_read (mask, &(MgRect){ 0, 0, width, height }, painted, (gsize) width * sizeof *painted);
  g_assert_cmpmem (painted, (gsize) width * height * sizeof *painted,
                   mg_labels_get_data (saved), (gsize) width * height * sizeof (guint32));
}

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
  check_saved (display, document);
}

static void
train (Display *display)
{
  MgTraining *training = mg_window_get_training (display->window);
  g_autoptr (GError) error = NULL;
  const MgRecipe *recipe = mg_recipe_find ("boundary", &error);
  MgTrainConfig config;
  guint n;

  g_assert_no_error (error);
  recipe->defaults (&config);
  config.net.depth = 2;
  config.net.base_filters = 8;
  config.patch = 64;
  config.batch = 2;
  config.epochs = 2;
  config.steps_per_epoch = 4;
  mg_window_set_train_config (display->window, &config);
  g_object_set (mg_window_get_session (display->window), "device", "cpu", NULL);
  display_xdotool ("key ctrl+t");
  g_assert_true (display_wait (training_runs, display->window, 60));
  g_assert_true (display_wait (training_is_idle, display->window, 300));
  mg_training_get_history (training, &n);
  g_assert_cmpuint (n, >, 0);
  g_assert_nonnull (mg_session_get_model (mg_window_get_session (display->window)));
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

  g_assert_true (display_wait (prediction_is_idle, display->window, 120));
  display_key ("ctrl+r");
  g_assert_true (display_wait (prediction_is_idle, display->window, 120));
  instances = mg_document_get_prediction (document);
  g_assert_nonnull (instances);
  g_assert_cmpint (mg_labels_get_width (mg_instances_get_labels (instances)), ==, 128);
  accepted = mg_instances_ref (instances);
  display_key ("ctrl+Return");
  /* what was painted stays; every cell has an own number */
  g_assert_cmpuint (mg_mask_get (mask, 40, 40), ==, painted);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), >=, before);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), <=, before + mg_instances_get_n (accepted));
  if (mg_instances_get_n (accepted) > 0)
    g_assert_null (mg_document_get_prediction (document));
  check_saved (display, document);
}

static gboolean
is_written (gpointer file)
{
  return g_file_query_exists (file, NULL);
}

/* The page on the model, with its curve. */
static void
save_report (Display *display)
{
  g_autofree char *path = g_build_filename (display->folder, "report.svg", NULL), *text = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  mg_window_save_report (display->window, file);
  g_assert_true (display_wait (is_written, file, 60));
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
  g_autoptr (GError) error = NULL;
  MgTrainConfig config;
  gint64 start;

  g_object_set (mg_window_get_canvas (display->window), "brush-radius", 2.0, NULL);
  display_circle (display, 40, 40, 14);
  mg_recipe_find ("boundary", &error)->defaults (&config);
  config.net.depth = 2;
  config.net.base_filters = 8;
  config.patch = 64;
  config.batch = 2;
  config.epochs = 1000;
  mg_window_set_train_config (display->window, &config);
  g_object_set (mg_window_get_session (display->window), "device", "cpu", NULL);
  display_key ("ctrl+t");
  g_assert_true (display_wait (training_runs, display->window, 60));
  display_circle (display, 90, 80, 10);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  g_assert_true (training_runs (display->window));
  start = g_get_monotonic_time ();
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.stop-training", NULL);
  g_assert_true (display_wait (training_is_idle, display->window, 30));
  g_test_message ("stopped after %.0f ms", (g_get_monotonic_time () - start) / 1000.0);
  check_saved (display, document);
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

/* A prediction of one cell, known. */
static MgInstances *
make_prediction (void)
{
  guint32 *data = g_new0 (guint32, 128 * 128);
  g_autoptr (MgLabels) labels = NULL;
  g_autoptr (GError) error = NULL;
  MgInstances *instances;

  for (int y = 60; y < 80; y++)
    for (int x = 60; x < 80; x++)
      data[y * 128 + x] = 1;
  labels = mg_labels_new_take (128, 128, data, g_free);
  instances = mg_instances_new (labels, NULL, &error);
  g_assert_no_error (error);
  return instances;
}

/* A click with Select accepts a predicted cell; Delete removes it again. */
static void
test_select (void)
{
  Display *display = display_open ();
  MgDocument *document = display_open_sample (display);
  MgAnnotation *annotation = mg_document_get_annotation (document);
  MgMask *mask = mg_annotation_get_mask (annotation);
  g_autoptr (MgInstances) instances = make_prediction ();
  int x, y;

  mg_document_set_prediction (document, instances, &(MgRect){ 0, 0, 128, 128 }, NULL, FALSE);
  display_key ("v");
  display_place (display, 20, 20, &x, &y);
  display_xdotool ("mousemove %d %d click 1", x, y);
  display_settle ();
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  display_place (display, 70, 70, &x, &y);
  display_xdotool ("mousemove %d %d click 1", x, y);
  display_settle ();
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_cmpuint (mg_mask_get (mask, 60, 60), !=, 0);
  g_assert_cmpuint (mg_mask_get (mask, 80, 80), ==, 0);
  display_key ("Delete");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  display_key ("ctrl+z");
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  check_saved (display, document);
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
  check_saved (display, document);
  g_assert_false (mg_document_is_modified (document));
  g_signal_handlers_disconnect_by_data (session, &said);
  display_close (display);
}

int
main (int argc,
      char **argv)
{
  int result;

  if (!display_start ())
    return 77;
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/display/main-job", test_main_job);
  g_test_add_func ("/display/stop", test_stop);
  g_test_add_func ("/display/select", test_select);
  g_test_add_func ("/display/save-fails", test_save_fails);
  g_test_add_func ("/display/bad-file", test_bad_file);
  result = g_test_run ();
  display_stop ();
  return result;
}
