#pragma once

#include "figure/canvas.h"
#include "figure/compare-figure.h"

/* How high a figure so wide would be. */
gboolean _mg_figure_measure (const MgFigure *figure,
                             double width,
                             double *height,
                             GError **error);
/* Draws a figure as a part of a page, so wide; `height` takes how high it is. */
gboolean _mg_figure_draw (MgCanvas *canvas,
                          const MgFigure *figure,
                          double x,
                          double y,
                          double width,
                          double *height,
                          GCancellable *cancellable,
                          GError **error);
