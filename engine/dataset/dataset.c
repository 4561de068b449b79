#include "dataset/dataset.h"

#include "dataset/normalise.h"
#include "dataset/objects.h"
#include "dataset/pair.h"
#include "dataset/split.h"
#include "image/part.h"

/* Of a stack or movie so many planes are used, evenly spread. */
#define MAX_PLANES 256
/* More notes than these nobody reads. */
#define MAX_NOTES 12

struct _MgDataset
{
  GPtrArray *items; /* of MgItem, owned */
  GPtrArray *notes; /* of sentences, ends in NULL; owned */
  gboolean align;
  gboolean each_channel;
  MgNormalisation normalisation;
};

/**
 * mg_dataset_new:
 *
 * Returns: (transfer full): an empty set
 */
MgDataset *
mg_dataset_new (void)
{
  MgDataset *dataset = g_new0 (MgDataset, 1);

  dataset->items = g_ptr_array_new_with_free_func (mg_item_free);
  dataset->notes = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (dataset->notes, NULL);
  return dataset;
}

/**
 * mg_dataset_free:
 * @dataset: (nullable) (transfer full): a set
 */
void
mg_dataset_free (MgDataset *dataset)
{
  if (dataset == NULL)
    return;
  g_ptr_array_unref (dataset->items);
  g_ptr_array_unref (dataset->notes);
  g_free (dataset);
}

static gboolean
check_sizes (const char *name, const MgImageInfo *info, int width, int height, const char *what, GError **error)
{
  if (info->width == width && info->height == height)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_DATA,
               "%s: the image is %d × %d pixels, but its %s %d × %d; they must be of one size.",
               name, info->width, info->height, what, width, height);
  return FALSE;
}

/* All items go through one network, so they must be alike. */
static gboolean
check_alike (MgDataset *dataset, const char *name, const MgImageInfo *info, GError **error)
{
  if (info->n_channels < 1 || info->n_channels > MG_DATASET_MAX_CHANNELS)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_UNSUPPORTED,
                   "%s has %d channels; a network can learn from 1 to %d.",
                   name, info->n_channels, MG_DATASET_MAX_CHANNELS);
      return FALSE;
    }
  if (dataset->items->len == 0)
    return TRUE;

  const MgItem *first = dataset->items->pdata[0];
  int n_channels = mg_image_get_info (first->image)->n_channels;

  if (n_channels == info->n_channels || dataset->each_channel)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_DATA,
               "%s has %d channels, but %s has %d; images to learn from together need the same channels.",
               name, info->n_channels, first->name, n_channels);
  return FALSE;
}

/**
 * mg_dataset_set_align:
 * @align: whether clean images that lie shifted are moved, to the pixel; else
 *   they are only noted
 */
void
mg_dataset_set_align (MgDataset *dataset,
                      gboolean align)
{
  dataset->align = align;
}

/**
 * mg_dataset_set_normalisation:
 * @normalisation: of all images; percentiles when it is not called
 */
void
mg_dataset_set_normalisation (MgDataset *dataset,
                              MgNormalisation normalisation)
{
  dataset->normalisation = normalisation;
}

/**
 * mg_dataset_set_each_channel:
 * @each: whether images to restore are added channel by channel, each an item
 *   of its own
 */
void
mg_dataset_set_each_channel (MgDataset *dataset,
                             gboolean each)
{
  dataset->each_channel = each;
}

/**
 * mg_dataset_add_note:
 * @format: a sentence a person should read, naming the image
 *
 * During preparation, in its thread.
 */
void
mg_dataset_add_note (MgDataset *dataset,
                     const char *format,
                     ...)
{
  va_list args;
  guint n = dataset->notes->len - 1;

  if (n > MAX_NOTES)
    return;
  va_start (args, format);
  g_ptr_array_insert (dataset->notes, (int) n,
                      n == MAX_NOTES ? g_strdup ("There is more of this kind.") : g_strdup_vprintf (format, args));
  va_end (args);
}

/**
 * mg_dataset_get_notes:
 *
 * Returns: (transfer none) (array zero-terminated=1): what preparing the images
 *   brought to light
 */
const char *const *
mg_dataset_get_notes (MgDataset *dataset)
{
  return (const char *const *) dataset->notes->pdata;
}

static void
add_item (MgDataset *dataset, char *name, MgImage *image, MgLabels *labels, MgImage *clean, MgItemRole role)
{
  MgItem *item = g_new0 (MgItem, 1);

  item->name = name;
  item->image = image;
  item->labels = labels;
  item->clean = clean;
  item->role = role;
  g_ptr_array_add (dataset->items, item);
}

