#pragma once

#include "base/job.h"

/* Owns the one compute thread: everything that talks to a backend runs there,
 * so backends need no locks. */
#define MG_TYPE_SCHEDULER (mg_scheduler_get_type ())
G_DECLARE_FINAL_TYPE (MgScheduler, mg_scheduler, MG, SCHEDULER, GObject)

MgScheduler *mg_scheduler_new (int nice_level);
void mg_scheduler_submit (MgScheduler *scheduler,
                          MgJob *job);
gboolean mg_scheduler_shutdown (MgScheduler *scheduler,
                                guint timeout_ms);
