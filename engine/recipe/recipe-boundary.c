#include "recipe/boundary.h"
#include "recipe/recipe-list.h"
#include "recipe/scale.h"

/* Nuclei of the Cellpose model "nuclei" are 17 px across (Stringer et al. 2021). */
#define WORKING_DIAMETER_PX 18
/* One scale serves all images while their sizes differ by less than this. */
#define MAX_SPREAD 1.6
/* Objects this large need not be larger for the network. */
#define LARGE_DIAMETER_PX 30

static const MgTargetSpec targets[] = {
  { "target.foreground", 1 },
  { "weight.foreground", 1 },
  { "target.border", 1 },
  { "weight.border", 1 },
  { "target.centre", 1 },
  { "weight.centre", 1 },
};

/* Network as the U-Net of StarDist's paper (depth 3), AdamW with warm-up and
 * cosine; sizes, rate and augmentation from runs on nuclei of the 2018 Data
 * Science Bowl (parts of the training images held out). */
static void
boundary_defaults (MgTrainConfig *config)
{
  *config = (MgTrainConfig){
    .recipe = "boundary",
    .net = {
      .n_in = 1,
      .depth = 3,
      .base_filters = 32,
      .kernel = 3,
      .n_convs = 2,
      .norm = MG_NORM_GROUP,
      .groups = 8,
    },
    .patch = 256,
    .batch = 4,
    .learning_rate = 2e-3,
    .weight_decay = 1e-2,
    .warmup = 0.04,
    .epochs = 100,
    .validation_share = 0.1,
    .flips = TRUE,
    .rotation = 180,
    .scale = 0.3,
    .intensity = 1,
    .noise = 0.06,
    .blur = 1.2,
    .working_scale = 1,
  };
}

static void
boundary_adapt (MgTrainConfig *config, MgDataset *dataset)
{
  double median = mg_dataset_median_diameter (dataset);

  if (mg_dataset_get_n (dataset) > 0)
    config->net.n_in = mg_image_get_info (mg_dataset_get (dataset, 0)->image)->n_channels;
  config->object_diameter = median;
  config->working_scale = 1;
  config->working_diameter = 0;
  if (median <= 0)
    return;
  if (mg_dataset_diameter_spread (dataset) > MAX_SPREAD)
    config->working_diameter = WORKING_DIAMETER_PX;
  if (config->working_diameter > 0 || median < WORKING_DIAMETER_PX || median > LARGE_DIAMETER_PX)
    config->working_scale = CLAMP (WORKING_DIAMETER_PX / median, MG_MIN_WORKING_SCALE, MG_MAX_WORKING_SCALE);
}

static void
boundary_decode_defaults (MgDecodeParams *params)
{
  *params = (MgDecodeParams){ .threshold = 0.5, .seed_threshold = 0.3, .min_area = 10 };
}

/* One channel of the head against its target: appends the loss as an output. */
static gboolean
add_loss (MgGraph *graph, MgTensorId pred, const char *what, MgLossKind kind, float scale, const char *name, GError **error)
{
  const gint64 *shape = mg_graph_get_tensor (graph, pred)->shape;
  const gint64 plane[MG_N_AXES] = { shape[MG_AXIS_N], 1, shape[MG_AXIS_H], shape[MG_AXIS_W], 1 };
  g_autofree char *target = g_strconcat ("target.", what, NULL), *weight = g_strconcat ("weight.", what, NULL);
  MgOpParams params = { .loss = { kind, scale } };
  MgTensorId src[3] = { pred, mg_graph_find (graph, target), mg_graph_find (graph, weight) }, loss;

  if (src[1] == MG_TENSOR_NONE)
    src[1] = mg_graph_tensor (graph, target, MG_ROLE_INPUT, plane);
  if (src[2] == MG_TENSOR_NONE)
    src[2] = mg_graph_tensor (graph, weight, MG_ROLE_INPUT, plane);
  loss = mg_graph_append (graph, MG_OP_LOSS, src, 3, &params, error);
  if (loss == MG_TENSOR_NONE)
    return FALSE;
  mg_graph_set_output (graph, loss, name);
  return TRUE;
}

static MgTensorId
channel (MgGraph *graph, MgTensorId head, int index, GError **error)
{
  MgOpParams params = { .slice = { index, 1 } };

  return mg_graph_append (graph, MG_OP_SLICE, &head, 1, &params, error);
}

static gboolean
add_losses (MgGraph *graph, MgTensorId head, GError **error)
{
  MgTensorId foreground = channel (graph, head, MG_BOUNDARY_FOREGROUND, error);
  MgTensorId border = channel (graph, head, MG_BOUNDARY_BORDER, error);
  MgTensorId centre = channel (graph, head, MG_BOUNDARY_CENTRE, error);

  if (foreground == MG_TENSOR_NONE || border == MG_TENSOR_NONE || centre == MG_TENSOR_NONE)
    return FALSE;
  return add_loss (graph, foreground, "foreground", MG_LOSS_BCE, 1, "loss.foreground", error) &&
         add_loss (graph, foreground, "foreground", MG_LOSS_DICE, 0.5, "loss.dice", error) &&
         add_loss (graph, border, "border", MG_LOSS_BCE, 1, "loss.border", error) &&
         add_loss (graph, centre, "centre", MG_LOSS_BCE, 1, "loss.centre", error);
}

static gboolean
boundary_build (MgGraph *graph, const MgTrainConfig *config, int n, int height, int width,
                gboolean training, GError **error)
{
  MgOpParams sigmoid = { .act = { MG_ACT_SIGMOID } };
  MgTensorId features = mg_unet_append (graph, &config->net, n, height, width, error);
  MgTensorId head = mg_unet_head (graph, features, "head", MG_BOUNDARY_N_MAPS, error);
  MgTensorId maps = mg_graph_append (graph, MG_OP_ACT, &head, 1, &sigmoid, error);

  if (maps == MG_TENSOR_NONE)
    return FALSE;
  mg_graph_set_output (graph, maps, "maps");
  return !training || add_losses (graph, head, error);
}

const MgRecipe mg_recipe_boundary = {
  .id = "boundary",
  .title = "Foreground, borders and centres",
  .description = "Finds cells and nuclei, touching ones too: a U-Net says what is cell, where two touch and where "
                 "each is deepest, and a watershed parts them.",
  .source = "U-Net: Ronneberger et al. 2015; borders as a class of their own: Caicedo et al. 2019 (Cytometry A 95:952); "
            "distance to the boundary as evidence of centres: Schmidt et al. 2018 (StarDist)",
  .task = MG_TASK_SEGMENT,
  .n_targets = G_N_ELEMENTS (targets),
  .targets = targets,
  .n_maps = MG_BOUNDARY_N_MAPS,
  .defaults = boundary_defaults,
  .adapt = boundary_adapt,
  .decode_defaults = boundary_decode_defaults,
  .build = boundary_build,
  .make_targets = mg_boundary_make_targets,
  .rescale = mg_boundary_rescale,
  .decode = mg_boundary_decode,
};
