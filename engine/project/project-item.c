#include "project/project-private.h"

struct _MgProjectItem
{
  GObject parent_instance;

  char *name;
  GFile *image;
  GFile *annotation;
  GFile *labels; /* (nullable) */
  GFile *result;
  GFile *clean; /* (nullable) */
  gboolean is_test;
};

G_DEFINE_FINAL_TYPE (MgProjectItem, mg_project_item, G_TYPE_OBJECT)

static void
mg_project_item_finalize (GObject *object)
{
  MgProjectItem *self = MG_PROJECT_ITEM (object);

  g_free (self->name);
  g_clear_object (&self->image);
  g_clear_object (&self->annotation);
  g_clear_object (&self->labels);
  g_clear_object (&self->result);
  g_clear_object (&self->clean);
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
}

MgProjectItem *
_mg_project_item_new (const char *name,
                      GFile *image,
                      GFile *annotation,
                      GFile *labels,
                      GFile *result)
{
  MgProjectItem *self = g_object_new (MG_TYPE_PROJECT_ITEM, NULL);

  self->name = g_strdup (name);
  self->image = g_object_ref (image);
  self->annotation = g_object_ref (annotation);
  g_set_object (&self->labels, labels);
  self->result = g_object_ref (result);
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
  return item->image;
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

/**
 * mg_project_item_get_result:
 * @item: an item
 *
 * Returns: (transfer none): where the image's predicted labels are kept; it need not exist
 */
GFile *
mg_project_item_get_result (MgProjectItem *item)
{
  return item->result;
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
 * Returns: whether it belongs to a test set: compared with, not learned from
 */
gboolean
mg_project_item_is_test (MgProjectItem *item)
{
  return item->is_test;
}

void
_mg_project_item_set_test (MgProjectItem *item)
{
  item->is_test = TRUE;
}
