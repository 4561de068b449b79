#include "vulkan/vk-test.h"

#include <string.h>

/* What the device has no room for is refused with a sentence, before anything
 * is lost, and the device stays usable. */

static MgProgram *
sum_of_large_inputs (MgBackend *backend, int n_inputs, guint64 bytes_each, GError **error)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  const gint64 shape[MG_N_AXES] = { 1, 1, 1, (gint64) (bytes_each / 4 / 64), 64 };
  const MgOpParams none = { 0 };
  MgTensorId sum = MG_TENSOR_NONE;
  MgPlan *plan;

  for (int i = 0; i < n_inputs; i++)
    {
      g_autofree char *name = g_strdup_printf ("input%d", i);
      MgTensorId input = mg_graph_tensor (graph, name, MG_ROLE_INPUT, shape);

      sum = i == 0 ? input : mg_graph_append (graph, MG_OP_ADD, (MgTensorId[]){ sum, input }, 2, &none, error);
    }
  mg_graph_set_output (graph, sum, "sum");
  plan = mg_plan_new (g_steal_pointer (&graph), error);
  return plan == NULL ? NULL : mg_program_new (backend, plan, NULL, error);
}

static void
assert_works (MgBackend *backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgProgram) program = sum_of_large_inputs (backend, 2, 4096, &error);
  g_autofree float *sum = NULL;
  float values[1024];
  gsize n;

  g_assert_no_error (error);
  for (int i = 0; i < 1024; i++)
    values[i] = (float) i;
  for (int i = 0; i < 2; i++)
    mg_program_write (program, mg_program_find (program, i == 0 ? "input0" : "input1"), values, 1024, &error);
  g_assert_true (mg_program_run (program, NULL, &error));
  sum = vk_test_read (program, "sum", &n);
  for (int i = 0; i < 1024; i++)
    g_assert_cmpfloat (sum[i], ==, 2.0f * values[i]);
}

/* A program that the device cannot hold is refused by name, and the device works on. */
static void
assert_refused (MgBackend *backend, int n, guint64 bytes, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgProgram) program = sum_of_large_inputs (backend, n, bytes, &error);
  MgBackendInfo info;

  mg_backend_get_info (backend, &info);
  g_assert_null (program);
  g_assert_error (error, MG_ERROR, code);
  g_assert_nonnull (strstr (error->message, info.name));
  assert_works (backend);
}

static void
test_refused (void)
{
  g_autoptr (MgBackend) backend = NULL;
  MgBackendInfo info;

  vk_test_debug ("");
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  mg_backend_get_info (backend, &info);
  g_assert_cmpuint (info.max_tensor_bytes, >, 0);
  assert_refused (backend, 2, info.max_tensor_bytes + 4096, MG_ERROR_TOO_LARGE);
  assert_refused (backend, (int) (info.memory_bytes / info.max_tensor_bytes) + 2, info.max_tensor_bytes / 4096 * 4096,
                  MG_ERROR_NO_MEMORY);
}

/* Larger than the staging buffer: copied in pieces. */
static void
test_staging_pieces (void)
{
  const gsize n_values = 5 * 1000 * 1024;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = NULL;
  g_autoptr (MgProgram) program = NULL;
  g_autofree float *values = g_new (float, n_values);
  g_autofree float *zeros = NULL, *back = NULL;
  gsize n;

  vk_test_debug ("vk-staged");
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  program = sum_of_large_inputs (backend, 2, n_values * sizeof (float), &error);
  g_assert_no_error (error);
  zeros = vk_test_read (program, "input1", &n);
  for (gsize i = 0; i < n_values; i++)
    {
      g_assert_cmpfloat (zeros[i], ==, 0.0f); /* memory is zeroed */
      values[i] = (float) i;
    }
  mg_program_write (program, mg_program_find (program, "input0"), values, n_values, &error);
  g_assert_no_error (error);
  g_assert_true (mg_program_run (program, NULL, &error));
  back = vk_test_read (program, "sum", &n);
  g_assert_cmpmem (back, n * sizeof *back, values, n_values * sizeof *values);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vulkan/memory/refused", test_refused);
  g_test_add_func ("/vulkan/memory/staging-pieces", test_staging_pieces);
  return vk_test_run ();
}
