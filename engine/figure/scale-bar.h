#pragma once

#include <cairo.h>

#include "image/image.h"

/* Draws a bar of a round length into the lower right corner of a picture of
 * width × height pixels, where the pixel size is known and there is room. */
void _mg_scale_bar_draw (cairo_t *cr,
                         const MgImageInfo *info,
                         double scale,
                         int width,
                         int height);
/* The longest of 1, 2, 5, 10 … that is no longer than `most`. */
double _mg_scale_bar_length (double most);
