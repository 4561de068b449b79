#pragma once

#include <gtk/gtk.h>

#include "view/composer.h"

/* The picture of a canvas in tiles of 256 device pixels. A tile's place counts
 * from the image's top-left corner at the zoom of the moment, so panning keeps
 * all tiles. Tiles come from a worker thread; those under a brush are rendered
 * at once by the caller. Main thread. */
typedef struct _MgViewTiles MgViewTiles;

MgViewTiles *mg_view_tiles_new (void (*ready) (gpointer data),
                                gpointer data);
void mg_view_tiles_free (MgViewTiles *cache);
void mg_view_tiles_reset (MgViewTiles *cache,
                          int image_width,
                          int image_height);
void mg_view_tiles_set_zoom (MgViewTiles *cache,
                             double zoom);
void mg_view_tiles_invalidate (MgViewTiles *cache);
void mg_view_tiles_damage (MgViewTiles *cache,
                           const MgScene *scene,
                           const MgRect *rect,
                           const MgRect *visible);
gboolean mg_view_tiles_request (MgViewTiles *cache,
                                const MgScene *scene,
                                const MgRect *visible);
void mg_view_tiles_set_moving (MgViewTiles *cache,
                               gboolean moving);
GdkTexture *mg_view_tiles_get_overview (MgViewTiles *cache);
void mg_view_tiles_snapshot (MgViewTiles *cache,
                             GtkSnapshot *snapshot,
                             const MgRect *visible);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgViewTiles, mg_view_tiles_free)
