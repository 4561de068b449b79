/* The training job as the window uses it: signals, snapshots, previews, stop. */

#include "pipeline/fixture.h"

#include "base/scheduler.h"
#include "dataset/synth.h"

#include <math.h>
#include <string.h>

typedef struct
{
  MgTrainer *trainer;
  MgJob *job;
  GMainLoop *loop;
  gint64 cancel_at; /* step; 0 never */
  gint64 cancelled_us, finished_us;
} Run;

static void
on_progress (MgJob *job, Run *run)
{
  MgTrainStatus status;

  mg_trainer_get_status (run->trainer, &status);
  if (run->cancel_at > 0 && status.step >= run->cancel_at && run->cancelled_us == 0)
    {
      run->cancelled_us = g_get_monotonic_time ();
      mg_job_cancel (job);
    }
}

static void
on_finished (MgJob *job, Run *run)
{
  run->finished_us = g_get_monotonic_time ();
  g_main_loop_quit (run->loop);
}

static void
run_job (Run *run)
{
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (0);

  run->loop = g_main_loop_new (NULL, FALSE);
  run->job = mg_trainer_make_job (run->trainer);
  g_signal_connect (run->job, "progress", G_CALLBACK (on_progress), run);
  g_signal_connect (run->job, "finished", G_CALLBACK (on_finished), run);
  mg_scheduler_submit (scheduler, run->job);
  g_main_loop_run (run->loop);
  g_assert_true (mg_scheduler_shutdown (scheduler, 10000));
  g_main_loop_unref (run->loop);
}

