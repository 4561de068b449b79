#pragma once

#include "figure/canvas.h"

/**
 * MgCurve:
 * @name: in the legend
 * @x: n places, rising
 * @y: n values; what is not finite is left out
 * @dots: whether each point has a mark of its own
 */
typedef struct
{
  const char *name;
  const double *x, *y;
  guint n;
  gboolean dots;
} MgCurve;

/**
 * MgPlot:
 * @x_title: below
 * @y_title: at the left, upright
 * @curves: at most 12
 * @whole_x: whether places are counted, so that only whole numbers are marked
 * @log_y: whether the values are drawn by their logarithm
 */
typedef struct
{
  const char *x_title, *y_title;
  const MgCurve *curves;
  guint n_curves;
  gboolean whole_x, log_y;
} MgPlot;

/* Draws axes, curves and legend into the rectangle. */
void _mg_plot_draw (MgCanvas *canvas,
                    const MgPlot *plot,
                    double x,
                    double y,
                    double width,
                    double height);
