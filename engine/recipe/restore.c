#include "recipe/restore.h"

#include "base/mem.h"

/**
 * mg_restore_build:
 * @loss: between "maps" and the input "target.clean", weighed by "weight.clean"
 *
 * Appends a U-Net with as many channels out as in, which adds its result to the
 * image where the settings ask for it.
 *
 * Returns: FALSE with an error
 */
gboolean
mg_restore_build (MgGraph *graph,
                  const MgTrainConfig *config,
                  MgLossKind loss,
                  int n,
                  int height,
                  int width,
                  gboolean training,
                  GError **error)
{
  const MgOpParams copy = { .act = { MG_ACT_NONE } }, params = { .loss = { loss, 1 } };
  const gint64 plane[MG_N_AXES] = { n, 1, height, width, 1 };
  const gint64 all[MG_N_AXES] = { n, 1, height, width, config->net.n_in };
  MgTensorId features = mg_unet_append (graph, &config->net, n, height, width, error);
  MgTensorId restored = features == MG_TENSOR_NONE ? features : mg_unet_head (graph, features, "head", config->net.n_in, error);
  MgTensorId maps, source[3];

  if (restored != MG_TENSOR_NONE && config->net.residual_output)
    restored = mg_unet_residual (graph, restored, error);
  if (restored == MG_TENSOR_NONE)
    return FALSE;
  maps = mg_graph_append (graph, MG_OP_ACT, &restored, 1, &copy, error);
  if (maps == MG_TENSOR_NONE)
    return FALSE;
  mg_graph_set_output (graph, maps, "maps");
  if (!training)
    return TRUE;
  source[0] = restored;
  source[1] = mg_graph_tensor (graph, "target.clean", MG_ROLE_INPUT, all);
  source[2] = mg_graph_tensor (graph, "weight.clean", MG_ROLE_INPUT, plane);
  restored = mg_graph_append (graph, MG_OP_LOSS, source, 3, &params, error);
  if (restored == MG_TENSOR_NONE)
    return FALSE;
  mg_graph_set_output (graph, restored, loss == MG_LOSS_MAE ? "loss.mae" : "loss.mse");
  return TRUE;
}

/**
 * mg_restore_decode:
 * @maps: of as many channels as the image
 * @out: (out): an image of 32-bit floats in the units of the one that was restored
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
  const MgImageInfo info = { .width = width, .height = height, .n_channels = maps->n_channels, .n_z = 1, .n_t = 1, .type = MG_PIXEL_F32 };
  gsize n, size;
  float *pixels;

  g_return_val_if_fail (maps->width == width && maps->height == height, FALSE);

  if (!mg_size_mul ((gsize) width, (gsize) height, &n) || !mg_size_mul (n, (gsize) maps->n_channels * sizeof (float), &size))
    size = G_MAXSIZE;
  pixels = mg_try_alloc (size, "the restored image", error);
  if (pixels == NULL)
    return FALSE;
  for (int c = 0; c < maps->n_channels; c++)
    {
      float low = (float) maps->low[c], range = (float) (maps->high[c] - maps->low[c]);

      for (gsize i = 0; i < n; i++)
        pixels[(gsize) c * n + i] = maps->planes[(gsize) c * n + i] * range + low;
    }
  out->image = mg_image_new_take (&info, pixels, mg_free_aligned, error);
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
  if (mg_dataset_get_n (dataset) > 0)
    config->net.n_in = mg_image_get_info (mg_dataset_get (dataset, 0)->image)->n_channels;
  config->object_diameter = 0;
  config->working_scale = 1;
  config->working_diameter = 0;
}
