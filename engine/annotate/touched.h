#pragma once

#include "annotate/mask.h"

/* Tiles of an annotation as they were at one moment: what edits changed since
 * the last time it was asked for. Immutable; any one thread. */
typedef struct _MgTouched MgTouched;

/* One of them. */
typedef struct
{
  int plane;
  guint index;       /* row by row in its plane */
  const guint32 *px; /* (nullable): MG_TILE_PIXELS labels; NULL is all background */
} MgTouchedTile;

void mg_touched_free (MgTouched *touched);
guint mg_touched_get_n (MgTouched *touched);
MgTouchedTile mg_touched_get (MgTouched *touched,
                              guint i);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgTouched, mg_touched_free)
