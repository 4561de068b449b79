#pragma once

#include <gtk/gtk.h>

#include "recipe/recipe.h"

/* What of a training most people never set: how long, patches, rate, what is held
 * out, how images are varied. Each task has its own; what is not set is as the
 * method has it.
 *
 * Property "settings": what was set, as text. */
#define MG_TYPE_TRAIN_OPTIONS (mg_train_options_get_type ())
G_DECLARE_FINAL_TYPE (MgTrainOptions, mg_train_options, MG, TRAIN_OPTIONS, GtkBox)

void mg_train_options_set_recipe (MgTrainOptions *self,
                                  const MgRecipe *recipe);
void mg_train_options_apply (MgTrainOptions *self,
                             MgTrainConfig *config);
