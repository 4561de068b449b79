#include "train/manifest.h"

#include "io/strict-json.h"

#include <math.h>
#include <string.h>

#define MAX_BYTES (8u << 20)

typedef enum
{
  FIELD_INT,
  FIELD_INT64,
  FIELD_BOOLEAN,
  FIELD_DOUBLE,
} FieldType;

typedef struct
{
  const char *section, *name;
  FieldType type;
  gsize offset;
} Field;

#define FIELD(section, name, type, member)                               \
  {                                                                      \
    section, name, FIELD_##type, G_STRUCT_OFFSET (MgTrainConfig, member) \
  }

/* every setting but the recipe's name, in the order they are written */
static const Field fields[] = {
  FIELD ("network", "in_channels", INT, net.n_in),
  FIELD ("network", "depth", INT, net.depth),
  FIELD ("network", "base_filters", INT, net.base_filters),
  FIELD ("network", "kernel", INT, net.kernel),
  FIELD ("network", "convolutions_per_level", INT, net.n_convs),
  FIELD ("network", "norm", INT, net.norm),
  FIELD ("network", "norm_groups", INT, net.groups),
  FIELD ("network", "features", INT, net.n_features),
  FIELD ("network", "residual_output", BOOLEAN, net.residual_output),
  FIELD ("network", "pool", INT, net.pool),
  FIELD ("network", "no_top_skip", BOOLEAN, net.no_top_skip),
  FIELD ("network", "filter_output", BOOLEAN, net.filter_output),
  FIELD ("training", "patch", INT, patch),
  FIELD ("training", "batch", INT, batch),
  FIELD ("training", "learning_rate", DOUBLE, learning_rate),
  FIELD ("training", "weight_decay", DOUBLE, weight_decay),
  FIELD ("training", "warmup", DOUBLE, warmup),
  FIELD ("training", "minutes", DOUBLE, minutes),
  FIELD ("training", "steps", INT64, steps),
  FIELD ("training", "epochs", INT, epochs),
  FIELD ("training", "steps_per_epoch", INT, steps_per_epoch),
  FIELD ("training", "validation_share", DOUBLE, validation_share),
  FIELD ("training", "seed", INT64, seed),
  FIELD ("augmentation", "flips", BOOLEAN, flips),
  FIELD ("augmentation", "rotation", DOUBLE, rotation),
  FIELD ("augmentation", "scale", DOUBLE, scale),
  FIELD ("augmentation", "elastic", DOUBLE, elastic),
  FIELD ("augmentation", "intensity", DOUBLE, intensity),
  FIELD ("augmentation", "noise", DOUBLE, noise),
  FIELD ("augmentation", "blur", DOUBLE, blur),
  FIELD ("blind_spot", "fill", INT, blind_fill),
  FIELD ("blind_spot", "share", DOUBLE, blind_share),
  FIELD ("blind_spot", "radius", INT, blind_radius),
  FIELD ("blind_spot", "reach_x", INT, blind_x),
  FIELD ("blind_spot", "reach_y", INT, blind_y),
  FIELD ("blind_spot", "posterior", BOOLEAN, posterior),
  FIELD ("restoration", "probabilistic", BOOLEAN, probabilistic),
  FIELD ("restoration", "each_channel", BOOLEAN, each_channel),
  FIELD ("restoration", "normalisation", INT, normalisation),
  FIELD ("restoration", "align", BOOLEAN, align),
  FIELD ("learned", "object_diameter", DOUBLE, object_diameter),
  FIELD ("learned", "working_scale", DOUBLE, working_scale),
  FIELD ("learned", "working_diameter", DOUBLE, working_diameter),
  FIELD ("learned", "uncertainty_scale", DOUBLE, uncertainty_scale),
};

/**
 * mg_manifest_parse:
 * @text: JSON from a file
 *
 * Returns: (transfer full): the object; %NULL with %MG_ERROR_FORMAT when @text
 *   is none, is nested absurdly or too long
 */
JsonObject *
mg_manifest_parse (const char *text,
                   GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (strlen (text) > MAX_BYTES || !_mg_json_is_object (text, strlen (text)))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FORMAT, "its description is too long, nested too deeply or no whole JSON object");
      return NULL;
    }
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, text, -1, NULL))
    root = NULL;
  else
    root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FORMAT, "its description is damaged");
      return NULL;
    }
  return json_object_ref (json_node_get_object (root));
}

/**
 * mg_manifest_to_text:
 *
 * Returns: (transfer full): the object as one line of JSON
 */
char *
mg_manifest_to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, object);
  return json_to_string (node, FALSE);
}

static JsonNode *
get (JsonObject *object, const char *name, JsonNodeType type)
{
  JsonNode *node = object == NULL ? NULL : json_object_get_member (object, name);

  return node != NULL && json_node_get_node_type (node) == type ? node : NULL;
}

/**
 * mg_manifest_get_string:
 * @object: (nullable): where to look
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is missing or
 *   no text
 */
