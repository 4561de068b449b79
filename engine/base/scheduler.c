#include "base/scheduler.h"

#include "base/job-private.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the thread works from. It keeps a reference of its own, so that a
 * scheduler given up with a step still running is not pulled from under it. */
typedef struct
{
  gatomicrefcount refs;
  int nice_level;
  GMutex mutex; /* guards what follows */
  GCond changed;
  GPtrArray *jobs; /* in the order of submission */
  gboolean closing, ended;
} Queue;

struct _MgScheduler
{
  GObject parent_instance;

  Queue *queue;
  GThread *thread;
};

G_DEFINE_FINAL_TYPE (MgScheduler, mg_scheduler, G_TYPE_OBJECT)

static void
queue_unref (Queue *queue)
{
  if (!g_atomic_ref_count_dec (&queue->refs))
    return;
  g_ptr_array_unref (queue->jobs);
  g_cond_clear (&queue->changed);
  g_mutex_clear (&queue->mutex);
  g_free (queue);
}

/* A cancelled job first, it only has to be told so; then the most urgent, the
 * oldest of equals. */
static MgJob *
choose (Queue *queue)
{
  MgJob *best = NULL;

  for (guint i = 0; i < queue->jobs->len; i++)
    {
      MgJob *job = g_ptr_array_index (queue->jobs, i);

      if (g_cancellable_is_cancelled (mg_job_get_cancellable (job)))
        return job;
      if (best == NULL || _mg_job_get_priority (job) < _mg_job_get_priority (best))
        best = job;
    }
  return best;
}

static gpointer
compute_main (gpointer data)
{
  Queue *queue = data;

  if (queue->nice_level != 0)
    setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), queue->nice_level);
  g_mutex_lock (&queue->mutex);
  for (;;)
    {
      g_autoptr (MgJob) job = NULL;
      gboolean more;

      while (queue->jobs->len == 0 && !queue->closing)
        g_cond_wait (&queue->changed, &queue->mutex);
      if (queue->jobs->len == 0)
        break;
      job = g_object_ref (choose (queue));
      g_mutex_unlock (&queue->mutex);
      more = _mg_job_step (job);
      g_mutex_lock (&queue->mutex);
      if (!more)
        g_ptr_array_remove (queue->jobs, job);
    }
  queue->ended = TRUE;
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->mutex);
  queue_unref (queue);
  return NULL;
}

static void
mg_scheduler_finalize (GObject *object)
{
  MgScheduler *self = MG_SCHEDULER (object);

  mg_scheduler_shutdown (self, 0);
  g_clear_pointer (&self->thread, g_thread_unref);
  queue_unref (self->queue);
  G_OBJECT_CLASS (mg_scheduler_parent_class)->finalize (object);
}

static void
mg_scheduler_class_init (MgSchedulerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mg_scheduler_finalize;
}

static void
mg_scheduler_init (MgScheduler *self)
{
  self->queue = g_new0 (Queue, 1);
  g_atomic_ref_count_init (&self->queue->refs);
  g_mutex_init (&self->queue->mutex);
  g_cond_init (&self->queue->changed);
  self->queue->jobs = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * mg_scheduler_new:
 * @nice_level: of the compute thread, 0 to 19: a window sets a high one, so
 *   that it stays smooth while every core trains
 *
 * Returns: (transfer full): a scheduler with its thread waiting for jobs
 */
MgScheduler *
mg_scheduler_new (int nice_level)
{
  MgScheduler *self = g_object_new (MG_TYPE_SCHEDULER, NULL);

  self->queue->nice_level = nice_level;
  g_atomic_ref_count_inc (&self->queue->refs);
  self->thread = g_thread_new ("mg-compute", compute_main, self->queue);
  return self;
}

/**
 * mg_scheduler_submit:
 * @job: (transfer none): a new job; a reference is kept until it ends
 *
 * Queues the job. The most urgent job is chosen anew before each step, so a
 * job of higher priority overtakes a running one after its current step. After
 * mg_scheduler_shutdown() the job is stopped at once. Any thread.
 */
void
mg_scheduler_submit (MgScheduler *scheduler,
                     MgJob *job)
{
  Queue *queue;
  gboolean closing;

  g_return_if_fail (MG_IS_SCHEDULER (scheduler));
  g_return_if_fail (MG_IS_JOB (job));
  queue = scheduler->queue;
  g_mutex_lock (&queue->mutex);
  closing = queue->closing;
  if (!closing)
    {
      g_ptr_array_add (queue->jobs, g_object_ref (job));
      g_cond_broadcast (&queue->changed);
    }
  g_mutex_unlock (&queue->mutex);
  if (closing)
    {
      mg_job_cancel (job);
      _mg_job_step (job);
    }
}

/**
 * mg_scheduler_shutdown:
 * @timeout_ms: how long to wait for the running step
 *
 * Cancels every job and waits for the compute thread to end them. Call it
 * before the program ends; later calls wait again. The thread of the owner.
 *
 * Returns: FALSE when a step was still running after @timeout_ms; the thread
 *   is then left to itself and ends after that step
 */
gboolean
mg_scheduler_shutdown (MgScheduler *scheduler,
                       guint timeout_ms)
{
  gint64 until_us = g_get_monotonic_time () + (gint64) timeout_ms * 1000;
  g_autoptr (GPtrArray) jobs = NULL;
  Queue *queue;
  gboolean ended;

  g_return_val_if_fail (MG_IS_SCHEDULER (scheduler), FALSE);
  queue = scheduler->queue;
  g_mutex_lock (&queue->mutex);
  queue->closing = TRUE;
  jobs = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < queue->jobs->len; i++)
    g_ptr_array_add (jobs, g_object_ref (g_ptr_array_index (queue->jobs, i)));
  g_cond_broadcast (&queue->changed);
  g_mutex_unlock (&queue->mutex);
  /* unlocked: cancelling calls whoever listens */
  for (guint i = 0; i < jobs->len; i++)
    mg_job_cancel (g_ptr_array_index (jobs, i));
  g_mutex_lock (&queue->mutex);
  while (!queue->ended && g_cond_wait_until (&queue->changed, &queue->mutex, until_us))
    ;
  ended = queue->ended;
  g_mutex_unlock (&queue->mutex);
  if (ended && scheduler->thread != NULL)
    g_thread_join (g_steal_pointer (&scheduler->thread));
  return ended;
}
