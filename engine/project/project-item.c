#include "project/project-private.h"

#include "io/loader.h"

struct _MgProjectItem
{
  GObject parent_instance;

  char *name;
  GFile *image;          /* atomic pointer */
  GPtrArray *old_images; /* (nullable): where it was before; other threads may still look at them */
  gsize bytes;           /* atomic: of its file, 0 while not known */
  GFile *annotation;
  GFile *labels;  /* (nullable) */
  GFile *results; /* folder */
  GFile *clean;   /* (nullable) */
  gint role;      /* atomic: MgProjectRole */
  MgViewSettings *view;
  MgViewSettings *shared_view; /* of the project */
};

G_DEFINE_FINAL_TYPE (MgProjectItem, mg_project_item, G_TYPE_OBJECT)

static void
mg_project_item_finalize (GObject *object)
{
  MgProjectItem *self = MG_PROJECT_ITEM (object);

  g_free (self->name);
  g_clear_object (&self->image);
  g_clear_pointer (&self->old_images, g_ptr_array_unref);
  g_clear_object (&self->annotation);
  g_clear_object (&self->labels);
  g_clear_object (&self->results);
  g_clear_object (&self->clean);
  g_clear_pointer (&self->view, mg_view_settings_unref);
  g_clear_pointer (&self->shared_view, mg_view_settings_unref);
  G_OBJECT_CLASS (mg_project_item_parent_class)->finalize (object);
}

static void
mg_project_item_class_init (MgProjectItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mg_project_item_finalize;
}

static void
mg_project_item_init (MgProjectItem *self)
{
  self->view = mg_view_settings_new ();
  self->shared_view = mg_view_settings_new ();
}

MgProjectItem *
_mg_project_item_new (const char *name,
                      GFile *image,
                      GFile *annotation,
                      GFile *labels,
                      GFile *results)
{
  MgProjectItem *self = g_object_new (MG_TYPE_PROJECT_ITEM, NULL);

  self->name = g_strdup (name);
  self->image = g_object_ref (image);
  self->annotation = g_object_ref (annotation);
  g_set_object (&self->labels, labels);
  self->results = g_object_ref (results);
  return self;
}

/**
 * mg_project_item_get_name:
 * @item: an item
 *
 * Returns: the image's base name without its extension, made unique in the project
 */
const char *
mg_project_item_get_name (MgProjectItem *item)
{
  return item->name;
}

/**
 * mg_project_item_get_image:
 * @item: an item
 *
 * Returns: (transfer none): the image's file
 */
GFile *
mg_project_item_get_image (MgProjectItem *item)
{
  return g_atomic_pointer_get (&item->image);
}

/* On the main thread; who holds the old file may go on with it. */
void
_mg_project_item_set_image (MgProjectItem *item,
                            GFile *image)
{
  if (item->old_images == NULL)
    item->old_images = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (item->old_images, item->image);
  g_atomic_pointer_set (&item->image, g_object_ref (image));
}

/**
 * mg_project_item_get_bytes:
 * @item: an item
 *
 * Returns: the size of the image's file when it was last seen; 0 while not known
 */
gint64
mg_project_item_get_bytes (MgProjectItem *item)
{
  return (gint64) (gsize) g_atomic_pointer_get (&item->bytes);
}

/**
 * mg_project_item_set_bytes:
 * @item: an item
 * @bytes: the size of the image's file
 */
void
mg_project_item_set_bytes (MgProjectItem *item,
                           gint64 bytes)
{
  g_atomic_pointer_set (&item->bytes, (gsize) MAX (bytes, 0));
}

/**
 * mg_project_item_get_annotation:
 * @item: an item
 *
 * Returns: (transfer none): the label image that painting is saved to; it need not exist
 */
GFile *
mg_project_item_get_annotation (MgProjectItem *item)
{
  return item->annotation;
}

/**
 * mg_project_item_get_labels:
 * @item: an item
 *
 * Labels that came with the images, read where no annotation has been saved
 * yet and never written.
 *
 * Returns: (transfer none) (nullable): their file
 */
