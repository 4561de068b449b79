#include "project/missing.h"

/* How deep below the folder a person names is looked, and at how many files. */
#define MAX_DEPTH 5
#define MAX_FILES 500000

#define ATTRIBUTES \
  G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE

typedef struct
{
  GPtrArray *items, *found;
  GHashTable *wanted; /* name → position + 1 of the first item of that name */
  guint n_looked_at;
} Search;

static void
take_file (Search *search,
           GFile *file,
           GFileInfo *info)
{
  const char *name = g_file_info_get_name (info);
  guint first = GPOINTER_TO_UINT (g_hash_table_lookup (search->wanted, name));

  for (guint i = first; first > 0 && i <= search->items->len; i++)
    {
      MgProjectItem *item = search->items->pdata[i - 1];
      g_autofree char *wanted = g_file_get_basename (mg_project_item_get_image (item));
      gint64 bytes = mg_project_item_get_bytes (item);

      if (search->found->pdata[i - 1] == NULL && g_str_equal (wanted, name) &&
          (bytes == 0 || bytes == g_file_info_get_size (info)))
        {
          search->found->pdata[i - 1] = g_object_ref (file);
          return;
        }
    }
}

static gboolean
look_in (Search *search,
         GFile *folder,
         int depth,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (GFileEnumerator) enumerator =
    g_file_enumerate_children (folder, ATTRIBUTES, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable, error);
  GFileInfo *info;
  GFile *child;

  if (enumerator == NULL)
    return FALSE;
  while (search->n_looked_at < MAX_FILES)
    {
      if (!g_file_enumerator_iterate (enumerator, &info, &child, cancellable, error))
        return FALSE;
      if (info == NULL)
        break;
      search->n_looked_at++;
      if (g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY)
        take_file (search, child, info);
      else if (depth > 0 && !look_in (search, child, depth - 1, cancellable, NULL) &&
               g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE; /* one that may not be read is passed over */
    }
  return TRUE;
}

/**
 * mg_project_find_missing:
 * @items: (element-type MgProjectItem): images that are not where they were
 * @folder: where they may be, or below it
 * @cancellable: (nullable)
 *
 * Looks for files of the same names, and of the same sizes where these are known.
 * Any thread.
 *
 * Returns: (transfer full) (element-type GFile): for each item its file, or
 *   %NULL where none was found; %NULL where the folder cannot be read
 */
GPtrArray *
mg_project_find_missing (GPtrArray *items,
                         GFile *folder,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_full (items->len, NULL);
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Search search = { items, found, wanted, 0 };
  gboolean well;

  g_ptr_array_set_size (found, (gint) items->len);
  for (guint i = items->len; i > 0; i--)
    g_hash_table_insert (wanted, g_file_get_basename (mg_project_item_get_image (items->pdata[i - 1])),
                         GUINT_TO_POINTER (i));
  well = look_in (&search, folder, MAX_DEPTH, cancellable, error);
  if (!well)
    for (guint i = 0; i < found->len; i++)
      g_clear_object ((GFile **) &found->pdata[i]);
  return well ? g_steal_pointer (&found) : NULL;
}
