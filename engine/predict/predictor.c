#include "predict/predictor-private.h"

#include "base/mem.h"
#include "compute/backend-list.h"
#include "predict/sampler.h"
#include "predict/tiler.h"

/* Larger tiles waste less on overlap, smaller ones leave the compute thread
 * sooner to something more urgent. */
#define LARGEST_TILE_PX 1024

struct _MgPredictor
{
  MgTrainConfig config;
  MgPredictOptions options; /* without device */
  MgModel *model;           /* (nullable): shared; else the weights of params_from */
  MgBackend *own_backend;   /* (nullable): owned */
  MgProgram *program;       /* (nullable): owned: for the last shape of tile */
  int tile_width, tile_height;
  char *notice; /* (nullable) */
  /* what _mg_predictor_normalise() found last */
  MgImage *normalised; /* (nullable): shared */
  int normalised_z, normalised_t;
  double low[MG_SAMPLER_MAX_CHANNELS], high[MG_SAMPLER_MAX_CHANNELS];

  const MgRecipe *recipe;
  MgBackend *backend;     /* own_backend or borrowed */
  MgProgram *params_from; /* (nullable): borrowed */
};

static MgPredictor *
predictor_new (const MgTrainConfig *config, const MgPredictOptions *options, GError **error)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, error);
  MgPredictor *predictor;

  if (recipe == NULL)
    return NULL;
  predictor = g_new0 (MgPredictor, 1);
  predictor->config = *config;
  predictor->recipe = recipe;
  if (options != NULL)
    predictor->options = *options;
  predictor->options.device = NULL;
  return predictor;
}

/**
 * mg_predictor_new:
 * @model: (transfer none): whose weights
 * @options: (nullable): device and memory
 *
 * Opens the device; the network is compiled with the first tile, on the CPU when
 * the device cannot compute it (see mg_predictor_get_notice()). Compute thread.
 *
 * Returns: (transfer full): the predictor
 */
MgPredictor *
mg_predictor_new (MgModel *model,
                  const MgPredictOptions *options,
                  GError **error)
{
  g_autoptr (MgPredictor) predictor = predictor_new (mg_model_get_config (model), options, error);

  if (predictor == NULL)
    return NULL;
  predictor->own_backend = mg_backend_open (options != NULL && options->device != NULL ? options->device : "auto", error);
  if (predictor->own_backend == NULL)
    return NULL;
  predictor->backend = predictor->own_backend;
  predictor->model = mg_model_ref (model);
  return g_steal_pointer (&predictor);
}

/**
 * mg_predictor_new_for_program:
 * @config: what @params_from was built from
 * @backend: of @params_from; borrowed, outlives the predictor
 * @params_from: whose weights of the moment are used; borrowed, outlives the
 *   predictor
 * @options: (nullable): memory; its device does not count
 *
 * Compute thread.
 *
 * Returns: (transfer full): the predictor
 */
MgPredictor *
mg_predictor_new_for_program (const MgTrainConfig *config,
                              MgBackend *backend,
                              MgProgram *params_from,
                              const MgPredictOptions *options,
                              GError **error)
{
  MgPredictor *predictor = predictor_new (config, options, error);

  if (predictor == NULL)
    return NULL;
  predictor->backend = backend;
  predictor->params_from = params_from;
  return predictor;
}

/**
 * mg_predictor_free:
 * @predictor: (nullable): the predictor; compute thread
 */
void
mg_predictor_free (MgPredictor *predictor)
{
  if (predictor == NULL)
    return;
  mg_program_free (predictor->program);
  mg_backend_free (predictor->own_backend);
  mg_model_unref (predictor->model);
  g_clear_pointer (&predictor->normalised, mg_image_unref);
  g_free (predictor->notice);
  g_free (predictor);
}

/**
 * mg_predictor_get_notice:
 *
 * Returns: (transfer none) (nullable): a sentence saying why another device
 *   computes than was asked for
 */
const char *
mg_predictor_get_notice (MgPredictor *predictor)
{
  return predictor->notice;
}

const MgTrainConfig *
_mg_predictor_get_config (MgPredictor *predictor)
{
  return &predictor->config;
}

const MgRecipe *
_mg_predictor_get_recipe (MgPredictor *predictor)
{
  return predictor->recipe;
}

gboolean
_mg_predictor_get_augment (MgPredictor *predictor)
{
  return predictor->options.augment;
}

static MgPlan *
make_plan (MgPredictor *predictor, int width, int height, GError **error)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();

  if (!predictor->recipe->build (graph, &predictor->config, 1, height, width, FALSE, error))
    return NULL;
  return mg_plan_new (g_steal_pointer (&graph), error);
}

