#include "project/labels.h"

#include <string.h>

#include "base/mem.h"
#include "io/loader.h"
#include "io/tiff-write.h"
#include "project/journal.h"
#include "project/training-area.h"

/* Labels have the image's size, and its planes; flat ones belong to the first
 * plane of a stack. */
static gboolean
check_size (GFile *file,
            const MgImageInfo *labels,
            const MgImageInfo *info,
            GError **error)
{
  gboolean flat = labels->n_z == 1 && labels->n_t == 1;

  if (labels->width != info->width || labels->height != info->height)
    g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                 "The labels in “%s” are %d × %d pixels and the image is %d × %d; they cannot belong together",
                 g_file_peek_path (file), labels->width, labels->height, info->width, info->height);
  else if (!flat && labels->n_z * labels->n_t != info->n_z * info->n_t)
    g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                 "The labels in “%s” have %d slices and %d time points and the image %d and %d; they cannot belong together",
                 g_file_peek_path (file), labels->n_z, labels->n_t, info->n_z, info->n_t);
  else
    return TRUE;
  return FALSE;
}

/* Labels, what goes with them, and rows of both. */
typedef struct
{
  MgImage *image;
  MgImage *ignored;    /* (nullable) */
  guint32 *rows, *off; /* off (nullable): of ignored */
} Reading;

static gboolean
read_plane (Reading *reading,
            GFile *file,
            int plane,
            MgMaskStack *stack,
            GCancellable *cancellable,
            GError **error)
{
  const MgImageInfo *info = mg_image_get_info (reading->image);
  int z = plane % info->n_z, t = plane / info->n_z;

  for (int y = 0; y < info->height; y += MG_MASK_TILE_PX)
    {
      int n_rows = MIN (MG_MASK_TILE_PX, info->height - y);
      gsize n = (gsize) n_rows * info->width;

      if (!mg_label_image_read (reading->image, file, z, t, y, n_rows, reading->rows, cancellable, error) ||
          (reading->off != NULL &&
           !mg_label_image_read (reading->ignored, file, z, t, y, n_rows, reading->off, cancellable, error)))
        return FALSE;
      for (gsize i = 0; reading->off != NULL && i < n; i++)
        if (reading->rows[i] == 0 && reading->off[i] != 0)
          reading->rows[i] = MG_LABEL_IGNORED;
      if (!mg_mask_stack_set_band (stack, plane, y / MG_MASK_TILE_PX, reading->rows, error))
        return FALSE;
    }
  return TRUE;
}