/* "cells.tif (channel 2, slice 1, frame 5)", of what there are several of. */
static char *
name_plane (const char *name, const MgImageInfo *info, int c, int z, int t)
{
  GString *text = g_string_new (name);
  const char *before = " (";

  if (c >= 0 && info->n_channels > 1)
    {
      g_string_append_printf (text, "%schannel %d", before, c + 1);
      before = ", ";
    }
  if (info->n_z * info->n_t > 1)
    {
      g_string_append_printf (text, "%sslice %d, frame %d", before, z + 1, t + 1);
      before = ", ";
    }
  if (before[0] == ',')
    g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

/* Stacks and movies to restore are learned from plane by plane, and channels one
 * by one where that is wanted. */
static gboolean
add_planes (MgDataset *dataset, const char *name, MgImage *image, MgImage *clean, MgItemRole role, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);
  int n_channels = dataset->each_channel ? info->n_channels : 1;
  int n = info->n_z * info->n_t * n_channels, n_used = MIN (n, MAX_PLANES * n_channels);

  for (int i = 0; i < n_used; i++)
    {
      int plane = (int) ((gint64) i * n / n_used), c = dataset->each_channel ? plane % n_channels : -1;
      int z = plane / n_channels % info->n_z, t = plane / n_channels / info->n_z;
      MgImage *part = mg_image_part (image, NULL, c, z, t, error);
      MgImage *clean_part = part && clean ? mg_image_part (clean, NULL, c, z, t, error) : NULL;

      if (part == NULL || (clean && clean_part == NULL))
        {
          g_clear_pointer (&part, mg_image_unref);
          return FALSE;
        }
      add_item (dataset, name_plane (name, info, c, z, t), part, NULL, clean_part, role);
    }
  return TRUE;
}

static gboolean
check_clean (const char *name, const MgImageInfo *info, const MgImageInfo *clean, GError **error)
{
  if (!check_sizes (name, info, clean->width, clean->height, "clean image", error))
    return FALSE;
  if (clean->n_channels == info->n_channels && clean->n_z == info->n_z && clean->n_t == info->n_t)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_DATA,
               "%s has %d channels, %d slices and %d frames, but its clean image %d, %d and %d; they must have the same.",
               name, info->n_channels, info->n_z, info->n_t, clean->n_channels, clean->n_z, clean->n_t);
  return FALSE;
}

/**
 * mg_dataset_add:
 * @name: for messages and lists, usually the file's base name
 * @image: what the network sees; with labels its first slice and frame are used,
 *   without every plane (of very many a regular choice) becomes an item
 * @labels: (nullable): instances
 * @clean: (nullable): the restored image to learn; not together with @labels
 * @role: validation items are never trained on
 *
 * Takes references. Before mg_dataset_prepare() only; one thread.
 *
 * Returns: FALSE with an error naming @name when the sizes or channels do not fit.
 */
gboolean
mg_dataset_add (MgDataset *dataset,
                const char *name,
                MgImage *image,
                MgLabels *labels,
                MgImage *clean,
                MgItemRole role,
                GError **error)
{
  const MgImageInfo *info = mg_image_get_info (image);

  g_return_val_if_fail (labels == NULL || clean == NULL, FALSE);

  if (!check_alike (dataset, name, info, error))
    return FALSE;
  if (labels && !check_sizes (name, info, mg_labels_get_width (labels), mg_labels_get_height (labels), "labels", error))
    return FALSE;
  if (clean && !check_clean (name, info, mg_image_get_info (clean), error))
    return FALSE;
  if (labels == NULL && (info->n_z * info->n_t > 1 || (dataset->each_channel && info->n_channels > 1)))
    return add_planes (dataset, name, image, clean, role, error);
  add_item (dataset, g_strdup (name), mg_image_ref (image), labels ? mg_labels_ref (labels) : NULL,
            clean ? mg_image_ref (clean) : NULL, role);
  return TRUE;
}

/**
 * mg_dataset_set_regions:
 * @regions: (array length=n): parts of the image added last, with labels
 * @n: none: all of it takes part
 *
 * Pixels outside are seen by the network, but what it says of them has no
 * weight. Before mg_dataset_prepare() only; one thread.
 */
void
mg_dataset_set_regions (MgDataset *dataset,
                        const MgRect *regions,
                        guint n)
{
  MgItem *item;

  g_return_if_fail (dataset->items->len > 0);

  item = dataset->items->pdata[dataset->items->len - 1];
  g_clear_pointer (&item->regions, g_array_unref);
  if (n == 0)
    return;
  item->regions = g_array_new (FALSE, FALSE, sizeof (MgRect));
  g_array_append_vals (item->regions, regions, n);
}

