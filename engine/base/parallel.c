#include "base/parallel.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_WORKERS 64

/* One loop at a time; a second caller (another thread, or a loop inside a
 * loop) runs its items itself, so nobody ever waits for the pool. */
typedef struct
{
  gsize n, grain;
  gsize next;
  MgParallelFunc func;
  gpointer data;
  guint active;
} Loop;

static GMutex pool_mutex;
static GCond work_cond, done_cond;
static Loop *current;
static guint n_started, n_workers, generation;
static int nice_level;
static int busy;

static void
run_items (Loop *loop, guint worker)
{
  for (;;)
    {
      gsize begin = __atomic_fetch_add (&loop->next, loop->grain, __ATOMIC_RELAXED);

      if (begin >= loop->n)
        return;
      loop->func (begin, MIN (begin + loop->grain, loop->n), worker, loop->data);
    }
}

static gpointer
worker_main (gpointer data)
{
  guint worker = GPOINTER_TO_UINT (data), seen = 0;
  int nice_now = 0;

  g_mutex_lock (&pool_mutex);
  for (;;)
    {
      while (current == NULL || seen == generation || worker >= n_workers)
        g_cond_wait (&work_cond, &pool_mutex);

      Loop *loop = current;

      seen = generation;
      loop->active++;
      int want = nice_level;
      g_mutex_unlock (&pool_mutex);
      if (want != nice_now)
        {
          setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), want);
          nice_now = want;
        }
      run_items (loop, worker);
      g_mutex_lock (&pool_mutex);
      if (--loop->active == 0)
        g_cond_broadcast (&done_cond);
    }
  return NULL;
}

static guint
default_workers (void)
{
  return CLAMP (g_get_num_processors (), 1, MAX_WORKERS);
}

/**
 * mg_parallel_get_n_workers:
 *
 * Returns: how many workers a loop may have: the size of per-worker scratch
 */
guint
mg_parallel_get_n_workers (void)
{
  guint n;

  g_mutex_lock (&pool_mutex);
  if (n_workers == 0)
    n_workers = default_workers ();
  n = n_workers;
  g_mutex_unlock (&pool_mutex);
  return n;
}

/**
 * mg_parallel_set_n_workers:
 * @n: workers from now on; 0 for one a processor
 *
 * Call before any scratch is sized, that is at program start.
 */
void
mg_parallel_set_n_workers (guint n)
{
  g_mutex_lock (&pool_mutex);
  n_workers = n == 0 ? default_workers () : MIN (n, MAX_WORKERS);
  g_mutex_unlock (&pool_mutex);
}

/**
 * mg_parallel_set_nice:
 * @level: nice level of the workers, 0 to 19
 *
 * The window sets a high one, so that painting stays smooth while every core
 * trains. The thread that calls mg_parallel_for() keeps its own level.
 */
void
mg_parallel_set_nice (int level)
{
  g_mutex_lock (&pool_mutex);
  nice_level = level;
  g_mutex_unlock (&pool_mutex);
}

static void
start_workers (void)
{
  for (; n_started + 1 < n_workers; n_started++)
    g_thread_unref (g_thread_new ("mg-worker", worker_main, GUINT_TO_POINTER (n_started + 1)));
}

/**
 * mg_parallel_for:
 * @n: number of items
 * @grain: items handed out at a time, at least 1
 * @func: called with ranges that cover 0 … @n - 1 once
 *
 * Runs @func over the items on all workers and the calling thread (worker 0)
 * and returns when all are done. Ranges are handed out as workers come free,
 * so results must not depend on which worker does what. Called from inside a
 * loop, or while another thread's loop runs, it runs on the calling thread
 * alone, as worker 0: scratch indexed by worker must therefore belong to the
 * call, not be global.
 */
void
mg_parallel_for (gsize n,
                 gsize grain,
                 MgParallelFunc func,
                 gpointer data)
{
  Loop loop = { .n = n, .grain = MAX (grain, 1), .func = func, .data = data };

  if (n == 0)
    return;
  if (n <= loop.grain || mg_parallel_get_n_workers () == 1 ||
      !g_atomic_int_compare_and_exchange (&busy, 0, 1))
    {
      for (gsize i = 0; i < n; i += loop.grain)
        func (i, MIN (i + loop.grain, n), 0, data);
      return;
    }
  g_mutex_lock (&pool_mutex);
  start_workers ();
  current = &loop;
  generation++;
  g_cond_broadcast (&work_cond);
  g_mutex_unlock (&pool_mutex);
  run_items (&loop, 0);
  g_mutex_lock (&pool_mutex);
  current = NULL;
  while (loop.active > 0)
    g_cond_wait (&done_cond, &pool_mutex);
  g_mutex_unlock (&pool_mutex);
  g_atomic_int_set (&busy, 0);
}
