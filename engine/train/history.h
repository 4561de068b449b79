#pragma once

#include <gio/gio.h>

#include "train/trainer.h"

/* The learning curve: points are appended on the compute thread and read from
 * any. A point that was read once never changes. */
typedef struct _MgHistory MgHistory;

MgHistory *mg_history_new (void);
void mg_history_free (MgHistory *history);
void mg_history_append (MgHistory *history,
                        const MgTrainPoint *point);
void mg_history_copy (MgHistory *history,
                      GArray *points,
                      guint first);
guint mg_history_get_n (MgHistory *history);
void mg_history_truncate (MgHistory *history,
                          gint64 step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgHistory, mg_history_free)
