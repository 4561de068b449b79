#include "view/viewport.h"

#include <math.h>

#define MAX_ZOOM 64.0
/* How far below fitting (or below 1:1, for small images) one may zoom out. */
#define MAX_SHRINK 4.0

static double
fit_zoom (const MgViewport *viewport)
{
  double x = (double) viewport->width / MAX (viewport->image_width, 1);
  double y = (double) viewport->height / MAX (viewport->image_height, 1);
  double zoom = MIN (x, y);

  return CLAMP (zoom, 1e-6, MAX_ZOOM);
}

/**
 * mg_viewport_fit:
 *
 * Shows the whole image, as large as the widget allows, in its middle.
 */
void
mg_viewport_fit (MgViewport *viewport)
{
  viewport->zoom = fit_zoom (viewport);
  viewport->centre_x = viewport->image_width / 2.0;
  viewport->centre_y = viewport->image_height / 2.0;
}

static double
clamp_centre (double centre,
              int image_size,
              int size,
              double zoom)
{
  double half = size / zoom / 2;

  return 2 * half >= image_size ? image_size / 2.0 : CLAMP (centre, half, image_size - half);
}

/**
 * mg_viewport_clamp:
 *
 * Brings zoom and centre back to what makes sense: at most 64 device pixels an
 * image pixel, an image smaller than the widget in its middle, a larger one
 * without empty borders.
 */
void
mg_viewport_clamp (MgViewport *viewport)
{
  double fit = fit_zoom (viewport);

  viewport->zoom = CLAMP (viewport->zoom, MIN (fit, 1) / MAX_SHRINK, MAX_ZOOM);
  viewport->centre_x = clamp_centre (viewport->centre_x, viewport->image_width, viewport->width, viewport->zoom);
  viewport->centre_y = clamp_centre (viewport->centre_y, viewport->image_height, viewport->height, viewport->zoom);
}

/**
 * mg_viewport_set_zoom:
 * @zoom: device pixels an image pixel
 * @anchor_x: a point on the screen, device pixels
 * @anchor_y: a point on the screen, device pixels
 *
 * Zooms so that the image point under the anchor stays under it, as far as
 * mg_viewport_clamp() lets it.
 */
void
mg_viewport_set_zoom (MgViewport *viewport,
                      double zoom,
                      double anchor_x,
                      double anchor_y)
{
  double x, y;

  mg_viewport_to_image (viewport, anchor_x, anchor_y, &x, &y);
  mg_viewport_set_zoom_about (viewport, zoom, anchor_x, anchor_y, x, y);
}

/**
 * mg_viewport_set_zoom_about:
 * @zoom: device pixels an image pixel
 * @anchor_x: device pixels from the left
 * @anchor_y: device pixels from the top
 * @x: what of the image is wanted there
 * @y: what of the image is wanted there
 *
 * For a zoom in many small steps: what an image smaller than the view moves to
 * stay in its middle is not carried on from step to step.
 */
void
mg_viewport_set_zoom_about (MgViewport *viewport,
                            double zoom,
                            double anchor_x,
                            double anchor_y,
                            double x,
                            double y)
{
  double fit = fit_zoom (viewport);

  viewport->zoom = CLAMP (zoom, MIN (fit, 1) / MAX_SHRINK, MAX_ZOOM);
  viewport->centre_x = x - (anchor_x - viewport->width / 2.0) / viewport->zoom;
  viewport->centre_y = y - (anchor_y - viewport->height / 2.0) / viewport->zoom;
  mg_viewport_clamp (viewport);
}

/**
 * mg_viewport_pan:
 * @dx: device pixels the image moves to the right
 * @dy: device pixels the image moves down
 */
void
mg_viewport_pan (MgViewport *viewport,
                 double dx,
                 double dy)
{
  viewport->centre_x -= dx / viewport->zoom;
  viewport->centre_y -= dy / viewport->zoom;
  mg_viewport_clamp (viewport);
}

/**
 * mg_viewport_zoom_step:
 * @zoom: where one is
 * @direction: above 0 in, below 0 out
 *
 * Returns: the next zoom of the series 2^(n/2), which has 100 % and its
 *   doubles and halves in it
 */
double
mg_viewport_zoom_step (double zoom,
                       int direction)
{
  double n = 2 * log2 (zoom);

  if (direction > 0)
    n = floor (n + 1e-6) + 1;
  else if (direction < 0)
    n = ceil (n - 1e-6) - 1;
  return direction == 0 ? zoom : exp2 (n / 2);
}

/**
 * mg_viewport_to_image:
 * @screen_x: device pixels, 0 at the widget's left edge
 * @image_x: (out): image pixels, 0 at the image's left edge
 */
void
mg_viewport_to_image (const MgViewport *viewport,
                      double screen_x,
                      double screen_y,
                      double *image_x,
                      double *image_y)
{
  *image_x = (screen_x - viewport->width / 2.0) / viewport->zoom + viewport->centre_x;
  *image_y = (screen_y - viewport->height / 2.0) / viewport->zoom + viewport->centre_y;
}

/**
 * mg_viewport_to_screen:
 * @image_x: image pixels, 0 at the image's left edge
 * @screen_x: (out): device pixels, 0 at the widget's left edge
 */
void
mg_viewport_to_screen (const MgViewport *viewport,
                       double image_x,
                       double image_y,
                       double *screen_x,
                       double *screen_y)
{
  *screen_x = (image_x - viewport->centre_x) * viewport->zoom + viewport->width / 2.0;
  *screen_y = (image_y - viewport->centre_y) * viewport->zoom + viewport->height / 2.0;
}

static int
to_int (double x)
{
  return (int) CLAMP (x, -1e9, 1e9);
}

/* The pixels that hold what lies between two points. */
static void
hull (double x0,
      double y0,
      double x1,
      double y1,
      MgRect *rect)
{
  rect->x = to_int (floor (x0 + 1e-9));
  rect->y = to_int (floor (y0 + 1e-9));
  rect->width = to_int (ceil (x1 - 1e-9)) - rect->x;
  rect->height = to_int (ceil (y1 - 1e-9)) - rect->y;
}

/**
 * mg_viewport_image_rect:
 * @screen: part of the screen, device pixels
 * @image: (out): the image pixels seen in it, wholly or in part; empty when none
 */
void
mg_viewport_image_rect (const MgViewport *viewport,
                        const MgRect *screen,
                        MgRect *image)
{
  MgRect whole = { 0, 0, viewport->image_width, viewport->image_height };
  double x0, y0, x1, y1;

  mg_viewport_to_image (viewport, screen->x, screen->y, &x0, &y0);
  mg_viewport_to_image (viewport, (double) screen->x + screen->width, (double) screen->y + screen->height, &x1, &y1);
  hull (x0, y0, x1, y1, image);
  mg_rect_intersect (image, &whole, image);
}
