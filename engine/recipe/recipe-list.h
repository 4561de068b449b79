#pragma once

#include "recipe/recipe.h"

/* One a file recipe-<id>.c; recipe.c lists them. */
extern const MgRecipe mg_recipe_boundary;
extern const MgRecipe mg_recipe_care;
extern const MgRecipe mg_recipe_n2v;
