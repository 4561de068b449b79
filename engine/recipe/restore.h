#pragma once

#include "recipe/recipe.h"

/* What the recipes that restore images share. */
#define MG_RESTORE_N_TARGETS 2
extern const MgTargetSpec mg_restore_targets[MG_RESTORE_N_TARGETS];
void mg_restore_defaults (MgTrainConfig *config,
                          const char *recipe);
gboolean mg_restore_build (MgGraph *graph,
                           const MgTrainConfig *config,
                           int n,
                           int height,
                           int width,
                           gboolean training,
                           GError **error);
gboolean mg_restore_decode (const MgMaps *maps,
                            int width,
                            int height,
                            const MgTrainConfig *config,
                            const MgDecodeParams *params,
                            MgProgress *progress,
                            GCancellable *cancellable,
                            MgDecoded *out,
                            GError **error);
float mg_restore_scale (float s);
void mg_restore_decode_defaults (MgDecodeParams *params);
void mg_restore_adapt (MgTrainConfig *config,
                       MgDataset *dataset);
