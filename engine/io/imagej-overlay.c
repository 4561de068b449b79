#include "io/imagej-overlay.h"

#include "io/imagej-blob.h"
#include "io/io-private.h"
#include "io/roi.h"

#include <string.h>

static gboolean
take_items (GFile *file, GArray *items, MgOutline *outline, guint *n, MgOutlineFunc func, gpointer data, GError **error)
{
  for (guint i = 0; i < items->len; i++)
    {
      const MgImageJItem *item = &g_array_index (items, MgImageJItem, i);
      const char *why;

      if (strcmp (item->kind, MG_IMAGEJ_OVERLAY) != 0 && strcmp (item->kind, MG_IMAGEJ_ROI) != 0)
        continue;
      *n += 1;
      if (!mg_roi_decode (item->data, item->size, outline, &why))
        {
          _mg_io_set_error (error, MG_ERROR_FORMAT, file, "ROI %u stored in it is damaged: %s", *n, why);
          return FALSE;
        }
      if (!func (outline, data, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * mg_imagej_overlay_read:
 * @file: a TIFF file of ImageJ
 * @func: called for the ROIs of its overlay and the one selected in it
 * @cancellable: (nullable)
 *
 * Any thread.
 *
 * Returns: FALSE with an error naming the file, also when there are none
 */
gboolean
mg_imagej_overlay_read (GFile *file,
                        MgOutlineFunc func,
                        gpointer data,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (MgTiffSource) source = NULL;
  g_autoptr (GArray) items = NULL;
  g_auto (MgOutline) outline = { 0 };
  gboolean is_tiff, big_endian;
  guint n = 0;

  if (!_mg_io_is_tiff (file, &is_tiff, cancellable, error))
    return FALSE;
  if (!is_tiff)
    {
      _mg_io_set_error (error, MG_ERROR_DATA, file, "only TIFF files can have ROIs of ImageJ stored in them");
      return FALSE;
    }
  source = _mg_tiff_source_open (file, cancellable, error);
  if (source == NULL)
    return FALSE;
  mg_outline_init (&outline);
  items = _mg_imagej_blob_read (source->tif, &big_endian);
  if (items != NULL && !take_items (file, items, &outline, &n, func, data, error))
    return FALSE;
  if (n == 0)
    _mg_io_set_error (error, MG_ERROR_DATA, file, "ImageJ has stored no ROIs in it");
  return n > 0;
}
