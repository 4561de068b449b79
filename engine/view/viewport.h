#pragma once

#include "base/types.h"

/**
 * MgViewport:
 *
 * How an image lies on the screen: screen = (image - centre) · zoom + size/2,
 * in device pixels. A plain value.
 */
typedef struct
{
  int image_width, image_height;
  int width, height; /* of the widget, device pixels */
  double centre_x, centre_y;
  double zoom; /* device pixels an image pixel */
} MgViewport;

void mg_viewport_fit (MgViewport *viewport);
void mg_viewport_set_zoom (MgViewport *viewport,
                           double zoom,
                           double anchor_x,
                           double anchor_y);
void mg_viewport_set_zoom_about (MgViewport *viewport,
                                 double zoom,
                                 double anchor_x,
                                 double anchor_y,
                                 double x,
                                 double y);
void mg_viewport_pan (MgViewport *viewport,
                      double dx,
                      double dy);
void mg_viewport_clamp (MgViewport *viewport);
double mg_viewport_zoom_step (double zoom,
                              int direction);
void mg_viewport_to_image (const MgViewport *viewport,
                           double screen_x,
                           double screen_y,
                           double *image_x,
                           double *image_y);
void mg_viewport_to_screen (const MgViewport *viewport,
                            double image_x,
                            double image_y,
                            double *screen_x,
                            double *screen_y);
void mg_viewport_image_rect (const MgViewport *viewport,
                             const MgRect *screen,
                             MgRect *image);
