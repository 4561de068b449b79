#include "canvas/view-tiles-private.h"

#include <math.h>

/* Damage up to this many device pixels is drawn by the caller, about 4 ms of
 * work; more than that (an undone clearing) comes from the worker. */
#define MAX_SYNC_PX (640 * 512)

/* Tiles out of view are kept up to this number, 64 MiB. */
#define MAX_TILES 256

/* So often is looked for something sharper while drafts are shown. */
#define IMPROVE_MS 120

static void
tile_forget_request (MgTile *tile)
{
  if (tile->pending != NULL)
    {
      tile->pending->tile = NULL;
      g_atomic_int_set (&tile->pending->cancelled, TRUE);
      tile->pending = NULL;
    }
}

static void
tile_free (gpointer data)
{
  MgTile *tile = data;

  tile_forget_request (tile);
  g_clear_object (&tile->texture);
  g_clear_pointer (&tile->pixels, g_bytes_unref);
  g_free (tile);
}

static void
tile_take_pixels (MgTile *tile,
                  GBytes *pixels)
{
  g_clear_object (&tile->texture);
  g_clear_pointer (&tile->pixels, g_bytes_unref);
  tile->pixels = pixels;
  tile->texture = gdk_memory_texture_new (tile->rect.width, tile->rect.height, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED,
                                          pixels, (gsize) tile->rect.width * 4);
}

static MgLayer *
layer_new (double zoom,
           int image_width,
           int image_height)
{
  MgLayer *layer = g_new0 (MgLayer, 1);

  layer->zoom = zoom;
  layer->width = (int) ceil (image_width * zoom);
  layer->height = (int) ceil (image_height * zoom);
  layer->tiles = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, tile_free);
  return layer;
}

static void
layer_free (MgLayer *layer)
{
  g_hash_table_unref (layer->tiles);
  g_free (layer);
}

/* A viewport whose top-left corner is the image's, so that device pixels of
 * the viewport are those of the layer. */
static MgViewport
layer_viewport (MgViewTiles *self)
{
  MgLayer *layer = self->layer;

  return (MgViewport){
    .image_width = self->image_width,
    .image_height = self->image_height,
    .width = layer->width,
    .height = layer->height,
    .centre_x = layer->width / 2.0 / layer->zoom,
    .centre_y = layer->height / 2.0 / layer->zoom,
    .zoom = layer->zoom,
  };
}

static MgTile *
layer_get_tile (MgViewTiles *self,
                int column,
                int row)
{
  MgTile *tile = g_hash_table_lookup (self->layer->tiles, _mg_tile_key (column, row));

  if (tile == NULL)
    {
      MgRect whole = { 0, 0, self->layer->width, self->layer->height };
      MgRect rect = { column * MG_VIEW_TILE_PX, row * MG_VIEW_TILE_PX, MG_VIEW_TILE_PX, MG_VIEW_TILE_PX };

      tile = g_new0 (MgTile, 1);
      mg_rect_intersect (&rect, &whole, &tile->rect);
      tile->serial = self->serial;
      tile->shown = self->serial - 1;
      g_hash_table_insert (self->layer->tiles, _mg_tile_key (column, row), tile);
    }
  return tile;
}

/* Asks for drafts again when there is something better. */
static gboolean
on_improve (gpointer data)
{
  MgViewTiles *self = data;
  MgPyramid *pyramid = self->scene != NULL ? self->scene->scene.image : NULL;
  guint drafts = 0, improved = pyramid != NULL ? mg_image_improve (mg_pyramid_get_image (pyramid)) : 0;
  GHashTableIter iter;
  gpointer value;

  if (self->layer != NULL)
    {
      g_hash_table_iter_init (&iter, self->layer->tiles);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          MgTile *tile = value;

          drafts += tile->draft || tile->pending != NULL;
          if (tile->draft && improved != self->improved)
            tile->shown = tile->serial - 1;
        }
    }
  drafts += self->overview->draft;
  if (self->overview->draft && improved != self->improved)
    self->overview->shown = self->overview->serial - 1;
  if (improved != self->improved && drafts > 0)
    self->ready (self->data);
  self->improved = improved;
  if (drafts > 0 || pyramid == NULL)
    return G_SOURCE_CONTINUE;
  self->improve = 0;
  return G_SOURCE_REMOVE;
}

