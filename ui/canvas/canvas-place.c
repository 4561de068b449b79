#include "canvas/canvas-place.h"

#include "canvas/canvas-private.h"

/**
 * mg_canvas_get_place:
 * @self: a canvas
 * @zoom: (out): device pixels an image pixel
 * @x: (out): the centre, in image pixels
 * @y: (out): the centre, in image pixels
 *
 * Returns: %FALSE while all of the image is kept in view
 */
gboolean
mg_canvas_get_place (MgCanvas *self,
                     double *zoom,
                     double *x,
                     double *y)
{
  *zoom = self->view.zoom;
  *x = self->view.centre_x;
  *y = self->view.centre_y;
  return !self->fit;
}

/**
 * mg_canvas_set_place:
 * @self: a canvas
 * @zoom: device pixels an image pixel
 * @x: the centre, in image pixels
 * @y: the centre, in image pixels
 *
 * Goes back to where mg_canvas_get_place() was asked, as far as that makes sense.
 */
void
mg_canvas_set_place (MgCanvas *self,
                     double zoom,
                     double x,
                     double y)
{
  self->fit = FALSE;
  self->view.zoom = zoom;
  self->view.centre_x = x;
  self->view.centre_y = y;
  _mg_canvas_viewport_changed (self);
}
