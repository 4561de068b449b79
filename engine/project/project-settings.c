#include "project/project-private.h"

#include "train/manifest.h"

/**
 * mg_project_get_setting:
 * @project: a project
 * @key: the setting's name
 *
 * What a person has set for all of the project and the engine has no need of:
 * which method learns, which versions are compared.
 *
 * Returns: (nullable): the setting; %NULL where there is none
 */
const char *
mg_project_get_setting (MgProject *project,
                        const char *key)
{
  return g_hash_table_lookup (_mg_project_get_settings (project), key);
}

/**
 * mg_project_set_setting:
 * @project: a project
 * @key: the setting's name
 * @value: (nullable): the setting; %NULL: none
 */
void
mg_project_set_setting (MgProject *project,
                        const char *key,
                        const char *value)
{
  GHashTable *settings = _mg_project_get_settings (project);

  if (value == NULL)
    g_hash_table_remove (settings, key);
  else
    g_hash_table_insert (settings, g_strdup (key), g_strdup (value));
}

void
_mg_project_settings_copy (MgProject *from,
                           MgProject *to)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, _mg_project_get_settings (from));
  while (g_hash_table_iter_next (&iter, &key, &value))
    mg_project_set_setting (to, key, value);
}

/* In the order of their names: files that are alike are the same. */
void
_mg_project_settings_add (MgProject *project,
                          JsonBuilder *builder)
{
  GHashTable *settings = _mg_project_get_settings (project);
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (settings), (GCompareFunc) strcmp);

  if (keys == NULL)
    return;
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_object (builder);
  for (GList *l = keys; l != NULL; l = l->next)
    {
      json_builder_set_member_name (builder, l->data);
      json_builder_add_string_value (builder, g_hash_table_lookup (settings, l->data));
    }
  json_builder_end_object (builder);
}

static void
parse_setting (JsonObject *object,
               const char *key,
               JsonNode *node,
               gpointer project)
{
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    mg_project_set_setting (project, key, json_node_get_string (node));
}

/* What is no text is left out: nothing depends on it. */
void
_mg_project_settings_parse (MgProject *project,
                            JsonObject *object)
{
  JsonObject *settings = mg_manifest_get_object (object, "settings");

  if (settings != NULL)
    json_object_foreach_member (settings, parse_setting, project);
}