static guint64
get_budget (MgPredictor *predictor, const MgBackendInfo *info)
{
  if (predictor->options.memory_bytes > 0)
    return predictor->options.memory_bytes;
  if (info->is_gpu && info->memory_bytes > 0)
    return info->memory_bytes / 4;
  return mg_memory_available () / 4;
}

static gboolean
fits (const MgPlan *plan, guint64 budget, guint64 max_tensor_bytes)
{
  for (guint i = 0; i < plan->n_tensors; i++)
    if (max_tensor_bytes > 0 && plan->placements[i].size > max_tensor_bytes)
      return FALSE;
  return mg_plan_get_bytes (plan) <= budget;
}

/* Tiles are as large as asked for or as memory permits, but none is so small that
 * its middle depends on what it does not see: at least a halo wide is what each adds,
 * or where memory is short the least that there is. */
gboolean
_mg_predictor_choose_tile (MgPredictor *predictor,
                           int width,
                           int height,
                           int *tile_width,
                           int *tile_height,
                           GError **error)
{
  /* multiples of what the deepest network needs */
  static const int ladder[] = { LARGEST_TILE_PX, 768, 512, 384, 256, 192, 128, 64, 0 };
  int multiple = mg_unet_multiple (&predictor->config.net), halo = mg_unet_receptive_field (&predictor->config.net);
  int good = mg_tile_smallest (halo, halo, multiple), least = mg_tile_smallest (halo, multiple, multiple);
  int asked = (predictor->options.tile + multiple - 1) / multiple * multiple, last = 0;
  MgBackendInfo info;
  guint64 budget;

  mg_backend_get_info (predictor->backend, &info);
  budget = get_budget (predictor, &info);
  for (guint i = 0; i < G_N_ELEMENTS (ladder); i++)
    {
      int tile = ladder[i] > 0 ? MAX (asked > 0 ? asked : ladder[i], good) : least;
      g_autoptr (MgPlan) plan = NULL;

      if (tile == last)
        continue;
      last = tile;
      *tile_width = mg_tile_extent (width, tile, multiple);
      *tile_height = mg_tile_extent (height, tile, multiple);
      plan = make_plan (predictor, *tile_width, *tile_height, error);
      if (plan == NULL)
        return FALSE;
      if (tile == asked || fits (plan, budget, info.max_tensor_bytes))
        return TRUE;
    }
  g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
               "the network does not fit into the memory it may use, not even for tiles of %d pixels, the smallest "
               "that leave no seams (allow more memory)",
               least);
  return FALSE;
}

static gboolean
compile (MgPredictor *predictor, int width, int height, GError **error)
{
  MgPlan *plan;

  g_clear_pointer (&predictor->program, mg_program_free);
  plan = make_plan (predictor, width, height, error);
  if (plan == NULL)
    return FALSE;
  predictor->program = mg_program_new (predictor->backend, plan, predictor->params_from, error);
  if (predictor->program == NULL)
    return FALSE;
  if (predictor->model != NULL && !mg_model_upload (predictor->model, predictor->program, error))
    {
      g_clear_pointer (&predictor->program, mg_program_free);
      return FALSE;
    }
  predictor->tile_width = width;
  predictor->tile_height = height;
  return TRUE;
}

static gboolean
is_device_error (const GError *error)
{
  return g_error_matches (error, MG_ERROR, MG_ERROR_DEVICE) || g_error_matches (error, MG_ERROR, MG_ERROR_DEVICE_LOST) ||
         g_error_matches (error, MG_ERROR, MG_ERROR_UNSUPPORTED) || g_error_matches (error, MG_ERROR, MG_ERROR_TOO_LARGE) ||
         g_error_matches (error, MG_ERROR, MG_ERROR_NO_MEMORY);
}

/* From a device that cannot to the CPU, once; takes the error when it does. */
static gboolean
move_to_cpu (MgPredictor *predictor, GError **error)
{
  MgBackendInfo info;
  MgBackend *cpu;

  mg_backend_get_info (predictor->backend, &info);
  if (predictor->own_backend == NULL || g_strcmp0 (info.id, "cpu") == 0 || !is_device_error (*error))
    return FALSE;
  cpu = mg_backend_open ("cpu", NULL);
  if (cpu == NULL)
    return FALSE;
  predictor->notice = g_strdup_printf ("the CPU computes instead of %s, because %s", info.name, (*error)->message);
  g_clear_error (error);
  g_clear_pointer (&predictor->program, mg_program_free);
  mg_backend_free (predictor->own_backend);
  predictor->own_backend = predictor->backend = cpu;
  return TRUE;
}