static void
on_tiles_done (GPtrArray *requests,
               gpointer data)
{
  MgViewTiles *self = data;
  gboolean changed = FALSE;

  for (guint i = 0; i < requests->len; i++)
    {
      MgTileRequest *request = requests->pdata[i];
      MgTile *tile = request->tile;

      if (tile == NULL)
        continue;
      tile->pending = NULL;
      tile_take_pixels (tile, g_steal_pointer (&request->pixels));
      tile->shown = request->serial;
      tile->draft = request->draft;
      if (tile->draft && self->improve == 0)
        self->improve = g_timeout_add (IMPROVE_MS, on_improve, self);
      changed = TRUE;
    }
  if (changed)
    self->ready (self->data);
}

/**
 * mg_view_tiles_new:
 * @ready: called when new tiles can be drawn
 *
 * Returns: (transfer full): an empty cache
 */
MgViewTiles *
mg_view_tiles_new (void (*ready) (gpointer data),
                   gpointer data)
{
  MgViewTiles *self = g_new0 (MgViewTiles, 1);

  self->ready = ready;
  self->data = data;
  self->worker = mg_tile_worker_new (on_tiles_done, self);
  self->overview = g_new0 (MgTile, 1);
  return self;
}

/**
 * mg_view_tiles_free:
 * @self: a cache
 */
void
mg_view_tiles_free (MgViewTiles *self)
{
  g_clear_handle_id (&self->improve, g_source_remove);
  g_clear_pointer (&self->layer, layer_free);
  g_clear_pointer (&self->stale, layer_free);
  tile_free (self->overview);
  mg_tile_worker_free (self->worker);
  g_clear_pointer (&self->scene, mg_shared_scene_unref);
  g_free (self);
}

/**
 * mg_view_tiles_reset:
 * @self: a cache
 *
 * Another image: forgets all tiles.
 */
void
mg_view_tiles_reset (MgViewTiles *self,
                     int image_width,
                     int image_height)
{
  g_clear_pointer (&self->layer, layer_free);
  g_clear_pointer (&self->stale, layer_free);
  g_clear_pointer (&self->scene, mg_shared_scene_unref);
  g_clear_handle_id (&self->improve, g_source_remove);
  tile_free (self->overview);
  self->overview = g_new0 (MgTile, 1);
  self->overview->serial = self->overview->shown + 1;
  self->image_width = image_width;
  self->image_height = image_height;
}

