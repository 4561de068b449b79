#pragma once

#include "canvas/canvas.h"

gboolean mg_canvas_get_place (MgCanvas *self,
                              double *zoom,
                              double *x,
                              double *y);
void mg_canvas_set_place (MgCanvas *self,
                          double zoom,
                          double x,
                          double y);
