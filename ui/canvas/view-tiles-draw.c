#include "canvas/view-tiles-private.h"

#include <math.h>

/* The whole image as small as this lies below what is not rendered yet. */
#define OVERVIEW_PX 384

/* Columns and rows of the tiles that touch rect, or FALSE when it lies outside. */
gboolean
_mg_layer_span (MgLayer *layer,
                const MgRect *rect,
                MgRect *span)
{
  MgRect whole = { 0, 0, layer->width, layer->height }, part;
  const int px = MG_VIEW_TILE_PX;

  if (!mg_rect_intersect (rect, &whole, &part))
    return FALSE;
  span->x = part.x / px;
  span->y = part.y / px;
  span->width = (part.x + part.width - 1) / px - span->x + 1;
  span->height = (part.y + part.height - 1) / px - span->y + 1;
  return TRUE;
}

/* A viewport that shows all of the image on few pixels. */
void
_mg_view_tiles_request_overview (MgViewTiles *self,
                                 const MgScene *scene)
{
  double zoom = (double) OVERVIEW_PX / MAX (self->image_width, self->image_height);
  MgViewport viewport = {
    .image_width = self->image_width,
    .image_height = self->image_height,
    .width = MAX (1, (int) round (self->image_width * zoom)),
    .height = MAX (1, (int) round (self->image_height * zoom)),
    .centre_x = self->image_width / 2.0,
    .centre_y = self->image_height / 2.0,
    .zoom = zoom,
  };
  MgTile *tile = self->overview;
  MgScene plain = *scene;

  if (tile->pending != NULL || tile->shown == tile->serial)
    return;
  plain.mask = NULL;
  plain.prediction = NULL;
  tile->rect = (MgRect){ 0, 0, viewport.width, viewport.height };

  g_autoptr (MgSharedScene) shared = mg_shared_scene_new (&plain);

  tile->pending = mg_tile_request_new (shared, &viewport, &tile->rect);
  tile->pending->tile = tile;
  tile->pending->serial = tile->serial;
  mg_tile_worker_push (self->worker, tile->pending);
}

/**
 * mg_view_tiles_set_moving:
 * @self: a cache
 * @moving: whether the zoom changes with every frame now
 *
 * Meanwhile nothing is rendered that would be of no use in the next frame.
 */
void
mg_view_tiles_set_moving (MgViewTiles *self,
                          gboolean moving)
{
  self->moving = moving;
}

/**
 * mg_view_tiles_get_overview:
 * @self: a cache
 *
 * Returns: (transfer none) (nullable): a small picture of the whole image,
 *   without labels, as far as it is known
 */
GdkTexture *
mg_view_tiles_get_overview (MgViewTiles *self)
{
  return self->overview->texture;
}

/* Whether tiles of the layer cover all that is seen. */
static gboolean
layer_covers (MgLayer *layer,
              const MgRect *visible)
{
  MgRect span;

  if (!_mg_layer_span (layer, visible, &span))
    return TRUE;
  for (int row = span.y; row < span.y + span.height; row++)
    for (int column = span.x; column < span.x + span.width; column++)
      {
        MgTile *tile = g_hash_table_lookup (layer->tiles, _mg_tile_key (column, row));

        if (tile == NULL || tile->texture == NULL)
          return FALSE;
      }
  return TRUE;
}

static void
layer_snapshot (MgLayer *layer,
                GtkSnapshot *snapshot,
                const MgRect *visible)
{
  GHashTableIter iter;
  gpointer value;
  MgRect part;

  g_hash_table_iter_init (&iter, layer->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MgTile *tile = value;
      const MgRect *rect = &tile->rect;

      if (tile->texture != NULL && mg_rect_intersect (rect, visible, &part))
        gtk_snapshot_append_texture (snapshot, tile->texture,
                                     &GRAPHENE_RECT_INIT (rect->x, rect->y, rect->width, rect->height));
    }
}

/**
 * mg_view_tiles_snapshot:
 * @self: a cache
 * @snapshot: with the layer's origin and device pixels as its coordinates
 * @visible: the part in view
 *
 * Draws what is there: the coarse picture of another zoom below, tiles above.
 */
void
mg_view_tiles_snapshot (MgViewTiles *self,
                        GtkSnapshot *snapshot,
                        const MgRect *visible)
{
  if (self->layer == NULL)
    return;
  if (self->overview->texture != NULL && !layer_covers (self->layer, visible))
    gtk_snapshot_append_texture (snapshot, self->overview->texture,
                                 &GRAPHENE_RECT_INIT (0, 0, (float) (self->image_width * self->layer->zoom), (float) (self->image_height * self->layer->zoom)));
  if (self->stale != NULL)
    {
      double ratio = self->layer->zoom / self->stale->zoom;
      MgRect part = {
        (int) floor (visible->x / ratio),
        (int) floor (visible->y / ratio),
        (int) ceil (visible->width / ratio) + 1,
        (int) ceil (visible->height / ratio) + 1,
      };

      gtk_snapshot_save (snapshot);
      gtk_snapshot_scale (snapshot, ratio, ratio);
      layer_snapshot (self->stale, snapshot, &part);
      gtk_snapshot_restore (snapshot);
    }
  layer_snapshot (self->layer, snapshot, visible);
}
