#pragma once

#include "train/model.h"
#include "train/weights.h"

/* Takes weights and card. */
MgModel *_mg_model_new_take (const MgTrainConfig *config,
                             MgWeights *weights,
                             JsonObject *card,
                             GError **error);
const MgWeights *_mg_model_get_weights (MgModel *model);
