#include "train/model-private.h"

#include "train/manifest.h"

#include <string.h>

#define FORMAT_NAME    "micrographia-model"
#define FORMAT_VERSION 1
#define METADATA_KEY   "micrographia"

struct _MgModel
{
  gatomicrefcount refs;
  MgTrainConfig config;
  MgWeights *weights; /* owned */
  JsonObject *card;   /* shared; not written after construction */
  char *program;      /* what wrote the file, or this program */
  const MgRecipe *recipe;
};

MgModel *
_mg_model_new_take (const MgTrainConfig *config,
                    MgWeights *weights,
                    JsonObject *card,
                    GError **error)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, error);
  MgModel *model;

  if (recipe == NULL)
    {
      mg_weights_free (weights);
      json_object_unref (card);
      return NULL;
    }
  model = g_new0 (MgModel, 1);
  g_atomic_ref_count_init (&model->refs);
  model->config = *config;
  model->recipe = recipe;
  model->weights = weights;
  model->card = card;
  model->program = g_strdup ("micrographia " MG_VERSION);
  return model;
}

const MgWeights *
_mg_model_get_weights (MgModel *model)
{
  return model->weights;
}

/* The network of a configuration, for its tensors' names and shapes. */
static MgGraph *
build_graph (const MgTrainConfig *config,
             GError **error)
{
  const MgRecipe *recipe = mg_recipe_find (config->recipe, error);
  g_autoptr (MgGraph) graph = NULL;
  int size;

  if (recipe == NULL)
    return NULL;
  graph = mg_graph_new ();
  size = mg_unet_multiple (&config->net);
  if (!recipe->build (graph, config, 1, size, size, FALSE, error))
    return NULL;
  return g_steal_pointer (&graph);
}

/**
 * mg_model_new_from_program:
 * @config: what @program was built from
 * @card: (transfer none) (nullable): what a person wants to know of the model:
 *   data, scores, curve; must not be written any more
 *
 * Copies the weights of this moment; compute thread.
 *
 * Returns: (transfer full): the model
 */
MgModel *
mg_model_new_from_program (const MgTrainConfig *config,
                           MgProgram *program,
                           JsonObject *card,
                           GError **error)
{
  MgWeights *weights = mg_weights_new_from_program (program, MG_ROLE_PARAM, error);

  if (weights == NULL)
    return NULL;
  return _mg_model_new_take (config, weights, card == NULL ? json_object_new () : json_object_ref (card), error);
}

static JsonObject *
read_manifest (MgSafetensors *file, GError **error)
{
  const char *text = mg_safetensors_get_metadata (file, METADATA_KEY);
  g_autoptr (JsonObject) manifest = NULL;
  double version;

  if (text == NULL)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FORMAT,
                   "a safetensors file, but not a model of this program (it has no description named “%s”)",
                   METADATA_KEY);
      return NULL;
    }
  manifest = mg_manifest_parse (text, error);
  if (manifest == NULL)
    return NULL;
  if (g_strcmp0 (mg_manifest_get_string (manifest, "format"), FORMAT_NAME) != 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FORMAT, "not a model (its description is of another kind)");
      return NULL;
    }
  version = mg_manifest_get_number (manifest, "version", 0);
  if (version > FORMAT_VERSION)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_VERSION,
                   "made by a newer version of this program (%s); update to open it",
                   mg_manifest_get_string (manifest, "program") ?: "not named");
      return NULL;
    }
  return g_steal_pointer (&manifest);
}

static MgModel *
load (GFile *file, GError **error)
{
  g_autoptr (MgSafetensors) tensors = mg_safetensors_open (file, error);
  g_autoptr (JsonObject) manifest = NULL;
  g_autoptr (MgGraph) graph = NULL;
  g_autoptr (MgWeights) weights = NULL;
  MgTrainConfig config;
  JsonObject *card;
  MgModel *model;

  if (tensors == NULL)
    return NULL;
  manifest = read_manifest (tensors, error);
  if (manifest == NULL || !mg_manifest_to_config (manifest, &config, error))
    return NULL;
  graph = build_graph (&config, error);
  if (graph == NULL)
    return NULL;
  weights = mg_weights_new_from_file (tensors, "", graph, MG_ROLE_PARAM, error);
  if (weights == NULL)
    return NULL;
  if (mg_weights_get_n (weights) != mg_safetensors_get_n (tensors))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "it holds weights that its network does not have");
      return NULL;
    }
  card = mg_manifest_get_object (manifest, "card");
  model = _mg_model_new_take (&config, g_steal_pointer (&weights),
                              card == NULL ? json_object_new () : json_object_ref (card), error);
  if (model != NULL && mg_manifest_get_string (manifest, "program") != NULL)
    {
      g_free (model->program);
      model->program = g_strdup (mg_manifest_get_string (manifest, "program"));
    }
  return model;
}

