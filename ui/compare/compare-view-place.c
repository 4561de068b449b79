#include "compare/compare-view-private.h"

/* A first region takes this share of what is seen, each way. */
#define FIRST_SHARE 0.25

/**
 * mg_compare_view_set_roi:
 * @self: a view
 * @roi: (nullable): the region of interest, within the image
 */
void
mg_compare_view_set_roi (MgCompareView *self,
                         const MgRect *roi)
{
  MgRect whole = { 0, 0, self->image_width, self->image_height };

  if (roi == NULL)
    self->roi = (MgRect){ 0 };
  else
    mg_rect_intersect (roi, &whole, &self->roi);
  _mg_compare_view_roi_changed (self);
}

/**
 * mg_compare_view_get_roi:
 * @self: a view
 * @roi: (out): the region of interest
 *
 * Returns: whether there is one
 */
gboolean
mg_compare_view_get_roi (MgCompareView *self,
                         MgRect *roi)
{
  *roi = self->roi;
  return !mg_rect_is_empty (roi);
}

/**
 * mg_compare_view_toggle_roi:
 * @self: a view
 *
 * Puts a region into the middle of what is seen, or takes the region away.
 */
void
mg_compare_view_toggle_roi (MgCompareView *self)
{
  MgRect seen;

  if (!mg_rect_is_empty (&self->roi))
    {
      mg_compare_view_set_roi (self, NULL);
      return;
    }
  mg_compare_view_visible_rect (self, &seen);
  if (mg_rect_is_empty (&seen))
    return;
  mg_roi_from_corners (&self->roi,
                       seen.x + seen.width * (0.5 - FIRST_SHARE / 2), seen.y + seen.height * (0.5 - FIRST_SHARE / 2),
                       seen.x + seen.width * (0.5 + FIRST_SHARE / 2), seen.y + seen.height * (0.5 + FIRST_SHARE / 2),
                       self->image_width, self->image_height);
  _mg_compare_view_roi_changed (self);
}

/**
 * mg_compare_view_move_roi:
 * @self: a view
 * @dx: image pixels
 * @dy: likewise
 */
void
mg_compare_view_move_roi (MgCompareView *self,
                          int dx,
                          int dy)
{
  MgRect start = self->roi;

  if (mg_rect_is_empty (&start))
    return;
  mg_roi_drag (&self->roi, &start, MG_ROI_INSIDE, dx, dy, self->image_width, self->image_height);
  _mg_compare_view_roi_changed (self);
}

/**
 * mg_compare_view_zoom_roi:
 * @self: a view
 * @factor: how many times larger the region becomes, about its middle
 */
void
mg_compare_view_zoom_roi (MgCompareView *self,
                          double factor)
{
  MgRect *roi = &self->roi;

  if (mg_rect_is_empty (roi))
    return;
  mg_roi_zoom (roi, factor, roi->x + roi->width / 2.0, roi->y + roi->height / 2.0, self->image_width, self->image_height);
  _mg_compare_view_roi_changed (self);
}

void
_mg_compare_view_zoom_at (MgCompareView *self,
                          double zoom)
{
  MgComparePane panes[2];
  double x = self->view.width / 2.0, y = self->view.height / 2.0, image_x, image_y;

  if (self->image_width == 0)
    return;
  if (self->pointer_inside)
    {
      x = self->pointer_x - _mg_compare_view_to_image (self, panes, self->pointer_x, self->pointer_y, &image_x, &image_y)->offset;
      y = self->pointer_y;
    }
  self->fit = FALSE;
  mg_viewport_set_zoom (&self->view, zoom, x, y);
  _mg_compare_view_viewport_changed (self);
}

/**
 * mg_compare_view_zoom_step:
 * @self: a view
 * @direction: 1 in, -1 out; about the pointer where that is over the view
 */
void
mg_compare_view_zoom_step (MgCompareView *self,
                           int direction)
{
  _mg_compare_view_zoom_at (self, mg_viewport_zoom_step (self->view.zoom, direction));
}

/**
 * mg_compare_view_zoom_to:
 * @self: a view
 * @zoom: device pixels an image pixel
 */
void
mg_compare_view_zoom_to (MgCompareView *self,
                         double zoom)
{
  _mg_compare_view_zoom_at (self, zoom);
}

/**
 * mg_compare_view_zoom_fit:
 * @self: a view
 *
 * Shows all of the image, also after the window's size has changed.
 */
void
mg_compare_view_zoom_fit (MgCompareView *self)
{
  self->fit = TRUE;
  _mg_compare_view_resize (self);
}

/**
 * mg_compare_view_visible_rect:
 * @self: a view
 * @rect: (out): the part of the image in view, empty without an image
 */
void
mg_compare_view_visible_rect (MgCompareView *self,
                              MgRect *rect)
{
  MgRect screen = { 0, 0, self->view.width, self->view.height };
  MgRect whole = { 0, 0, self->image_width, self->image_height };

  *rect = (MgRect){ 0, 0, 0, 0 };
  if (mg_rect_is_empty (&whole) || mg_rect_is_empty (&screen))
    return;
  mg_viewport_image_rect (&self->view, &screen, rect);
  mg_rect_intersect (rect, &whole, rect);
}

/**
 * mg_compare_view_image_to_widget:
 * @self: a view
 *
 * Where a place of the image is in the first pane, in logical pixels.
 */
void
mg_compare_view_image_to_widget (MgCompareView *self,
                                 double image_x,
                                 double image_y,
                                 double *x,
                                 double *y)
{
  mg_viewport_to_screen (&self->view, image_x, image_y, x, y);
  *x /= self->scale;
  *y /= self->scale;
}
