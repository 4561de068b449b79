#pragma once

#include "figure/canvas.h"

/**
 * MgBarStyle:
 * @thickness: of the bar
 * @margin: to the corner
 * @text: size of the letters
 * @in_pixels: whether a bar in pixels is drawn where their size is not known
 */
typedef struct
{
  double thickness, margin, text;
  gboolean in_pixels;
} MgBarStyle;

/* Draws a bar of a round length into the lower right corner of the rectangle,
 * where an image is shown at `scale` points a pixel. */
void _mg_scale_bar_draw (MgCanvas *canvas,
                         const MgImageInfo *info,
                         double scale,
                         double x,
                         double y,
                         double width,
                         double height,
                         const MgBarStyle *style);
/* The longest of 1, 2, 5, 10 … that is no longer than `most`. */
double _mg_scale_bar_length (double most);
