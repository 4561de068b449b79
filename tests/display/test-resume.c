/* A training that was stopped goes on after a restart, from where it was. */
#include "display.h"

#include "dataset/sample.h"

static gboolean
is_ready (gpointer data)
{
  MgDocument *document = mg_session_get_current (data);

  return document != NULL && mg_document_get_state (document) == MG_DOCUMENT_READY;
}

static gboolean
has_learned (gpointer data)
{
  MgTrainStatus status;

  return mg_training_get_status (data, &status) && status.step >= 3;
}

static gboolean
is_idle (gpointer data)
{
  return mg_training_get_state (data) == MG_TRAINING_IDLE;
}

static gboolean
is_told (gpointer data)
{
  return *(gint64 *) data > 0;
}

static void
on_interrupted (MgTraining *training,
                gint64 step,
                gint64 *told)
{
  *told = step;
}

static void
open_folder (Display *display,
             GFile *folder)
{
  mg_window_open_files (display->window, &folder, 1);
  g_assert_true (display_wait (is_ready, mg_window_get_session (display->window), 30));
  display_settle ();
}

static void
test_resume (void)
{
  const MgSampleOptions options = { .n_images = 3, .size = 64, .seed = 3 };
  Display *display = display_open ();
  g_autofree char *path = g_build_filename (display->folder, "project", NULL);
  g_autofree char *kept = g_build_filename (path, "models", "unfinished-training.safetensors", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  MgTraining *training = mg_window_get_training (display->window);
  MgTrainConfig config;
  const MgTrainPoint *history;
  gint64 told = 0;
  guint n;

  mg_sample_write (folder, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  mg_recipe_find ("boundary", &error)->defaults (&config);
  config.net.depth = 2;
  config.net.base_filters = 8;
  config.patch = 64;
  config.batch = 2;
  config.epochs = 6;
  config.steps_per_epoch = 8;
  mg_window_set_train_config (display->window, &config);
  g_object_set (mg_window_get_session (display->window), "device", "cpu", NULL);
  open_folder (display, folder);
  display_xdotool ("key ctrl+t");
  g_assert_true (display_wait (has_learned, training, 120));
  mg_training_stop (training);
  g_assert_true (display_wait (is_idle, training, 60));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));

  display_reopen (display);
  training = mg_window_get_training (display->window);
  g_signal_connect (training, "interrupted", G_CALLBACK (on_interrupted), &told);
  open_folder (display, folder);
  g_assert_true (display_wait (is_told, &told, 30));
  g_assert_cmpint (told, >=, 3);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.resume-training", NULL);
  g_assert_false (is_idle (training));
  g_assert_true (display_wait (is_idle, training, 300));
  history = mg_training_get_history (training, &n);
  g_assert_cmpuint (n, >, 1);
  g_assert_cmpint (history[0].step, <=, told); /* the curve from its beginning */
  g_assert_cmpint (history[n - 1].step, ==, 6 * 8);
  g_assert_nonnull (mg_session_get_model (mg_window_get_session (display->window)));
  display_close (display);
  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));
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
  g_test_add_func ("/display/resume", test_resume);
  result = g_test_run ();
  display_stop ();
  return result;
}
