#include "recipe/restore.h"

#include "base/mem.h"

#include <math.h>

/**
 * mg_restore_defaults:
 * @config: (out): the settings; depth, filters and rate are left to the recipe
 * @recipe: whose they are
 *
 * Without normalisation layers a pixel depends on what the network sees of it only,
 * so tiles have no seams.
 */
void
mg_restore_defaults (MgTrainConfig *config,
                     const char *recipe)
{
  *config = (MgTrainConfig){
    .net = {
      .n_in = 1,
      .kernel = 3,
      .n_convs = 2,
      .norm = MG_NORM_NONE,
      .groups = 8,
      .residual_output = TRUE,
      .filter_output = TRUE,
    },
    .patch = 64,
    .batch = 4,
    .weight_decay = 1e-4,
    .warmup = 0.02,
    .epochs = 100,
    .validation_share = 0.1,
    .flips = TRUE,
    .rotation = 90,
    .working_scale = 1,
  };
  g_strlcpy (config->recipe, recipe, sizeof config->recipe);
}

const MgTargetSpec mg_restore_targets[MG_RESTORE_N_TARGETS] = {
  { "target.clean", 0 },
  { "weight.clean", 1 },
};

/**
 * mg_restore_scale:
 * @s: what a network says of it
 *
 * Returns: b of a Laplace distribution as MG_LOSS_LAPLACE has it: softplus of @s,
 *   and the least that there is
 */
float
mg_restore_scale (float s)
{
  return MAX (s, 0.0f) + log1pf (expf (-fabsf (s))) + (float) MG_LAPLACE_MIN_SCALE;
}

/* The head's result and, behind it, the scales' where they are learned. */
static MgTensorId
append_heads (MgGraph *graph, const MgTrainConfig *config, MgTensorId features, GError **error)
{
  gboolean blind = mg_recipe_find (config->recipe, NULL)->self_supervised;
  /* a pixel that is hidden cannot be what its own value is foretold from */
  gboolean filtered = config->net.residual_output && (blind || config->net.filter_output);
  int reach = !blind ? -1 : MAX (config->blind_x, config->blind_y) > 0 ? 1
                                                                       : 0;
  MgTensorId heads[2] = { mg_unet_head (graph, features, filtered ? "correction" : "head", config->net.n_in, error) };

  if (filtered)
    heads[0] = mg_unet_surroundings (graph, heads[0], reach, error);
  else if (heads[0] != MG_TENSOR_NONE && config->net.residual_output)
    heads[0] = mg_unet_residual (graph, heads[0], error);
  if (heads[0] == MG_TENSOR_NONE || !config->probabilistic)
    return heads[0];
  heads[1] = mg_unet_head (graph, features, "scale", config->net.n_in, error);
  return heads[1] == MG_TENSOR_NONE ? heads[1] : mg_graph_append (graph, MG_OP_CONCAT, heads, 2, NULL, error);
}

