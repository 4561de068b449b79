#pragma once

#include <glib.h>

#define MG_MASK_TILE_PX 128
#define MG_TILE_PIXELS  (MG_MASK_TILE_PX * MG_MASK_TILE_PX)

/* So many labels are told apart by a byte a pixel. */
#define MG_TILE_MAX_FEW 256

/* In the place of the number of labels: the tile is packed. */
#define MG_TILE_PACKED -1

/* 128 × 128 labels, row by row. Mostly few of them differ: then a pixel is a
 * byte, its label's place in the tile's table, whatever the label's number, and
 * a tile of a single label has no pixels at all. Only a tile of more labels
 * holds them as they are. One that is kept for undo is packed to runs, and
 * unpacks itself for good when it is looked at. Who reads or writes one sees
 * none of that.
 *
 * Shared by a count of references, and written only while that is one; any
 * thread may read one and let it go. NULL is a tile that is all background. */
typedef struct
{
  int refs;        /* atomic */
  int n_few;       /* labels in the table; 0 where the words are the pixels */
  guint32 words[]; /* MG_TILE_MAX_FEW of the table, then the bytes; or one label; or the pixels; or MgPackedTile */
} MgMaskTile;

MgMaskTile *mg_mask_tile_try_new (const guint32 *px,
                                  gsize stride,
                                  int width,
                                  int height);
MgMaskTile *mg_mask_tile_new_uniform (guint32 label);
MgMaskTile *mg_mask_tile_copy (const MgMaskTile *tile);
guint32 mg_mask_tile_get_packed (const MgMaskTile *tile,
                                 guint at);
MgMaskTile *mg_mask_tile_ref (MgMaskTile *tile);
void mg_mask_tile_unref (MgMaskTile *tile);
gsize mg_mask_tile_get_bytes (const MgMaskTile *tile);
gboolean mg_mask_tile_is_background (const MgMaskTile *tile);
const guint32 *mg_mask_tile_get_labels (const MgMaskTile *tile,
                                        guint *n);
gboolean mg_mask_tile_may_have (const MgMaskTile *tile,
                                guint32 label);
guint mg_mask_tile_run (const MgMaskTile *tile,
                        guint at,
                        guint max,
                        guint32 *label);
void mg_mask_tile_read (const MgMaskTile *tile,
                        guint at,
                        guint n,
                        guint32 *dst);
void mg_mask_tile_fill (MgMaskTile **tile,
                        guint at,
                        guint n,
                        guint32 label);

/* The label of one pixel. */
static inline guint32
mg_mask_tile_get (const MgMaskTile *tile,
                  guint at)
{
  if (tile == NULL)
    return 0;
  if (tile->n_few > 1)
    return tile->words[((const guint8 *) (tile->words + MG_TILE_MAX_FEW))[at]];
  if (tile->n_few == MG_TILE_PACKED)
    return mg_mask_tile_get_packed (tile, at);
  return tile->words[tile->n_few == 1 ? 0 : at];
}
