#pragma once

#include "base/progress.h"
#include "image/image.h"
#include "image/labels.h"

/**
 * MgExportFormat:
 * @MG_EXPORT_IMAGEJ: a RoiSet.zip of ImageJ, a ROI a cell
 * @MG_EXPORT_GEOJSON: GeoJSON as QuPath reads it, a Feature a cell
 * @MG_EXPORT_LABELS: a label TIFF
 * @MG_EXPORT_OUTLINES: Cellpose's text of outlines, a line a cell
 * @MG_EXPORT_OVERLAY: a picture of the cells over the image
 * @MG_EXPORT_COLOURS: a picture of the cells in colours on black
 */
typedef enum
{
  MG_EXPORT_IMAGEJ,
  MG_EXPORT_GEOJSON,
  MG_EXPORT_LABELS,
  MG_EXPORT_OUTLINES,
  MG_EXPORT_OVERLAY,
  MG_EXPORT_COLOURS,
} MgExportFormat;

/* name: on the command line; suffix: after the image's base name; title: in
 * menus and messages; endings: what a file's name may end in, the suffix's first,
 * then NULL. Static texts. */
typedef struct
{
  const char *name, *suffix, *title, *endings[3];
  gboolean needs_image;
} MgExportKind;

/**
 * MgExportSource:
 * @labels: what to export
 * @image: (nullable): for the overlay, the pixel size of a label TIFF, and
 *   measurements of intensity
 * @measurements: GeoJSON: with the measurements of every cell
 * @scale: overlay: its pixels a pixel of the image
 */
typedef struct
{
  MgLabels *labels;
  MgImage *image;
  gboolean measurements;
  double scale;
} MgExportSource;

const MgExportKind *mg_export_get_kind (MgExportFormat format);
gboolean mg_export_find (const char *name,
                         MgExportFormat *format);
gboolean mg_export (GFile *file,
                    MgExportFormat format,
                    const MgExportSource *source,
                    MgProgress *progress,
                    GCancellable *cancellable,
                    GError **error);
