#include "project/project-private.h"

struct _MgProject
{
  GObject parent_instance;

  GFile *folder;        /* owned */
  GPtrArray *items;     /* of MgProjectItem */
  GHashTable *names;    /* set of char *: taken names */
  GHashTable *by_file;  /* GFile → position + 1 */
  GFile *model;         /* (nullable): the model last used that segments */
  GFile *restorer;      /* (nullable): likewise that restores */
  MgViewSettings *view; /* for all images */
  GHashTable *settings; /* char * → char * */
  char *mode;           /* (nullable): what the window last did, "segment" or "denoise" */
};

static GType
mg_project_get_item_type (GListModel *list)
{
  return MG_TYPE_PROJECT_ITEM;
}

static guint
mg_project_get_n_items (GListModel *list)
{
  return MG_PROJECT (list)->items->len;
}

static gpointer
mg_project_get_item (GListModel *list,
                     guint position)
{
  MgProject *self = MG_PROJECT (list);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
mg_project_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mg_project_get_item_type;
  iface->get_n_items = mg_project_get_n_items;
  iface->get_item = mg_project_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MgProject, mg_project, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mg_project_list_model_init))

static void
mg_project_finalize (GObject *object)
{
  MgProject *self = MG_PROJECT (object);

  g_clear_object (&self->folder);
  g_clear_object (&self->model);
  g_clear_object (&self->restorer);
  g_clear_pointer (&self->mode, g_free);
  g_clear_pointer (&self->settings, g_hash_table_unref);
  g_clear_pointer (&self->view, mg_view_settings_unref);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_clear_pointer (&self->by_file, g_hash_table_unref);
  G_OBJECT_CLASS (mg_project_parent_class)->finalize (object);
}

static void
mg_project_class_init (MgProjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mg_project_finalize;
}

static void
mg_project_init (MgProject *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->view = mg_view_settings_new ();
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_file = g_hash_table_new_full (g_file_hash, (GEqualFunc) g_file_equal, g_object_unref, NULL);
}

/**
 * mg_project_new:
 * @folder: where the project's own files go
 *
 * An empty project. Nothing is written.
 *
 * Returns: (transfer full): the project
 */
MgProject *
mg_project_new (GFile *folder)
{
  MgProject *self = g_object_new (MG_TYPE_PROJECT, NULL);

  self->folder = g_object_ref (folder);
  return self;
}

/* "nuclei.ome.tif" is the image "nuclei". */
char *
_mg_project_dup_stem (GFile *image)
{
  char *name = g_file_get_basename (image);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  if (g_str_has_suffix (name, ".ome"))
    name[strlen (name) - strlen (".ome")] = '\0';
  return name;
}

static GFile *
dup_in_folder (MgProject *self,
               const char *folder,
               const char *name,
               const char *extension)
{
  g_autofree char *path = g_strconcat (folder, "/", name, extension, NULL);

  return g_file_resolve_relative_path (self->folder, path);
}

guint
_mg_project_add_named (MgProject *self,
                       const char *name,
                       GFile *image,
                       GFile *labels)
{
  g_autofree char *unique = g_strdup (name);
  g_autoptr (GFile) annotation = NULL;
  g_autoptr (GFile) results = NULL;
  guint position;

  if (mg_project_find (self, image, &position))
    return position;
  for (guint n = 2; g_hash_table_contains (self->names, unique); n++)
    {
      g_free (unique);
      unique = g_strdup_printf ("%s-%u", name, n);
    }
  annotation = dup_in_folder (self, MG_PROJECT_ANNOTATIONS, unique, ".tif");
  results = mg_project_dup_results (self);
  g_ptr_array_add (self->items, _mg_project_item_new (unique, image, annotation, labels, results));
  _mg_project_item_set_shared_view (self->items->pdata[self->items->len - 1], self->view);
  g_hash_table_insert (self->by_file, g_object_ref (image), GUINT_TO_POINTER (self->items->len));
  g_hash_table_add (self->names, g_steal_pointer (&unique));
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
  return self->items->len - 1;
}

