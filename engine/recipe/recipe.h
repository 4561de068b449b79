#pragma once

#include "dataset/patch.h"
#include "recipe/config.h"
#include "segment/instances.h"

#define MG_RECIPE_MAX_TARGETS 6

/* An input the recipe's losses read, besides "image". */
typedef struct
{
  const char *name; /* "target.class" */
  int n_channels;   /* 0: as many as the images have */
} MgTargetSpec;

/* One patch's targets in the order of the recipe's specs: size × size ×
 * n_channels each, channels last. Arrays belong to the caller. */
typedef struct
{
  int size;
  float *data[MG_RECIPE_MAX_TARGETS];
} MgTargetSet;

/* The network's output over one image: planar, each plane width × height, in
 * the network's working scale. `low` and `high` of each input channel are what
 * became 0 and 1 before the network. Where channels went through it one by one,
 * the first map of each comes first, then the second of each. */
typedef struct
{
  int width, height;
  int n_channels;
  float *planes;
  double low[MG_DATASET_MAX_CHANNELS], high[MG_DATASET_MAX_CHANNELS];
} MgMaps;

/* What a decoded image is: instances or an image. */
typedef struct
{
  MgInstances *instances;
  MgImage *image;
  /* (nullable): of a probabilistic model: the scale b of each value's Laplace
   * distribution in the image's units; half of the true values lie within b · ln 2 */
  MgImage *uncertainty;
} MgDecoded;

void mg_decoded_clear (MgDecoded *decoded);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgDecoded, mg_decoded_clear)

/* One row a method; the only place that knows methods by name. */
typedef struct
{
  const char *id;          /* "boundary" */
  const char *title;       /* for the window */
  const char *description; /* one sentence */
  const char *source;      /* paper or program the method and its defaults come from */
  MgTask task;
  gboolean self_supervised; /* learns from the images alone */
  int n_targets;
  const MgTargetSpec *targets;
  int n_maps; /* channels of the output tensor "maps"; 0: as many as the images have, twice that
               * where a distribution is learned (then the values, and s of their scales) and where the
               * posterior needs the image itself behind the values */
  void (*defaults) (MgTrainConfig *config);
  /* looks at the prepared data and sets what depends on it (working scale …) */
  void (*adapt) (MgTrainConfig *config, MgDataset *dataset);
  void (*decode_defaults) (MgDecodeParams *params);
  /* appends network, heads, output "maps" (already activated: probabilities,
   * distances) and, in training, the losses, named "loss.<what>" as outputs */
  gboolean (*build) (MgGraph *graph, const MgTrainConfig *config, int n, int height, int width,
                     gboolean training, GError **error);
  /* may change the patch's image: what the network is shown (blind spots) */
  gboolean (*make_targets) (MgPatch *patch, const MgTrainConfig *config, MgRng *rng,
                            MgTargetSet *out, GError **error);
  /* (nullable): from the maps of a first look at one image, made at `scale`, the
   * scale at which to look again; `scale` itself: the maps are good as they are.
   * Only asked where config->working_diameter is set, and only once an image. */
  double (*rescale) (const MgMaps *maps, double scale, const MgTrainConfig *config,
                     const MgDecodeParams *params);
  /* maps → instances or image of the image's own size */
  gboolean (*decode) (const MgMaps *maps, int width, int height, const MgTrainConfig *config,
                      const MgDecodeParams *params, MgProgress *progress,
                      GCancellable *cancellable, MgDecoded *out, GError **error);
} MgRecipe;

const MgRecipe *mg_recipe_find (const char *id,
                                GError **error);
const MgRecipe *const *mg_recipe_list (guint *n);
int mg_recipe_n_maps (const MgRecipe *recipe,
                      const MgTrainConfig *config);
int mg_recipe_n_target_channels (const MgRecipe *recipe,
                                 int target,
                                 const MgTrainConfig *config);
