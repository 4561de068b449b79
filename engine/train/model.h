#pragma once

#include <json-glib/json-glib.h>

#include "compute/backend.h"
#include "recipe/recipe.h"

/* A trained network: config, weights, card. Immutable, reference counted, any
 * thread. On disk a safetensors file whose metadata key "micrographia" is the
 * manifest, one JSON string: version, recipe, network, normalisation, training
 * settings, data fingerprint, scores, program version, seed. */
typedef struct _MgModel MgModel;

MgModel *mg_model_new_from_program (const MgTrainConfig *config,
                                    MgProgram *program,
                                    JsonObject *card,
                                    GError **error);
MgModel *mg_model_load (GFile *file,
                        GError **error);
gboolean mg_model_save (MgModel *model,
                        GFile *file,
                        GError **error);
MgModel *mg_model_ref (MgModel *model);
void mg_model_unref (MgModel *model);
const MgTrainConfig *mg_model_get_config (MgModel *model);
const MgRecipe *mg_model_get_recipe (MgModel *model);
const char *mg_model_get_program (MgModel *model);
JsonObject *mg_model_get_card (MgModel *model);
/* Writes the weights into a program built for the same network. */
gboolean mg_model_upload (MgModel *model,
                          MgProgram *program,
                          GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgModel, mg_model_unref)
