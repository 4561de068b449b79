#pragma once

#include "base/progress.h"

/**
 * MgStep:
 * @MG_STEP_MORE: call again
 * @MG_STEP_DONE: finished well
 * @MG_STEP_ERROR: stopped, with an error set
 */
typedef enum
{
  MG_STEP_MORE,
  MG_STEP_DONE,
  MG_STEP_ERROR,
} MgStep;

/**
 * MgJobState:
 *
 * %MG_JOB_STOPPED is a job that was cancelled; what it keeps is its own affair.
 */
typedef enum
{
  MG_JOB_WAITING,
  MG_JOB_RUNNING,
  MG_JOB_DONE,
  MG_JOB_STOPPED,
  MG_JOB_FAILED,
} MgJobState;

/* Step-wise work for the compute thread: `step` is called until it says
 * otherwise, and other, more urgent jobs run between two steps. A step takes
 * some tens of milliseconds, or looks at the cancellable that often. */
typedef struct
{
  const char *name; /* static, "Training" */
  MgStep (*step) (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error);
  void (*finish) (gpointer data); /* (nullable) compute thread, after the last step, also when stopped */
  GDestroyNotify free;            /* any thread */
} MgJobFuncs;

#define MG_TYPE_JOB (mg_job_get_type ())
G_DECLARE_FINAL_TYPE (MgJob, mg_job, MG, JOB, GObject)

/* Signals, emitted in the main context that was thread-default when the job
 * was made: "progress" (at most 10 a second) and "finished" (once). */

/* lower runs first */
enum
{
  MG_PRIORITY_URGENT = 0,  /* the region in view */
  MG_PRIORITY_NORMAL = 50, /* prediction, measuring */
  MG_PRIORITY_TRAINING = 100,
};

MgJob *mg_job_new (const MgJobFuncs *funcs,
                   gpointer data,
                   int priority);
const char *mg_job_get_name (MgJob *job);
gpointer mg_job_get_data (MgJob *job);
MgJobState mg_job_get_state (MgJob *job);
const GError *mg_job_get_error (MgJob *job);
MgProgress *mg_job_get_progress (MgJob *job);
GCancellable *mg_job_get_cancellable (MgJob *job);
void mg_job_cancel (MgJob *job);
gboolean mg_job_run (MgJob *job,
                     GError **error);
void mg_job_run_in_thread (MgJob *job);