/**
 * mg_restore_build:
 *
 * Appends a U-Net with as many channels out as in, which adds its result to the
 * image where the settings ask for it, and a second head for the scales. The image
 * follows in "maps" where they ask for the posterior. The loss, of "maps" and the
 * input "target.clean" and weighed by "weight.clean", is squared differences, or the
 * Laplace distribution's where one is learned.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_restore_build (MgGraph *graph,
                  const MgTrainConfig *config,
                  int n,
                  int height,
                  int width,
                  gboolean training,
                  GError **error)
{
  const MgOpParams copy = { .act = { MG_ACT_NONE } };
  const MgOpParams params = { .loss = { config->probabilistic ? MG_LOSS_LAPLACE : MG_LOSS_MSE, 1 } };
  const gint64 plane[MG_N_AXES] = { n, 1, height, width, 1 };
  const gint64 all[MG_N_AXES] = { n, 1, height, width, config->net.n_in };
  MgTensorId features = mg_unet_append (graph, &config->net, n, height, width, error);
  MgTensorId restored = features == MG_TENSOR_NONE ? features : append_heads (graph, config, features, error);
  MgTensorId maps, source[3];

  if (restored == MG_TENSOR_NONE)
    return FALSE;
  source[0] = restored;
  source[1] = mg_graph_find (graph, "image");
  if (config->posterior && !config->probabilistic)
    maps = mg_graph_append (graph, MG_OP_CONCAT, source, 2, NULL, error);
  else
    maps = mg_graph_append (graph, MG_OP_ACT, source, 1, &copy, error);
  if (maps == MG_TENSOR_NONE)
    return FALSE;
  mg_graph_set_output (graph, maps, "maps");
  if (!training)
    return TRUE;
  source[1] = mg_graph_tensor (graph, "target.clean", MG_ROLE_INPUT, all);
  source[2] = mg_graph_tensor (graph, "weight.clean", MG_ROLE_INPUT, plane);
  restored = mg_graph_append (graph, MG_OP_LOSS, source, 3, &params, error);
  if (restored == MG_TENSOR_NONE)
    return FALSE;
  mg_graph_set_output (graph, restored, "loss.clean");
  return TRUE;
}

static float *
allocate (const MgImageInfo *info, GError **error)
{
  gsize n;

  if (!mg_size_mul ((gsize) info->width, (gsize) info->height, &n) ||
      !mg_size_mul (n, (gsize) info->n_channels * sizeof (float), &n))
    n = G_MAXSIZE;
  return mg_try_alloc (n, "the restored image", error);
}

static MgImage *
decode_values (const MgMaps *maps, const MgImageInfo *info, GError **error)
{
  gsize n = (gsize) info->width * (gsize) info->height;
  float *pixels = allocate (info, error);

  for (int c = 0; c < info->n_channels && pixels != NULL; c++)
    {
      float low = (float) maps->low[c], range = (float) (maps->high[c] - maps->low[c]);

      for (gsize i = 0; i < n; i++)
        pixels[(gsize) c * n + i] = maps->planes[(gsize) c * n + i] * range + low;
    }
  return pixels == NULL ? NULL : mg_image_new_take (info, pixels, mg_free_aligned, error);
}

/* The second half of the maps; factor: see uncertainty_scale. */
static MgImage *
decode_scales (const MgMaps *maps, const MgImageInfo *info, double factor, GError **error)
{
  gsize n = (gsize) info->width * (gsize) info->height;
  const float *scales = maps->planes + n * (gsize) info->n_channels;
  float *pixels = allocate (info, error);

  for (int c = 0; c < info->n_channels && pixels != NULL; c++)
    {
      float range = (float) (factor * (maps->high[c] - maps->low[c]));

      for (gsize i = 0; i < n; i++)
        pixels[(gsize) c * n + i] = mg_restore_scale (scales[(gsize) c * n + i]) * range;
    }
  return pixels == NULL ? NULL : mg_image_new_take (info, pixels, mg_free_aligned, error);
}

/**
 * mg_restore_decode:
 * @maps: of as many channels as the image, twice that of a probabilistic model
 * @out: (out): images of 32-bit floats in the units of the one that was restored
 *
 * Undoes the normalisation. Any thread.
 *
 * Returns: FALSE with an error when memory runs out
 */
gboolean
mg_restore_decode (const MgMaps *maps,
                   int width,
                   int height,
                   const MgTrainConfig *config,
                   const MgDecodeParams *params,
                   MgProgress *progress,
                   GCancellable *cancellable,
                   MgDecoded *out,
                   GError **error)
{
  const MgImageInfo info = {
    .width = width,
    .height = height,
    .n_channels = config->probabilistic ? maps->n_channels / 2 : maps->n_channels,
    .n_z = 1,
    .n_t = 1,
    .type = MG_PIXEL_F32,
  };

  g_return_val_if_fail (maps->width == width && maps->height == height, FALSE);

  out->image = decode_values (maps, &info, error);
  if (out->image != NULL && config->probabilistic)
    {
      out->uncertainty = decode_scales (maps, &info, config->uncertainty_scale > 0 ? config->uncertainty_scale : 1, error);
      if (out->uncertainty == NULL)
        g_clear_pointer (&out->image, mg_image_unref);
    }
  return out->image != NULL;
}

/**
 * mg_restore_decode_defaults:
 * @params: (out): none of them counts
 */
void
mg_restore_decode_defaults (MgDecodeParams *params)
{
  *params = (MgDecodeParams){ 0 };
}

/**
 * mg_restore_adapt:
 *
 * Takes the number of channels from the images; noise is only itself at the
 * scale it was taken at.
 */
void
mg_restore_adapt (MgTrainConfig *config,
                  MgDataset *dataset)
{
  /* the dataset gives channels one by one where each_channel is set */
  if (mg_dataset_get_n (dataset) > 0)
    config->net.n_in = mg_image_get_info (mg_dataset_get (dataset, 0)->image)->n_channels;
  config->object_diameter = 0;
  config->working_scale = 1;
  config->working_diameter = 0;
}
