#pragma once

#include "annotate/mask.h"

#define MG_UNDO_BUDGET_BYTES ((gsize) 256 << 20)

/* Edits of one mask, each kept as the tiles it replaced (or the training
 * regions); undo and redo swap them back. Memory follows what was touched, not the
 * size of the image. Belongs to one thread; another one packs older entries, keeps
 * to the budget and frees what is dropped. */
typedef struct _MgUndo MgUndo;

MgUndo *mg_undo_new (gsize budget_bytes);
void mg_undo_set_budget (MgUndo *undo,
                         gsize budget_bytes);
void mg_undo_settle (MgUndo *undo);
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
gboolean mg_undo_can (MgUndo *undo,
                      gboolean redo);
const GArray *mg_undo_step (MgUndo *undo,
                            MgMask *mask,
                            GArray **regions,
                            gboolean redo,
                            MgRect *damage,
                            GArray *tiles);
guint64 mg_undo_get_state (MgUndo *undo);
gsize mg_undo_get_bytes (MgUndo *undo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgUndo, mg_undo_free)
