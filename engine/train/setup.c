#include "train/setup.h"

#include "base/mem.h"
#include "compute/backend-list.h"
#include "train/schedule.h"

#include <math.h>

#define N_LOSS_VALUES 8

/**
 * mg_train_setup_build:
 * @n: patches a batch
 * @with_updates: a whole training step; else only losses and maps
 *
 * Returns: (transfer full): the graph of the network with its losses
 */
MgGraph *
mg_train_setup_build (const MgTrainConfig *config,
                      int n,
                      gboolean with_updates,
                      GError **error)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, error);
  g_autoptr (MgGraph) graph = NULL;

  if (recipe == NULL)
    return NULL;
  graph = mg_graph_new ();
  if (!recipe->build (graph, config, n, config->patch, config->patch, TRUE, error) ||
      (with_updates && !mg_graph_add_training (graph, error)))
    return NULL;
  return g_steal_pointer (&graph);
}

static MgPlan *
make_plan (const MgTrainConfig *config, int n, gboolean with_updates, GError **error)
{
  MgGraph *graph = mg_train_setup_build (config, n, with_updates, error);

  return graph == NULL ? NULL : mg_plan_new (graph, error);
}

/* Linux grants more memory than there is and ends the program when it is used,
 * so what a plan needs is compared first. */
static gboolean
check_memory (MgBackend *backend, gsize need, GError **error)
{
  g_autofree char *need_text = NULL, *have_text = NULL;
  guint64 have = mg_memory_available () / 10 * 8;
  MgBackendInfo info;

  mg_backend_get_info (backend, &info);
  if (info.is_gpu && info.memory_bytes > 0)
    have = info.memory_bytes / 10 * 9;
  if (need <= have)
    return TRUE;
  need_text = g_format_size (need);
  have_text = g_format_size (have);
  g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
               "training needs %s of memory and %s are free (choose a smaller batch or patch)", need_text, have_text);
  return FALSE;
}

static gboolean
compile (MgTrainSetup *setup, GError **error)
{
  g_autoptr (MgPlan) training = make_plan (&setup->config, setup->config.batch, TRUE, error);
  g_autoptr (MgPlan) validation = NULL;
  gsize need;

  if (training == NULL)
    return FALSE;
  validation = make_plan (&setup->config, 1, FALSE, error);
  if (validation == NULL)
    return FALSE;
  need = mg_plan_get_bytes (training) + mg_plan_get_bytes (validation) - validation->arena_size[MG_ARENA_PARAMS];
  if (!check_memory (setup->backend, need, error))
    return FALSE;
  setup->program = mg_program_new (setup->backend, g_steal_pointer (&training), NULL, error);
  if (setup->program == NULL)
    return FALSE;
  setup->validation = mg_program_new (setup->backend, g_steal_pointer (&validation), setup->program, error);
  if (setup->validation == NULL)
    g_clear_pointer (&setup->program, mg_program_free);
  return setup->validation != NULL;
}

/* Halves the batch as long as memory is what is missing. */
static gboolean
compile_smaller (MgTrainSetup *setup, int batch, GError **error)
{
  GError *local = NULL;

  for (setup->config.batch = batch;; setup->config.batch /= 2)
    {
      if (compile (setup, &local))
        return TRUE;
      if (setup->config.batch == 1 || !(g_error_matches (local, MG_ERROR, MG_ERROR_NO_MEMORY) ||
                                        g_error_matches (local, MG_ERROR, MG_ERROR_TOO_LARGE)))
        break;
      g_clear_error (&local);
    }
  g_propagate_error (error, local);
  return FALSE;
}

static void
describe (MgTrainSetup *setup, int wanted_batch, const char *reason)
{
  g_autoptr (GString) text = g_string_new (NULL);
  MgBackendInfo info;

  mg_backend_get_info (setup->backend, &info);
  g_string_append (text, info.name);
  if (setup->config.batch < wanted_batch)
    g_string_append_printf (text, ", batches of %d instead of %d for want of memory", setup->config.batch, wanted_batch);
  if (reason != NULL)
    g_string_append_printf (text, ", because %s", reason);
  g_strlcpy (setup->device, text->str, sizeof setup->device);
}

/**
 * mg_train_setup_init:
 * @setup: (out): to be cleared with mg_train_setup_clear()
 * @device: (nullable): as mg_backend_open() takes it, %NULL for "auto"
 *
 * Opens the device and compiles the network; takes a smaller batch where memory
 * does not suffice, and the CPU where the device cannot compute it, and says so
 * in `device`. Weights are all zero.
 *
 * Returns: FALSE with an error when the CPU cannot either
 */