static void
test_job (void)
{
  g_autoptr (GFile) log = fixture_temp_file ("run.jsonl");
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  g_autofree char *text = NULL, *warning = NULL;
  g_autoptr (MgTrainer) trainer = NULL;
  g_autoptr (MgModel) model = NULL;
  g_auto (GStrv) lines = NULL;
  MgTrainConfig config;
  MgTrainStatus status;
  Run run = { 0 };

  fixture_config (&config, 20);
  trainer = mg_trainer_new (&config, fixture_dataset (4, 96, 2), NULL, "cpu");
  mg_trainer_set_log (trainer, log);
  run.trainer = trainer;
  run_job (&run);
  g_assert_cmpint (mg_job_get_state (run.job), ==, MG_JOB_DONE);
  mg_trainer_get_status (trainer, &status);
  g_assert_cmpint (status.step, ==, 20);
  g_assert_cmpint (status.n_steps, ==, 20);
  g_assert_cmpstr (status.device, !=, "");
  mg_trainer_get_history (trainer, points, 15);
  g_assert_cmpuint (points->len, ==, 5);
  g_assert_cmpint (g_array_index (points, MgTrainPoint, 0).step, ==, 16);
  model = mg_trainer_dup_model (trainer);
  g_assert_nonnull (json_object_get_object_member (mg_model_get_card (model), "data"));
  g_assert_true (g_file_load_contents (log, NULL, &text, NULL, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 21);
  warning = mg_trainer_dup_warning (trainer);
  g_assert_null (warning);
  g_object_unref (run.job);
}

/* 200 ms are asked for on a free machine; a shared one gets more. */
static void
test_stop_keeps_what_was_learned (void)
{
  g_autoptr (GFile) checkpoint = fixture_temp_file ("stopped.checkpoint");
  g_autoptr (MgTrainer) trainer = NULL;
  g_autoptr (MgModel) model = NULL;
  MgTrainConfig config;
  Run run = { .cancel_at = 3 };

  fixture_config (&config, 100000);
  trainer = mg_trainer_new (&config, fixture_dataset (4, 96, 2), NULL, "cpu");
  mg_trainer_set_checkpoint (trainer, checkpoint, FALSE);
  run.trainer = trainer;
  run_job (&run);
  g_assert_cmpint (mg_job_get_state (run.job), ==, MG_JOB_STOPPED);
  g_test_message ("stopped within %d ms", (int) ((run.finished_us - run.cancelled_us) / 1000));
  g_assert_cmpint (run.finished_us - run.cancelled_us, <, 2 * G_USEC_PER_SEC);
  model = mg_trainer_dup_model (trainer);
  g_assert_nonnull (model);
  g_assert_true (g_file_query_exists (checkpoint, NULL));
  g_object_unref (run.job);
}

static void
test_full_disk_does_not_end_it (void)
{
  g_autoptr (GFile) checkpoint = g_file_new_for_path ("/proc/no/such/folder/run.checkpoint");
  g_autoptr (MgTrainer) trainer = NULL;
  g_autoptr (MgModel) model = NULL;
  g_autofree char *warning = NULL;
  MgTrainConfig config;
  Run run = { 0 };

  fixture_config (&config, 3);
  trainer = mg_trainer_new (&config, fixture_dataset (4, 96, 2), NULL, "cpu");
  mg_trainer_set_checkpoint (trainer, checkpoint, FALSE);
  run.trainer = trainer;
  run_job (&run);
  g_assert_cmpint (mg_job_get_state (run.job), ==, MG_JOB_DONE);
  model = mg_trainer_dup_model (trainer);
  g_assert_nonnull (model);
  warning = mg_trainer_dup_warning (trainer);
  g_assert_nonnull (strstr (warning, "run.checkpoint"));
  g_object_unref (run.job);
}

typedef struct
{
  int width, height, n_calls, n_frees;
} Preview;

static void
on_preview (MgInstances *instances, MgImage *restored, gpointer data)
{
  Preview *preview = data;
  MgLabels *labels = mg_instances_get_labels (instances);

  g_assert_null (restored);
  preview->width = mg_labels_get_width (labels);
  preview->height = mg_labels_get_height (labels);
  g_atomic_int_inc (&preview->n_calls);
}

static void
free_preview (gpointer data)
{
  g_atomic_int_inc (&((Preview *) data)->n_frees);
}

static void
test_preview (void)
{
  g_autoptr (MgTrainer) trainer = NULL;
  g_autoptr (MgImage) image = NULL;
  g_autoptr (MgLabels) labels = NULL;
  const MgRect rect = { 11, 7, 60, 50 };
  Preview replaced = { 0 }, preview = { 0 };
  MgSynthParams params;
  MgTrainConfig config;
  MgRng rng;
  Run run = { 0 };

  mg_rng_init (&rng, 3, 0);
  mg_synth_defaults (&params, 96, FALSE);
  g_assert_true (mg_synth_cells (&params, &rng, &image, &labels, NULL, NULL));
  fixture_config (&config, 20);
  trainer = mg_trainer_new (&config, fixture_dataset (4, 96, 2), NULL, "cpu");
  mg_trainer_request_preview (trainer, image, &rect, on_preview, &replaced, free_preview);
  mg_trainer_request_preview (trainer, image, &rect, on_preview, &preview, free_preview);
  g_assert_cmpint (replaced.n_frees, ==, 1);
  run.trainer = trainer;
  run_job (&run);
  g_assert_cmpint (mg_job_get_state (run.job), ==, MG_JOB_DONE);
  g_assert_cmpint (replaced.n_calls, ==, 0);
  g_assert_cmpint (preview.n_calls, ==, 1);
  g_assert_cmpint (preview.n_frees, ==, 1);
  g_assert_cmpint (preview.width, ==, 60);
  g_assert_cmpint (preview.height, ==, 50);
  g_object_unref (run.job);
}

/* The clock decides, the schedule ends with it. */
static void
test_time_budget (void)
{
  g_autoptr (MgTrainer) trainer = NULL;
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  MgTrainConfig config;
  MgTrainStatus status;
  Run run = { 0 };

  fixture_config (&config, 0);
  config.minutes = 2.0 / 60;
  trainer = mg_trainer_new (&config, fixture_dataset (4, 96, 2), NULL, "cpu");
  run.trainer = trainer;
  run_job (&run);
  g_assert_cmpint (mg_job_get_state (run.job), ==, MG_JOB_DONE);
  mg_trainer_get_status (trainer, &status);
  g_assert_cmpint (status.step, >, 0);
  g_assert_cmpint (status.n_steps, ==, 0);
  g_assert_cmpfloat (status.seconds, >, 1.5);
  mg_trainer_get_history (trainer, points, 0);
  g_assert_true (isfinite (g_array_index (points, MgTrainPoint, points->len - 1).validation));
  g_object_unref (run.job);
}

static void
test_nothing_to_learn (void)
{
  g_autoptr (MgTrainer) trainer = NULL;
  MgTrainConfig config;
  Run run = { 0 };

  fixture_config (&config, 3);
  trainer = mg_trainer_new (&config, mg_dataset_new (), NULL, "cpu");
  run.trainer = trainer;
  run_job (&run);
  g_assert_cmpint (mg_job_get_state (run.job), ==, MG_JOB_FAILED);
  g_assert_error (mg_job_get_error (run.job), MG_ERROR, MG_ERROR_DATA);
  g_object_unref (run.job);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline/trainer/job", test_job);
  g_test_add_func ("/pipeline/trainer/stop-keeps-what-was-learned", test_stop_keeps_what_was_learned);
  g_test_add_func ("/pipeline/trainer/full-disk-does-not-end-it", test_full_disk_does_not_end_it);
  g_test_add_func ("/pipeline/trainer/preview", test_preview);
  g_test_add_func ("/pipeline/trainer/time-budget", test_time_budget);
  g_test_add_func ("/pipeline/trainer/nothing-to-learn", test_nothing_to_learn);
  return g_test_run ();
}
