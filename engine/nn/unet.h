#pragma once

#include "base/rng.h"
#include "nn/plan.h"

typedef enum
{
  MG_NORM_NONE,
  MG_NORM_GROUP,
} MgNormKind;

/**
 * MgPoolKind:
 * @MG_POOL_MAX: the largest of 2 × 2
 * @MG_POOL_BLUR: every second value of the blurred map (Zhang 2019): what is
 *   finer than the coarse grid does not come back as a pattern of its pixels
 */
typedef enum
{
  MG_POOL_MAX,
  MG_POOL_BLUR,
  MG_N_POOLS,
} MgPoolKind;

/**
 * MgNetConfig:
 *
 * A U-Net (Ronneberger et al. 2015): `depth` poolings, channels double a level
 * from `base_filters`; a level is `n_convs` × (conv `kernel` + norm + ReLU);
 * going up: 1×1 conv to half the channels, nearest ×2, concatenation with the
 * skip (not on the finest level with `no_top_skip`). `residual_output` adds the
 * input's first channels to the output (a recipe calls mg_unet_residual() on its
 * head), or with `filter_output` what a learned linear filter makes of them
 * (mg_unet_surroundings()).
 */
typedef struct
{
  int n_in;         /* input channels */
  int depth;        /* poolings, 0 to 6 */
  int base_filters; /* multiple of 4 */
  int kernel;       /* 3, 5 or 7 */
  int n_convs;      /* convolutions a level, 1 to 4 */
  MgNormKind norm;
  int groups;     /* of the group norm; clamped to divide the channels */
  int n_features; /* 0, or channels of one more conv before the heads */
  gboolean residual_output;
  int pool; /* MgPoolKind */
  gboolean no_top_skip;
  gboolean filter_output;
} MgNetConfig;

/* Appends the network to graph, input tensor "image" (N,1,H,W,n_in) → its last
 * feature map; heads are appended by the recipe with mg_unet_head(). */
MgTensorId mg_unet_append (MgGraph *graph,
                           const MgNetConfig *config,
                           int n,
                           int height,
                           int width,
                           GError **error);
MgTensorId mg_unet_head (MgGraph *graph,
                         MgTensorId features,
                         const char *name,
                         int n_channels,
                         GError **error);
/* For residual_output: a head's result plus the first channels of "image". */
MgTensorId mg_unet_residual (MgGraph *graph,
                             MgTensorId output,
                             GError **error);
/* Likewise, through a linear filter. */
MgTensorId mg_unet_surroundings (MgGraph *graph,
                                 MgTensorId output,
                                 int reach,
                                 GError **error);
int mg_unet_multiple (const MgNetConfig *config);        /* H and W must be multiples: 2^depth */
int mg_unet_receptive_field (const MgNetConfig *config); /* pixels, one side: needed overlap */
/* He et al. 2015 normal for convolutions, 1 for gamma, 0 for beta and bias. */
void mg_init_parameter (const MgTensor *tensor,
                        guint64 seed,
                        float *out);
