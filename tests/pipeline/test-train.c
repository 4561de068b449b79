/* Whole training runs on simulated cells. */

#include "pipeline/fixture.h"

#include "train/model-private.h"

#include <math.h>
#include <string.h>

#define N_IMAGES   6
#define IMAGE_SIZE 128

static MgModel *
train (gint64 steps, guint64 seed)
{
  g_autoptr (MgDataset) dataset = fixture_dataset (N_IMAGES, IMAGE_SIZE, 1);
  g_autoptr (MgHistory) history = mg_history_new ();
  g_autoptr (MgTrainLoop) loop = NULL;
  MgTrainConfig config;

  fixture_config (&config, steps);
  config.seed = seed;
  fixture_prepare (&config, dataset);
  loop = fixture_loop (&config, dataset, "cpu", history, NULL);
  fixture_run (loop, steps + 1);
  g_assert_nonnull (mg_train_loop_get_best (loop));
  return mg_model_ref (mg_train_loop_get_best (loop));
}

static void
test_learns (void)
{
  g_autoptr (MgDataset) dataset = fixture_dataset (N_IMAGES, IMAGE_SIZE, 1);
  g_autoptr (MgHistory) history = mg_history_new ();
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  g_autoptr (MgTrainLoop) loop = NULL;
  MgTrainConfig config;
  MgTrainStatus status;
  double first = 0, last = 0;

  fixture_config (&config, 160);
  config.batch = 4;
  fixture_prepare (&config, dataset);
  loop = fixture_loop (&config, dataset, "cpu", history, NULL);
  fixture_run (loop, G_MAXINT64);
  mg_train_loop_get_status (loop, &status);
  g_assert_cmpint (status.step, ==, 160);
  /* measured 0.77; an untrained network scores 0 */
  g_assert_cmpfloat (status.best_score, >, 0.5);
  mg_history_copy (history, points, 0);
  g_assert_cmpuint (points->len, ==, 160);
  for (guint i = 0; i < 10; i++)
    {
      first += g_array_index (points, MgTrainPoint, i).loss;
      last += g_array_index (points, MgTrainPoint, 150 + i).loss;
    }
  g_assert_cmpfloat (last, <, 0.7 * first);
  g_assert_true (isfinite (g_array_index (points, MgTrainPoint, 159).validation));
}

static void
test_same_seed_same_bytes (void)
{
  g_autoptr (MgModel) a = train (24, 5);
  g_autoptr (MgModel) b = train (24, 5);
  g_autoptr (MgModel) c = train (24, 6);
  g_autoptr (GBytes) a_bytes = fixture_bytes (a), b_bytes = fixture_bytes (b), c_bytes = fixture_bytes (c);

  g_assert_true (g_bytes_equal (a_bytes, b_bytes));
  g_assert_false (g_bytes_equal (a_bytes, c_bytes));
}

/* Interrupted between validations, and right before one. */
static void
test_resume_is_exact (void)
{
  const gint64 stops[] = { 7, 16, 19 };
  g_autoptr (MgModel) whole = train (40, 0);
  g_autoptr (GBytes) whole_bytes = fixture_bytes (whole);

  for (guint i = 0; i < G_N_ELEMENTS (stops); i++)
    {
      g_autoptr (MgDataset) dataset = fixture_dataset (N_IMAGES, IMAGE_SIZE, 1);
      g_autoptr (GFile) file = fixture_temp_file ("run.checkpoint");
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      MgTrainConfig config;

      fixture_config (&config, 40);
      fixture_prepare (&config, dataset);
      for (int part = 0; part < 2; part++)
        {
          g_autoptr (MgHistory) history = mg_history_new ();
          g_autoptr (MgTrainLoop) loop = fixture_loop (&config, dataset, "cpu", history, part == 0 ? NULL : file);

          fixture_run (loop, part == 0 ? stops[i] : G_MAXINT64);
          if (part == 0)
            {
              mg_train_loop_keep_last (loop, &error);
              g_assert_no_error (error);
              mg_train_loop_save (loop, file, &error);
              g_assert_no_error (error);
              continue;
            }
          g_assert_cmpuint (mg_history_get_n (history), ==, 40);
          bytes = fixture_bytes (mg_train_loop_get_best (loop));
        }
      g_assert_true (g_bytes_equal (whole_bytes, bytes));
    }
}

