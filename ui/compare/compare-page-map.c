#include "compare/compare-page-private.h"

static void
on_map (MgPyramid *map,
        const char *title,
        const MgChannelView *view,
        const GError *error,
        gpointer data)
{
  MgComparePage *self = data;

  if (error != NULL)
    mg_session_fail (self->session, error);
  else
    {
      self->map_view = *view;
      self->map_pyramid = mg_pyramid_ref (map);
      self->map_title = g_strdup (title);
      mg_compare_view_set_layer (self->view, MG_COMPARE_LAYER_MAP, map, title, view, 1);
      g_signal_emit_by_name (self, "map-changed");
    }
}

static void
forget_map (MgComparePage *self)
{
  g_clear_pointer (&self->map_pyramid, mg_pyramid_unref);
  g_clear_pointer (&self->map_title, g_free);
}

/* Only made while it is looked at. */
void
_mg_compare_page_update_map (MgComparePage *self)
{
  MgRendition *noisy = mg_renditions_get_noisy (self->renditions), *clean = mg_renditions_get_clean (self->renditions);
  MgCompareMapSource source = { .z = self->z, .t = self->t, .c = mg_compare_page_get_channel (self) };

  mg_compare_mapper_stop (self->mapper);
  mg_compare_view_set_layer (self->view, MG_COMPARE_LAYER_MAP, NULL, NULL, NULL, 0);
  forget_map (self);
  g_signal_emit_by_name (self, "map-changed");
  if (mg_compare_view_get_mode (self->view) != MG_COMPARE_MAP || self->left == NULL || self->right == NULL)
    return;
  source.left = mg_rendition_get_image (self->left);
  source.right = mg_rendition_get_image (self->right);
  source.noisy = mg_rendition_get_image (noisy);
  if (clean != NULL && mg_compare_page_fits (self, clean))
    source.clean = mg_rendition_get_image (clean);
  if (source.left != NULL && source.right != NULL && source.noisy != NULL)
    mg_compare_mapper_make (self->mapper, self->map, &source);
}

void
_mg_compare_page_map_init (MgComparePage *self)
{
  self->mapper = mg_compare_mapper_new (on_map, self);
}

void
_mg_compare_page_map_dispose (MgComparePage *self)
{
  g_clear_pointer (&self->mapper, mg_compare_mapper_free);
  forget_map (self);
}

/**
 * mg_compare_page_get_map_range:
 * @self: a page
 * @range: (out): differences of this have the full colour
 *
 * Returns: whether a map with such a range is shown
 */
gboolean
mg_compare_page_get_map_range (MgComparePage *self,
                               double *range)
{
  *range = self->map_view.max;
  return self->map_pyramid != NULL && self->map_view.lut == MG_LUT_SIGNED;
}

/**
 * mg_compare_page_get_map:
 * @self: a page
 * @title: (out): what it is
 * @view: (out): how it is shown
 *
 * Returns: (transfer none) (nullable): the map that is shown
 */
MgPyramid *
mg_compare_page_get_map (MgComparePage *self,
                         const char **title,
                         const MgChannelView **view)
{
  *title = self->map_title;
  *view = &self->map_view;
  return self->map_pyramid;
}

/**
 * mg_compare_page_set_map:
 * @self: a page
 * @kind: which map is shown where a map is
 */
void
mg_compare_page_set_map (MgComparePage *self,
                         MgCompareMapKind kind)
{
  if (self->map == kind)
    return;
  self->map = kind;
  _mg_compare_page_update_map (self);
}

/**
 * mg_compare_page_set_map_range:
 * @self: a page
 * @range: more than 0
 */
void
mg_compare_page_set_map_range (MgComparePage *self,
                               double range)
{
  if (self->map_pyramid == NULL)
    return;
  self->map_view.max = range;
  self->map_view.min = -range;
  mg_compare_view_set_channels (self->view, MG_COMPARE_LAYER_MAP, &self->map_view, 1);
}
