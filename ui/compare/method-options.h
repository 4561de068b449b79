#pragma once

#include <gtk/gtk.h>

#include "recipe/recipe.h"

/* The settings of a method that restores which most people never touch.
 * Signal "changed": the person set something else. */
#define MG_TYPE_METHOD_OPTIONS (mg_method_options_get_type ())
G_DECLARE_FINAL_TYPE (MgMethodOptions, mg_method_options, MG, METHOD_OPTIONS, GtkBox)

void mg_method_options_set_recipe (MgMethodOptions *self,
                                   const MgRecipe *recipe);
void mg_method_options_follow (MgMethodOptions *self,
                               const MgTrainConfig *config);
void mg_method_options_apply (MgMethodOptions *self,
                              MgTrainConfig *config);
void mg_method_options_save (MgMethodOptions *self,
                             GVariantDict *dict);
void mg_method_options_load (MgMethodOptions *self,
                             GVariantDict *dict);
