#pragma once

#include "base/progress.h"
#include "image/labels.h"

/**
 * MgImportOptions:
 * @width: of the image the labels are for; 0: what the file needs
 * @height: likewise
 * @slice: of a stack, from 1: what lies in others is left out; 0: any
 * @frame: likewise
 * @overlay: the ROIs that ImageJ stored in a TIFF, not its pixels
 */
typedef struct
{
  int width, height;
  int slice, frame;
  gboolean overlay;
} MgImportOptions;

/* Labels that came out of a file, and what did not become a cell. */
typedef struct
{
  MgLabels *labels;
  guint n_cells;
  guint n_not_areas;   /* points, lines and texts */
  guint n_elsewhere;   /* in other slices or frames */
  guint n_outside;     /* without a pixel in the image */
  guint n_covered;     /* wholly under cells before them */
  guint n_cut;         /* partly under cells before them */
  gint64 n_cut_pixels; /* that those lost */
} MgImported;

gboolean mg_import (GFile *file,
                    const MgImportOptions *options,
                    MgImported *imported,
                    MgProgress *progress,
                    GCancellable *cancellable,
                    GError **error);
char *mg_imported_describe (const MgImported *imported);
void mg_imported_clear (MgImported *imported);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgImported, mg_imported_clear)