/**
 * mg_model_load:
 * @file: a model file
 *
 * Names, shapes and sizes of all tensors are checked against the network that
 * the file describes before memory for the first is taken. Any thread.
 *
 * Returns: (transfer full): the model; %NULL with an error naming the file
 */
MgModel *
mg_model_load (GFile *file,
               GError **error)
{
  GError *local = NULL;
  MgModel *model = load (file, &local);

  if (model == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      if (strstr (local->message, name) == NULL)
        g_prefix_error (&local, "%s: ", name);
      g_propagate_error (error, local);
    }
  return model;
}

/**
 * mg_model_save:
 * @file: where to; replaced only once all is written
 *
 * Writes a safetensors file that any reader of the format opens. The bytes
 * depend on the model only. Any thread.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_model_save (MgModel *model,
               GFile *file,
               GError **error)
{
  g_autoptr (JsonObject) manifest = NULL, config = mg_manifest_from_config (&model->config);
  g_autoptr (JsonObject) normalisation = json_object_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) tensors = g_array_new (FALSE, FALSE, sizeof (MgSafetensor));
  g_autoptr (GList) members = NULL;
  g_autofree char *text = NULL;
  const char *metadata[3] = { METADATA_KEY };

  manifest = json_object_new ();
  json_object_set_string_member (manifest, "format", FORMAT_NAME);
  json_object_set_int_member (manifest, "version", FORMAT_VERSION);
  json_object_set_string_member (manifest, "program", model->program);
  members = json_object_get_members (config);
  for (GList *at = members; at != NULL; at = at->next)
    json_object_set_member (manifest, at->data, json_node_copy (json_object_get_member (config, at->data)));
  if (model->config.normalisation == MG_NORMALISE_MEAN_STD)
    json_object_set_string_member (normalisation, "kind", "mean and standard deviation of each image and channel");
  else
    {
      json_object_set_string_member (normalisation, "kind", "percentiles of each image and channel");
      json_object_set_double_member (normalisation, "low", 1.0);
      json_object_set_double_member (normalisation, "high", 99.8);
    }
  json_object_set_object_member (manifest, "normalisation", json_object_ref (normalisation));
  json_object_set_object_member (manifest, "card", json_object_ref (model->card));
  json_object_set_string_member (manifest, "licence",
                                 mg_manifest_get_string (model->card, "licence") ?: "not stated");
  text = mg_manifest_to_text (manifest);
  metadata[1] = text;
  mg_weights_append (model->weights, "", tensors, names);
  return mg_safetensors_write (file, (const MgSafetensor *) tensors->data, tensors->len, metadata, error);
}

/**
 * mg_model_ref:
 *
 * Returns: (transfer full): the same model
 */
MgModel *
mg_model_ref (MgModel *model)
{
  g_atomic_ref_count_inc (&model->refs);
  return model;
}

/**
 * mg_model_unref:
 * @model: (nullable): the model
 */
void
mg_model_unref (MgModel *model)
{
  if (model == NULL || !g_atomic_ref_count_dec (&model->refs))
    return;
  mg_weights_free (model->weights);
  json_object_unref (model->card);
  g_free (model->program);
  g_free (model);
}

/**
 * mg_model_get_config:
 *
 * Returns: (transfer none): the settings it was trained with
 */
const MgTrainConfig *
mg_model_get_config (MgModel *model)
{
  return &model->config;
}

/**
 * mg_model_get_recipe:
 *
 * Returns: (transfer none): its method
 */
const MgRecipe *
mg_model_get_recipe (MgModel *model)
{
  return model->recipe;
}

/**
 * mg_model_get_program:
 *
 * Returns: (transfer none): name and version of the program that trained it
 */
const char *
mg_model_get_program (MgModel *model)
{
  return model->program;
}

/**
 * mg_model_get_card:
 *
 * Returns: (transfer none): data, scores, curve; only to be read
 */
JsonObject *
mg_model_get_card (MgModel *model)
{
  return model->card;
}

/**
 * mg_model_upload:
 * @program: built for the same network
 *
 * Compute thread.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when the network is another
 */
gboolean
mg_model_upload (MgModel *model,
                 MgProgram *program,
                 GError **error)
{
  return mg_weights_upload (model->weights, program, MG_ROLE_PARAM, error);
}