static gboolean
try_tile (MgPredictor *p, int width, int height, const float *input, float *maps,
          GCancellable *cancellable, GError **error)
{
  gsize pixels = (gsize) width * (gsize) height;

  if ((p->program == NULL || p->tile_width != width || p->tile_height != height) &&
      !compile (p, width, height, error))
    return FALSE;
  return mg_program_write (p->program, mg_program_find (p->program, "image"), input, pixels * (gsize) p->config.net.n_in, error) &&
         mg_program_run (p->program, cancellable, error) &&
         mg_program_read (p->program, mg_program_find (p->program, "maps"), maps, pixels * (gsize) mg_recipe_n_maps (p->recipe, &p->config), error);
}

gboolean
_mg_predictor_run_tile (MgPredictor *predictor,
                        int tile_width,
                        int tile_height,
                        const float *input,
                        float *maps,
                        GCancellable *cancellable,
                        GError **error)
{
  GError *local = NULL;

  if (try_tile (predictor, tile_width, tile_height, input, maps, cancellable, &local))
    return TRUE;
  if (move_to_cpu (predictor, &local))
    return try_tile (predictor, tile_width, tile_height, input, maps, cancellable, error);
  g_propagate_error (error, local);
  return FALSE;
}

gboolean
_mg_predictor_normalise (MgPredictor *predictor,
                         MgImage *image,
                         int z,
                         int t,
                         double *low,
                         double *high,
                         GCancellable *cancellable,
                         GError **error)
{
  MgNormalisation normalisation = (MgNormalisation) predictor->config.normalisation;
  int n_channels = mg_image_get_info (image)->n_channels;

  if (predictor->normalised != image || predictor->normalised_z != z || predictor->normalised_t != t)
    {
      g_clear_pointer (&predictor->normalised, mg_image_unref);
      for (int c = 0; c < n_channels; c++)
        if (!mg_normalisation (normalisation, image, c, z, t, &predictor->low[c], &predictor->high[c], cancellable, error))
          return FALSE;
      predictor->normalised = mg_image_ref (image);
      predictor->normalised_z = z;
      predictor->normalised_t = t;
    }
  for (int c = 0; c < n_channels; c++)
    {
      low[c] = predictor->low[c];
      high[c] = predictor->high[c];
    }
  return TRUE;
}

/**
 * mg_predictor_run:
 * @image: with as many channels as the network
 * @z: slice
 * @t: frame
 * @rect: (nullable): the part wanted, %NULL for the whole plane; around it the
 *   image is looked at as far as the network sees
 * @maps: (out): in the network's working scale; free planes with
 *   mg_free_aligned()
 * @cancellable: (nullable): looked at within tiles
 *
 * Memory is that of one tile and of the maps, whatever the image's size.
 * Compute thread.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_predictor_run (MgPredictor *predictor,
                  MgImage *image,
                  int z,
                  int t,
                  const MgRect *rect,
                  MgMaps *maps,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (MgPredictRun) run = _mg_predict_run_new (predictor, image, z, t, rect, NULL, cancellable, error);
  MgStep step = run != NULL ? MG_STEP_MORE : MG_STEP_ERROR;

  while (step == MG_STEP_MORE)
    step = _mg_predict_run_step (run, cancellable, error);
  if (step == MG_STEP_DONE)
    _mg_predict_run_steal (run, maps);
  return step == MG_STEP_DONE;
}

/**
 * mg_predictor_decode:
 * @maps: from mg_predictor_run()
 * @width: of the image or of the rectangle that was predicted
 * @height: likewise
 * @params: (nullable): %NULL for the recipe's defaults
 * @out: (out): to be cleared with mg_decoded_clear()
 *
 * Any thread.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_predictor_decode (MgModel *model,
                     const MgMaps *maps,
                     int width,
                     int height,
                     const MgDecodeParams *params,
                     MgProgress *progress,
                     GCancellable *cancellable,
                     MgDecoded *out,
                     GError **error)
{
  const MgRecipe *recipe = mg_model_get_recipe (model);
  MgDecodeParams defaults;

  if (params == NULL)
    {
      recipe->decode_defaults (&defaults);
      params = &defaults;
    }
  *out = (MgDecoded){ 0 };
  return recipe->decode (maps, width, height, mg_model_get_config (model), params, progress, cancellable, out, error);
}
