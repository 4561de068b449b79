#pragma once

#include "annotate/mask.h"
#include "annotate/training-region.h"

/* Labels of all planes of an image, slices (z) and time points (t): plane
 * t × n_z + z. A plane without labels costs one pointer. What a file holds and
 * what annotations are made from and saved as; belongs to one thread at a time. */
typedef struct _MgMaskStack MgMaskStack;

MgMaskStack *mg_mask_stack_new (int width,
                                int height,
                                int n_z,
                                int n_t);
void mg_mask_stack_free (MgMaskStack *stack);
int mg_mask_stack_get_width (MgMaskStack *stack);
int mg_mask_stack_get_height (MgMaskStack *stack);
int mg_mask_stack_get_n_z (MgMaskStack *stack);
int mg_mask_stack_get_n_t (MgMaskStack *stack);
int mg_mask_stack_get_n_planes (MgMaskStack *stack);
guint mg_mask_stack_get_n_tiles (MgMaskStack *stack);
MgMask *mg_mask_stack_get (MgMaskStack *stack,
                           int plane);
MgMask *mg_mask_stack_steal (MgMaskStack *stack,
                             int plane);
void mg_mask_stack_take (MgMaskStack *stack,
                         int plane,
                         MgMask *mask);
gboolean mg_mask_stack_set_band (MgMaskStack *stack,
                                 int plane,
                                 int tile_row,
                                 const guint32 *rows,
                                 GError **error);
void mg_mask_stack_set_tile (MgMaskStack *stack,
                             int plane,
                             guint index,
                             MgMaskTile *tile);
/* The training regions that go with the labels. */
const MgTrainingRegion *mg_mask_stack_get_regions (MgMaskStack *stack,
                                                   guint *n);
void mg_mask_stack_set_regions (MgMaskStack *stack,
                                const MgTrainingRegion *regions,
                                guint n);
gboolean mg_mask_stack_takes_part (MgMaskStack *stack,
                                   int plane,
                                   GArray **rects);
gboolean mg_mask_stack_has_ignored (MgMaskStack *stack);
guint32 mg_mask_stack_get_max (MgMaskStack *stack);
guint mg_mask_stack_count (MgMaskStack *stack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgMaskStack, mg_mask_stack_free)
