#include "project/training-area.h"

#include "base/mem.h"
#include "io/atomic-file.h"
#include "io/loader.h"
#include "io/tiff-write.h"
#include "project/project.h"

#include <stdio.h>
#include <string.h>

#define IGNORED_FOLDER "ignored"
#define REGIONS_FOLDER "regions"
#define HEADER         "BX,BY,Width,Height"
#define PAGE_COLUMN    ",Page" /* of the label image, from 1; 0 is every page */
#define MAX_BYTES      (1 << 20)

/* FOLDER/NAME.tif → FOLDER/kind/NAME + extension */
static GFile *
companion (GFile *labels,
           const char *kind,
           const char *extension)
{
  g_autoptr (GFile) folder = g_file_get_parent (labels);
  g_autoptr (GFile) child = g_file_get_child (folder, kind);
  g_autofree char *name = g_file_get_basename (labels);
  char *dot = strrchr (name, '.');
  g_autofree char *other = NULL;

  if (dot != NULL && dot != name)
    *dot = '\0';
  other = g_strconcat (name, extension, NULL);
  return g_file_get_child (child, other);
}

/* A file that says nothing is taken away. */
static gboolean
take_away (GFile *file,
           GError **error)
{
  g_autoptr (GError) local = NULL;

  if (g_file_delete (file, NULL, &local) || g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: it could not be removed: %s", g_file_peek_path (file), local->message);
  return FALSE;
}

/**
 * mg_training_regions_save:
 * @labels: the label image they go with
 * @regions: (array length=n): the regions; none: all of the image counts
 *
 * Returns: %FALSE when they could not be written; what was there before stays
 */
gboolean
mg_training_regions_save (GFile *labels,
                          const MgTrainingRegion *regions,
                          guint n,
                          GError **error)
{
  g_autoptr (GFile) file = companion (labels, REGIONS_FOLDER, ".csv");
  g_autoptr (GString) text = g_string_new (HEADER);
  gboolean pages = FALSE;

  if (n == 0)
    return take_away (file, error);
  for (guint i = 0; i < n; i++)
    pages = pages || regions[i].plane != MG_EVERY_PLANE;
  g_string_append (text, pages ? PAGE_COLUMN "\n" : "\n");
  for (guint i = 0; i < n; i++)
    {
      const MgRect *r = &regions[i].rect;

      g_string_append_printf (text, "%d,%d,%d,%d", r->x, r->y, r->width, r->height);
      if (pages)
        g_string_append_printf (text, ",%d", regions[i].plane + 1);
      g_string_append_c (text, '\n');
    }
  return mg_project_reach_folder_for (labels, error) && mg_project_reach_folder_for (file, error) &&
         mg_file_replace_text (file, text->str, error);
}

static gboolean
parse_regions (char *text,
               const MgImageInfo *info,
               GArray *regions)
{
  MgRect whole = { 0, 0, info->width, info->height };
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gboolean pages;

  if (lines[0] == NULL)
    return FALSE;
  pages = g_str_equal (g_strstrip (lines[0]), HEADER PAGE_COLUMN);
  if (!pages && !g_str_equal (lines[0], HEADER))
    return FALSE;
  for (guint i = 1; lines[i] != NULL; i++)
    {
      MgTrainingRegion region;
      MgRect *r = &region.rect;
      int page = 0, end = 0, end_of_rect = 0;

      if (*g_strstrip (lines[i]) == '\0')
        continue;
      sscanf (lines[i], "%9d,%9d,%9d,%9d%n,%9d%n", &r->x, &r->y, &r->width, &r->height, &end_of_rect, &page, &end);
      if (!pages)
        end = end_of_rect;
      if (end == 0 || lines[i][end] != '\0' || !mg_rect_intersect (r, &whole, r) || page < 0 || page > info->n_z * info->n_t)
        return FALSE;
      region.plane = page - 1;
      g_array_append_val (regions, region);
    }
  return TRUE;
}

/**
 * mg_training_regions_load:
 * @labels: the label image they go with
 * @info: the image's size and planes
 *
 * Returns: (transfer full) (element-type MgTrainingRegion): the regions, none where there
 *   is no file; %NULL with an error for a file that cannot be understood
 */
GArray *
mg_training_regions_load (GFile *labels,
                          const MgImageInfo *info,
                          GError **error)
{
  g_autoptr (GFile) file = companion (labels, REGIONS_FOLDER, ".csv");
  g_autoptr (GArray) regions = g_array_new (FALSE, FALSE, sizeof (MgTrainingRegion));
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize size;

  if (!g_file_load_contents (file, NULL, &text, &size, NULL, &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return g_steal_pointer (&regions);
      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: the training regions cannot be read: %s",
                   g_file_peek_path (file), local->message);
      return NULL;
    }
  if (size > MAX_BYTES || memchr (text, '\0', size) != NULL || !parse_regions (text, info, regions))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_FORMAT,
                   "%s: these are not training regions inside the image, a line “" HEADER "” and then one line of four "
                   "numbers for each, or with “" PAGE_COLUMN "” of five (correct the file, or delete it)",
                   g_file_peek_path (file));
      return NULL;
    }
  return g_steal_pointer (&regions);
}

static gboolean
read_ignored (gpointer data,
              int c,
              int z,
              int t,
              const MgRect *rect,
              gpointer dst,
              gsize stride,
              GCancellable *cancellable,
              GError **error)
{
  MgMaskStack *stack = data;
  MgMask *mask = mg_mask_stack_get (stack, t * mg_mask_stack_get_n_z (stack) + z);
  g_autofree guint32 *row = g_new (guint32, rect->width);

  for (int y = 0; y < rect->height; y++)
    {
      guint8 *to = (guint8 *) dst + (gsize) y * stride;

      if (mask == NULL)
        {
          memset (to, 0, rect->width);
          continue;
        }
      mg_mask_read (mask, &(MgRect){ rect->x, rect->y + y, rect->width, 1 }, row, 0);
      for (int x = 0; x < rect->width; x++)
        to[x] = row[x] == MG_LABEL_IGNORED ? 255 : 0;
    }
  return TRUE;
}

