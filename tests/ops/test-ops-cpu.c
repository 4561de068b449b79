#include "ops/golden.h"
#include "ops/golden-private.h"
#include "ops/op-check.h"

#include "base/parallel.h"
#include "compute/cpu/cpu.h"
#include "nn/unet.h"

#include <string.h>

/* Every kernel set the processor has, with either way of convolving. */
static const struct
{
  const char *name;
  const char *set;
  MgCpuConvChoice choice;
  gboolean all_ops; /* else only what the choice decides */
} backends[] = {
  { "default", NULL, MG_CPU_CONV_AUTO, TRUE },
  { "v4-direct", "v4", MG_CPU_CONV_DIRECT, FALSE },
  { "v4-winograd", "v4", MG_CPU_CONV_WINOGRAD, FALSE },
  { "v3-direct", "v3", MG_CPU_CONV_DIRECT, TRUE },
  { "v3-winograd", "v3", MG_CPU_CONV_WINOGRAD, FALSE },
  { "blas-direct", "blas", MG_CPU_CONV_DIRECT, TRUE },
  { "blas-winograd", "blas", MG_CPU_CONV_WINOGRAD, FALSE },
};

static void
test_convolutions (gconstpointer data)
{
  MgBackend *backend = (MgBackend *) data;

  mg_op_check_op (backend, MG_OP_CONV);
  mg_op_check_op (backend, MG_OP_CONV_GRAD_X);
  mg_op_check_op (backend, MG_OP_CONV_GRAD_W);
}

static MgProgram *
new_training (MgBackend *backend, int size)
{
  const MgNetConfig config = { 1, 2, 16, 3, 2, MG_NORM_GROUP, 8, 0, FALSE };
  g_autoptr (GError) error = NULL;
  MgGraph *graph = mg_graph_new ();
  MgTensorId x = mg_unet_append (graph, &config, 2, size, size, &error);
  MgTensorId y = mg_unet_head (graph, x, "head", 2, &error);
  MgTensorId target = mg_graph_tensor (graph, "target", MG_ROLE_INPUT, (gint64[]){ 2, 1, size, size, 2 });
  MgTensorId weight = mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, (gint64[]){ 2, 1, size, size, 1 });
  MgOpParams params = { .loss = { MG_LOSS_BCE, 1.0f } };
  MgTensorId loss = mg_graph_append (graph, MG_OP_LOSS, (MgTensorId[]){ y, target, weight }, 3, &params, &error);
  MgPlan *plan;
  MgProgram *program;

  g_assert_no_error (error);
  mg_graph_set_output (graph, loss, "loss");
  mg_graph_add_training (graph, &error);
  g_assert_no_error (error);
  plan = mg_plan_new (graph, &error);
  g_assert_no_error (error);
  program = mg_program_new (backend, plan, NULL, &error);
  g_assert_no_error (error);
  return program;
}

static void
fill_training (MgProgram *program)
{
  const float hyper[8] = { 1e-2f, 0.1f, 0.001f, 0.9f, 0.999f, 1e-8f, 1e-2f, 1.0f };
  const MgPlan *plan = mg_program_get_plan (program);

  mg_golden_fill_parameters (program);
  for (guint i = 0; i < plan->n_tensors; i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (plan->graph, (MgTensorId) i);
      gsize n = mg_tensor_n_values (tensor);
      g_autofree float *values = g_new (float, n);

      if (tensor->role != MG_ROLE_INPUT || strcmp (tensor->name, "hyper") == 0)
        continue;
      mg_golden_uniform (tensor->name, values, n);
      mg_golden_write (program, tensor->name, values, n);
    }
  mg_golden_write_hyper (program, hyper);
}

/* all parameters, one after the other */
static GArray *
read_parameters (MgProgram *program)
{
  const MgPlan *plan = mg_program_get_plan (program);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));

  for (guint i = 0; i < plan->n_tensors; i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (plan->graph, (MgTensorId) i);
      g_autofree float *values = NULL;
      gsize n;

      if (tensor->role != MG_ROLE_PARAM)
        continue;
      values = mg_golden_read (program, tensor->name, &n);
      g_array_append_vals (all, values, (guint) n);
    }
  return all;
}

