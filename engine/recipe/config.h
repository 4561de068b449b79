#pragma once

#include "nn/unet.h"

/**
 * MgBlindFill:
 * @MG_BLIND_OTHER: a pixel of the surroundings, never itself
 * @MG_BLIND_ANY: a pixel of the surroundings, itself among them (Krull et al. 2019)
 * @MG_BLIND_MEDIAN: the median of the surroundings (Höck et al. 2022, N2V2)
 *
 * What a hidden pixel shows instead of its value.
 */
typedef enum
{
  MG_BLIND_OTHER,
  MG_BLIND_ANY,
  MG_BLIND_MEDIAN,
  MG_N_BLIND_FILLS,
} MgBlindFill;

#define MG_BLIND_MAX_REACH 16

typedef enum
{
  MG_TASK_SEGMENT,
  MG_TASK_DENOISE,
} MgTask;

/**
 * MgTrainConfig:
 *
 * Everything a training run is told; a recipe's defaults fill it, the person
 * changes it, the model file keeps it. Plain values.
 */
typedef struct
{
  char recipe[32];
  MgNetConfig net;
  int patch; /* px, a multiple of 2^depth */
  int batch;
  double learning_rate; /* peak */
  double weight_decay;
  double warmup; /* share of the run */
  /* how long: the first of these that is set, in this order */
  double minutes;
  gint64 steps;
  int epochs;
  int steps_per_epoch; /* 0: from the data's size */
  double validation_share;
  guint64 seed;
  /* augmentation */
  gboolean flips;
  double rotation;  /* degrees either way; 180: any angle */
  double scale;     /* factor either way, 0.25: 0.8 to 1.25 */
  double elastic;   /* px of displacement */
  double intensity; /* strength of gain, offset and gamma changes */
  double noise;     /* sigma, normalised units */
  double blur;      /* sigma, px */
  /* pixels hidden from the network in training, self-supervised recipes only */
  int blind_fill;       /* MgBlindFill */
  double blind_share;   /* of the pixels */
  int blind_radius;     /* px: how far the surroundings reach */
  int blind_x, blind_y; /* px to each side that are hidden, too, because their noise
                         * is alike (Broaddus et al. 2020); -1: as measured */
  /* how images are restored */
  gboolean probabilistic; /* a Laplace distribution of each value is learned, not the value alone */
  gboolean each_channel;  /* channels go through the network one by one, not together */
  int normalisation;      /* MgNormalisation, of the images before the network */
  gboolean align;         /* clean images that lie shifted are moved, to the pixel */
  gboolean posterior;     /* what was foretold of a pixel is combined with its own value */
  /* learned from the data, kept for prediction */
  double object_diameter; /* px, of the training images' typical instances, the median; 0 not known */
  double working_scale;   /* images are resized by this before the network; 1 none */
  /* where object sizes differ much from image to image: training resizes each
   * image so that its instances are typically this large (px) for the network,
   * prediction looks once at working_scale and, where MgRecipe.rescale says so,
   * again at the scale the image's own instances ask for; 0: working_scale for all */
  double working_diameter;
  double uncertainty_scale; /* what the scales of a probabilistic model are multiplied by; 0: 1 */
} MgTrainConfig;

/* Decoding settings a person can move without running the network again. */
typedef struct
{
  double threshold;      /* of the foreground, 0 to 1 */
  double seed_threshold; /* of the centre evidence, 0 to 1 */
  double min_area;       /* px */
  gboolean exclude_border;
} MgDecodeParams;

gboolean mg_train_config_check (const MgTrainConfig *config,
                                GError **error);