gboolean
mg_train_setup_init (MgTrainSetup *setup,
                     const MgTrainConfig *config,
                     const char *device,
                     GError **error)
{
  g_autoptr (GError) local = NULL;
  MgBackendInfo info;

  *setup = (MgTrainSetup){ .config = *config, .recipe = mg_recipe_find (config->recipe, error) };
  if (setup->recipe == NULL)
    return FALSE;
  setup->backend = mg_backend_open (device ?: "auto", error);
  if (setup->backend == NULL)
    return FALSE;
  mg_backend_get_info (setup->backend, &info);
  if (compile_smaller (setup, config->batch, &local))
    {
      describe (setup, config->batch, NULL);
      return TRUE;
    }
  if (local->domain == MG_ERROR && local->code != MG_ERROR_SHAPE && g_strcmp0 (info.id, "cpu") != 0)
    {
      setup->config.batch = config->batch;
      return mg_train_setup_move_to_cpu (setup, local->message, error);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  mg_train_setup_clear (setup);
  return FALSE;
}

/**
 * mg_train_setup_move_to_cpu:
 * @setup: one whose device failed; on failure it is cleared
 * @reason: what was wrong with the device, a half-sentence
 *
 * Compiles the same network on the CPU; weights are all zero.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_train_setup_move_to_cpu (MgTrainSetup *setup,
                            const char *reason,
                            GError **error)
{
  int batch = setup->config.batch;

  g_clear_pointer (&setup->validation, mg_program_free);
  g_clear_pointer (&setup->program, mg_program_free);
  g_clear_pointer (&setup->backend, mg_backend_free);
  setup->backend = mg_backend_open ("cpu", error);
  if (setup->backend == NULL || !compile_smaller (setup, batch, error))
    {
      mg_train_setup_clear (setup);
      return FALSE;
    }
  describe (setup, batch, reason);
  return TRUE;
}

/**
 * mg_train_setup_clear:
 * @setup: freed but for the struct itself; may be zeroed
 */
void
mg_train_setup_clear (MgTrainSetup *setup)
{
  g_clear_pointer (&setup->validation, mg_program_free);
  g_clear_pointer (&setup->program, mg_program_free);
  g_clear_pointer (&setup->backend, mg_backend_free);
}

/**
 * mg_train_setup_init_weights:
 *
 * Draws all parameters from the configuration's seed.
 */
gboolean
mg_train_setup_init_weights (MgTrainSetup *setup,
                             GError **error)
{
  const MgGraph *graph = mg_program_get_plan (setup->program)->graph;

  for (guint id = 0; id < mg_graph_get_n_tensors (graph); id++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) id);
      gsize n = mg_tensor_n_values (tensor);
      float *values;
      gboolean written;

      if (tensor->role != MG_ROLE_PARAM)
        continue;
      values = mg_try_alloc (n * sizeof (float), "the network's weights", error);
      if (values == NULL)
        return FALSE;
      mg_init_parameter (tensor, setup->config.seed, values);
      written = mg_program_write (setup->program, (MgTensorId) id, values, n, error);
      mg_free_aligned (values);
      if (!written)
        return FALSE;
    }
  return TRUE;
}

/**
 * mg_train_setup_write:
 * @batch: what the next step learns from
 * @rate: learning rate of it
 * @step: steps done before it
 *
 * Gives the training program its inputs.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_train_setup_write (MgTrainSetup *setup,
                      const MgBatch *batch,
                      double rate,
                      gint64 step,
                      GError **error)
{
  const MgTrainConfig *config = &setup->config;
  MgProgram *program = setup->program;
  gsize pixels = (gsize) config->batch * (gsize) config->patch * (gsize) config->patch;
  float hyper[8];

  mg_schedule_hyper (rate, config->weight_decay, step, hyper);
  if (!mg_program_write (program, mg_program_find (program, "hyper"), hyper, G_N_ELEMENTS (hyper), error) ||
      !mg_program_write (program, mg_program_find (program, "image"), batch->image,
                         pixels * (gsize) config->net.n_in, error))
    return FALSE;
  for (int i = 0; i < setup->recipe->n_targets; i++)
    if (!mg_program_write (program, mg_program_find (program, setup->recipe->targets[i].name), batch->targets[i],
                           pixels * (gsize) mg_recipe_n_target_channels (setup->recipe, i, config), error))
      return FALSE;
  return TRUE;
}

/**
 * mg_train_setup_read_loss:
 * @program: one with losses, after a run
 *
 * Returns: the sum of all outputs named "loss.…"; NaN with an error set when
 *   they cannot be read
 */
double
mg_train_setup_read_loss (MgProgram *program,
                          GError **error)
{
  const MgGraph *graph = mg_program_get_plan (program)->graph;
  double sum = 0;

  for (guint id = 0; id < mg_graph_get_n_tensors (graph); id++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) id);
      float values[N_LOSS_VALUES];

      if (tensor->role != MG_ROLE_OUTPUT || !g_str_has_prefix (tensor->name, "loss."))
        continue;
      if (!mg_program_read (program, (MgTensorId) id, values, N_LOSS_VALUES, error))
        return NAN;
      sum += values[0];
    }
  return sum;
}

/**
 * mg_train_setup_count_steps:
 * @dataset: prepared
 *
 * An epoch sees about as many pixels as the training images have at the scale
 * of the network, unless the settings say how many steps it has.
 *
 * Returns: steps an epoch
 */
int
mg_train_setup_count_steps (const MgTrainConfig *config,
                            MgDataset *dataset)
{
  double pixels = 0, scale = config->working_scale > 0 ? config->working_scale : 1;

  if (config->steps_per_epoch > 0)
    return config->steps_per_epoch;
  for (guint i = 0; i < mg_dataset_get_n (dataset); i++)
    {
      const MgItem *item = mg_dataset_get (dataset, i);
      const MgImageInfo *info = mg_image_get_info (item->image);

      if (item->role == MG_ROLE_OF_TRAIN)
        pixels += (double) info->width * info->height * scale * scale;
    }
  return (int) CLAMP (ceil (pixels / ((double) config->patch * config->patch * config->batch)), 16, 2000);
}
