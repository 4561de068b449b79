#pragma once

#include "annotate/mask.h"

#define MG_UNDO_BUDGET_BYTES ((gsize) 256 << 20)

/* Edits of one mask, each kept as the tiles it replaced (or the training
 * regions); undo and redo swap them back. Memory follows what was touched, not the size of the image. */
typedef struct _MgUndo MgUndo;

MgUndo *mg_undo_new (gsize budget_bytes);
void mg_undo_set_budget (MgUndo *undo,
                         gsize budget_bytes);
void mg_undo_free (MgUndo *undo);
void mg_undo_push (MgUndo *undo,
                   GArray *changes,
                   GArray *deltas,
                   GArray *regions,
                   const MgRect *damage,
                   int plane,
                   guint group);
gboolean mg_undo_peek (MgUndo *undo,
                       gboolean redo,
                       int *plane,
                       guint *group);
void mg_undo_list_tiles (MgUndo *undo,
                         gboolean redo,
                         GArray *tiles);
gboolean mg_undo_can (MgUndo *undo,
                      gboolean redo);
const GArray *mg_undo_step (MgUndo *undo,
                            MgMask *mask,
                            GArray **regions,
                            gboolean redo,
                            MgRect *damage);
guint64 mg_undo_get_state (MgUndo *undo);
gsize mg_undo_get_bytes (MgUndo *undo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgUndo, mg_undo_free)
