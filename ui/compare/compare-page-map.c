#include "compare/compare-page-private.h"

/* What says of the map how it is shown. */
static MgChannelView *
get_map_view (MgComparePage *self)
{
  return &self->map_views[MAX (self->n_map_views - 1, 0)];
}

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
      int n = mg_image_get_info (mg_pyramid_get_image (map))->n_channels;

      /* of several channels the one that is measured is shown */
      self->n_map_views = n > 1 ? MIN (mg_compare_page_get_channel (self), n - 1) + 1 : 1;
      for (int c = 0; c < self->n_map_views; c++)
        {
          self->map_views[c] = *view;
          self->map_views[c].visible = c == self->n_map_views - 1;
        }
      self->map_pyramid = mg_pyramid_ref (map);
      self->map_title = g_strdup (title);
      mg_compare_view_set_layer (self->view, MG_COMPARE_LAYER_MAP, map, title, self->map_views, self->n_map_views);
      g_signal_emit_by_name (self, "map-changed");
    }
}

static void
forget_map (MgComparePage *self)
{
  g_clear_pointer (&self->map_pyramid, mg_pyramid_unref);
  g_clear_pointer (&self->map_title, g_free);
}

/* Only a network has an opinion of what it restored. */
static GFile *
dup_uncertainty (MgComparePage *self)
{
  MgProject *project = mg_session_get_project (self->session);
  g_autoptr (GFile) results = NULL;

  if (project == NULL || self->document == NULL || mg_rendition_get_kind (self->right) != MG_RENDITION_MODEL)
    return NULL;
  results = mg_project_dup_results (project);
  return mg_project_dup_uncertainty (results, mg_document_get_item (self->document), mg_rendition_get_id (self->right));
}

/* Only made while it is looked at. */
void
_mg_compare_page_update_map (MgComparePage *self)
{
  MgRendition *noisy = mg_renditions_get_noisy (self->renditions), *clean = mg_renditions_get_clean (self->renditions);
  MgCompareMapSource source = { .z = self->z, .t = self->t, .c = mg_compare_page_get_channel (self) };
  g_autoptr (GFile) uncertainty = NULL;

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
  source.uncertainty = uncertainty = dup_uncertainty (self);
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
  *range = get_map_view (self)->max;
  return self->map_pyramid != NULL && get_map_view (self)->lut == MG_LUT_SIGNED;
}

/**
 * mg_compare_page_get_map:
 * @self: a page
 * @title: (out): what it is
 * @views: (out) (array length=n_views): how its channels are shown
 * @n_views: (out): how many
 *
 * Returns: (transfer none) (nullable): the map that is shown
 */
MgPyramid *
mg_compare_page_get_map (MgComparePage *self,
                         const char **title,
                         const MgChannelView **views,
                         int *n_views)
{
  *title = self->map_title;
  *views = self->map_views;
  *n_views = self->n_map_views;
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
  _mg_compare_page_notify_map (self);
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
  get_map_view (self)->max = range;
  get_map_view (self)->min = -range;
  mg_compare_view_set_channels (self->view, MG_COMPARE_LAYER_MAP, self->map_views, self->n_map_views);
}
