/* A training that was stopped goes on after a restart, from where it was. */
#include "display.h"

static gboolean
has_learned (gpointer data)
{
  MgTrainStatus status;

  return mg_training_get_status (data, &status) && status.step >= 3;
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
test_resume (void)
{
  Display *display = display_open ();
  g_autoptr (GFile) folder = display_make_project (display, 3, 64);
  g_autofree char *kept = g_build_filename (g_file_peek_path (folder), "models", "unfinished-training.safetensors", NULL);
  MgTraining *training = mg_window_get_training (display->window);
  const MgTrainPoint *history;
  gint64 told = 0;
  guint n;

  display_set_training (display, "boundary", 6, 8);
  display_open_file (display, folder);
  display_xdotool ("key ctrl+t");
  g_assert_true (display_wait (has_learned, training, 120));
  mg_training_stop (training);
  g_assert_true (display_wait (display_is_idle, display, 60));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));

  display_reopen (display);
  training = mg_window_get_training (display->window);
  g_signal_connect (training, "interrupted", G_CALLBACK (on_interrupted), &told);
  display_open_file (display, folder);
  g_assert_true (display_wait (is_told, &told, 30));
  g_assert_cmpint (told, >=, 3);
  gtk_widget_activate_action (GTK_WIDGET (display->window), "win.resume-training", NULL);
  g_assert_false (display_is_idle (display));
  g_assert_true (display_wait (display_is_idle, display, 300));
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
  display_test_init (&argc, &argv);
  g_test_add_func ("/display/resume", test_resume);
  return display_test_run ();
}
