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
  MgRect whole = { 0, 0, self->base.view.image_width, self->base.view.image_height };

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
  mg_image_view_visible_rect (&self->base, &seen);
  if (mg_rect_is_empty (&seen))
    return;
  mg_roi_from_corners (&self->roi,
                       seen.x + seen.width * (0.5 - FIRST_SHARE / 2), seen.y + seen.height * (0.5 - FIRST_SHARE / 2),
                       seen.x + seen.width * (0.5 + FIRST_SHARE / 2), seen.y + seen.height * (0.5 + FIRST_SHARE / 2),
                       self->base.view.image_width, self->base.view.image_height);
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
  mg_roi_drag (&self->roi, &start, MG_ROI_INSIDE, dx, dy, self->base.view.image_width, self->base.view.image_height);
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
  mg_roi_zoom (roi, factor, roi->x + roi->width / 2.0, roi->y + roi->height / 2.0, self->base.view.image_width, self->base.view.image_height);
  _mg_compare_view_roi_changed (self);
}
