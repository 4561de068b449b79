#include "io/loader.h"

#include "io/tiff-meta.h"

#include <string.h>

/* The files of one folder among those that were given. */
typedef struct
{
  GFile *folder;       /* owned */
  GHashTable *numbers; /* owned: base name → number and 1 */
  GArray *files;       /* owned: of guint, their numbers in order */
} Folder;

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  g_clear_object (&folder->folder);
  g_hash_table_unref (folder->numbers);
  g_array_unref (folder->files);
  g_free (folder);
}

/* Sets are of files that are named so (OME-TIFF specification, file names). */
static gboolean
may_be_of_set (const char *name)
{
  return strstr (name, ".ome.") != NULL;
}

/* Sorts files that may be of sets by their folders; a set lies in one. */
static GPtrArray *
group (GPtrArray *files)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (folder_free);
  g_autoptr (GHashTable) known = g_hash_table_new (g_file_hash, (GEqualFunc) g_file_equal);

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *name = g_file_get_basename (files->pdata[i]);
      g_autoptr (GFile) parent = may_be_of_set (name) ? g_file_get_parent (files->pdata[i]) : NULL;
      Folder *folder = parent != NULL ? g_hash_table_lookup (known, parent) : NULL;

      if (parent == NULL)
        continue;
      if (folder == NULL)
        {
          folder = g_new (Folder, 1);
          *folder = (Folder){ g_object_ref (parent), g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                              g_array_new (FALSE, FALSE, sizeof (guint)) };
          g_ptr_array_add (folders, folder);
          g_hash_table_insert (known, folder->folder, folder);
        }
      g_hash_table_insert (folder->numbers, g_steal_pointer (&name), GUINT_TO_POINTER (i + 1));
      g_array_append_val (folder->files, i);
    }
  return folders;
}

/* Of the files of one image that nothing is known of yet the first stays. */
static void
fold_image (const Folder *folder, GPtrArray *names, gboolean *known, gboolean *hidden)
{
  guint first = G_MAXUINT;

  for (guint i = 0; i < names->len; i++)
    {
      guint number = GPOINTER_TO_UINT (g_hash_table_lookup (folder->numbers, names->pdata[i]));

      if (number == 0 || known[number - 1])
        continue;
      known[number - 1] = TRUE;
      if (first != G_MAXUINT)
        hidden[MAX (first, number - 1)] = TRUE;
      first = MIN (first, number - 1);
    }
}

/* What a file says of itself and of the others of its set. */
static void
fold_by (const Folder *folder, GFile *file, gboolean *known, gboolean *hidden, GCancellable *cancellable)
{
  g_autoptr (MgTiffSource) source = _mg_tiff_source_open (file, cancellable, NULL);
  g_autofree char *text = source != NULL ? _mg_tiff_dup_description (source) : NULL;
  g_autoptr (GPtrArray) images = NULL;

  if (text != NULL && strstr (text, "<OME") != NULL)
    images = _mg_ome_list_files (text, file, folder->numbers);
  for (guint i = 0; images != NULL && i < images->len; i++)
    fold_image (folder, images->pdata[i], known, hidden);
}

/**
 * mg_fold_image_sets:
 * @files: (element-type GFile): images
 * @cancellable: (nullable)
 *
 * Takes files out that are only part of an image that another, before them in
 * the list, is opened as: those of OME sets of several files. One file of a set
 * is looked into, and every file of this kind that is of none. Any thread.
 *
 * Returns: %FALSE when it was cancelled
 */
gboolean
mg_fold_image_sets (GPtrArray *files,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (GPtrArray) folders = group (files);
  g_autofree gboolean *known = g_new0 (gboolean, files->len), *hidden = g_new0 (gboolean, files->len);
  guint n_kept = 0;

  for (guint k = 0; k < folders->len; k++)
    {
      const Folder *folder = folders->pdata[k];

      for (guint i = 0; i < folder->files->len && folder->files->len > 1; i++)
        {
          guint number = g_array_index (folder->files, guint, i);

          if (known[number])
            continue;
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          fold_by (folder, files->pdata[number], known, hidden, cancellable);
          known[number] = TRUE;
        }
    }
  for (guint i = 0; i < files->len; i++)
    if (!hidden[i])
      {
        gpointer kept = files->pdata[i];

        files->pdata[i] = files->pdata[n_kept];
        files->pdata[n_kept++] = kept;
      }
  g_ptr_array_set_size (files, (int) n_kept);
  return TRUE;
}
