#pragma once

#include "recipe/recipe.h"

gboolean mg_blind_spot_hide (MgPatch *patch,
                             const MgTrainConfig *config,
                             MgRng *rng,
                             float *weight,
                             GError **error);
gboolean mg_blind_spot_is_held_out (const MgTrainConfig *config,
                                    int x,
                                    int y);
