#include "nn/unet.h"

#define MG_NORM_EPS     1e-5f
#define MG_MAX_DEPTH    6
#define MG_MAX_SIDE_PX  (1 << 16)
#define MG_MAX_CHANNELS (1 << 14)

/* What the builder's steps share. */
typedef struct
{
  MgGraph *graph;
  const MgNetConfig *config;
  GError **error;
} Builder;

static MgTensorId
add_param (MgGraph *graph, const char *name, const char *suffix, gint64 h, gint64 w, gint64 c)
{
  const gint64 shape[MG_N_AXES] = { 1, 1, h, w, c };
  g_autofree char *full = g_strconcat (name, suffix, NULL);

  return mg_graph_tensor (graph, full, MG_ROLE_PARAM, shape);
}

static MgTensorId
add_conv (MgGraph *graph, MgTensorId x, const char *name, int kernel, int n_out, gboolean bias, MgAct act, GError **error)
{
  MgOpParams params = { .conv = { kernel, bias, act } };
  MgTensorId src[3] = { x, MG_TENSOR_NONE, MG_TENSOR_NONE };
  gint64 n_in;

  if (x == MG_TENSOR_NONE)
    return MG_TENSOR_NONE;
  n_in = mg_graph_get_tensor (graph, x)->shape[MG_AXIS_C];
  src[1] = add_param (graph, name, ".weight", kernel * kernel, n_in, n_out);
  if (bias)
    src[2] = add_param (graph, name, ".bias", 1, 1, n_out);
  return mg_graph_append (graph, MG_OP_CONV, src, bias ? 3 : 2, &params, error);
}

/* The largest number of groups up to the wanted one that divides the channels. */
static int
fit_groups (int wanted, int channels)
{
  int groups = CLAMP (wanted, 1, channels);

  while (channels % groups != 0)
    groups--;
  return groups;
}

/* conv + norm + ReLU; without norm the convolution carries bias and ReLU itself */
static MgTensorId
add_layer (const Builder *b, MgTensorId x, const char *name, int n_out)
{
  gboolean norm = b->config->norm == MG_NORM_GROUP;
  MgOpParams params = { .norm = { fit_groups (b->config->groups, n_out), MG_ACT_RELU, MG_NORM_EPS, 0 } };
  MgTensorId src[4];

  src[0] = add_conv (b->graph, x, name, b->config->kernel, n_out, !norm, norm ? MG_ACT_NONE : MG_ACT_RELU, b->error);
  if (!norm || src[0] == MG_TENSOR_NONE)
    return src[0];
  src[1] = mg_graph_append (b->graph, MG_OP_GROUP_NORM_STATS, src, 1, &params, b->error);
  src[2] = add_param (b->graph, name, ".gamma", 1, 1, n_out);
  src[3] = add_param (b->graph, name, ".beta", 1, 1, n_out);
  return mg_graph_append (b->graph, MG_OP_GROUP_NORM, src, 4, &params, b->error);
}

static MgTensorId
add_level (const Builder *b, MgTensorId x, const char *side, int level)
{
  for (int i = 0; i < b->config->n_convs; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%d.%d", side, level, i);

      x = add_layer (b, x, name, b->config->base_filters << level);
    }
  return x;
}

static MgTensorId
add_up (const Builder *b, MgTensorId x, MgTensorId skip, int level)
{
  g_autofree char *name = g_strdup_printf ("up%d", level);
  MgTensorId half = add_conv (b->graph, x, name, 1, b->config->base_filters << level, TRUE, MG_ACT_NONE, b->error);
  MgTensorId src[2] = { MG_TENSOR_NONE, skip };

  if (half == MG_TENSOR_NONE)
    return MG_TENSOR_NONE;
  src[0] = mg_graph_append (b->graph, MG_OP_UPSAMPLE2, &half, 1, NULL, b->error);
  return src[0] == MG_TENSOR_NONE || (level == 0 && b->config->no_top_skip) ? src[0] : mg_graph_append (b->graph, MG_OP_CONCAT, src, 2, NULL, b->error);
}

