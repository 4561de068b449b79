#include "interchange/import.h"

#include "interchange/import-private.h"
#include "io/geojson.h"
#include "io/imagej-overlay.h"
#include "io/labels-read.h"
#include "io/npy.h"
#include "io/roi-zip.h"

#include <math.h>
#include <string.h>

#define HEAD_BYTES 64
/* Outlines that reach further than this need to be told the image's size. */
#define MAX_SIDE       65536
#define REGIONS_A_LOOK 64

/* Reads the outlines of a file. */
typedef gboolean (*ReadFunc) (GFile *file, MgOutlineFunc func, gpointer data, GCancellable *cancellable, GError **error);

typedef struct
{
  MgImport *import;
  MgRasteriser *rasteriser; /* (nullable): while only the extent is looked for */
  double right, bottom;
  guint n;              /* regions taken */
  GArray *numbers;      /* of guint32: those that the regions have for names */
  gboolean is_numbered; /* every region so far has one, each another */
  GHashTable *seen;     /* numbers */
} Collector;

/* FALSE, with "FILE: what is wrong". */
gboolean
_mg_import_fail (MgImport *import, GError **error, MgError code, const char *format, ...)
{
  g_autofree char *name = g_file_get_parse_name (import->file);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MG_ERROR, code, "%s: %s", name, text);
  return FALSE;
}

static gboolean
is_in_plane (const MgImportOptions *options, const MgOutline *outline)
{
  /* ImageJ numbers the planes of a series without slices as slices */
  int frame = outline->frame > 0 || options->slice > 0 ? outline->frame : outline->slice;

  return (options->slice == 0 || outline->slice == 0 || options->slice == outline->slice) &&
         (options->frame == 0 || frame == 0 || options->frame == frame);
}

/* The number that a region has for a name, 0 for none. */
static guint32
outline_number (const MgOutline *outline)
{
  guint64 number = 0;
  char *end;

  if (outline->name != NULL && g_ascii_isdigit (outline->name[0]))
    {
      number = g_ascii_strtoull (outline->name, &end, 10);
      if (*end != '\0')
        number = 0;
    }
  return number < G_MAXUINT32 ? (guint32) number : 0;
}

void
_mg_import_count (MgImport *import, const MgRasterised *done)
{
  MgImported *imported = import->imported;

  if (done->written > 0)
    imported->n_cells++;
  else if (done->covered > 0)
    imported->n_covered++;
  else
    imported->n_outside++;
  if (done->written > 0 && done->covered > 0)
    {
      imported->n_cut++;
      imported->n_cut_pixels += done->covered;
    }
}

static void
measure_extent (Collector *collector, const MgOutline *outline)
{
  for (guint i = 0; i < outline->points->len; i++)
    {
      const MgPoint *point = &g_array_index (outline->points, MgPoint, i);

      collector->right = MAX (collector->right, point->x);
      collector->bottom = MAX (collector->bottom, point->y);
    }
}

static void
note_number (Collector *collector, guint32 number)
{
  g_array_append_val (collector->numbers, number);
  if (number == 0 || !g_hash_table_add (collector->seen, GUINT_TO_POINTER (number)))
    collector->is_numbered = FALSE;
}

static gboolean
take_outline (const MgOutline *outline, gpointer data, GError **error)
{
  Collector *collector = data;
  MgImport *import = collector->import;
  MgRasterised done;

  if (!outline->is_area || !is_in_plane (import->options, outline))
    {
      if (collector->rasteriser != NULL && !outline->is_area)
        import->imported->n_not_areas++;
      else if (collector->rasteriser != NULL)
        import->imported->n_elsewhere++;
      return TRUE;
    }
  if (collector->rasteriser == NULL)
    {
      measure_extent (collector, outline);
      return TRUE;
    }
  note_number (collector, outline_number (outline));
  collector->n++;
  if (!mg_rasteriser_add (collector->rasteriser, outline, collector->n, &done, import->cancellable, error))
    return FALSE;
  _mg_import_count (import, &done);
  if (import->progress != NULL && collector->n % REGIONS_A_LOOK == 0)
    mg_progress_set (import->progress, "Importing", collector->n, 0);
  return TRUE;
}

/* Regions are 1, 2, 3 … as they come; where all their names are different
 * numbers, as of labels that were exported, they get those. */
static gboolean
apply_numbers (Collector *collector, int width, int height, GError **error)
{
  guint32 *data = mg_rasteriser_get_data (collector->rasteriser);
  const guint32 *numbers = (const guint32 *) collector->numbers->data;
  gboolean same = TRUE;

  for (guint i = 0; i < collector->n; i++)
    same &= numbers[i] == i + 1;
  if (same || !collector->is_numbered)
    return TRUE;
  for (int y = 0; y < height; y++, data += width)
    {
      if (g_cancellable_set_error_if_cancelled (collector->import->cancellable, error))
        return FALSE;
      for (int x = 0; x < width; x++)
        if (data[x] != 0)
          data[x] = numbers[data[x] - 1];
    }
  return TRUE;
}

static gboolean
rasterise (Collector *collector, ReadFunc read, int width, int height, GError **error)
{
  MgImport *import = collector->import;

  collector->rasteriser = mg_rasteriser_new (width, height, error);
  if (collector->rasteriser == NULL)
    return FALSE;
  collector->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  collector->seen = g_hash_table_new (NULL, NULL);
  collector->is_numbered = TRUE;
  if (!read (import->file, take_outline, collector, import->cancellable, error))
    return FALSE;
  if (!apply_numbers (collector, width, height, error))
    return FALSE;
  import->imported->labels = mg_rasteriser_finish (collector->rasteriser);
  return TRUE;
}

