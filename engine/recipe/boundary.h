#pragma once

#include "recipe/recipe.h"

/* The recipe's maps, in this order, and the inputs of its losses. */
enum
{
  MG_BOUNDARY_FOREGROUND, /* inside a cell */
  MG_BOUNDARY_BORDER,     /* where two cells touch */
  MG_BOUNDARY_CENTRE,     /* depth in the cell, 1 at its deepest point */
  MG_BOUNDARY_N_MAPS,
};

gboolean mg_boundary_make_targets (MgPatch *patch,
                                   const MgTrainConfig *config,
                                   MgRng *rng,
                                   MgTargetSet *out,
                                   GError **error);
gboolean mg_boundary_decode (const MgMaps *maps,
                             int width,
                             int height,
                             const MgTrainConfig *config,
                             const MgDecodeParams *params,
                             MgProgress *progress,
                             GCancellable *cancellable,
                             MgDecoded *out,
                             GError **error);
double mg_boundary_rescale (const MgMaps *maps,
                            double scale,
                            const MgTrainConfig *config,
                            const MgDecodeParams *params);
