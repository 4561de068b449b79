#pragma once

#include "annotate/mask-tile.h"
#include "image/labels.h"

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
/* Rows of dst are stride bytes apart; outside the mask all is 0. */
void mg_mask_read (MgMask *mask,
                   const MgRect *rect,
                   guint32 *dst,
                   gsize stride);
/* Labels at n columns of one row; columns or a row outside the mask give 0. */
void mg_mask_sample_row (MgMask *mask,
                         int y,
                         const int *columns,
                         gsize n,
                         guint32 *dst);
MgLabels *mg_mask_to_labels (MgMask *mask,
                             GError **error);
MgLabels *mg_mask_to_training_labels (MgMask *mask,
                                      GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgMask, mg_mask_free)
