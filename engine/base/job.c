#include "base/job-private.h"

#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

enum
{
  PROGRESS,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _MgJob
{
  GObject parent_instance;

  MgJobFuncs funcs;
  gpointer data; /* owned through funcs.free */
  int priority;
  GMainContext *context; /* shared: where signals are emitted */
  MgProgress *progress;  /* shared */
  GCancellable *cancellable;

  GMutex mutex; /* guards what follows */
  MgJobState state;
  GError *error; /* owned; set once, before the state becomes FAILED */
  gboolean progress_pending;
  gint64 emitted_us;
};

G_DEFINE_FINAL_TYPE (MgJob, mg_job, G_TYPE_OBJECT)

static void
mg_job_finalize (GObject *object)
{
  MgJob *self = MG_JOB (object);

  mg_progress_watch (self->progress, NULL, NULL);
  if (self->funcs.free != NULL)
    self->funcs.free (self->data);
  g_clear_pointer (&self->progress, mg_progress_free);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  G_OBJECT_CLASS (mg_job_parent_class)->finalize (object);
}

static void
mg_job_class_init (MgJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mg_job_finalize;

  /**
   * MgJob::progress:
   *
   * The progress record has changed; emitted at most ten times a second, in
   * the context of the job's creator.
   */
  signals[PROGRESS] = g_signal_new ("progress", MG_TYPE_JOB, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * MgJob::finished:
   *
   * The job has ended, whichever way; emitted once, in the context of the
   * job's creator, and the last signal of the job.
   */
  signals[FINISHED] = g_signal_new ("finished", MG_TYPE_JOB, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mg_job_init (MgJob *self)
{
  g_mutex_init (&self->mutex);
  self->progress = mg_progress_new ();
  self->cancellable = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->state = MG_JOB_WAITING;
}

/* The source holds a reference, so the job outlives what is on its way. */
static void
attach (MgJob *self, guint delay_ms, GSourceFunc func)
{
  g_autoptr (GSource) source = delay_ms == 0 ? g_idle_source_new () : g_timeout_source_new (delay_ms);

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, g_object_ref (self), g_object_unref);
  g_source_attach (source, self->context);
}

static gboolean
emit_progress (gpointer data)
{
  MgJob *self = data;
  gboolean ended;

  g_mutex_lock (&self->mutex);
  self->progress_pending = FALSE;
  self->emitted_us = g_get_monotonic_time ();
  ended = self->state > MG_JOB_RUNNING;
  g_mutex_unlock (&self->mutex);
  if (!ended)
    g_signal_emit (self, signals[PROGRESS], 0);
  return G_SOURCE_REMOVE;
}

static gboolean
emit_finished (gpointer data)
{
  g_signal_emit (data, signals[FINISHED], 0);
  return G_SOURCE_REMOVE;
}

/* Working thread: one source at a time is on its way, the next no earlier than
 * a tenth of a second after the last emission. */
static void
progress_changed (gpointer data)
{
  MgJob *self = data;
  gint64 wait_us = 0;
  gboolean send;

  g_mutex_lock (&self->mutex);
  send = !self->progress_pending && self->state == MG_JOB_RUNNING;
  if (send)
    {
      self->progress_pending = TRUE;
      wait_us = self->emitted_us + PROGRESS_INTERVAL_US - g_get_monotonic_time ();
    }
  g_mutex_unlock (&self->mutex);
  if (send)
    attach (self, wait_us <= 0 ? 0 : (guint) (wait_us / 1000 + 1), emit_progress);
}

/**
 * mg_job_new:
 * @funcs: what to call; copied
 * @data: (transfer full): handed to each, freed with @funcs.free
 * @priority: %MG_PRIORITY_URGENT and so on, lower runs first
 *
 * A job to hand to mg_scheduler_submit() or mg_job_run(), once. Its signals
 * are emitted in the thread-default main context of the calling thread.
 *
 * Returns: (transfer full): the job, waiting
 */
MgJob *
mg_job_new (const MgJobFuncs *funcs,
            gpointer data,
            int priority)
{
  MgJob *self;

  g_return_val_if_fail (funcs != NULL && funcs->step != NULL, NULL);
  self = g_object_new (MG_TYPE_JOB, NULL);
  self->funcs = *funcs;
  self->data = data;
  self->priority = priority;
  mg_progress_watch (self->progress, progress_changed, self);
  return self;
}

/**
 * mg_job_get_name:
 *
 * Returns: what the job is called ("Training"); any thread
 */
const char *
mg_job_get_name (MgJob *job)
{
  g_return_val_if_fail (MG_IS_JOB (job), NULL);
  return job->funcs.name;
}

/**
 * mg_job_get_data:
 *
 * Returns: (transfer none): what mg_job_new() was given; any thread
 */
gpointer
mg_job_get_data (MgJob *job)
{
  g_return_val_if_fail (MG_IS_JOB (job), NULL);
  return job->data;
}

/**
 * mg_job_get_state:
 *
 * Returns: the state of this moment; any thread. Past %MG_JOB_RUNNING it
 *   changes no more and all that the job has written can be read.
 */
MgJobState
mg_job_get_state (MgJob *job)
{
  MgJobState state;

  g_return_val_if_fail (MG_IS_JOB (job), MG_JOB_FAILED);
  g_mutex_lock (&job->mutex);
  state = job->state;
  g_mutex_unlock (&job->mutex);
  return state;
}

/**
 * mg_job_get_error:
 *
 * Returns: (transfer none) (nullable): why a failed job failed, %NULL in any
 *   other state; any thread
 */
const GError *
mg_job_get_error (MgJob *job)
{
  const GError *error;

  g_return_val_if_fail (MG_IS_JOB (job), NULL);
  g_mutex_lock (&job->mutex);
  error = job->state == MG_JOB_FAILED ? job->error : NULL;
  g_mutex_unlock (&job->mutex);
  return error;
}

/**
 * mg_job_get_progress:
 *
 * Returns: (transfer none): the job's progress record; any thread
 */
MgProgress *
mg_job_get_progress (MgJob *job)
{
  g_return_val_if_fail (MG_IS_JOB (job), NULL);
  return job->progress;
}

/**
 * mg_job_get_cancellable:
 *
 * Returns: (transfer none): what mg_job_cancel() triggers; any thread
 */
GCancellable *
mg_job_get_cancellable (MgJob *job)
{
  g_return_val_if_fail (MG_IS_JOB (job), NULL);
  return job->cancellable;
}

/**
 * mg_job_cancel:
 *
 * Asks the job to stop; it ends as %MG_JOB_STOPPED soon after, or as
 * %MG_JOB_DONE when it was done already. Any thread.
 */
void
mg_job_cancel (MgJob *job)
{
  g_return_if_fail (MG_IS_JOB (job));
  g_cancellable_cancel (job->cancellable);
}

static void
end (MgJob *self, MgJobState state, GError *error)
{
  if (self->funcs.finish != NULL)
    self->funcs.finish (self->data);
  g_mutex_lock (&self->mutex);
  self->error = error;
  self->state = state;
  g_mutex_unlock (&self->mutex);
  attach (self, 0, emit_finished);
}

int
_mg_job_get_priority (MgJob *job)
{
  return job->priority;
}

gboolean
_mg_job_step (MgJob *job)
{
  GError *error = NULL;

  if (g_cancellable_is_cancelled (job->cancellable))
    {
      end (job, MG_JOB_STOPPED, NULL);
      return FALSE;
    }
  g_mutex_lock (&job->mutex);
  job->state = MG_JOB_RUNNING;
  g_mutex_unlock (&job->mutex);
  switch (job->funcs.step (job->data, job->progress, job->cancellable, &error))
    {
    case MG_STEP_MORE:
      return TRUE;
    case MG_STEP_DONE:
      end (job, MG_JOB_DONE, NULL);
      return FALSE;
    case MG_STEP_ERROR:
    default:
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_clear_error (&error);
          end (job, MG_JOB_STOPPED, NULL);
        }
      else
        {
          if (error == NULL)
            g_set_error (&error, MG_ERROR, MG_ERROR_FAILED, "%s failed without saying why", job->funcs.name);
          end (job, MG_JOB_FAILED, error);
        }
      return FALSE;
    }
}

/**
 * mg_job_run:
 * @job: a job that has not been submitted
 *
 * Runs the job to its end on the calling thread, which must then be the one
 * that computes. Signals wait until the creator's context is iterated.
 *
 * Returns: FALSE with the job's error when it failed, or with
 *   %G_IO_ERROR_CANCELLED when it was stopped
 */
gboolean
mg_job_run (MgJob *job,
            GError **error)
{
  g_return_val_if_fail (MG_IS_JOB (job), FALSE);
  g_return_val_if_fail (mg_job_get_state (job) == MG_JOB_WAITING, FALSE);
  while (_mg_job_step (job))
    ;
  switch (mg_job_get_state (job))
    {
    case MG_JOB_DONE:
      return TRUE;
    case MG_JOB_STOPPED:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s was stopped", job->funcs.name);
      return FALSE;
    default:
      g_propagate_error (error, g_error_copy (job->error));
      return FALSE;
    }
}

static void
run_thread (GTask *task,
            gpointer source,
            gpointer task_data,
            GCancellable *cancellable)
{
  mg_job_run (source, NULL);
  g_task_return_boolean (task, TRUE);
}

/**
 * mg_job_run_in_thread:
 * @job: a job that has not been submitted
 *
 * Runs the job to its end on a thread of its own: one that reads and writes
 * files, and talks to no backend. What came of it is told by "finished".
 */
void
mg_job_run_in_thread (MgJob *job)
{
  g_autoptr (GTask) task = g_task_new (job, NULL, NULL, NULL);

  g_task_run_in_thread (task, run_thread);
}