static gboolean
layer_is_worth_keeping (MgLayer *layer)
{
  GHashTableIter iter;
  gpointer value;
  guint shown = 0;

  g_hash_table_iter_init (&iter, layer->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    shown += ((MgTile *) value)->texture != NULL;
  return shown > 0 && shown * 2 >= g_hash_table_size (layer->tiles);
}

/**
 * mg_view_tiles_set_zoom:
 * @self: a cache
 * @zoom: device pixels an image pixel
 *
 * What was shown stays as the coarse picture until new tiles are there.
 */
void
mg_view_tiles_set_zoom (MgViewTiles *self,
                        double zoom)
{
  if (self->image_width <= 0 || (self->layer != NULL && self->layer->zoom == zoom))
    return;
  if (self->layer != NULL && (self->stale == NULL || layer_is_worth_keeping (self->layer)))
    {
      GHashTableIter iter;
      gpointer value;

      g_clear_pointer (&self->stale, layer_free);
      self->stale = g_steal_pointer (&self->layer);
      g_hash_table_iter_init (&iter, self->stale->tiles);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        tile_forget_request (value);
    }
  g_clear_pointer (&self->layer, layer_free);
  self->layer = layer_new (zoom, self->image_width, self->image_height);
}

/**
 * mg_view_tiles_invalidate:
 * @self: a cache
 *
 * Another scene is shown from now on: all tiles are rendered again as they come into
 * view; until then they show what they showed.
 */
void
mg_view_tiles_invalidate (MgViewTiles *self)
{
  GHashTableIter iter;
  gpointer value;

  g_clear_pointer (&self->scene, mg_shared_scene_unref);
  self->serial++;
  self->overview->serial++;
  if (self->layer == NULL)
    return;
  g_hash_table_iter_init (&iter, self->layer->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((MgTile *) value)->serial = self->serial;
}

/* Renders part of a tile, or all of it where nothing can be kept. */
static void
tile_render (MgViewTiles *self,
             const MgScene *scene,
             MgTile *tile,
             const MgRect *part)
{
  MgViewport viewport = layer_viewport (self);
  gsize stride = (gsize) tile->rect.width * 4, size = stride * tile->rect.height;
  gboolean keep = tile->pixels != NULL && tile->shown == tile->serial;
  const MgRect *rect = keep ? part : &tile->rect;
  MgScene drawn = *scene;
  guint8 *pixels = keep ? g_memdup2 (g_bytes_get_data (tile->pixels, NULL), size) : g_malloc0 (size);
  guint8 *at = pixels + (rect->y - tile->rect.y) * stride + (gsize) (rect->x - tile->rect.x) * 4;
  g_autoptr (GError) error = NULL;

  tile_forget_request (tile);
  tile->draft = tile->draft && keep;
  drawn.draft = &tile->draft;
  if (!mg_compose (&drawn, &viewport, rect, at, stride, NULL, &error))
    g_debug ("a tile could not be drawn: %s", error->message);
  tile_take_pixels (tile, g_bytes_new_take (pixels, size));
  tile->shown = tile->serial;
}

/**
 * mg_view_tiles_damage:
 * @self: a cache
 * @scene: what is shown
 * @rect: the part that changed, in the layer's pixels
 * @visible: the part in view
 *
 * Renders the changed part at once where it is in view and small, so that a
 * brush never trails behind; the rest is rendered when it is asked for.
 */
void
mg_view_tiles_damage (MgViewTiles *self,
                      const MgScene *scene,
                      const MgRect *rect,
                      const MgRect *visible)
{
  MgRect span, seen;
  gboolean at_once;

  g_clear_pointer (&self->scene, mg_shared_scene_unref);
  if (self->layer == NULL || !_mg_layer_span (self->layer, rect, &span))
    return;
  at_once = mg_rect_intersect (rect, visible, &seen) && (gint64) seen.width * seen.height <= MAX_SYNC_PX;
  for (int row = span.y; row < span.y + span.height; row++)
    for (int column = span.x; column < span.x + span.width; column++)
      {
        MgTile *tile = g_hash_table_lookup (self->layer->tiles, _mg_tile_key (column, row));
        MgRect part;

        if (tile == NULL)
          continue;
        if (at_once && mg_rect_intersect (&tile->rect, visible, &part) && mg_rect_intersect (&tile->rect, rect, &part))
          tile_render (self, scene, tile, &part);
        else
          tile->serial = ++self->serial;
      }
}

/* Forgets requests for what went out of view, and the tiles themselves when
 * there are too many. */
static void
prune (MgViewTiles *self,
       const MgRect *visible)
{
  gboolean full = g_hash_table_size (self->layer->tiles) > MAX_TILES;
  GHashTableIter iter;
  gpointer value;
  MgRect part;

  g_hash_table_iter_init (&iter, self->layer->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MgTile *tile = value;

      if (mg_rect_intersect (&tile->rect, visible, &part))
        continue;
      tile_forget_request (tile);
      if (full || tile->texture == NULL)
        g_hash_table_iter_remove (&iter);
    }
}

/**
 * mg_view_tiles_request:
 * @self: a cache
 * @scene: what is shown
 * @visible: the part in view, in the layer's pixels
 *
 * Asks for what is in view and not yet there.
 *
 * Returns: whether all of it is there
 */
gboolean
mg_view_tiles_request (MgViewTiles *self,
                       const MgScene *scene,
                       const MgRect *visible)
{
  gboolean complete = TRUE;
  MgRect span;

  if (self->layer == NULL || !_mg_layer_span (self->layer, visible, &span))
    return TRUE;
  if (self->moving)
    return FALSE;
  prune (self, visible);
  for (int row = span.y; row < span.y + span.height; row++)
    for (int column = span.x; column < span.x + span.width; column++)
      {
        MgTile *tile = layer_get_tile (self, column, row);
        MgViewport viewport = layer_viewport (self);

        complete = complete && tile->texture != NULL;
        if (tile->shown == tile->serial || tile->pending != NULL)
          continue;
        if (self->scene == NULL)
          self->scene = mg_shared_scene_new (scene);
        tile->pending = mg_tile_request_new (self->scene, &viewport, &tile->rect);
        tile->pending->tile = tile;
        tile->pending->serial = tile->serial;
        mg_tile_worker_push (self->worker, tile->pending);
      }
  if (complete)
    g_clear_pointer (&self->stale, layer_free);
  _mg_view_tiles_request_overview (self, scene);
  return complete;
}