/* Strips are cut by shape alone: one worker and many give the same bytes. */
static void
test_workers (void)
{
  GArray *results[3];

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MgBackend) backend = NULL;
      g_autoptr (MgProgram) program = NULL;

      mg_parallel_set_n_workers (i == 0 ? 1 : i == 1 ? 2
                                                     : 5);
      backend = mg_cpu_backend_new (&error);
      g_assert_no_error (error);
      program = new_training (backend, 64);
      fill_training (program);
      for (int step = 0; step < 3; step++)
        mg_program_run (program, NULL, &error);
      g_assert_no_error (error);
      results[i] = read_parameters (program);
      g_assert_cmpuint (results[i]->len, >, 0);
      g_assert_cmpmem (results[i]->data, results[i]->len * sizeof (float), results[0]->data,
                       results[0]->len * sizeof (float));
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    g_array_unref (results[i]);
  mg_parallel_set_n_workers (0);
}

static gpointer
cancel_soon (gpointer data)
{
  g_usleep (5000);
  g_cancellable_cancel (data);
  return NULL;
}

/* A step stopped half way has not touched the parameters; the program is as
 * good as before. */
static void
test_cancel (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_cpu_backend_new (&error);
  g_autoptr (MgProgram) program = new_training (backend, 256);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GArray) before = NULL, after = NULL;
  GThread *thread;
  gboolean done;

  fill_training (program);
  before = read_parameters (program);
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  do
    done = mg_program_run (program, cancellable, &error);
  while (done && !g_cancellable_is_cancelled (cancellable));
  g_thread_join (thread);
  if (!done)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  after = read_parameters (program);
  if (!done)
    g_assert_cmpmem (after->data, after->len * sizeof (float), before->data, before->len * sizeof (float));

  g_assert_false (mg_program_run (program, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_true (mg_program_run (program, NULL, &error));
  g_assert_no_error (error);
}

/* An unknown set, and a network no memory holds, are refused with a sentence. */
static void
test_refusals (void)
{
  const gint64 huge[MG_N_AXES] = { 1, 1, 1 << 14, 1 << 14, 1 << 12 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_cpu_backend_new (NULL);
  MgGraph *graph = mg_graph_new ();
  MgOpParams params = { .act.act = MG_ACT_RELU };
  MgTensorId x, y;
  MgPlan *plan;

  g_assert_null (mg_cpu_backend_new_with ("v9", MG_CPU_CONV_AUTO, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DEVICE);
  g_clear_error (&error);
  x = mg_graph_tensor (graph, "x", MG_ROLE_INPUT, huge);
  y = mg_graph_append (graph, MG_OP_ACT, &x, 1, &params, &error);
  g_assert_no_error (error);
  mg_graph_set_output (graph, y, "y");
  plan = mg_plan_new (graph, &error);
  g_assert_no_error (error);
  g_assert_null (mg_program_new (backend, plan, NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_NO_MEMORY);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify) mg_backend_free);

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (backends); i++)
    {
      g_autofree char *prefix = g_strconcat ("/ops/cpu/", backends[i].name, NULL);
      MgBackend *backend = mg_cpu_backend_new_with (backends[i].set, backends[i].choice, NULL);

      /* another processor's instructions */
      if (backend == NULL)
        continue;
      g_ptr_array_add (made, backend);
      if (backends[i].all_ops)
        mg_op_check_add_tests (prefix, backend);
      else
        {
          g_autofree char *path = g_strconcat (prefix, "/convolutions", NULL);

          g_test_add_data_func (path, backend, test_convolutions);
        }
      mg_golden_add_tests (prefix, backend, 1e-4);
    }
  g_test_add_func ("/ops/cpu/workers", test_workers);
  g_test_add_func ("/ops/cpu/cancel", test_cancel);
  g_test_add_func ("/ops/cpu/refusals", test_refusals);
  return g_test_run ();
}
