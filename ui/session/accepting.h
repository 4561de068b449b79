#pragma once

#include "session/document.h"

/* A job that makes the predictions of every plane of an image part of its
 * labels, as one edit for undo: read on the job's thread, added on the main
 * thread a plane at a time. Stopped, it keeps what is added. Made on the main
 * thread, run by mg_job_run() on another. */
MgJob *mg_accepting_new (MgDocument *document);
/* Once it is finished: how many cells, of how many planes. */
guint mg_accepting_get_n_cells (MgJob *job,
                                guint *n_planes);
