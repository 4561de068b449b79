#include "interchange/trace.h"

#include "segment/contour.h"
#include "segment/label-map.h"

/* Boxes around all labels, by their place in the map. */
static MgRect *
find_boxes (MgLabels *labels, const MgLabelMap *map, GCancellable *cancellable, GError **error)
{
  int width = mg_labels_get_width (labels), height = mg_labels_get_height (labels);
  g_autofree MgRect *boxes = g_new0 (MgRect, MAX (map->n, 1));

  for (int y = 0; y < height; y++)
    {
      const guint32 *row = mg_labels_get_data (labels) + (gsize) y * width;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      for (int x = 0; x < width;)
        {
          int start = x;

          for (; x < width && row[x] == row[start]; x++)
            ;
          if (row[start] != 0)
            {
              MgRect *box = &boxes[mg_label_map_place (map, row[start])], run = { start, y, x - start, 1 };

              mg_rect_union (box, &run, box);
            }
        }
    }
  return g_steal_pointer (&boxes);
}

static gboolean
trace_one (MgLabels *labels, guint32 label, const MgRect *box, MgOutline *outline, GError **error)
{
  g_autoptr (GPtrArray) contours = mg_contours_trace (labels, label, box, error);

  if (contours == NULL)
    return FALSE;
  mg_outline_reset (outline);
  outline->is_area = TRUE;
  outline->name = g_strdup_printf ("%u", label);
  for (guint i = 0; i < contours->len; i++)
    {
      const MgContour *contour = contours->pdata[i];

      for (guint k = 0; k < contour->n_points; k++)
        mg_outline_add_point (outline, contour->xy[2 * k], contour->xy[2 * k + 1]);
      mg_outline_end_ring (outline);
    }
  return TRUE;
}

/**
 * mg_labels_trace:
 * @labels: a label raster
 * @func: called for every label, in ascending order
 * @cancellable: (nullable)
 *
 * Rings run along the edges of pixels, so that filling them gives the pixels
 * back exactly: holes, parts that do not touch, single pixels. What is neither
 * cell nor background (%MG_LABEL_IGNORED) has none. Any thread.
 *
 * Returns: FALSE with the error of @func, of memory, or of being cancelled
 */
gboolean
mg_labels_trace (MgLabels *labels,
                 MgOutlineFunc func,
                 gpointer data,
                 GCancellable *cancellable,
                 GError **error)
{
  gsize n_pixels = (gsize) mg_labels_get_width (labels) * mg_labels_get_height (labels);
  g_auto (MgLabelMap) map = { 0 };
  g_autofree MgRect *boxes = NULL;
  g_auto (MgOutline) outline;

  mg_outline_init (&outline);
  mg_label_map_init (&map, mg_labels_get_data (labels), n_pixels);
  boxes = find_boxes (labels, &map, cancellable, error);
  if (boxes == NULL)
    return FALSE;
  for (guint i = 0; i < map.n && map.labels[i] != MG_LABEL_IGNORED; i++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !trace_one (labels, map.labels[i], &boxes[i], &outline, error) || !func (&outline, data, error))
      return FALSE;
  return TRUE;
}