static gboolean
check_config (const MgNetConfig *c, int n, int height, int width, GError **error)
{
  const char *problem = NULL;

  if (c->depth < 0 || c->depth > MG_MAX_DEPTH)
    problem = "its depth must be 0 to 6";
  else if (c->base_filters < 4 || c->base_filters % 4 != 0 || c->base_filters > MG_MAX_CHANNELS >> c->depth)
    problem = "its filters must be a multiple of 4, and at most 16384 at its deepest level";
  else if (c->kernel != 3 && c->kernel != 5 && c->kernel != 7)
    problem = "its kernel must be 3, 5 or 7 pixels";
  else if (c->n_convs < 1 || c->n_convs > 4)
    problem = "it must have 1 to 4 convolutions a level";
  else if (c->norm != MG_NORM_NONE && (c->norm != MG_NORM_GROUP || c->groups < 1))
    problem = "its normalisation is not a known one";
  else if (c->pool < 0 || c->pool >= MG_N_POOLS)
    problem = "its pooling is not a known one";
  else if (c->n_in < 1 || c->n_in > MG_MAX_CHANNELS || c->n_features < 0 || c->n_features > MG_MAX_CHANNELS)
    problem = "it must have between 1 and 16384 channels";
  else if (n < 1 || height < 1 || width < 1 || height > MG_MAX_SIDE_PX || width > MG_MAX_SIDE_PX)
    problem = "images must be 1 to 65536 pixels a side";
  else if (height % mg_unet_multiple (c) != 0 || width % mg_unet_multiple (c) != 0)
    problem = "the image's sides must be multiples of 2 to the power of the depth";
  if (problem == NULL)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "the network cannot be built for %d × %d pixels: %s", width, height, problem);
  return FALSE;
}

/**
 * mg_unet_append:
 * @n: images a batch
 * @height: pixels, a multiple of mg_unet_multiple()
 * @width: pixels, a multiple of mg_unet_multiple()
 *
 * See unet.h. Parameters are named "enc<level>.<i>", "dec<level>.<i>",
 * "up<level>", "features", with ".weight", ".bias", ".gamma", ".beta".
 *
 * Returns: the last feature map; %MG_TENSOR_NONE with %MG_ERROR_SHAPE for a
 *   configuration that cannot be built
 */
MgTensorId
mg_unet_append (MgGraph *graph,
                const MgNetConfig *config,
                int n,
                int height,
                int width,
                GError **error)
{
  Builder b = { graph, config, error };
  MgTensorId skips[MG_MAX_DEPTH], x;

  if (!check_config (config, n, height, width, error))
    return MG_TENSOR_NONE;
  x = mg_graph_tensor (graph, "image", MG_ROLE_INPUT, (gint64[]){ n, 1, height, width, config->n_in });
  for (int level = 0; level < config->depth; level++)
    {
      skips[level] = add_level (&b, x, "enc", level);
      x = mg_graph_append (graph, config->pool == MG_POOL_BLUR ? MG_OP_BLURPOOL2 : MG_OP_MAXPOOL2, &skips[level], 1, NULL, error);
    }
  x = add_level (&b, x, "enc", config->depth);
  for (int level = config->depth - 1; level >= 0; level--)
    x = add_level (&b, add_up (&b, x, skips[level], level), "dec", level);
  if (config->n_features > 0)
    x = add_layer (&b, x, "features", config->n_features);
  if (x == MG_TENSOR_NONE && error != NULL && *error == NULL)
    g_set_error (error, MG_ERROR, MG_ERROR_TOO_LARGE, "a network for %d × %d pixels is too large for any memory", width, height);
  return x;
}

/**
 * mg_unet_head:
 * @features: from mg_unet_append()
 * @name: of its parameters, "<name>.weight" and "<name>.bias"
 * @n_channels: of its result
 *
 * Appends a 1×1 convolution with bias and no activation.
 *
 * Returns: the result, still a work tensor; %MG_TENSOR_NONE with an error set
 */
