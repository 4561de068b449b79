#include "project/results.h"

#include "io/loader.h"
#include "io/tiff-write.h"
#include "project/project-private.h"

#include <string.h>

#define PLANE "-plane-"

/* Where a name ends like a plane's, as an image's may, too; %NULL where it does not. */
static const char *
find_plane (const char *name)
{
  const char *found = g_strrstr (name, PLANE), *number = found == NULL ? "" : found + strlen (PLANE);

  return *number != '\0' && number[strspn (number, "0123456789")] == '\0' ? found : NULL;
}

/**
 * mg_project_plane_name:
 * @name: of an image, unique among images
 * @plane: of it
 *
 * “cells”, “cells-plane-002” and so on; of an image that is called “cells-plane-002”
 * the first plane, too, is numbered, so that no two planes of images are named alike.
 *
 * Returns: (transfer full): what a file of that plane is called, without extension
 */
char *
mg_project_plane_name (const char *name,
                       int plane)
{
  return plane == 0 && find_plane (name) == NULL ? g_strdup (name) : g_strdup_printf ("%s" PLANE "%03d", name, plane + 1);
}

static GFile *
dup_in_results (MgProjectItem *item,
                const char *name)
{
  g_autofree char *file = g_strconcat (name, ".tif", NULL);

  return g_file_get_child (_mg_project_item_get_results (item), file);
}

static GFile *
dup_result (MgProjectItem *item,
            int plane)
{
  g_autofree char *name = mg_project_plane_name (mg_project_item_get_name (item), plane);

  return dup_in_results (item, name);
}

/* Images that are called like a plane once had its name for their results. Where the
 * project has no image that this is a plane of, they are theirs. */
void
_mg_project_move_old_results (MgProject *project,
                              GCancellable *cancellable)
{
  g_autoptr (GFile) results = mg_project_dup_results (project);
  gboolean any = g_file_query_exists (results, cancellable);

  for (guint i = 0; any && i < g_list_model_get_n_items (G_LIST_MODEL (project)); i++)
    {
      g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), i);
      const char *name = mg_project_item_get_name (item), *plane = find_plane (name);
      g_autofree char *stack = plane == NULL ? NULL : g_strndup (name, (gsize) (plane - name));
      g_autoptr (GFile) old = NULL, new = NULL;

      if (stack == NULL || _mg_project_has_name (project, stack))
        continue;
      old = dup_in_results (item, name);
      new = dup_result (item, 0);
      g_file_move (old, new, G_FILE_COPY_NO_FALLBACK_FOR_MOVE, cancellable, NULL, NULL, NULL);
    }
}

/**
 * mg_project_item_save_result:
 * @item: an item
 * @plane: of its image
 * @instances: what was predicted in it
 * @info: of the image: pixel size and unit are kept
 * @cancellable: (nullable)
 *
 * Returns: %FALSE when it could not be written; what was there before stays
 */
gboolean
mg_project_item_save_result (MgProjectItem *item,
                             int plane,
                             MgInstances *instances,
                             const MgImageInfo *info,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (GFile) file = dup_result (item, plane);

  return mg_project_make_folder_for (file, error) &&
         mg_tiff_write_labels (file, mg_instances_get_labels (instances), info, cancellable, error);
}

/**
 * mg_project_item_load_result:
 * @item: an item
 * @plane: of its image
 * @width: of its image
 * @height: likewise
 * @cancellable: (nullable)
 *
 * Returns: (transfer full): what was predicted in that plane; %NULL with an
 *   error, that of a missing file (G_IO_ERROR_NOT_FOUND) where nothing was
 */
MgInstances *
mg_project_item_load_result (MgProjectItem *item,
                             int plane,
                             int width,
                             int height,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (GFile) file = dup_result (item, plane);
  g_autoptr (MgLabels) labels = NULL;

  if (!g_file_query_exists (file, cancellable))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no such file", g_file_peek_path (file));
      return NULL;
    }
  labels = mg_labels_load (file, cancellable, error);
  if (labels == NULL)
    return NULL;
  if (mg_labels_get_width (labels) != width || mg_labels_get_height (labels) != height)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                   "%s: the prediction is %d × %d pixels and the image is %d × %d; they cannot belong together (predict the image again)",
                   g_file_peek_path (file), mg_labels_get_width (labels), mg_labels_get_height (labels), width, height);
      return NULL;
    }
  return mg_instances_new (labels, NULL, error);
}

/**
 * mg_project_item_list_results:
 * @item: an item
 * @n_planes: of its image
 *
 * Returns: (transfer full) (element-type int): the planes that a prediction is
 *   kept of, in their order
 */
GArray *
mg_project_item_list_results (MgProjectItem *item,
                              int n_planes)
{
  GArray *planes = g_array_new (FALSE, FALSE, sizeof (int));

  for (int p = 0; p < n_planes; p++)
    {
      g_autoptr (GFile) file = dup_result (item, p);

      if (g_file_query_exists (file, NULL))
        g_array_append_val (planes, p);
    }
  return planes;
}

/**
 * mg_project_item_delete_result:
 * @item: an item
 * @plane: of its image
 *
 * Returns: %FALSE when it is there and could not be deleted
 */
gboolean
mg_project_item_delete_result (MgProjectItem *item,
                               int plane,
                               GError **error)
{
  g_autoptr (GFile) file = dup_result (item, plane);
  g_autoptr (GError) local = NULL;

  if (g_file_delete (file, NULL, &local) || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_prefixed_error (error, g_steal_pointer (&local), "%s could not be deleted: ", g_file_peek_path (file));
  return FALSE;
}

/**
 * mg_project_save_restored:
 * @results: of mg_project_dup_results()
 * @item: an image of the project
 * @version: as mg_project_dup_restored() takes it
 * @image: the restored image
 * @uncertainty: (nullable): how unsure the network is of it
 * @cancellable: (nullable)
 *
 * Returns: %FALSE when one of them could not be written
 */
gboolean
mg_project_save_restored (GFile *results,
                          MgProjectItem *item,
                          const char *version,
                          MgImage *image,
                          MgImage *uncertainty,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GFile) restored = mg_project_dup_restored (results, item, version);
  g_autoptr (GFile) unsure = mg_project_dup_uncertainty (results, item, version);

  return mg_project_make_folder_for (restored, error) && mg_tiff_write_image (restored, image, cancellable, error) &&
         (uncertainty == NULL ||
          (mg_project_make_folder_for (unsure, error) && mg_tiff_write_image (unsure, uncertainty, cancellable, error)));
}

/**
 * mg_project_copy_predicted:
 * @from: of mg_project_dup_results()
 * @to: another folder of results
 * @cancellable: (nullable)
 *
 * Copies the predictions of all images; what is there already is newer, and stays.
 *
 * Returns: %FALSE when one could not be copied
 */
gboolean
mg_project_copy_predicted (GFile *from,
                           GFile *to,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (GFileEnumerator) files = g_file_enumerate_children (from, G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                                                                 G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  GFileInfo *info = NULL;
  GFile *file;

  while (files != NULL)
    {
      g_autoptr (GFile) copy = NULL;

      if (!g_file_enumerator_iterate (files, &info, &file, cancellable, error))
        return FALSE;
      if (info == NULL)
        break;
      if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || !g_str_has_suffix (g_file_info_get_name (info), ".tif"))
        continue;
      copy = g_file_get_child (to, g_file_info_get_name (info));
      if (!g_file_query_exists (copy, cancellable) && !_mg_project_copy_file (file, copy, cancellable, error))
        return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
