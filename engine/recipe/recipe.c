#include "recipe/recipe.h"

#include "recipe/recipe-list.h"

static const MgRecipe *const recipes[] = {
  &mg_recipe_boundary,
  &mg_recipe_care,
  &mg_recipe_n2v,
};

/**
 * mg_recipe_find:
 * @id: as in model files and on the command line, "boundary"
 *
 * Returns: (transfer none): the method; NULL with an error that lists the known ones
 */
const MgRecipe *
mg_recipe_find (const char *id,
                GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (recipes); i++)
    {
      if (g_strcmp0 (recipes[i]->id, id) == 0)
        return recipes[i];
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", recipes[i]->id);
    }
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "There is no recipe “%s”; known are: %s.", id, known->str);
  return NULL;
}

/**
 * mg_recipe_list:
 * @n: (out): how many
 *
 * Returns: (transfer none) (array length=n): all methods, the usual one first
 */
const MgRecipe *const *
mg_recipe_list (guint *n)
{
  *n = G_N_ELEMENTS (recipes);
  return recipes;
}

/**
 * mg_recipe_n_maps:
 *
 * Returns: channels of "maps" in a network of these settings
 */
int
mg_recipe_n_maps (const MgRecipe *recipe,
                  const MgTrainConfig *config)
{
  gboolean two = config->probabilistic || config->posterior;

  return recipe->n_maps > 0 ? recipe->n_maps : (two ? 2 : 1) * config->net.n_in;
}

/**
 * mg_recipe_n_target_channels:
 * @target: index into the recipe's targets
 *
 * Returns: channels of that input in a network of these settings
 */
int
mg_recipe_n_target_channels (const MgRecipe *recipe,
                             int target,
                             const MgTrainConfig *config)
{
  return recipe->targets[target].n_channels > 0 ? recipe->targets[target].n_channels : config->net.n_in;
}

/**
 * mg_decoded_clear:
 * @decoded: what it holds is given back
 */
void
mg_decoded_clear (MgDecoded *decoded)
{
  g_clear_pointer (&decoded->instances, mg_instances_unref);
  g_clear_pointer (&decoded->image, mg_image_unref);
  g_clear_pointer (&decoded->uncertainty, mg_image_unref);
}

static gboolean
in_range (const char *what, double value, double low, double high, GError **error)
{
  if (value >= low && value <= high) /* false for NaN */
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s must be between %g and %g, not %g.", what, low, high, value);
  return FALSE;
}

static gboolean
check_net (const MgNetConfig *net, int patch, GError **error)
{
  if (!in_range ("The network's depth", net->depth, 0, 6, error) ||
      !in_range ("The network's number of filters", net->base_filters, 4, 512, error) ||
      !in_range ("The number of convolutions a level", net->n_convs, 1, 4, error) ||
      !in_range ("The number of input channels", net->n_in, 1, MG_DATASET_MAX_CHANNELS, error))
    return FALSE;
  if (!in_range ("The kind of pooling", net->pool, 0, MG_N_POOLS - 1, error))
    return FALSE;
  if (net->base_filters % 4 != 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "The network's number of filters must be a multiple of 4, not %d.",
                   net->base_filters);
      return FALSE;
    }
  if (patch % mg_unet_multiple (net) != 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "With depth %d the patch must be a multiple of %d pixels, not %d.",
                   net->depth, mg_unet_multiple (net), patch);
      return FALSE;
    }
  return TRUE;
}

/**
 * mg_train_config_check:
 * @config: from a person, a command line or a model file
 *
 * Returns: FALSE with an error naming the first setting that cannot be
 */
gboolean
mg_train_config_check (const MgTrainConfig *config,
                       GError **error)
{
  if (mg_recipe_find (config->recipe, error) == NULL)
    return FALSE;
  if (config->minutes <= 0 && config->steps <= 0 && config->epochs <= 0)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_USAGE,
                           "Say how long to train: minutes, steps or epochs must be more than 0.");
      return FALSE;
    }
  return in_range ("The patch", config->patch, 16, 2048, error) &&
         check_net (&config->net, config->patch, error) &&
         in_range ("The batch", config->batch, 1, 256, error) &&
         in_range ("The learning rate", config->learning_rate, 1e-8, 1, error) &&
         in_range ("The weight decay", config->weight_decay, 0, 1, error) &&
         in_range ("The warm-up", config->warmup, 0, 1, error) &&
         in_range ("The validation share", config->validation_share, 0, 0.9, error) &&
         in_range ("The rotation", config->rotation, 0, 180, error) &&
         in_range ("The scaling", config->scale, 0, 3, error) &&
         in_range ("The elastic displacement", config->elastic, 0, config->patch / 8.0, error) &&
         in_range ("The change of intensity", config->intensity, 0, 4, error) &&
         in_range ("The noise", config->noise, 0, 10, error) &&
         in_range ("The blur", config->blur, 0, 6, error) &&
         in_range ("The share of hidden pixels", config->blind_share, 0, 0.25, error) &&
         in_range ("The kind of blind spot", config->blind_fill, 0, MG_N_BLIND_FILLS - 1, error) &&
         in_range ("The radius of a blind spot's surroundings", config->blind_radius, 0, MG_BLIND_MAX_REACH, error) &&
         in_range ("The blind spot's reach along rows", config->blind_x, -1, MG_BLIND_MAX_REACH, error) &&
         in_range ("The blind spot's reach along columns", config->blind_y, -1, MG_BLIND_MAX_REACH, error) &&
         in_range ("The way to normalise", config->normalisation, 0, MG_N_NORMALISATIONS - 1, error) &&
         in_range ("The scale of the uncertainty", config->uncertainty_scale, 0, 1e6, error) &&
         in_range ("The working diameter", config->working_diameter, 0, 1000, error) &&
         in_range ("The working scale", config->working_scale, 0.05, 20, error);
}
