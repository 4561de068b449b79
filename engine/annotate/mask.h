#pragma once

#include "image/labels.h"

#define MG_MASK_TILE_PX 128

/* A label raster in copy-on-write tiles. mg_mask_snapshot() costs one pointer
 * a tile and shares all pixels; a tile is copied when first written after
 * that. A mask itself belongs to one thread; a snapshot may be read on another. */
typedef struct _MgMask MgMask;

MgMask *mg_mask_new (int width,
                     int height);
MgMask *mg_mask_new_from_labels (MgLabels *labels,
                                 GError **error);
MgMask *mg_mask_snapshot (MgMask *mask);
void mg_mask_free (MgMask *mask);
int mg_mask_get_width (MgMask *mask);
int mg_mask_get_height (MgMask *mask);
guint32 mg_mask_get (MgMask *mask,
                     int x,
                     int y);
/* stride: pixels, not bytes, from one row of dst to the next; outside the mask 0 */
void mg_mask_read (MgMask *mask,
                   const MgRect *rect,
                   guint32 *dst,
                   gsize stride);
MgLabels *mg_mask_to_labels (MgMask *mask,
                             GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgMask, mg_mask_free)
