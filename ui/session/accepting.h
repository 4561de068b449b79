#pragma once

#include "session/document.h"

/* A job that makes the predictions of every plane of an image, or those of the one
 * in view, part of its labels, as one edit for undo: read and made ready on the
 * job's thread, taken over on the main thread a plane at a time. Stopped, it keeps
 * what is added. Made on the main thread, run by mg_job_run() on another. */
MgJob *mg_accepting_new (MgDocument *document,
                         MgInstances *instances);
/* Whether it is one of every plane. */
gboolean mg_accepting_is_of_all (MgJob *job);
/* Once it is finished: how many cells, of how many planes. */
guint mg_accepting_get_n_cells (MgJob *job,
                                guint *n_planes);
