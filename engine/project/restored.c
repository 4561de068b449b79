#include "project/project-private.h"

#include <string.h>

/**
 * mg_project_dup_results:
 * @project: a project
 *
 * Returns: (transfer full): the folder of its results, which need not exist
 */
GFile *
mg_project_dup_results (MgProject *project)
{
  return g_file_get_child (mg_project_get_folder (project), MG_PROJECT_RESULTS);
}

/**
 * mg_project_dup_restored:
 * @results: of mg_project_dup_results()
 * @item: an image of the project
 * @version: what restored it: a filter's or a model's name, usable as a folder's
 *
 * One folder a version, its files named as the images are, so that a version can
 * be opened or compared as a whole. Any thread.
 *
 * Returns: (transfer full): where the restored image is kept; it need not exist
 */
GFile *
mg_project_dup_restored (GFile *results,
                         MgProjectItem *item,
                         const char *version)
{
  g_autofree char *path = g_strconcat (MG_PROJECT_RESTORED, "/", version, "/", mg_project_item_get_name (item), ".tif", NULL);

  return g_file_resolve_relative_path (results, path);
}

/**
 * mg_project_dup_uncertainty:
 * @results: of mg_project_dup_results()
 * @item: an image of the project
 * @version: as mg_project_dup_restored() takes it
 *
 * In a folder of its own, for the version's holds nothing but restored images.
 * Any thread.
 *
 * Returns: (transfer full): where it is kept how unsure a probabilistic model is
 *   of each value; it need not exist
 */
GFile *
mg_project_dup_uncertainty (GFile *results,
                            MgProjectItem *item,
                            const char *version)
{
  g_autofree char *path = g_strconcat (MG_PROJECT_RESTORED, "/", version, "/uncertainty/", mg_project_item_get_name (item),
                                       "_uncertainty.tif", NULL);

  return g_file_resolve_relative_path (results, path);
}

/* What is not there need not go. */
static gboolean
remove_file (GFile *file,
             gboolean for_good,
             GError **error)
{
  g_autoptr (GError) local = NULL;

  if ((for_good ? g_file_delete (file, NULL, &local) : g_file_trash (file, NULL, &local)) ||
      !g_file_query_exists (file, NULL))
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s could not be deleted: ", g_file_peek_path (file));
  return FALSE;
}

/**
 * mg_project_delete_restored:
 * @results: of mg_project_dup_results()
 * @item: an image of the project
 * @version: as mg_project_dup_restored() takes it
 * @for_good: whether the files are deleted and not moved to the trash
 *
 * Removes one restored image and what was kept with it, and the version's folder
 * with its last image. Any thread.
 *
 * Returns: %FALSE with an error when the image is still there, as where it lies
 *   there is no trash
 */
gboolean
mg_project_delete_restored (GFile *results,
                            MgProjectItem *item,
                            const char *version,
                            gboolean for_good,
                            GError **error)
{
  g_autoptr (GFile) restored = mg_project_dup_restored (results, item, version);
  g_autoptr (GFile) uncertainty = mg_project_dup_uncertainty (results, item, version);
  g_autoptr (GFile) maps = g_file_get_parent (uncertainty);
  g_autoptr (GFile) folder = g_file_get_parent (restored);

  if (!remove_file (uncertainty, for_good, error) || !remove_file (restored, for_good, error))
    return FALSE;
  /* only goes where it is empty */
  g_file_delete (maps, NULL, NULL);
  g_file_delete (folder, NULL, NULL);
  return TRUE;
}

typedef struct
{
  char *version;
  gint64 time; /* of writing, µs */
} Found;

static void
found_clear (gpointer data)
{
  g_free (((Found *) data)->version);
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  const Found *x = a, *y = b;

  return x->time != y->time ? (x->time > y->time) - (x->time < y->time) : strcmp (x->version, y->version);
}

static gboolean
find_version (GFile *results,
              MgProjectItem *item,
              const char *version,
              GCancellable *cancellable,
              gint64 *time)
{
  g_autoptr (GFile) file = mg_project_dup_restored (results, item, version);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, NULL);

  if (info == NULL)
    return FALSE;
  *time = (gint64) g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED) * G_USEC_PER_SEC +
          g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC);
  return TRUE;
}

/**
 * mg_project_list_restored:
 * @results: of mg_project_dup_results()
 * @item: an image of the project
 *
 * Which versions of the image have been restored and kept. Any thread.
 *
 * Returns: (transfer full) (element-type utf8): their names, the oldest first;
 *   %NULL when the folder is there and cannot be read
 */
GPtrArray *
mg_project_list_restored (GFile *results,
                          MgProjectItem *item,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GFile) folder = g_file_get_child (results, MG_PROJECT_RESTORED);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Found));
  g_autoptr (GError) local = NULL;
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (folder, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                                                    G_FILE_QUERY_INFO_NONE, cancellable, &local);
  GPtrArray *names;
  GFileInfo *info;

  if (children == NULL && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_array_set_clear_func (found, found_clear);
  while (children != NULL && g_file_enumerator_iterate (children, &info, NULL, cancellable, NULL) && info != NULL)
    {
      Found one = { NULL, 0 };

      if (!find_version (results, item, g_file_info_get_name (info), cancellable, &one.time))
        continue;
      one.version = g_strdup (g_file_info_get_name (info));
      g_array_append_val (found, one);
    }
  g_array_sort (found, compare_times);
  names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (names, g_strdup (g_array_index (found, Found, i).version));
  return names;
}

/* Its time comes along, by which versions are told older from younger. What is
 * not there need not be copied. */
gboolean
_mg_project_copy_file (GFile *from,
                       GFile *to,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (GError) local = NULL;

  if (!g_file_query_exists (from, cancellable))
    return TRUE;
  if (!mg_project_make_folder_for (to, error))
    return FALSE;
  if (g_file_copy (from, to, G_FILE_COPY_OVERWRITE, cancellable, NULL, NULL, &local))
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s could not be copied: ", g_file_peek_path (from));
  return FALSE;
}

/**
 * mg_project_copy_restored:
 * @from: of mg_project_dup_results()
 * @to: another folder of results
 * @item: an image of both projects
 * @cancellable: (nullable)
 *
 * Copies all versions of one image and what is kept with them. Any thread.
 *
 * Returns: %FALSE when one could not be copied
 */
gboolean
mg_project_copy_restored (GFile *from,
                          GFile *to,
                          MgProjectItem *item,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GPtrArray) versions = mg_project_list_restored (from, item, cancellable, error);

  if (versions == NULL)
    return FALSE;
  for (guint i = 0; i < versions->len; i++)
    {
      g_autoptr (GFile) image = mg_project_dup_restored (from, item, versions->pdata[i]);
      g_autoptr (GFile) new_image = mg_project_dup_restored (to, item, versions->pdata[i]);
      g_autoptr (GFile) map = mg_project_dup_uncertainty (from, item, versions->pdata[i]);
      g_autoptr (GFile) new_map = mg_project_dup_uncertainty (to, item, versions->pdata[i]);

      if (!_mg_project_copy_file (image, new_image, cancellable, error) || !_mg_project_copy_file (map, new_map, cancellable, error))
        return FALSE;
    }
  return TRUE;
}
