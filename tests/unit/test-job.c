#include "base/scheduler.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A job that writes its letter into a log shared by all, one a step. */
typedef struct
{
  char letter;
  int n_steps;
  int fail_at;     /* 0: never */
  int *gate;       /* (nullable): the first step waits until it is set */
  GString *log;    /* borrowed; compute thread until the job ends */
  MgJob *submit;   /* (nullable): submitted from within the first step */
  MgScheduler *to; /* borrowed */
  int done;
  int *finished, *freed;
} Letters;

static MgStep
letters_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Letters *letters = data;

  while (letters->gate != NULL && !g_atomic_int_get (letters->gate))
    g_usleep (1000);
  if (letters->submit != NULL)
    {
      mg_scheduler_submit (letters->to, letters->submit);
      g_clear_object (&letters->submit);
    }
  g_string_append_c (letters->log, letters->letter);
  mg_progress_set (progress, "Writing", ++letters->done, letters->n_steps);
  if (letters->done == letters->fail_at)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA, "no more ink");
      return MG_STEP_ERROR;
    }
  return letters->done == letters->n_steps ? MG_STEP_DONE : MG_STEP_MORE;
}

static void
letters_finish (gpointer data)
{
  Letters *letters = data;

  if (letters->finished != NULL)
    g_atomic_int_inc (letters->finished);
}

static void
letters_free (gpointer data)
{
  Letters *letters = data;

  if (letters->freed != NULL)
    g_atomic_int_inc (letters->freed);
  g_free (letters);
}

static const MgJobFuncs letters_funcs = {
  .name = "Writing",
  .step = letters_step,
  .finish = letters_finish,
  .free = letters_free,
};

static MgJob *
letters_new (GString *log, char letter, int n_steps, int priority)
{
  Letters *letters = g_new0 (Letters, 1);

  letters->log = log;
  letters->letter = letter;
  letters->n_steps = n_steps;
  return mg_job_new (&letters_funcs, letters, priority);
}

static void
count_down (MgJob *job, int *left)
{
  g_assert_cmpint (mg_job_get_state (job), >, MG_JOB_RUNNING);
  --*left;
}

