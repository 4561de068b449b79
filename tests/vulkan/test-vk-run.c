#include "vulkan/vk-test.h"

#include "support/numeric.h"

#include <math.h>
#include <string.h>

/* Whole runs: agreement with the CPU, determinism, cancelling, device loss. */

typedef enum
{
  PLAIN,
  SHARED,
  STAGED,
} Style;

static const char *const style_words[] = { "", "vk-shared", "vk-staged" };

static void
assert_close (const float *a, const float *b, gsize n, double limit)
{
  double nmse = mg_nmse (a, b, n);

  g_assert_true (isfinite (nmse));
  g_assert_cmpfloat (nmse, <, limit);
}

/* Losses and parameters of some steps on Vulkan and on the CPU. The network is
 * large enough for dispatches that are cut into several submissions. */
static void
test_agrees_with_cpu (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) vulkan = NULL, cpu = NULL;
  g_autoptr (MgProgram) on_vulkan = NULL, on_cpu = NULL;
  g_autofree float *own = NULL, *other = NULL;
  gsize n, m;

  vk_test_debug (style_words[GPOINTER_TO_INT (data)]);
  vulkan = vk_test_open ();
  if (vulkan == NULL)
    return;
  cpu = mg_backend_open ("cpu", &error);
  g_assert_no_error (error);
  on_vulkan = vk_test_step (vulkan, GPOINTER_TO_INT (data) == SHARED ? 32 : 128, GPOINTER_TO_INT (data) == SHARED ? 8 : 16);
  on_cpu = vk_test_step (cpu, GPOINTER_TO_INT (data) == SHARED ? 32 : 128, GPOINTER_TO_INT (data) == SHARED ? 8 : 16);
  for (int step = 0; step < 3; step++)
    {
      g_autofree float *loss = NULL, *wanted = NULL;

      g_assert_true (mg_program_run (on_vulkan, NULL, &error));
      g_assert_true (mg_program_run (on_cpu, NULL, &error));
      loss = vk_test_read (on_vulkan, "loss", &n);
      wanted = vk_test_read (on_cpu, "loss", &m);
      g_assert_cmpfloat_with_epsilon (loss[0], wanted[0], 1e-4);
      g_assert_cmpfloat (loss[0], >, 0.01);
    }
  own = vk_test_read_params (on_vulkan, &n);
  other = vk_test_read_params (on_cpu, &m);
  g_assert_cmpuint (n, ==, m);
  assert_close (own, other, n, 1e-5);
}

static float *
run_steps (MgBackend *backend, int steps, gsize *n)
{
  g_autoptr (MgProgram) program = vk_test_step (backend, 32, 8);
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < steps; i++)
    g_assert_true (mg_program_run (program, NULL, &error));
  return vk_test_read_params (program, n);
}

/* The same run twice gives the same bytes, also on a second backend. */
static void
test_deterministic (gconstpointer data)
{
  g_autofree float *first = NULL, *untrained = NULL;
  gsize n;

  vk_test_debug (style_words[GPOINTER_TO_INT (data)]);
  for (int round = 0; round < 2; round++)
    {
      g_autoptr (MgBackend) backend = vk_test_open ();

      if (backend == NULL)
        return;
      if (round == 0)
        {
          untrained = run_steps (backend, 0, &n);
          first = run_steps (backend, 3, &n);
          g_assert_cmpint (memcmp (untrained, first, n * sizeof *first), !=, 0);
        }
      for (int again = 0; again < 2; again++)
        {
          g_autofree float *params = run_steps (backend, 3, &n);

          g_assert_cmpmem (params, n * sizeof *params, first, n * sizeof *first);
        }
    }
}

static gpointer
cancel_later (gpointer data)
{
  g_usleep (100 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

/* Cancelled in the middle of a long step: it returns long before the step's
 * end, and the parameters are as before. */
static void
test_cancel (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = NULL;
  g_autoptr (MgProgram) program = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree float *before = NULL, *after = NULL, *stepped = NULL;
  gint64 start, whole, cancelled;
  GThread *thread;
  gsize n;

  vk_test_debug ("");
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  program = vk_test_step (backend, 256, 16);
  start = g_get_monotonic_time ();
  g_assert_true (mg_program_run (program, NULL, &error));
  whole = g_get_monotonic_time () - start;
  before = vk_test_read_params (program, &n);
  thread = g_thread_new ("cancel", cancel_later, cancellable);
  start = g_get_monotonic_time ();
  if (mg_program_run (program, cancellable, &error))
    g_test_skip ("the device is faster than the test can cancel");
  else
    {
      cancelled = g_get_monotonic_time () - start;
      g_test_message ("a step takes %.0f ms, cancelled after 100 ms it took %.0f ms", (double) whole / 1000, (double) cancelled / 1000);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (cancelled, <, MAX (whole / 2, 1000 * 1000));
      after = vk_test_read_params (program, &n);
      g_assert_cmpmem (before, n * sizeof *before, after, n * sizeof *after);
    }
  g_thread_join (thread);
  /* and goes on as if nothing had been */
  g_clear_error (&error);
  g_assert_true (mg_program_run (program, NULL, &error));
  stepped = vk_test_read_params (program, &n);
  g_assert_cmpint (memcmp (before, stepped, n * sizeof *before), !=, 0);
}

static void
test_cancelled_before (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = NULL;
  g_autoptr (MgProgram) program = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vk_test_debug ("");
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  program = vk_test_step (backend, 16, 4);
  g_cancellable_cancel (cancellable);
  g_assert_false (mg_program_run (program, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A second program sees the parameters that the first trains. */
static void
test_shared_params (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = NULL;
  g_autoptr (MgProgram) program = NULL;
  g_autofree float *own = NULL, *other = NULL;
  MgProgram *second;
  gsize n;

  vk_test_debug ("");
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  program = vk_test_step (backend, 16, 4);
  second = mg_program_new (backend, vk_test_step_plan (32, 4), program, &error);
  g_assert_no_error (error);
  g_assert_true (mg_program_run (program, NULL, &error));
  own = vk_test_read_params (program, &n);
  other = vk_test_read_params (second, &n);
  g_assert_cmpmem (own, n * sizeof *own, other, n * sizeof *other);
  mg_program_free (second);
  g_assert_true (mg_program_run (program, NULL, &error));
}

static void
test_device_lost (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = NULL;
  g_autoptr (MgProgram) program = NULL;

  vk_test_debug ("vk-lost");
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  program = vk_test_step (backend, 16, 4);
  for (int i = 0; i < 2; i++)
    {
      g_assert_false (mg_program_run (program, NULL, &error));
      g_assert_error (error, MG_ERROR, MG_ERROR_DEVICE_LOST);
      g_clear_error (&error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/vulkan/run/agrees-with-cpu", GINT_TO_POINTER (PLAIN), test_agrees_with_cpu);
  g_test_add_data_func ("/vulkan/run/agrees-with-cpu-shared", GINT_TO_POINTER (SHARED), test_agrees_with_cpu);
  g_test_add_data_func ("/vulkan/run/deterministic", GINT_TO_POINTER (PLAIN), test_deterministic);
  g_test_add_data_func ("/vulkan/run/deterministic-staged", GINT_TO_POINTER (STAGED), test_deterministic);
  g_test_add_func ("/vulkan/run/cancel", test_cancel);
  g_test_add_func ("/vulkan/run/cancelled-before", test_cancelled_before);
  g_test_add_func ("/vulkan/run/shared-params", test_shared_params);
  g_test_add_func ("/vulkan/run/device-lost", test_device_lost);
  return vk_test_run ();
}
