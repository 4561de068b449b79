#include "project/project-private.h"

struct _MgProjectItem
{
  GObject parent_instance;

  char *name;
  GFile *image;
  GFile *annotation;
  GFile *labels; /* (nullable) */
  GFile *result;
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
