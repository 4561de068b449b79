#include "interchange/import-private.h"

#include "io/loader.h"

/* The masks of one image, each a cell: BBBC's and the Data Science Bowl's way. */
typedef struct
{
  MgImport *import;
  MgRasteriser *rasteriser;
  int width, height;
} Masks;

/* One row of a mask; value: what its cell has, once it is known. */
static gboolean
put_row (Masks *masks, const float *row, int y, guint32 label, float *value, MgRasterised *done)
{
  guint32 *labels = mg_rasteriser_get_data (masks->rasteriser) + (gsize) y * masks->width;

  for (int x = 0; x < masks->width; x++)
    {
      if (row[x] == 0)
        continue;
      if (*value == 0)
        *value = row[x];
      if (row[x] != *value)
        return FALSE;
      if (labels[x] == 0)
        {
          labels[x] = label;
          done->written++;
        }
      else
        done->covered++;
    }
  return TRUE;
}

static gboolean
check_mask (Masks *masks, GFile *file, const MgImageInfo *info, GError **error)
{
  MgImport one = *masks->import;

  one.file = file;
  if (masks->width == 0)
    {
      masks->width = info->width;
      masks->height = info->height;
    }
  if (info->width != masks->width || info->height != masks->height)
    return _mg_import_fail (&one, error, MG_ERROR_SHAPE, "this mask is %d × %d pixels, and not %d × %d (put the masks of each image in a folder of its own)",
                            info->width, info->height, masks->width, masks->height);
  if (masks->rasteriser == NULL)
    masks->rasteriser = mg_rasteriser_new (masks->width, masks->height, error);
  return masks->rasteriser != NULL;
}

static gboolean
add_mask (Masks *masks, GFile *file, guint32 label, GError **error)
{
  g_autoptr (MgImage) image = mg_image_load (file, masks->import->cancellable, error);
  g_autofree float *row = NULL;
  MgRasterised done = { 0 };
  float value = 0;

  if (image == NULL || !check_mask (masks, file, mg_image_get_info (image), error))
    return FALSE;
  row = g_new (float, masks->width);
  for (int y = 0; y < masks->height; y++)
    {
      MgRect line = { 0, y, masks->width, 1 };

      if (!mg_image_read_float (image, 0, 0, 0, &line, row, 0, masks->import->cancellable, error))
        return FALSE;
      if (!put_row (masks, row, y, label, &value, &done))
        {
          MgImport one = *masks->import;

          one.file = file;
          return _mg_import_fail (&one, error, MG_ERROR_DATA, "this is not the mask of one cell: it has several values (import a label image by itself)");
        }
    }
  _mg_import_count (masks->import, &done);
  return TRUE;
}

/* Numbers the masks of a folder in the order of their names. */
gboolean
_mg_import_masks (MgImport *import, GError **error)
{
  Masks masks = { .import = import, .width = import->options->width, .height = import->options->height };
  g_autoptr (GPtrArray) files = mg_list_images (import->file, import->cancellable, error);
  gboolean ok = files != NULL;

  for (guint i = 0; ok && i < files->len; i++)
    {
      if (import->progress != NULL)
        mg_progress_set (import->progress, "Importing", i, files->len);
      ok = add_mask (&masks, files->pdata[i], i + 1, error);
    }
  if (ok)
    import->imported->labels = mg_rasteriser_finish (masks.rasteriser);
  g_clear_pointer (&masks.rasteriser, mg_rasteriser_free);
  return ok;
}