GFile *
mg_project_item_get_labels (MgProjectItem *item)
{
  return item->labels;
}

GFile *
_mg_project_item_get_results (MgProjectItem *item)
{
  return item->results;
}

/**
 * mg_project_item_get_clean:
 * @item: an item
 *
 * The same field without noise, or a second noisy image of it: what restoring
 * learns from and is compared with.
 *
 * Returns: (transfer none) (nullable): its file
 */
GFile *
mg_project_item_get_clean (MgProjectItem *item)
{
  return item->clean;
}

/**
 * mg_project_item_set_clean:
 * @item: an item that no other thread looks at meanwhile
 * @clean: (nullable): the clean image's file
 */
void
mg_project_item_set_clean (MgProjectItem *item,
                           GFile *clean)
{
  g_set_object (&item->clean, clean);
}

/**
 * mg_project_item_is_test:
 * @item: an item
 *
 * Returns: whether it is not learned from: it is compared with, or not used
 */
gboolean
mg_project_item_is_test (MgProjectItem *item)
{
  MgProjectRole role = mg_project_item_get_role (item);

  return role == MG_PROJECT_TEST || role == MG_PROJECT_NONE;
}

/**
 * mg_project_item_get_role:
 * @item: an item
 *
 * Returns: what it is used for
 */
MgProjectRole
mg_project_item_get_role (MgProjectItem *item)
{
  return (MgProjectRole) g_atomic_int_get (&item->role);
}

/**
 * mg_project_item_set_role:
 * @item: an item
 * @role: what it is used for from now on; a training that runs has begun with the old one
 */
void
mg_project_item_set_role (MgProjectItem *item,
                          MgProjectRole role)
{
  g_atomic_int_set (&item->role, (gint) role);
}

static const char *const role_names[] = { "train", "validation", "test", "none" };

/**
 * mg_project_role_name:
 * @role: a role
 *
 * Returns: its name in project.json
 */
const char *
mg_project_role_name (MgProjectRole role)
{
  return role_names[role];
}

/**
 * mg_project_role_find:
 * @name: (nullable): a name
 * @role: (out): the role of that name
 *
 * Returns: whether there is one
 */
gboolean
mg_project_role_find (const char *name,
                      MgProjectRole *role)
{
  for (guint i = 0; i < G_N_ELEMENTS (role_names); i++)
    if (g_strcmp0 (name, role_names[i]) == 0)
      {
        *role = (MgProjectRole) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * mg_project_item_get_view:
 * @item: an item
 *
 * Returns: (transfer none): how this image is shown, and what it is
 */
MgViewSettings *
mg_project_item_get_view (MgProjectItem *item)
{
  return item->view;
}

/**
 * mg_project_item_get_shared_view:
 * @item: an item
 *
 * Returns: (transfer none): how channels are shown that this image says nothing
 *   of; the same for all images of the project
 */
MgViewSettings *
mg_project_item_get_shared_view (MgProjectItem *item)
{
  return item->shared_view;
}

static void
replace (MgViewSettings **place,
         MgViewSettings *settings)
{
  mg_view_settings_ref (settings);
  mg_view_settings_unref (*place);
  *place = settings;
}

void
_mg_project_item_set_view (MgProjectItem *item,
                           MgViewSettings *settings)
{
  replace (&item->view, settings);
}

void
_mg_project_item_set_shared_view (MgProjectItem *item,
                                  MgViewSettings *settings)
{
  replace (&item->shared_view, settings);
}

/**
 * mg_project_item_load_image:
 * @item: an item
 * @cancellable: (nullable)
 *
 * As mg_image_load(), with the axes and the pixel size that the person has
 * given it. Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgImage *
mg_project_item_load_image (MgProjectItem *item,
                            GCancellable *cancellable,
                            GError **error)
{
  MgImage *image = mg_image_load (mg_project_item_get_image (item), cancellable, error);
  MgReading reading;

  if (image == NULL)
    return NULL;
  mg_view_settings_get_reading (item->view, &reading);
  return mg_image_new_as_read (image, &reading, error);
}
