#pragma once

#include "image/filter.h"
#include "session/session.h"

/* Runs a filter without learning over images, one run at a time, on a thread of
 * its own: nothing waits for it. Results go where those of models go, told by
 * the session's "restored". Main thread.
 * Signals: "changed": started or stopped; "finished" (guint images, const GError *
 * or NULL). */
#define MG_TYPE_FILTERING (mg_filtering_get_type ())
G_DECLARE_FINAL_TYPE (MgFiltering, mg_filtering, MG, FILTERING, GObject)

MgFiltering *mg_filtering_new (MgSession *session);
gboolean mg_filtering_is_running (MgFiltering *self);
MgJob *mg_filtering_get_job (MgFiltering *self);
void mg_filtering_start (MgFiltering *self,
                         MgFilterKind kind,
                         GPtrArray *documents);
void mg_filtering_stop (MgFiltering *self);