static void
test_resume_refuses_others (void)
{
  g_autoptr (MgDataset) dataset = fixture_dataset (N_IMAGES, IMAGE_SIZE, 1);
  g_autoptr (MgHistory) history = mg_history_new ();
  g_autoptr (GFile) file = fixture_temp_file ("other.checkpoint");
  g_autoptr (GError) error = NULL;
  g_autoptr (MgTrainLoop) loop = NULL;
  MgTrainLoopOptions options = { .dataset = dataset, .device = "cpu", .history = history, .resume = file };
  MgTrainConfig config;

  fixture_config (&config, 4);
  fixture_prepare (&config, dataset);
  loop = fixture_loop (&config, dataset, "cpu", history, NULL);
  fixture_run (loop, 1);
  mg_train_loop_save (loop, file, &error);
  g_assert_no_error (error);
  options.config = &config;
  options.fingerprint = "other images";
  g_assert_null (mg_train_loop_new (&options, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "other.checkpoint"));
  g_clear_error (&error);
  options.fingerprint = "the same";
  config.learning_rate *= 2;
  g_assert_null (mg_train_loop_new (&options, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
  g_clear_error (&error);
  config.net.base_filters *= 2;
  g_assert_null (mg_train_loop_new (&options, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
}

static void
test_backends_agree (void)
{
  const char *const devices[] = { "cpu", "vulkan:0" };
  GArray *points[2];

  if (!fixture_has_device (devices[1]))
    {
      g_test_skip ("no Vulkan device");
      return;
    }
  for (int d = 0; d < 2; d++)
    {
      g_autoptr (MgDataset) dataset = fixture_dataset (N_IMAGES, IMAGE_SIZE, 1);
      g_autoptr (MgHistory) history = mg_history_new ();
      g_autoptr (MgTrainLoop) loop = NULL;
      MgTrainConfig config;

      fixture_config (&config, 20);
      fixture_prepare (&config, dataset);
      loop = fixture_loop (&config, dataset, devices[d], history, NULL);
      fixture_run (loop, G_MAXINT64);
      points[d] = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
      mg_history_copy (history, points[d], 0);
      g_assert_cmpuint (points[d]->len, ==, 20);
    }
  for (guint i = 0; i < 20; i++)
    {
      double a = g_array_index (points[0], MgTrainPoint, i).loss, b = g_array_index (points[1], MgTrainPoint, i).loss;

      g_assert_cmpfloat_with_epsilon (a, b, 1e-3);
    }
  g_array_unref (points[0]);
  g_array_unref (points[1]);
}

/* Weights beyond what float32 can add up. */
static void
test_divergence_is_told (void)
{
  g_autoptr (MgDataset) dataset = fixture_dataset (N_IMAGES, IMAGE_SIZE, 1);
  g_autoptr (MgHistory) history = mg_history_new ();
  g_autoptr (MgModel) model = train (2, 0);
  g_autoptr (MgTrainLoop) loop = NULL;
  g_autoptr (GError) error = NULL;
  const MgWeights *weights = _mg_model_get_weights (model);
  MgTrainLoopOptions options = { .dataset = dataset, .device = "cpu", .history = history, .start_from = model };
  MgTrainConfig config;

  for (guint i = 0; i < mg_weights_get_n (weights); i++)
    {
      const MgWeight *weight = mg_weights_get (weights, i);

      for (gsize k = 0; k < weight->n_values; k++)
        weight->data[k] = 1e30f;
    }
  fixture_config (&config, 4);
  fixture_prepare (&config, dataset);
  options.config = &config;
  loop = mg_train_loop_new (&options, &error);
  g_assert_no_error (error);
  while (mg_train_loop_step (loop, NULL, &error) == MG_STEP_MORE)
    ;
  g_assert_error (error, MG_ERROR, MG_ERROR_DIVERGED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline/train/learns", test_learns);
  g_test_add_func ("/pipeline/train/same-seed-same-bytes", test_same_seed_same_bytes);
  g_test_add_func ("/pipeline/train/resume-is-exact", test_resume_is_exact);
  g_test_add_func ("/pipeline/train/resume-refuses-others", test_resume_refuses_others);
  g_test_add_func ("/pipeline/train/backends-agree", test_backends_agree);
  g_test_add_func ("/pipeline/train/divergence-is-told", test_divergence_is_told);
  return g_test_run ();
}