MgTensorId
mg_unet_head (MgGraph *graph,
              MgTensorId features,
              const char *name,
              int n_channels,
              GError **error)
{
  return add_conv (graph, features, name, 1, n_channels, TRUE, MG_ACT_NONE, error);
}

/**
 * mg_unet_residual:
 * @output: a head's result
 *
 * Adds the first channels of the input "image" to @output, for networks with
 * `residual_output`: they learn the difference to the image only.
 *
 * Returns: the sum; %MG_TENSOR_NONE with an error set when the image has fewer
 *   channels
 */
MgTensorId
mg_unet_residual (MgGraph *graph,
                  MgTensorId output,
                  GError **error)
{
  MgTensorId image = mg_graph_find (graph, "image");
  MgOpParams params = { .slice = { 0, 0 } };

  if (output == MG_TENSOR_NONE)
    return MG_TENSOR_NONE;
  params.slice.count = (int) mg_graph_get_tensor (graph, output)->shape[MG_AXIS_C];
  if (image != MG_TENSOR_NONE && mg_graph_get_tensor (graph, image)->shape[MG_AXIS_C] != params.slice.count)
    image = mg_graph_append (graph, MG_OP_SLICE, &image, 1, &params, error);
  return mg_graph_append (graph, MG_OP_ADD, (MgTensorId[]){ output, image }, 2, NULL, error);
}

/**
 * mg_unet_surroundings:
 * @output: a head's result, with as many channels as the image
 * @reach: how far the middle goes that is left out at first, pixels to each side:
 *   0 or 1; -1: nothing is left out
 *
 * Adds a learned linear filter of the input "image" to @output, which begins as the
 * mean of a pixel's surroundings, or with the pixel itself as a Gaussian filter:
 * networks learn the difference to that. Noise is most of what a linear filter takes
 * away, so that a network that begins there is ahead of one that begins at the image.
 *
 * Returns: the sum; %MG_TENSOR_NONE with an error set
 */
MgTensorId
mg_unet_surroundings (MgGraph *graph,
                      MgTensorId output,
                      int reach,
                      GError **error)
{
  MgOpParams params = { .conv = { 2 * MAX (reach, 0) + 5, FALSE, MG_ACT_NONE } };
  MgTensorId src[2] = { mg_graph_find (graph, "image"), MG_TENSOR_NONE };
  gint64 n;

  if (output == MG_TENSOR_NONE)
    return MG_TENSOR_NONE;
  n = mg_graph_get_tensor (graph, output)->shape[MG_AXIS_C];
  src[1] = add_param (graph, "image", reach < 0 ? ".smooth" : ".surroundings", params.conv.kernel * params.conv.kernel, n, n);
  src[0] = mg_graph_append (graph, MG_OP_CONV, src, 2, &params, error);
  if (src[0] == MG_TENSOR_NONE)
    return MG_TENSOR_NONE;
  return mg_graph_append (graph, MG_OP_ADD, (MgTensorId[]){ output, src[0] }, 2, NULL, error);
}

/**
 * mg_unet_multiple:
 *
 * Returns: what the image's sides must be multiples of, in pixels
 */
int
mg_unet_multiple (const MgNetConfig *config)
{
  return 1 << config->depth;
}

/**
 * mg_unet_receptive_field:
 *
 * How far an output pixel sees, group normalisation (which sees the whole tile,
 * but weakly) left aside.
 *
 * Returns: pixels to one side
 */
int
mg_unet_receptive_field (const MgNetConfig *config)
{
  int level_reach = config->n_convs * (config->kernel / 2), reach = 0;
  int pool_reach = config->pool == MG_POOL_BLUR ? 2 : 1;

  /* a pixel of the level below covers two of this one, at either parity, or four */
  for (int level = config->depth; level >= 0; level--)
    reach = level == config->depth ? level_reach : 2 * level_reach + 2 * reach + pool_reach;
  return reach + (config->n_features > 0 ? config->kernel / 2 : 0);
}
