#pragma once

#include "io/outline.h"

/* The round and turned shapes of ImageJ as rings of points. */

void _mg_roi_shape_curve (MgOutline *outline,
                          const double *at,
                          guint degree);
void _mg_roi_shape_rounded (MgOutline *outline,
                            double x,
                            double y,
                            double width,
                            double height,
                            double arc_width,
                            double arc_height);
void _mg_roi_shape_ellipse (MgOutline *outline,
                            const double line[4],
                            double aspect);
void _mg_roi_shape_rotated_rect (MgOutline *outline,
                                 const double line[4],
                                 double width);
