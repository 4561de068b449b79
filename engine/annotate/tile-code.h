#pragma once

#include "annotate/mask-tile.h"

guint mg_tile_pack (const MgMaskTile *tile,
                    guint32 *words,
                    guint max_words);
MgMaskTile *mg_tile_unpack (const guint32 *words,
                            guint n_words);
