#pragma once

#include "base/error.h"

/* The most recently used blocks of something, up to a number of bytes. Blocks
 * are shared by reference, so one may be dropped here while it is being read
 * elsewhere. Any thread. */
typedef struct _MgTileCache MgTileCache;

MgTileCache *mg_tile_cache_new (gsize budget_bytes);
void mg_tile_cache_free (MgTileCache *cache);
GBytes *mg_tile_cache_lookup (MgTileCache *cache,
                              guint64 group,
                              guint64 index);
void mg_tile_cache_insert (MgTileCache *cache,
                           guint64 group,
                           guint64 index,
                           GBytes *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgTileCache, mg_tile_cache_free)
