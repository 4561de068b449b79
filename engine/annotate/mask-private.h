#pragma once

#include "annotate/mask.h"

/* One tile of labels. Written only while its count of references is one. */
typedef struct
{
  int refs; /* atomic */
  guint32 px[MG_MASK_TILE_PX * MG_MASK_TILE_PX];
} MgMaskTile;

/* A tile as it was before the edit in hand; NULL was all background. */
typedef struct
{
  guint index;
  MgMaskTile *before; /* shared, (nullable) */
} MgMaskChange;

struct _MgMask
{
  int width, height;
  int tiles_x, tiles_y;
  MgMaskTile **tiles; /* shared; NULL is all background */
  GArray *journal;    /* (nullable): MgMaskChange of the edit in hand */
  guint32 *slots;     /* (nullable): place in the journal plus one, 0 for untouched tiles */
};

MgMaskTile *_mg_mask_tile_ref (MgMaskTile *tile);
void _mg_mask_tile_unref (MgMaskTile *tile);
MgMaskTile *_mg_mask_tile_new (void);
MgMaskTile *_mg_mask_try_tile (MgMask *mask,
                               GError **error);
gboolean _mg_mask_fill_band (MgMask *mask,
                             int tile_row,
                             const guint32 *rows,
                             GError **error);

void _mg_mask_begin (MgMask *mask);
GArray *_mg_mask_end (MgMask *mask);
guint32 *_mg_mask_write_tile (MgMask *mask,
                              guint index);
void _mg_mask_drop_tile (MgMask *mask,
                         guint index);
void _mg_mask_swap_tile (MgMask *mask,
                         guint index,
                         MgMaskTile **tile);
/* The tile's pixels now, or (before) as they were when the edit in hand
 * began; NULL for all background. */
const guint32 *_mg_mask_peek_tile (MgMask *mask,
                                   guint index,
                                   gboolean before);
void _mg_mask_tile_rect (MgMask *mask,
                         guint index,
                         MgRect *rect);
