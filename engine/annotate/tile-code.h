#pragma once

#include "annotate/mask-tile.h"

guint mg_tile_pack (const MgMaskTile *tile,
                    guint32 *words,
                    guint max_words);
MgMaskTile *mg_tile_unpack (const guint32 *words,
                            guint n_words);

/* Tiles that are kept packed, and unpack themselves. */
MgMaskTile *mg_mask_tile_new_packed (const MgMaskTile *tile);
const MgMaskTile *mg_mask_tile_open (const MgMaskTile *tile);
const guint32 *mg_mask_tile_get_packed_labels (const MgMaskTile *tile,
                                               guint *n);
gsize mg_mask_tile_get_packed_bytes (const MgMaskTile *tile);
void mg_mask_tile_free_packed (MgMaskTile *tile);
