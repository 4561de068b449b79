#pragma once

#include "compare/compare-page.h"

/**
 * MgFigureOptions:
 * @dpi: of PNG and TIFF
 * @width_mm: of the figure
 * @whole: all of the image instead of what is seen
 * @clean: the clean image too, where there is one
 * @profile: the values along the line through the region
 */
typedef struct
{
  double dpi, width_mm;
  gboolean whole, clean, profile;
} MgFigureOptions;

void mg_figure_export_async (MgComparePage *page,
                             const MgFigureOptions *options,
                             GFile *file,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
GFile *mg_figure_export_finish (GAsyncResult *result,
                                GError **error);