static gboolean
import_outlines (MgImport *import, ReadFunc read, GError **error)
{
  Collector collector = { import };
  int width = import->options->width, height = import->options->height;
  gboolean ok;

  if (width == 0)
    {
      if (!read (import->file, take_outline, &collector, import->cancellable, error))
        return FALSE;
      if (!(collector.right <= MAX_SIDE && collector.bottom <= MAX_SIDE))
        return _mg_import_fail (import, error, MG_ERROR_TOO_LARGE, "its outlines reach to pixel %.0f, %.0f (say how large the image is)",
                                collector.right, collector.bottom);
      width = (int) MAX (ceil (collector.right), 1);
      height = (int) MAX (ceil (collector.bottom), 1);
    }
  ok = rasterise (&collector, read, width, height, error);
  g_clear_pointer (&collector.rasteriser, mg_rasteriser_free);
  g_clear_pointer (&collector.numbers, g_array_unref);
  g_clear_pointer (&collector.seen, g_hash_table_unref);
  return ok;
}

static gboolean
import_labels (MgImport *import, gboolean is_npy, GError **error)
{
  const MgImportOptions *options = import->options;
  MgImported *imported = import->imported;
  int width, height;

  imported->labels = is_npy ? mg_npy_read_labels (import->file, options->slice, import->cancellable, error)
                            : mg_labels_load_plane (import->file, options->slice, options->frame, import->cancellable, error);
  if (imported->labels == NULL)
    return FALSE;
  width = mg_labels_get_width (imported->labels);
  height = mg_labels_get_height (imported->labels);
  if (options->width > 0 && (width != options->width || height != options->height))
    return _mg_import_fail (import, error, MG_ERROR_SHAPE, "its labels are %d × %d pixels and the image is %d × %d (choose the labels of this image)",
                            width, height, options->width, options->height);
  if (!mg_labels_count (imported->labels, import->cancellable, error))
    return FALSE;
  imported->n_cells = mg_labels_get_n (imported->labels);
  return TRUE;
}

static gboolean
import_file (MgImport *import, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (import->file, import->cancellable, error);
  guint8 head[HEAD_BYTES + 1] = { 0 };
  const char *text = (const char *) head;
  gsize size;

  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), head, HEAD_BYTES, &size, import->cancellable, error))
    return FALSE;
  if (import->options->overlay)
    return import_outlines (import, mg_imagej_overlay_read, error);
  if (memcmp (head, "PK\5\6", 4) == 0)
    return _mg_import_fail (import, error, MG_ERROR_DATA, "this ZIP file is empty (save the ROIs from ImageJ's ROI Manager)");
  if (memcmp (head, "PK\3\4", 4) == 0)
    return import_outlines (import, mg_roi_zip_read, error);
  if (memcmp (head, "Iout", 4) == 0)
    return import_outlines (import, mg_roi_file_read, error);
  if (mg_npy_is_npy (head, size))
    return import_labels (import, TRUE, error);
  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  text += strspn (text, " \t\r\n");
  if (*text == '{' || *text == '[')
    return import_outlines (import, mg_geojson_read, error);
  return import_labels (import, FALSE, error);
}

/**
 * mg_import:
 * @file: a label image (TIFF or PNG, numbers of any type), a RoiSet.zip or
 *   .roi of ImageJ, a GeoJSON of QuPath, a _seg.npy of Cellpose, or a folder
 *   of one mask a cell
 * @options: how
 * @imported: (out caller-allocates): free with mg_imported_clear()
 * @progress: (nullable)
 * @cancellable: (nullable)
 *
 * What a file is is told by its content. Regions that overlap keep their
 * pixels in the file's order, and what later ones lost is counted. Any thread.
 *
 * Returns: FALSE with an error naming the file; @imported is empty then
 */
gboolean
mg_import (GFile *file,
           const MgImportOptions *options,
           MgImported *imported,
           MgProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  MgImport import = { file, options, imported, progress, cancellable };
  gboolean ok;

  g_return_val_if_fail ((options->width > 0) == (options->height > 0), FALSE);
  *imported = (MgImported){ 0 };
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) == G_FILE_TYPE_DIRECTORY)
    ok = _mg_import_masks (&import, error);
  else
    ok = import_file (&import, error);
  if (ok && imported->labels != NULL)
    return TRUE;
  mg_imported_clear (imported);
  return FALSE;
}

static void
append_left_out (GString *text, guint n, const char *one, const char *many)
{
  if (n > 0)
    g_string_append_printf (text, "; %u %s left out", n, n == 1 ? one : many);
}

/**
 * mg_imported_describe:
 *
 * Returns: (transfer full): "12 cells; 3 points or lines are left out"
 */
char *
mg_imported_describe (const MgImported *imported)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, imported->n_cells == 1 ? "%u cell" : "%u cells", imported->n_cells);
  append_left_out (text, imported->n_not_areas, "point, line or text is", "points, lines or texts are");
  append_left_out (text, imported->n_elsewhere, "region of another slice is", "regions of other slices are");
  append_left_out (text, imported->n_outside, "region outside of the image or without a pixel is",
                   "regions outside of the image or without a pixel are");
  append_left_out (text, imported->n_covered, "region under others is", "regions under others are");
  if (imported->n_cut > 0)
    g_string_append_printf (text, "; %u %s lost %" G_GINT64_FORMAT " pixels to cells before %s", imported->n_cut,
                            imported->n_cut == 1 ? "cell" : "cells", imported->n_cut_pixels, imported->n_cut == 1 ? "it" : "them");
  return g_string_free (text, FALSE);
}

/**
 * mg_imported_clear:
 *
 * Frees what it holds.
 */
void
mg_imported_clear (MgImported *imported)
{
  g_clear_pointer (&imported->labels, mg_labels_unref);
  *imported = (MgImported){ 0 };
}