/**
 * mg_dataset_get_n:
 *
 * Returns: how many items; mg_dataset_prepare() may add one
 */
guint
mg_dataset_get_n (MgDataset *dataset)
{
  return dataset->items->len;
}

/**
 * mg_dataset_get:
 * @index: below mg_dataset_get_n()
 *
 * Returns: (transfer none): an item
 */
const MgItem *
mg_dataset_get (MgDataset *dataset,
                guint index)
{
  g_return_val_if_fail (index < dataset->items->len, NULL);
  return dataset->items->pdata[index];
}

/* Percentiles, and whether all channels are of a single value. */
static gboolean
prepare_item (MgDataset *dataset, MgItem *item, gboolean *constant, GCancellable *cancellable, GError **error)
{
  int n_channels = mg_image_get_info (item->image)->n_channels;

  *constant = TRUE;
  for (int c = 0; c < n_channels; c++)
    {
      gboolean plain;

      if (!mg_plane_range (dataset->normalisation, item->image, c, 0, 0, &item->low[c], &item->high[c], &plain, cancellable, error))
        return FALSE;
      *constant = *constant && plain;
    }
  if (item->labels)
    mg_item_find_objects (item);
  else if ((item->clean || !*constant) && !mg_pair_prepare (item, dataset->align, dataset, cancellable, error))
    return FALSE;
  if (*constant && item->n_objects > 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                   "%s: all pixels have the same value, though %u cells are labelled in it; take it out of the training set.",
                   item->name, item->n_objects);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_content (MgDataset *dataset, guint n_constant, GError **error)
{
  guint n = dataset->items->len, n_labelled = 0, n_clean = 0, n_objects = 0;
  const MgItem *bare = NULL;

  for (guint i = 0; i < n; i++)
    {
      const MgItem *item = dataset->items->pdata[i];

      n_labelled += item->labels != NULL;
      n_clean += item->clean != NULL;
      n_objects += item->n_objects;
      if (item->labels == NULL && item->clean == NULL)
        bare = item;
    }
  if (n_constant == n)
    g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                 "%s: all pixels have the same value%s; there is nothing to learn from.",
                 ((MgItem *) dataset->items->pdata[0])->name, n > 1 ? ", and so in every other image" : "");
  else if (n_labelled > 0 && n_clean > 0)
    g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                 "%u images come with labels and %u with a clean image; one training run needs one kind.",
                 n_labelled, n_clean);
  else if (bare && n_labelled + n_clean > 0)
    g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                 "%s has no %s, though other images have; add it, or leave the image out.",
                 bare->name, n_clean ? "clean image" : "labels");
  else if (n_labelled > 0 && n_objects == 0)
    g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                 n > 1 ? "%s: no cell is labelled in it, nor in any of the other images; paint some cells first."
                       : "%s: no cell is labelled in it; paint some cells first.",
                 ((MgItem *) dataset->items->pdata[0])->name);
  else
    return TRUE;
  return FALSE;
}

/**
 * mg_dataset_prepare:
 * @validation_share: of the train items, 0 to 0.9; 0: none
 * @seed: of the choice
 * @progress: (nullable): told about every image
 * @cancellable: (nullable): looked at between images
 *
 * Computes normalisations, sizes and centres of the instances, holds items out
 * for validation when none is marked for it (from fewer than five images a part
 * of one, since a whole one would be missed too much), and checks that there
 * is something to learn. Any one thread, once.
 *
 * Returns: FALSE with an error that says what is missing.
 */
gboolean
mg_dataset_prepare (MgDataset *dataset,
                    double validation_share,
                    guint64 seed,
                    MgProgress *progress,
                    GCancellable *cancellable,
                    GError **error)
{
  guint n = dataset->items->len, n_constant = 0;

  if (n == 0)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_DATA, "There are no images to learn from; add some first.");
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      gboolean constant;

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !prepare_item (dataset, dataset->items->pdata[i], &constant, cancellable, error))
        return FALSE;
      n_constant += constant;
      if (progress)
        mg_progress_set (progress, "Reading the images", i + 1, n);
    }
  if (!check_content (dataset, n_constant, error))
    return FALSE;
  if (validation_share <= 0)
    return TRUE;

  for (guint i = 0; i < n; i++)
    if (((MgItem *) dataset->items->pdata[i])->role == MG_ROLE_OF_VALIDATION)
      return TRUE;
  return mg_dataset_split (dataset->items, MIN (validation_share, 0.9), seed, error);
}