/**
 * mg_ignored_save:
 * @labels: the label image it goes with
 * @stack: what is painted, ignored pixels included
 * @like: the image's size, planes, pixel size and unit
 * @cancellable: (nullable)
 *
 * Returns: %FALSE when it could not be written; what was there before stays
 */
gboolean
mg_ignored_save (GFile *labels,
                 MgMaskStack *stack,
                 const MgImageInfo *like,
                 GCancellable *cancellable,
                 GError **error)
{
  static const MgImageSource source = { read_ignored, NULL };
  g_autoptr (GFile) file = companion (labels, IGNORED_FOLDER, ".tif");
  MgImageInfo info = {
    .width = like->width,
    .height = like->height,
    .n_channels = 1,
    .n_z = like->n_z,
    .n_t = like->n_t,
    .type = MG_PIXEL_U8,
    .pixel_width = like->pixel_width,
    .pixel_height = like->pixel_height,
    .pixel_depth = like->pixel_depth,
    .frame_interval = like->frame_interval,
    .unit = like->unit,
  };
  g_autoptr (MgImage) image = NULL;

  if (!mg_mask_stack_has_ignored (stack))
    return take_away (file, error);
  image = mg_image_new_from_source (&info, &source, stack, error);
  return image != NULL && mg_project_reach_folder_for (labels, error) &&
         mg_project_reach_folder_for (file, error) && mg_tiff_write_image (file, image, cancellable, error);
}

/**
 * mg_ignored_load:
 * @labels: the label image it goes with
 * @info: size and planes it must have
 * @cancellable: (nullable)
 *
 * Returns: (transfer full) (nullable): a label image for mg_label_image_read(),
 *   anything but 0 being ignored; %NULL without an error where there is none
 */
MgImage *
mg_ignored_load (GFile *labels,
                 const MgImageInfo *info,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GFile) file = companion (labels, IGNORED_FOLDER, ".tif");
  g_autoptr (MgImage) image = NULL;
  const MgImageInfo *its;

  if (!g_file_query_exists (file, cancellable))
    return NULL;
  image = mg_label_image_load (file, cancellable, error);
  if (image == NULL)
    return NULL;
  its = mg_image_get_info (image);
  if (its->width == info->width && its->height == info->height && its->n_z * its->n_t == info->n_z * info->n_t)
    return g_steal_pointer (&image);
  g_set_error (error, MG_ERROR, MG_ERROR_DATA,
               "%s: the ignored pixels are %d × %d with %d planes and the labels %d × %d with %d; they cannot belong together",
               g_file_peek_path (file), its->width, its->height, its->n_z * its->n_t, info->width, info->height,
               info->n_z * info->n_t);
  return NULL;
}

/* The labels again, with MG_LABEL_IGNORED where they are background and the mask is set. */
static MgLabels *
mark_ignored (MgLabels *labels,
              GFile *file,
              MgImage *ignored,
              GCancellable *cancellable,
              GError **error)
{
  int width = mg_labels_get_width (labels), height = mg_labels_get_height (labels);
  gsize n = (gsize) width * height;
  const guint32 *from = mg_labels_get_data (labels);
  guint32 *data = mg_try_alloc (n * sizeof *data, "the labels", error);

  if (data == NULL)
    return NULL;
  if (!mg_label_image_read (ignored, file, 0, 0, 0, height, data, cancellable, error))
    {
      mg_free_aligned (data);
      return NULL;
    }
  for (gsize i = 0; i < n; i++)
    data[i] = from[i] == 0 && data[i] != 0 ? MG_LABEL_IGNORED : from[i];
  return mg_labels_new_take (width, height, data, mg_free_aligned);
}

/**
 * mg_training_area_load:
 * @file: a label image
 * @labels: (inout): its labels, of one plane; replaced where pixels are ignored,
 *   these becoming %MG_LABEL_IGNORED
 * @regions: (out) (element-type MgRect) (transfer full): its training regions
 * @cancellable: (nullable)
 *
 * What training should know of a label image beside its labels.
 *
 * Returns: %FALSE with an error naming the file that cannot be understood
 */
gboolean
mg_training_area_load (GFile *file,
                       MgLabels **labels,
                       GArray **regions,
                       GCancellable *cancellable,
                       GError **error)
{
  MgImageInfo info = { .width = mg_labels_get_width (*labels), .height = mg_labels_get_height (*labels), .n_z = 1, .n_t = 1 };
  g_autoptr (GError) local = NULL;
  g_autoptr (MgImage) ignored = mg_ignored_load (file, &info, cancellable, &local);
  g_autoptr (MgLabels) marked = NULL;
  g_autoptr (GArray) found = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (ignored != NULL)
    {
      marked = mark_ignored (*labels, file, ignored, cancellable, error);
      if (marked == NULL)
        return FALSE;
    }
  found = mg_training_regions_load (file, &info, error);
  if (found == NULL)
    return FALSE;
  *regions = g_array_new (FALSE, FALSE, sizeof (MgRect));
  for (guint i = 0; i < found->len; i++)
    g_array_append_val (*regions, g_array_index (found, MgTrainingRegion, i).rect);
  if (marked != NULL)
    {
      mg_labels_unref (*labels);
      *labels = g_steal_pointer (&marked);
    }
  return TRUE;
}