/* Ignored pixels and training regions that lie beside the label image. */
static gboolean
read_area (Reading *reading,
           GFile *file,
           MgMaskStack *stack,
           GCancellable *cancellable,
           GError **error)
{
  const MgImageInfo *info = mg_image_get_info (reading->image);
  g_autoptr (GArray) regions = NULL;
  GError *local = NULL;

  reading->ignored = mg_ignored_load (file, info, cancellable, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  regions = mg_training_regions_load (file, info, error);
  if (regions == NULL)
    return FALSE;
  mg_mask_stack_set_regions (stack, (const MgTrainingRegion *) regions->data, regions->len);
  return TRUE;
}

/* Reads a label image by bands, never whole. */
static gboolean
read_labels (GFile *file,
             const MgImageInfo *info,
             MgMaskStack *stack,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (MgImage) image = mg_label_image_load (file, cancellable, error);
  g_autoptr (MgImage) ignored = NULL;
  Reading reading = { .image = image };
  const MgImageInfo *labels;
  gsize n = (gsize) info->width * MG_MASK_TILE_PX * sizeof (guint32);
  gboolean well;

  if (image == NULL)
    return FALSE;
  labels = mg_image_get_info (image);
  if (!check_size (file, labels, info, error))
    return FALSE;
  well = read_area (&reading, file, stack, cancellable, error);
  ignored = reading.ignored;
  well = well && (reading.rows = mg_try_alloc (n, "the labels", error)) != NULL &&
         (ignored == NULL || (reading.off = mg_try_alloc (n, "the labels", error)) != NULL);
  for (int p = 0; well && p < labels->n_z * labels->n_t; p++)
    well = read_plane (&reading, file, p, stack, cancellable, error);
  mg_free_aligned (reading.rows);
  mg_free_aligned (reading.off);
  return well;
}

/**
 * mg_project_item_load_labels:
 * @item: an image's entry
 * @info: what is known of the image: size and planes
 * @recovered: (out): whether there was something the label image did not have
 *   yet: the program had ended without writing it
 * @warning: (out) (nullable): a sentence about labels that came with the image
 *   and cannot be used
 * @cancellable: (nullable)
 *
 * What is painted on an image: the annotation saved, or, where there is none,
 * labels that came with it, and over them what the journal has. What was
 * painted and cannot be read is an error, or saving would take its place.
 *
 * Any thread.
 *
 * Returns: (transfer full): the labels of all planes
 */
MgMaskStack *
mg_project_item_load_labels (MgProjectItem *item,
                             const MgImageInfo *info,
                             gboolean *recovered,
                             char **warning,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (MgMaskStack) stack = mg_mask_stack_new (info->width, info->height, info->n_z, info->n_t);
  GFile *saved = mg_project_item_get_annotation (item), *given = mg_project_item_get_labels (item);
  g_autoptr (GError) local = NULL;
  guint n_edits;

  if (g_file_query_exists (saved, cancellable))
    {
      if (!read_labels (saved, info, stack, cancellable, error))
        {
          g_prefix_error (error, "What was painted before cannot be read, move the file away to start anew: ");
          return NULL;
        }
    }
  else if (given != NULL && !read_labels (given, info, stack, cancellable, &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      *warning = g_strdup (local->message);
      g_clear_pointer (&stack, mg_mask_stack_free);
      stack = mg_mask_stack_new (info->width, info->height, info->n_z, info->n_t);
    }
  if (!mg_journal_replay (saved, stack, &n_edits, error))
    return NULL;
  *recovered = n_edits > 0;
  return g_steal_pointer (&stack);
}

/**
 * mg_project_item_has_annotation:
 * @item: an image's entry
 *
 * Returns: whether something painted was saved, in the label image or the journal
 */
gboolean
mg_project_item_has_annotation (MgProjectItem *item)
{
  GFile *saved = mg_project_item_get_annotation (item);

  return g_file_query_exists (saved, NULL) || mg_journal_exists (saved);
}

static void
rows_of_stack (gpointer data,
               int z,
               int t,
               const MgRect *rect,
               guint32 *dst)
{
  MgMaskStack *stack = data;
  MgMask *mask = mg_mask_stack_get (stack, t * mg_mask_stack_get_n_z (stack) + z);

  if (mask == NULL)
    {
      memset (dst, 0, rect->width * sizeof *dst);
      return;
    }
  mg_mask_read (mask, rect, dst, rect->width * sizeof *dst);
  for (int x = 0; x < rect->width; x++)
    dst[x] = dst[x] == MG_LABEL_IGNORED ? 0 : dst[x];
}

/**
 * mg_project_save_labels:
 * @file: the label image, replaced whole or not at all
 * @stack: what is painted
 * @like: the image's size, planes, pixel size and unit
 * @cancellable: (nullable)
 *
 * Writes labels for Fiji and every other program: a page a plane; ignored pixels
 * and training regions in files of their own beside it. Any thread.
 *
 * Returns: %FALSE when it could not be written; what was there before stays
 */
gboolean
mg_project_save_labels (GFile *file,
                        MgMaskStack *stack,
                        const MgImageInfo *like,
                        GCancellable *cancellable,
                        GError **error)
{
  guint n;
  const MgTrainingRegion *regions = mg_mask_stack_get_regions (stack, &n);

  return mg_project_reach_folder_for (file, error) &&
         mg_training_regions_save (file, regions, n, error) &&
         mg_ignored_save (file, stack, like, cancellable, error) &&
         mg_tiff_write_label_planes (file, like, mg_mask_stack_get_max (stack), rows_of_stack, stack, cancellable, error);
}