/**
 * mg_project_add:
 * @project: a project
 * @image: an image's file; added once however often it is named
 * @labels: (nullable): labels that came with it
 *
 * Returns: its position
 */
guint
mg_project_add (MgProject *project,
                GFile *image,
                GFile *labels)
{
  g_autofree char *stem = _mg_project_dup_stem (image);

  return _mg_project_add_named (project, stem, image, labels);
}

static void
index_files (MgProject *self)
{
  g_hash_table_remove_all (self->by_file);
  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_insert (self->by_file, g_object_ref (mg_project_item_get_image (self->items->pdata[i])),
                         GUINT_TO_POINTER (i + 1));
}

/**
 * mg_project_move_image:
 * @project: a project
 * @position: of an image
 * @image: where its file lies now
 */
void
mg_project_move_image (MgProject *project,
                       guint position,
                       GFile *image)
{
  _mg_project_item_set_image (project->items->pdata[position], image);
  index_files (project);
}

/**
 * mg_project_remove:
 * @project: a project
 * @position: of an image
 *
 * Takes an image out of the project; its files stay.
 */
void
mg_project_remove (MgProject *project,
                   guint position)
{
  g_return_if_fail (position < project->items->len);

  g_hash_table_remove (project->names, mg_project_item_get_name (project->items->pdata[position]));
  g_ptr_array_remove_index (project->items, position);
  index_files (project);
  g_list_model_items_changed (G_LIST_MODEL (project), position, 1, 0);
}

/**
 * mg_project_find:
 * @project: a project
 * @image: an image's file
 * @position: (out): where it is
 *
 * Returns: whether the project has it
 */
gboolean
mg_project_find (MgProject *project,
                 GFile *image,
                 guint *position)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (project->by_file, image));

  if (found > 0)
    *position = found - 1;
  return found > 0;
}

/**
 * mg_project_match_clean:
 * @project: a project that no other thread looks at meanwhile
 * @files: (element-type GFile): clean images
 *
 * Each becomes the clean image of the image of the same base name; one file for
 * a project of one image needs no such name. An image is never its own clean one.
 *
 * Returns: how many images have got one
 */
guint
mg_project_match_clean (MgProject *project,
                        GPtrArray *files)
{
  gboolean only = project->items->len == 1 && files->len == 1;
  guint n = 0;

  for (guint i = 0; i < project->items->len; i++)
    {
      MgProjectItem *item = project->items->pdata[i];
      g_autofree char *stem = _mg_project_dup_stem (mg_project_item_get_image (item));

      for (guint k = 0; k < files->len; k++)
        {
          g_autofree char *other = _mg_project_dup_stem (files->pdata[k]);

          if ((!only && strcmp (stem, other) != 0) || g_file_equal (files->pdata[k], mg_project_item_get_image (item)))
            continue;
          mg_project_item_set_clean (item, files->pdata[k]);
          n++;
          break;
        }
    }
  return n;
}

/**
 * mg_project_copy_to:
 * @project: a project
 * @folder: another folder
 *
 * The same images, with labels, models and results to be kept in @folder. What
 * was saved before is read from where it was. Nothing is written.
 *
 * Returns: (transfer full): the new project
 */
MgProject *
mg_project_copy_to (MgProject *project,
                    GFile *folder)
{
  MgProject *copy = mg_project_new (folder);

  mg_view_settings_unref (copy->view);
  copy->view = mg_view_settings_ref (project->view);

  for (guint i = 0; i < project->items->len; i++)
    {
      MgProjectItem *item = project->items->pdata[i];
      GFile *saved = mg_project_item_get_annotation (item);

      _mg_project_add_named (copy, mg_project_item_get_name (item), mg_project_item_get_image (item),
                             g_file_query_exists (saved, NULL) ? saved : mg_project_item_get_labels (item));
      mg_project_item_set_clean (copy->items->pdata[i], mg_project_item_get_clean (item));
      mg_project_item_set_role (copy->items->pdata[i], mg_project_item_get_role (item));
      mg_project_item_set_bytes (copy->items->pdata[i], mg_project_item_get_bytes (item));
      _mg_project_item_set_view (copy->items->pdata[i], mg_project_item_get_view (item));
    }
  g_set_object (&copy->model, project->model);
  g_set_object (&copy->restorer, project->restorer);
  copy->mode = g_strdup (project->mode);
  _mg_project_settings_copy (project, copy);
  return copy;
}

