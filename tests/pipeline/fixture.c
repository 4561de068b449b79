#include "pipeline/fixture.h"

#include "compute/backend-list.h"
#include "dataset/synth.h"

MgDataset *
fixture_dataset (guint n_images, int size, guint64 seed)
{
  MgDataset *dataset = mg_dataset_new ();

  for (guint i = 0; i < n_images; i++)
    {
      g_autofree char *name = g_strdup_printf ("cells-%u", i);
      g_autoptr (GError) error = NULL;
      g_autoptr (MgImage) image = NULL;
      g_autoptr (MgLabels) labels = NULL;
      MgSynthParams params;
      MgRng rng;

      mg_rng_init (&rng, seed, i);
      mg_synth_defaults (&params, size, FALSE);
      mg_synth_cells (&params, &rng, &image, &labels, NULL, &error);
      g_assert_no_error (error);
      mg_dataset_add (dataset, name, image, labels, NULL, MG_ROLE_OF_TRAIN, &error);
      g_assert_no_error (error);
    }
  return dataset;
}

void
fixture_config (MgTrainConfig *config, gint64 steps)
{
  mg_recipe_find ("boundary", NULL)->defaults (config);
  config->net.depth = 2;
  config->net.base_filters = 8;
  config->patch = 64;
  config->batch = 2;
  config->epochs = 0;
  config->steps = steps;
  config->validation_share = 0.25;
}

void
fixture_prepare (MgTrainConfig *config, MgDataset *dataset)
{
  g_autoptr (GError) error = NULL;

  mg_dataset_prepare (dataset, config->validation_share, config->seed, NULL, NULL, &error);
  g_assert_no_error (error);
  mg_recipe_find (config->recipe, NULL)->adapt (config, dataset);
}

MgTrainLoop *
fixture_loop (const MgTrainConfig *config, MgDataset *dataset, const char *device, MgHistory *history, GFile *resume)
{
  MgTrainLoopOptions options = {
    .config = config,
    .dataset = dataset,
    .device = device,
    .history = history,
    .fingerprint = "the same",
    .resume = resume,
  };
  g_autoptr (GError) error = NULL;
  MgTrainLoop *loop = mg_train_loop_new (&options, &error);

  g_assert_no_error (error);
  return loop;
}

void
fixture_run (MgTrainLoop *loop, gint64 until_step)
{
  g_autoptr (GError) error = NULL;
  MgTrainStatus status;
  MgStep step;

  do
    {
      step = mg_train_loop_step (loop, NULL, &error);
      g_assert_no_error (error);
      mg_train_loop_get_status (loop, &status);
    }
  while (step == MG_STEP_MORE && status.step < until_step);
}

GFile *
fixture_temp_file (const char *name)
{
  static char *folder;
  g_autofree char *path = NULL;

  if (folder == NULL)
    folder = g_dir_make_tmp ("mg-pipeline-XXXXXX", NULL);
  path = g_build_filename (folder, name, NULL);
  return g_file_new_for_path (path);
}

GBytes *
fixture_bytes (MgModel *model)
{
  g_autoptr (GFile) file = fixture_temp_file ("bytes.safetensors");
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  mg_model_save (model, file, &error);
  g_assert_no_error (error);
  bytes = g_file_load_bytes (file, NULL, NULL, &error);
  g_assert_no_error (error);
  g_file_delete (file, NULL, NULL);
  return bytes;
}

gboolean
fixture_has_device (const char *device)
{
  MgBackend *backend = mg_backend_open (device, NULL);
  gboolean has = backend != NULL;

  mg_backend_free (backend);
  return has;
}
