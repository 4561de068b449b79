#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "io/atomic-file.h"
#include "io/strict-json.h"
#include "project/project-private.h"
#include "train/manifest.h"

/* Paths are relative to the project's folder, upwards too, so that the whole
 * can be moved or mailed; across drives they are absolute. */
static char *
dup_relative (GFile *folder,
              GFile *file)
{
  g_autoptr (GString) up = g_string_new (NULL);
  g_autoptr (GFile) base = g_object_ref (folder);

  while (base != NULL)
    {
      g_autofree char *down = g_file_get_relative_path (base, file);
      GFile *parent;

      if (down != NULL)
        return g_strconcat (up->str, down, NULL);
      g_string_append (up, "../");
      parent = g_file_get_parent (base);
      g_object_unref (base);
      base = parent;
    }
  return g_file_get_path (file);
}

static void
add_path (JsonBuilder *builder,
          MgProject *project,
          const char *member,
          GFile *file)
{
  g_autofree char *path = dup_relative (mg_project_get_folder (project), file);

  json_builder_set_member_name (builder, member);
  json_builder_add_string_value (builder, path);
}

/**
 * mg_project_to_text:
 * @project: a project
 *
 * Returns: (transfer full): what project.json holds
 */
char *
mg_project_to_text (MgProject *project)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "micrographia-project");
  json_builder_add_int_value (builder, MG_PROJECT_VERSION);
  json_builder_set_member_name (builder, "program");
  json_builder_add_string_value (builder, MG_VERSION);
  if (mg_project_get_model (project) != NULL)
    add_path (builder, project, "model", mg_project_get_model (project));
  if (mg_project_get_restorer (project) != NULL)
    add_path (builder, project, "restoring-model", mg_project_get_restorer (project));
  if (mg_project_get_mode (project) != NULL)
    {
      json_builder_set_member_name (builder, "mode");
      json_builder_add_string_value (builder, mg_project_get_mode (project));
    }
  _mg_project_settings_add (project, builder);
  _mg_view_settings_add (mg_project_get_view (project), builder);
  json_builder_set_member_name (builder, "images");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (project)); i++)
    {
      g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, mg_project_item_get_name (item));
      add_path (builder, project, "image", mg_project_item_get_image (item));
      if (mg_project_item_get_labels (item) != NULL)
        add_path (builder, project, "labels", mg_project_item_get_labels (item));
      if (mg_project_item_get_clean (item) != NULL)
        add_path (builder, project, "clean", mg_project_item_get_clean (item));
      if (mg_project_item_get_bytes (item) > 0)
        {
          json_builder_set_member_name (builder, "bytes");
          json_builder_add_int_value (builder, mg_project_item_get_bytes (item));
        }
      if (mg_project_item_get_role (item) != MG_PROJECT_TRAIN)
        {
          json_builder_set_member_name (builder, "role");
          json_builder_add_string_value (builder, mg_project_role_name (mg_project_item_get_role (item)));
        }
      _mg_view_settings_add (mg_project_item_get_view (item), builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}

static gboolean
get_flag (JsonObject *object,
          const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

static gint64
get_number (JsonObject *object,
            const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node) : 0;
}

static gint64
get_version (JsonObject *object)
{
  return get_number (object, "micrographia-project");
}

/* A name becomes a file name in annotations/: it must not lead elsewhere. */
static gboolean
name_is_safe (const char *name)
{
  return *name != '\0' && *name != '.' && strchr (name, '/') == NULL && g_utf8_validate (name, -1, NULL);
}

static gboolean
parse_image (MgProject *project,
             JsonNode *node,
             GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *path = mg_manifest_get_string (object, "image");
  const char *name = mg_manifest_get_string (object, "name");
  const char *labels_path = mg_manifest_get_string (object, "labels");
  const char *clean_path = mg_manifest_get_string (object, "clean");
  GFile *folder = mg_project_get_folder (project);
  g_autoptr (GFile) labels = labels_path != NULL ? g_file_resolve_relative_path (folder, labels_path) : NULL;
  g_autoptr (GFile) image = NULL;
  g_autoptr (MgProjectItem) item = NULL;
  MgProjectRole role;

  if (path == NULL || *path == '\0' || (name != NULL && !name_is_safe (name)))
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_FORMAT,
                           "an entry of “images” has no usable path or name; the file is damaged");
      return FALSE;
    }
  image = g_file_resolve_relative_path (folder, path);
  item = g_list_model_get_item (G_LIST_MODEL (project),
                                name != NULL ? _mg_project_add_named (project, name, image, labels)
                                             : mg_project_add (project, image, labels));
  if (clean_path != NULL)
    {
      g_autoptr (GFile) clean = g_file_resolve_relative_path (folder, clean_path);

      mg_project_item_set_clean (item, clean);
    }
  mg_project_item_set_bytes (item, get_number (object, "bytes"));
  if (get_flag (object, "test")) /* as it was written before there were roles */
    mg_project_item_set_role (item, MG_PROJECT_TEST);
  if (mg_project_role_find (mg_manifest_get_string (object, "role"), &role))
    mg_project_item_set_role (item, role);
  _mg_view_settings_parse (mg_project_item_get_view (item), object);
  return TRUE;
}

