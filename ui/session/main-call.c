#include "session/main-call.h"

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
  GMutex mutex;
  GCond done;
  gboolean is_done;
} Call;

static gboolean
run (gpointer data)
{
  Call *call = data;

  call->func (call->data);
  g_mutex_lock (&call->mutex);
  call->is_done = TRUE;
  g_cond_signal (&call->done);
  g_mutex_unlock (&call->mutex);
  return G_SOURCE_REMOVE;
}

/**
 * mg_main_call:
 * @func: what only the main thread may do
 * @data: for it
 *
 * Has the main thread do something between two frames, and waits for it. From
 * another thread, of a job whose end the window waits for.
 */
void
mg_main_call (void (*func) (gpointer data),
              gpointer data)
{
  Call call = { .func = func, .data = data };

  g_mutex_init (&call.mutex);
  g_cond_init (&call.done);
  g_idle_add_full (G_PRIORITY_DEFAULT, run, &call, NULL);
  g_mutex_lock (&call.mutex);
  while (!call.is_done)
    g_cond_wait (&call.done, &call.mutex);
  g_mutex_unlock (&call.mutex);
  g_mutex_clear (&call.mutex);
  g_cond_clear (&call.done);
}
