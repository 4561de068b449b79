#pragma once

#include "base/job.h"

/* For the scheduler and mg_job_run(): one step; FALSE when the job has ended. */
gboolean _mg_job_step (MgJob *job);
int _mg_job_get_priority (MgJob *job);