const char *
mg_manifest_get_string (JsonObject *object,
                        const char *name)
{
  JsonNode *node = get (object, name, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/**
 * mg_manifest_get_object:
 * @object: (nullable): where to look
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is missing or
 *   no object
 */
JsonObject *
mg_manifest_get_object (JsonObject *object,
                        const char *name)
{
  JsonNode *node = get (object, name, JSON_NODE_OBJECT);

  return node == NULL ? NULL : json_node_get_object (node);
}

/**
 * mg_manifest_get_array:
 * @object: (nullable): where to look
 *
 * Returns: (transfer none) (nullable): the member, %NULL when it is missing or
 *   no array
 */
JsonArray *
mg_manifest_get_array (JsonObject *object,
                       const char *name)
{
  JsonNode *node = get (object, name, JSON_NODE_ARRAY);

  return node == NULL ? NULL : json_node_get_array (node);
}

/**
 * mg_manifest_get_number:
 * @object: (nullable): where to look
 * @missing: what to return when there is no such number
 *
 * Returns: the member; a truth value counts as 0 or 1
 */
double
mg_manifest_get_number (JsonObject *object,
                        const char *name,
                        double missing)
{
  JsonNode *node = get (object, name, JSON_NODE_VALUE);

  if (node == NULL)
    return missing;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return (double) json_node_get_int (node);
  if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    return json_node_get_double (node);
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  return missing;
}

/**
 * mg_manifest_set_number:
 * @value: what is not finite becomes null, JSON has no word for it
 */
void
mg_manifest_set_number (JsonObject *object,
                        const char *name,
                        double value)
{
  if (isfinite (value))
    json_object_set_double_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

/**
 * mg_manifest_from_config:
 *
 * Returns: (transfer full): the settings in sections, as model files keep them
 */
JsonObject *
mg_manifest_from_config (const MgTrainConfig *config)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "recipe", config->recipe);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const Field *field = &fields[i];
      gconstpointer at = (const char *) config + field->offset;
      JsonObject *section = mg_manifest_get_object (object, field->section);

      if (section == NULL)
        {
          section = json_object_new ();
          json_object_set_object_member (object, field->section, section);
        }
      switch (field->type)
        {
        case FIELD_INT:
          json_object_set_int_member (section, field->name, *(const int *) at);
          break;
        case FIELD_INT64:
          json_object_set_int_member (section, field->name, *(const gint64 *) at);
          break;
        case FIELD_BOOLEAN:
          json_object_set_boolean_member (section, field->name, *(const gboolean *) at);
          break;
        case FIELD_DOUBLE:
          json_object_set_double_member (section, field->name, *(const double *) at);
          break;
        }
    }
  return object;
}

static gboolean
read_field (const Field *field, JsonObject *object, MgTrainConfig *config)
{
  gpointer at = (char *) config + field->offset;
  JsonNode *node = get (mg_manifest_get_object (object, field->section), field->name, JSON_NODE_VALUE);
  GType type = node == NULL ? G_TYPE_INVALID : json_node_get_value_type (node);
  gint64 number = type == G_TYPE_INT64 ? json_node_get_int (node) : 0;
  double real = type == G_TYPE_DOUBLE ? json_node_get_double (node) : (double) number;

  switch (field->type)
    {
    case FIELD_INT:
      *(int *) at = (int) number;
      return type == G_TYPE_INT64 && number >= G_MININT && number <= G_MAXINT;
    case FIELD_INT64:
      *(gint64 *) at = number;
      return type == G_TYPE_INT64;
    case FIELD_BOOLEAN:
      *(gboolean *) at = type == G_TYPE_BOOLEAN && json_node_get_boolean (node);
      return type == G_TYPE_BOOLEAN;
    case FIELD_DOUBLE:
    default:
      *(double *) at = real;
      return (type == G_TYPE_DOUBLE || type == G_TYPE_INT64) && isfinite (real);
    }
}

/* Models from before blind spots, ways to restore and a choice of poolings do not
 * speak of them. */
static gboolean
is_left_out (const Field *field, JsonObject *object)
{
  static const char *const later[] = { "pool", "no_top_skip", "filter_output", "posterior", "align", "uncertainty_scale", NULL };

  if (g_strv_contains (later, field->name))
    return get (mg_manifest_get_object (object, field->section), field->name, JSON_NODE_VALUE) == NULL;
  return (strcmp (field->section, "blind_spot") == 0 || strcmp (field->section, "restoration") == 0) &&
         mg_manifest_get_object (object, field->section) == NULL;
}

/**
 * mg_manifest_to_config:
 * @object: as mg_manifest_from_config() made it
 * @config: (out): the settings, checked
 *
 * Returns: FALSE with %MG_ERROR_FORMAT when a setting is missing or of another
 *   type, or with mg_train_config_check()'s error
 */
gboolean
mg_manifest_to_config (JsonObject *object,
                       MgTrainConfig *config,
                       GError **error)
{
  const char *recipe = mg_manifest_get_string (object, "recipe");

  *config = (MgTrainConfig){ 0 };
  if (recipe == NULL || strlen (recipe) >= sizeof config->recipe)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FORMAT, "its description names no recipe");
      return FALSE;
    }
  g_strlcpy (config->recipe, recipe, sizeof config->recipe);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!is_left_out (&fields[i], object) && !read_field (&fields[i], object, config))
      {
        g_set_error (error, MG_ERROR, MG_ERROR_FORMAT, "its description lacks “%s” of “%s”",
                     fields[i].name, fields[i].section);
        return FALSE;
      }
  return mg_train_config_check (config, error);
}