/* What the window did last, and with which models. */
static void
parse_state (MgProject *project,
             JsonObject *object)
{
  const char *model = mg_manifest_get_string (object, "model"), *restorer = mg_manifest_get_string (object, "restoring-model");
  const char *mode = mg_manifest_get_string (object, "mode");
  GFile *folder = mg_project_get_folder (project);

  if (model != NULL)
    {
      g_autoptr (GFile) file = g_file_resolve_relative_path (folder, model);

      mg_project_set_model (project, file);
    }
  if (restorer != NULL)
    {
      g_autoptr (GFile) file = g_file_resolve_relative_path (folder, restorer);

      mg_project_set_restorer (project, file);
    }
  if (g_strcmp0 (mode, "segment") == 0 || g_strcmp0 (mode, "denoise") == 0)
    mg_project_set_mode (project, mode);
}

gboolean
_mg_project_parse (MgProject *project,
                   const char *text,
                   gssize length,
                   GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root, *images;
  JsonObject *object;

  if (!_mg_json_is_object (text, (gsize) length))
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_FORMAT, "this is not a project of Micrographia: it is no whole JSON object, or nested too deeply");
      return FALSE;
    }
  if (!json_parser_load_from_data (parser, text, length, error))
    return FALSE;
  root = json_parser_get_root (parser);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (object == NULL || get_version (object) < 1)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_FORMAT, "this is not a project of Micrographia");
      return FALSE;
    }
  if (get_version (object) > MG_PROJECT_VERSION)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_VERSION,
                           "this project was saved by a newer version of Micrographia; update the program to open it");
      return FALSE;
    }
  parse_state (project, object);
  _mg_project_settings_parse (project, object);
  _mg_view_settings_parse (mg_project_get_view (project), object);
  images = json_object_get_member (object, "images");
  if (images == NULL || !JSON_NODE_HOLDS_ARRAY (images))
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_FORMAT, "the list of images is missing; the file is damaged");
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (json_node_get_array (images)); i++)
    if (!parse_image (project, json_array_get_element (json_node_get_array (images), i), error))
      return FALSE;
  return TRUE;
}

/**
 * mg_project_dup_file:
 * @project: a project
 *
 * Returns: (transfer full): its project.json
 */
GFile *
mg_project_dup_file (MgProject *project)
{
  return g_file_get_child (mg_project_get_folder (project), MG_PROJECT_FILE_NAME);
}

/**
 * mg_project_write:
 * @file: the project.json, of mg_project_dup_file()
 * @text: of mg_project_to_text()
 *
 * Replaces the file atomically. Any thread.
 *
 * Returns: %FALSE when it could not be written; the old one stays then
 */
gboolean
mg_project_write (GFile *file,
                  const char *text,
                  GError **error)
{
  return mg_project_reach_folder_for (file, error) && mg_file_replace_text (file, text, error);
}

/**
 * mg_project_make_folder_for:
 * @file: a file to be written
 *
 * Makes the folder it belongs in, where that is missing. Any thread.
 *
 * Returns: %FALSE when it could not be made; the message names it
 */
gboolean
mg_project_make_folder_for (GFile *file,
                            GError **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  const char *path = g_file_peek_path (folder);
  int code;

  if (path != NULL && g_mkdir_with_parents (path, 0777) == 0)
    return TRUE;
  code = path != NULL ? errno : ENOENT;
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FAILED,
                   "%s: this file is where a folder has to be (move or rename it, or save in another folder)", path);
      return FALSE;
    }
  mg_file_set_write_error (error, folder, code);
  return FALSE;
}

/**
 * mg_project_reach_folder_for:
 * @file: a file of a project, to be written
 *
 * Makes the folder it belongs in, where that is missing, but none above it: a
 * disk that was taken out is not made up on the one below. Any thread.
 *
 * Returns: %FALSE when it is not there and could not be made; the message names it
 */
gboolean
mg_project_reach_folder_for (GFile *file,
                             GError **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GFile) above = g_file_get_parent (folder);

  if (above == NULL || g_file_query_exists (folder, NULL) || g_file_query_exists (above, NULL))
    return mg_project_make_folder_for (file, error);
  g_set_error (error, MG_ERROR, MG_ERROR_FAILED,
               "The folder “%s” is not there any more; plug in its disk again, or save in another folder",
               g_file_peek_path (above));
  return FALSE;
}