static void
wait_for (int *left)
{
  while (*left > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_run (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  int finished = 0, freed = 0;
  MgJob *job = letters_new (log, 'a', 3, MG_PRIORITY_NORMAL);
  Letters *letters = mg_job_get_data (job);

  letters->finished = &finished;
  letters->freed = &freed;
  g_assert_cmpint (mg_job_get_state (job), ==, MG_JOB_WAITING);
  g_assert_true (mg_job_run (job, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (log->str, ==, "aaa");
  g_assert_cmpint (mg_job_get_state (job), ==, MG_JOB_DONE);
  g_assert_cmpint (finished, ==, 1);
  g_object_unref (job);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (freed, ==, 1);
}

static void
test_failure (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (0);
  g_autoptr (MgJob) job = letters_new (log, 'a', 3, MG_PRIORITY_NORMAL);
  int left = 1;

  ((Letters *) mg_job_get_data (job))->fail_at = 2;
  g_signal_connect (job, "finished", G_CALLBACK (count_down), &left);
  mg_scheduler_submit (scheduler, job);
  wait_for (&left);
  g_assert_cmpint (mg_job_get_state (job), ==, MG_JOB_FAILED);
  g_assert_error (mg_job_get_error (job), MG_ERROR, MG_ERROR_DATA);
  g_assert_cmpstr (log->str, ==, "aa");
  g_assert_true (mg_scheduler_shutdown (scheduler, 5000));
}

static void
test_priorities (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (0);
  g_autoptr (MgJob) train = letters_new (log, 't', 3, MG_PRIORITY_TRAINING);
  g_autoptr (MgJob) first = letters_new (log, 'p', 2, MG_PRIORITY_NORMAL);
  g_autoptr (MgJob) second = letters_new (log, 'q', 2, MG_PRIORITY_NORMAL);
  g_autoptr (MgJob) urgent = letters_new (log, 'u', 2, MG_PRIORITY_URGENT);
  MgJob *jobs[] = { train, first, second, urgent };
  Letters *letters = mg_job_get_data (first);
  int gate = 0, left = 4;

  letters->submit = g_object_ref (urgent);
  letters->to = scheduler;
  ((Letters *) mg_job_get_data (train))->gate = &gate;
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    g_signal_connect (jobs[i], "finished", G_CALLBACK (count_down), &left);
  mg_scheduler_submit (scheduler, train);
  while (mg_job_get_state (train) == MG_JOB_WAITING)
    g_usleep (1000);
  mg_scheduler_submit (scheduler, first);
  mg_scheduler_submit (scheduler, second);
  g_atomic_int_set (&gate, 1);
  wait_for (&left);
  /* training's first step ran before the others came; each overtakes the next */
  g_assert_cmpstr (log->str, ==, "tpuupqqtt");
  g_assert_true (mg_scheduler_shutdown (scheduler, 5000));
}

static void
test_cancel (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (0);
  g_autoptr (MgJob) endless = letters_new (log, 'a', G_MAXINT, MG_PRIORITY_NORMAL);
  g_autoptr (MgJob) waiting = letters_new (log, 'b', 1, MG_PRIORITY_TRAINING);
  int finished = 0, left_endless = 1, left_waiting = 1;

  ((Letters *) mg_job_get_data (endless))->finished = &finished;
  ((Letters *) mg_job_get_data (waiting))->finished = &finished;
  g_signal_connect (endless, "finished", G_CALLBACK (count_down), &left_endless);
  g_signal_connect (waiting, "finished", G_CALLBACK (count_down), &left_waiting);
  mg_scheduler_submit (scheduler, endless);
  mg_scheduler_submit (scheduler, waiting);
  mg_job_cancel (waiting);
  wait_for (&left_waiting);
  g_assert_cmpint (mg_job_get_state (waiting), ==, MG_JOB_STOPPED);
  g_assert_cmpint (mg_job_get_state (endless), <=, MG_JOB_RUNNING);
  mg_job_cancel (endless);
  wait_for (&left_endless);
  g_assert_cmpint (mg_job_get_state (endless), ==, MG_JOB_STOPPED);
  g_assert_null (mg_job_get_error (endless));
  g_assert_null (strchr (log->str, 'b'));
  g_assert_cmpint (finished, ==, 2);
  g_assert_true (mg_scheduler_shutdown (scheduler, 5000));
}

typedef struct
{
  MgJob *job;
  GThread *thread;
  GMainLoop *loop;
  int n_progress, n_finished;
  gint64 started_us;
} Watcher;

static void
on_progress (MgJob *job, Watcher *watcher)
{
  g_assert_true (g_thread_self () == watcher->thread);
  g_assert_cmpint (watcher->n_finished, ==, 0);
  watcher->n_progress++;
}

static void
on_finished (MgJob *job, Watcher *watcher)
{
  g_assert_true (g_thread_self () == watcher->thread);
  watcher->n_finished++;
  g_main_loop_quit (watcher->loop);
}

static MgStep
chatter_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  int *n = data;

  for (int i = 0; i < 100; i++)
    mg_progress_set (progress, "Talking", 100 * *n + i, 0);
  g_usleep (1000);
  return ++*n == 400 ? MG_STEP_DONE : MG_STEP_MORE;
}

static gpointer
watch_main (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (0);
  MgJobFuncs funcs = { .name = "Talking", .step = chatter_step };
  Watcher watcher = { .thread = g_thread_self () };
  int n = 0;

  g_main_context_push_thread_default (context);
  watcher.loop = g_main_loop_new (context, FALSE);
  watcher.job = mg_job_new (&funcs, &n, MG_PRIORITY_NORMAL);
  watcher.started_us = g_get_monotonic_time ();
  g_signal_connect (watcher.job, "progress", G_CALLBACK (on_progress), &watcher);
  g_signal_connect (watcher.job, "finished", G_CALLBACK (on_finished), &watcher);
  mg_scheduler_submit (scheduler, watcher.job);
  g_main_loop_run (watcher.loop);
  double seconds = (g_get_monotonic_time () - watcher.started_us) / 1e6;

  g_assert_cmpint (watcher.n_finished, ==, 1);
  g_assert_cmpint (watcher.n_progress, >=, 2);
  g_assert_cmpfloat (watcher.n_progress, <=, 10 * seconds + 2);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpint (watcher.n_finished, ==, 1);
  g_assert_true (mg_scheduler_shutdown (scheduler, 5000));
  g_object_unref (watcher.job);
  g_main_loop_unref (watcher.loop);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_signals_in_context (void)
{
  g_thread_join (g_thread_new ("watcher", watch_main, NULL));
}

static void
test_shutdown_has_a_bound (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (0);
  g_autoptr (MgJob) stuck = letters_new (log, 'a', 2, MG_PRIORITY_NORMAL);
  g_autoptr (MgJob) late = letters_new (log, 'b', 2, MG_PRIORITY_NORMAL);
  int gate = 0, left = 2;

  ((Letters *) mg_job_get_data (stuck))->gate = &gate;
  g_signal_connect (stuck, "finished", G_CALLBACK (count_down), &left);
  g_signal_connect (late, "finished", G_CALLBACK (count_down), &left);
  mg_scheduler_submit (scheduler, stuck);
  while (mg_job_get_state (stuck) == MG_JOB_WAITING)
    g_usleep (1000);
  g_assert_false (mg_scheduler_shutdown (scheduler, 20));
  mg_scheduler_submit (scheduler, late);
  g_assert_cmpint (mg_job_get_state (late), ==, MG_JOB_STOPPED);
  g_atomic_int_set (&gate, 1);
  g_assert_true (mg_scheduler_shutdown (scheduler, 5000));
  wait_for (&left);
  g_assert_cmpint (mg_job_get_state (stuck), ==, MG_JOB_STOPPED);
  g_assert_cmpstr (log->str, ==, "a");
}

static MgStep
nice_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  *(int *) data = getpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid));
  return MG_STEP_DONE;
}

static void
test_nice_level (void)
{
  const MgJobFuncs funcs = { .name = "Asking", .step = nice_step };
  int here = getpriority (PRIO_PROCESS, 0), there = 0, left = 1;
  int wanted = MIN (here + 3, 19);
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (wanted);
  g_autoptr (MgJob) job = mg_job_new (&funcs, &there, MG_PRIORITY_NORMAL);

  g_signal_connect (job, "finished", G_CALLBACK (count_down), &left);
  mg_scheduler_submit (scheduler, job);
  wait_for (&left);
  g_assert_cmpint (there, ==, wanted);
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, here);
  g_assert_true (mg_scheduler_shutdown (scheduler, 5000));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/run", test_run);
  g_test_add_func ("/job/failure", test_failure);
  g_test_add_func ("/job/priorities", test_priorities);
  g_test_add_func ("/job/cancel", test_cancel);
  g_test_add_func ("/job/signals-in-context", test_signals_in_context);
  g_test_add_func ("/job/shutdown-has-a-bound", test_shutdown_has_a_bound);
  g_test_add_func ("/job/nice-level", test_nice_level);
  return g_test_run ();
}
