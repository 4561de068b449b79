#include "interchange/export.h"

#include "figure/overlay.h"
#include "interchange/cellpose-outlines.h"
#include "interchange/trace.h"
#include "io/geojson.h"
#include "io/roi-zip.h"
#include "io/tiff-write.h"
#include "measure/measure.h"

#include <string.h>

#define CELLS_A_LOOK 256

static const MgExportKind kinds[] = {
  [MG_EXPORT_IMAGEJ] = { "imagej", "_RoiSet.zip", "ImageJ ROIs", { ".zip" }, FALSE },
  [MG_EXPORT_GEOJSON] = { "geojson", ".geojson", "GeoJSON", { ".geojson", ".json" }, FALSE },
  [MG_EXPORT_LABELS] = { "labels", "_labels.tif", "Label TIFF", { ".tif", ".tiff" }, FALSE },
  [MG_EXPORT_OUTLINES] = { "outlines", "_cp_outlines.txt", "Cellpose Outlines", { ".txt" }, FALSE },
  [MG_EXPORT_OVERLAY] = { "overlay", "_overlay.png", "Overlay Picture", { ".png" }, TRUE },
  [MG_EXPORT_COLOURS] = { "png", ".png", "Label Picture", { ".png" }, FALSE },
};

/* An export of outlines in hand. */
typedef struct
{
  gpointer writer;
  MgTable *table;                     /* (nullable): a row a cell, in the same order */
  MgGeojsonMeasurement *measurements; /* (nullable): of the cell in hand */
  guint *columns;                     /* of the table, of each measurement */
  guint n_measurements;
  guint n; /* cells done */
  guint n_cells;
  MgProgress *progress;
} Writing;

/**
 * mg_export_get_kind:
 *
 * Returns: (transfer none): what is known of a format
 */
const MgExportKind *
mg_export_get_kind (MgExportFormat format)
{
  return &kinds[format];
}

/**
 * mg_export_find:
 * @name: as on the command line
 * @format: (out): the format of that name
 *
 * Returns: FALSE when there is none
 */
gboolean
mg_export_find (const char *name,
                MgExportFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (name, kinds[i].name) == 0)
      {
        *format = (MgExportFormat) i;
        return TRUE;
      }
  return FALSE;
}

static void
count_cell (Writing *writing)
{
  if (++writing->n % CELLS_A_LOOK == 0 && writing->progress != NULL)
    mg_progress_set (writing->progress, "Exporting", writing->n, writing->n_cells);
}

static gboolean
add_roi (const MgOutline *outline, gpointer data, GError **error)
{
  Writing *writing = data;

  count_cell (writing);
  return mg_roi_zip_writer_add (writing->writer, outline, error);
}

static gboolean
write_imagej (GFile *file, const MgExportSource *source, Writing *writing, GCancellable *cancellable, GError **error)
{
  g_autoptr (MgRoiZipWriter) writer = mg_roi_zip_writer_new (file, error);

  writing->writer = writer;
  return writer != NULL && mg_labels_trace (source->labels, add_roi, writing, cancellable, error) &&
         mg_roi_zip_writer_commit (writer, error);
}

static gboolean
add_feature (const MgOutline *outline, gpointer data, GError **error)
{
  Writing *writing = data;

  for (guint i = 0; i < writing->n_measurements; i++)
    writing->measurements[i].value = mg_table_get_number (writing->table, writing->n, writing->columns[i]);
  count_cell (writing);
  return mg_geojson_writer_add (writing->writer, outline, writing->measurements, writing->n_measurements, error);
}

/* The columns of numbers, named with their units. */
static char **
choose_columns (Writing *writing)
{
  guint n = mg_table_get_n_columns (writing->table);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  writing->columns = g_new (guint, n);
  writing->measurements = g_new0 (MgGeojsonMeasurement, n);
  for (guint i = 0; i < n; i++)
    {
      const char *name = mg_table_get_name (writing->table, i), *unit = mg_table_get_unit (writing->table, i);

      if (mg_table_is_text (writing->table, i) || strcmp (name, "label") == 0)
        continue;
      writing->columns[names->len] = i;
      g_ptr_array_add (names, unit != NULL ? g_strdup_printf ("%s %s", name, unit) : g_strdup (name));
      writing->measurements[names->len - 1].name = names->pdata[names->len - 1];
    }
  writing->n_measurements = names->len;
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static gboolean
write_geojson (GFile *file, const MgExportSource *source, Writing *writing, GCancellable *cancellable, GError **error)
{
  g_autoptr (MgGeojsonWriter) writer = mg_geojson_writer_new (file, error);
  g_autoptr (MgInstances) instances = NULL;
  g_autoptr (MgTable) table = NULL;
  g_auto (GStrv) names = NULL;
  gboolean ok;

  writing->writer = writer;
  if (writer == NULL)
    return FALSE;
  if (source->measurements)
    {
      table = mg_table_new ();
      instances = mg_instances_new (source->labels, NULL, error);
      if (instances == NULL || !mg_measure_add (table, instances, source->image, "the image", cancellable, error))
        return FALSE;
      writing->table = table;
      names = choose_columns (writing);
    }
  ok = mg_labels_trace (source->labels, add_feature, writing, cancellable, error) && mg_geojson_writer_commit (writer, error);
  g_free (writing->columns);
  g_free (writing->measurements);
  return ok;
}

/**
 * mg_export:
 * @file: the target; replaced whole or not at all
 * @format: as what
 * @source: what
 * @progress: (nullable)
 * @cancellable: (nullable): looked at for every cell or row
 *
 * The same labels give the same bytes. Outlines are named by their label's
 * number. Any thread.
 *
 * Returns: FALSE with an error naming the file; nothing is left behind then
 */
gboolean
mg_export (GFile *file,
           MgExportFormat format,
           const MgExportSource *source,
           MgProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  Writing writing = { .progress = progress, .n_cells = progress != NULL ? mg_labels_get_n (source->labels) : 0 };

  g_return_val_if_fail (source->image != NULL || !kinds[format].needs_image, FALSE);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  switch (format)
    {
    case MG_EXPORT_IMAGEJ:
      return write_imagej (file, source, &writing, cancellable, error);
    case MG_EXPORT_GEOJSON:
      return write_geojson (file, source, &writing, cancellable, error);
    case MG_EXPORT_LABELS:
      return mg_tiff_write_labels (file, source->labels, source->image != NULL ? mg_image_get_info (source->image) : NULL,
                                   cancellable, error);
    case MG_EXPORT_OUTLINES:
      return _mg_cellpose_outlines_write (file, source->labels, cancellable, error);
    case MG_EXPORT_OVERLAY:
      return mg_figure_write_overlay (file, source->image, source->labels, source->scale, cancellable, error);
    case MG_EXPORT_COLOURS:
      return mg_figure_write_labels (file, source->labels, error);
    }
  g_return_val_if_reached (FALSE);
}
