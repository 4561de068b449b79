#pragma once

#include "annotate/mask.h"

#define MG_TILE_PIXELS (MG_MASK_TILE_PX * MG_MASK_TILE_PX)

guint mg_tile_pack (const guint32 *px,
                    guint32 *words,
                    guint max_words);
gboolean mg_tile_unpack (const guint32 *words,
                         guint n_words,
                         guint32 *px);
