#pragma once

#include "annotate/mask.h"

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

gboolean _mg_mask_fill_band (MgMask *mask,
                             int tile_row,
                             const guint32 *rows,
                             GError **error);

void _mg_mask_begin (MgMask *mask);
GArray *_mg_mask_end (MgMask *mask);
MgMaskTile **_mg_mask_write_tile (MgMask *mask,
                                  guint index);
void _mg_mask_set_tile (MgMask *mask,
                        guint index,
                        MgMaskTile *tile);
void _mg_mask_swap_tile (MgMask *mask,
                         guint index,
                         MgMaskTile **tile);
/* A tile now, or (before) as it was when the edit in hand began. */
MgMaskTile *_mg_mask_peek_tile (MgMask *mask,
                                guint index,
                                gboolean before);
void _mg_mask_tile_rect (MgMask *mask,
                         guint index,
                         MgRect *rect);
