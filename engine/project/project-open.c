#include "io/loader.h"
#include "project/project-private.h"

/* The file of the same base name beside the images, or NULL. */
static GFile *
find_partner (GFile *folder,
              const char *stem,
              GCancellable *cancellable)
{
  g_autofree char *name = g_strconcat (stem, ".tif", NULL);
  g_autoptr (GFile) partner = folder != NULL ? g_file_get_child (folder, name) : NULL;

  return partner != NULL && g_file_query_exists (partner, cancellable) ? g_steal_pointer (&partner) : NULL;
}

/* Adds the images of one folder, with labels and clean images of the same base
 * name where folders "labels" and "clean" lie in `beside`. */
static gboolean
add_folder (MgProject *self,
            GFile *folder,
            GFile *beside,
            gboolean is_test,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GPtrArray) files = mg_list_images (folder, cancellable, error);
  g_autoptr (GFile) labels_folder = is_test ? NULL : g_file_get_child (beside, "labels");
  g_autoptr (GFile) clean_folder = g_file_get_child (beside, "clean");

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *stem = _mg_project_dup_stem (files->pdata[i]);
      g_autoptr (GFile) labels = find_partner (labels_folder, stem, cancellable);
      g_autoptr (GFile) clean = find_partner (clean_folder, stem, cancellable);
      g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (self), mg_project_add (self, files->pdata[i], labels));

      mg_project_item_set_clean (item, clean);
      if (is_test)
        mg_project_item_set_role (item, MG_PROJECT_TEST);
    }
  return TRUE;
}

/* Folders as data sets come: images themselves, or images/ (or noisy/) with
 * labels/ or clean/ beside it, the same again under train/ and test/. The labels
 * of a test set are what results are compared with: they are not learned from. */
static gboolean
add_data_set (MgProject *self,
              GCancellable *cancellable,
              GError **error)
{
  static const char *const parts[] = { "", "train", "test" }, *const names[] = { "images", "noisy" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (names); k++)
      {
        g_autoptr (GFile) part = g_file_resolve_relative_path (mg_project_get_folder (self), parts[i]);
        g_autoptr (GFile) images = g_file_get_child (part, names[k]);

        if (g_file_query_file_type (images, G_FILE_QUERY_INFO_NONE, cancellable) == G_FILE_TYPE_DIRECTORY &&
            !add_folder (self, images, part, g_str_equal (parts[i], "test"), cancellable, error))
          return FALSE;
      }
  if (g_list_model_get_n_items (G_LIST_MODEL (self)) == 0)
    {
      g_autoptr (GFile) parent = g_file_get_parent (mg_project_get_folder (self));

      return add_folder (self, mg_project_get_folder (self), parent != NULL ? parent : mg_project_get_folder (self), FALSE, cancellable, error);
    }
  return TRUE;
}

/**
 * mg_project_open:
 * @folder: a folder
 *
 * Reads its project.json, or, where there is none, takes the images that lie
 * in it. Nothing is written; only results that an older version kept under what is
 * the name of another image's plane by now are renamed. Any thread.
 *
 * Returns: (transfer full): the project, or %NULL: a project.json that cannot
 *   be understood, a folder that cannot be read or holds no image
 */
MgProject *
mg_project_open (GFile *folder,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (MgProject) self = mg_project_new (folder);
  g_autoptr (GFile) file = mg_project_dup_file (self);
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (g_file_load_contents (file, cancellable, &text, &length, NULL, &local))
    {
      if (!_mg_project_parse (self, text, length, error))
        {
          g_prefix_error (error, "%s: ", g_file_peek_path (file));
          return NULL;
        }
    }
  else if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  else if (!add_data_set (self, cancellable, error))
    return NULL;
  if (g_list_model_get_n_items (G_LIST_MODEL (self)) == 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                   "The folder “%s” holds no image; choose one with TIFF files", g_file_peek_path (folder));
      return NULL;
    }
  _mg_project_move_old_results (self, cancellable);
  return g_steal_pointer (&self);
}

/**
 * mg_project_open_images:
 * @images: (array length=n_images): image files, at least one
 *
 * The project of the first image's folder, holding these images besides those
 * it already had; files of one image once. Nothing is written. Any thread.
 *
 * Returns: (transfer full): the project
 */
MgProject *
mg_project_open_images (GFile *const *images,
                        guint n_images,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (images[0]);
  g_autoptr (GFile) file = g_file_get_child (folder, MG_PROJECT_FILE_NAME);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (MgProject) self = NULL;

  if (g_file_query_exists (file, cancellable))
    self = mg_project_open (folder, cancellable, error);
  else
    self = mg_project_new (folder);
  if (self == NULL)
    return NULL;
  files = mg_project_list_files (self, images, n_images);
  if (!mg_fold_image_sets (files, cancellable, error))
    return NULL;
  for (guint i = 0; i < files->len; i++)
    mg_project_add (self, files->pdata[i], NULL);
  return g_steal_pointer (&self);
}

/**
 * mg_project_list_files:
 * @project: a project
 * @more: (array length=n_more): further images
 *
 * What mg_fold_image_sets() is to be told, so that files of images that the
 * project has are not taken for new ones.
 *
 * Returns: (transfer full) (element-type GFile): its images' files, and these
 */
GPtrArray *
mg_project_list_files (MgProject *project,
                       GFile *const *more,
                       guint n_more)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (project)); i++)
    {
      g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), i);

      g_ptr_array_add (files, g_object_ref (mg_project_item_get_image (item)));
    }
  for (guint i = 0; i < n_more; i++)
    g_ptr_array_add (files, g_object_ref (more[i]));
  return files;
}