gboolean
_mg_project_has_name (MgProject *self,
                      const char *name)
{
  return g_hash_table_contains (self->names, name);
}

GHashTable *
_mg_project_get_settings (MgProject *self)
{
  return self->settings;
}

/**
 * mg_project_get_view:
 * @project: a project
 *
 * Returns: (transfer none): how channels are shown in images that have nothing
 *   else said of them
 */
MgViewSettings *
mg_project_get_view (MgProject *project)
{
  return project->view;
}

/**
 * mg_project_get_folder:
 * @project: a project
 *
 * Returns: (transfer none): where its own files lie
 */
GFile *
mg_project_get_folder (MgProject *project)
{
  return project->folder;
}

/**
 * mg_project_get_model:
 * @project: a project
 *
 * Returns: (transfer none) (nullable): the model that segments, last trained or
 *   chosen in it
 */
GFile *
mg_project_get_model (MgProject *project)
{
  return project->model;
}

/**
 * mg_project_set_model:
 * @project: a project
 * @model: (nullable): a model's file
 */
void
mg_project_set_model (MgProject *project,
                      GFile *model)
{
  g_set_object (&project->model, model);
}

/**
 * mg_project_get_restorer:
 * @project: a project
 *
 * Returns: (transfer none) (nullable): the model that restores, last trained or
 *   chosen in it
 */
GFile *
mg_project_get_restorer (MgProject *project)
{
  return project->restorer;
}

/**
 * mg_project_set_restorer:
 * @project: a project
 * @model: (nullable): a model's file
 */
void
mg_project_set_restorer (MgProject *project,
                         GFile *model)
{
  g_set_object (&project->restorer, model);
}

/**
 * mg_project_get_mode:
 * @project: a project
 *
 * Returns: (nullable): what was done with it last, "segment" or "denoise"; where
 *   nothing was, "denoise" for images that came with clean ones
 */
const char *
mg_project_get_mode (MgProject *project)
{
  for (guint i = 0; project->mode == NULL && i < project->items->len; i++)
    if (mg_project_item_get_clean (project->items->pdata[i]) != NULL)
      return "denoise";
  return project->mode;
}

/**
 * mg_project_set_mode:
 * @project: a project
 * @mode: "segment" or "denoise"
 */
void
mg_project_set_mode (MgProject *project,
                     const char *mode)
{
  g_free (project->mode);
  project->mode = g_strdup (mode);
}

/**
 * mg_project_dup_checkpoint:
 * @project: a project
 *
 * Returns: (transfer full): where a training keeps how far it is; there only
 *   while one runs, or after one was interrupted
 */
GFile *
mg_project_dup_checkpoint (MgProject *project)
{
  return dup_in_folder (project, MG_PROJECT_MODELS, "unfinished-training", ".safetensors");
}

/**
 * mg_project_dup_new_model:
 * @project: a project
 * @recipe: the method's id
 *
 * Returns: (transfer full): a file in the project's models that does not exist
 *   yet: method, date and time
 */
GFile *
mg_project_dup_new_model (MgProject *project,
                          const char *recipe)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *when = g_date_time_format (now, "%Y-%m-%d-%H%M%S");
  g_autofree char *name = g_strconcat (recipe, "-", when, NULL);

  return dup_in_folder (project, MG_PROJECT_MODELS, name, ".safetensors");
}
