#include "cli/files.h"

#include "base/error.h"
#include "io/atomic-file.h"
#include "io/loader.h"

#include <string.h>

static void
pair_free (CliPair *pair)
{
  g_clear_object (&pair->file);
  g_clear_object (&pair->partner);
  g_free (pair->stem);
  g_free (pair);
}

/* "a.ome.tif" → "a", "b.tif" → "b" */
static char *
get_stem (GFile *file)
{
  char *name = g_file_get_basename (file), *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  if (g_str_has_suffix (name, ".ome") && strlen (name) > 4)
    name[strlen (name) - 4] = '\0';
  return name;
}

static gboolean
add (GPtrArray *pairs, GHashTable *seen, GFile *file, GError **error)
{
  CliPair *pair = g_new0 (CliPair, 1), *other;

  pair->file = g_object_ref (file);
  pair->stem = get_stem (file);
  g_ptr_array_add (pairs, pair);
  other = g_hash_table_lookup (seen, pair->stem);
  if (other != NULL)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s: has the same base name as %s (rename one of them)",
                   g_file_peek_path (file), g_file_peek_path (other->file));
      return FALSE;
    }
  g_hash_table_insert (seen, pair->stem, pair);
  return TRUE;
}

GPtrArray *
cli_collect (const char *const *paths,
             GError **error)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func ((GDestroyNotify) pair_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (; *paths != NULL; paths++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (*paths);
      g_autoptr (GPtrArray) found = NULL;

      if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
        {
          if (!g_file_query_exists (file, NULL))
            {
              g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: there is no such file or folder", *paths);
              return NULL;
            }
          g_ptr_array_add (files, g_steal_pointer (&file));
          continue;
        }
      found = mg_list_images (file, NULL, error);
      if (found == NULL)
        return NULL;
      g_ptr_array_extend_and_steal (files, g_steal_pointer (&found));
    }
  if (!mg_fold_image_sets (files, NULL, error))
    return NULL;
  for (guint i = 0; i < files->len; i++)
    if (!add (pairs, seen, files->pdata[i], error))
      return NULL;
  return g_steal_pointer (&pairs);
}

gboolean
cli_match (GPtrArray *pairs,
           const char *folder,
           GError **error)
{
  const char *const paths[] = { folder, NULL };
  g_autoptr (GPtrArray) partners = cli_collect (paths, error);
  g_autoptr (GHashTable) by_stem = g_hash_table_new (g_str_hash, g_str_equal);

  if (partners == NULL)
    return FALSE;
  for (guint i = 0; i < partners->len; i++)
    {
      CliPair *partner = g_ptr_array_index (partners, i);

      g_hash_table_insert (by_stem, partner->stem, partner);
    }
  for (guint i = 0; i < pairs->len; i++)
    {
      CliPair *pair = g_ptr_array_index (pairs, i), *partner = g_hash_table_lookup (by_stem, pair->stem);

      if (partner == NULL)
        {
          g_set_error (error, MG_ERROR, MG_ERROR_DATA, "%s: has no partner of the same base name in %s (add it, or take the file away)",
                       g_file_peek_path (pair->file), folder);
          return FALSE;
        }
      g_set_object (&pair->partner, partner->file);
      g_hash_table_remove (by_stem, pair->stem);
    }
  for (guint i = 0; i < partners->len; i++)
    {
      CliPair *partner = g_ptr_array_index (partners, i);

      if (g_hash_table_contains (by_stem, partner->stem))
        {
          g_set_error (error, MG_ERROR, MG_ERROR_DATA, "%s: has no partner of the same base name among the images (add it, or take the file away)",
                       g_file_peek_path (partner->file));
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
cli_check_writable (GFile *file,
                    GError **error)
{
  g_autoptr (MgAtomicFile) atomic = NULL;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s: is a folder (name a file)", g_file_peek_path (file));
      return FALSE;
    }
  /* made and, without commit, taken away again */
  atomic = mg_atomic_file_new (file, error);
  return atomic != NULL;
}

gboolean
cli_is_folder (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);

  return g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY;
}

gboolean
cli_make_folder (const char *path,
                 GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_commandline_arg (path);
  g_autoptr (GFile) probe = g_file_get_child (folder, "probe");
  g_autoptr (GError) local = NULL;

  if (!g_file_make_directory_with_parents (folder, NULL, &local) &&
      !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: the folder cannot be made: %s", path, local->message);
      return FALSE;
    }
  return cli_check_writable (probe, error);
}

GFile *
cli_output (const char *folder,
            const char *stem,
            const char *suffix)
{
  g_autoptr (GFile) parent = g_file_new_for_commandline_arg (folder);
  g_autofree char *name = g_strconcat (stem, suffix, NULL);

  return g_file_get_child (parent, name);
}
