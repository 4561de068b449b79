#pragma once

#include "annotate/mask.h"
#include "annotate/training-region.h"

/* Tiles, and training regions, of an annotation as they were at one moment: what
 * edits changed since the last time it was asked for. Immutable; any one thread. */
typedef struct _MgTouched MgTouched;

/* One of them. */
typedef struct
{
  int plane;
  guint index; /* row by row in its plane */
  const MgMaskTile *tile;
} MgTouchedTile;

void mg_touched_free (MgTouched *touched);
guint mg_touched_get_n (MgTouched *touched);
MgTouchedTile mg_touched_get (MgTouched *touched,
                              guint i);
/* The training regions, where they were edited too; else %NULL. */
const MgTrainingRegion *mg_touched_get_regions (MgTouched *touched,
                                                guint *n);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgTouched, mg_touched_free)
