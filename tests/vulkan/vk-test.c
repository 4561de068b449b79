#include "vulkan/vk-test.h"

#include "nn/unet.h"

#include <string.h>

void
vk_test_debug (const char *words)
{
  g_autofree char *all = g_strconcat ("vk-validate,vk-no-cache,", words, NULL);

  g_setenv ("MG_DEBUG", all, TRUE);
}

MgBackend *
vk_test_open (void)
{
  g_autoptr (GError) error = NULL;
  MgBackend *backend = mg_vulkan_backend_new (0, &error);

  if (backend == NULL)
    g_test_skip (error->message);
  return backend;
}

MgPlan *
vk_test_step_plan (int size, int base_filters)
{
  const MgNetConfig config = { .n_in = 1, .depth = 2, .base_filters = base_filters, .kernel = 3, .n_convs = 1, .norm = MG_NORM_GROUP, .groups = 4 };
  const gint64 one[MG_N_AXES] = { 2, 1, size, size, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (MgGraph) graph = mg_graph_new ();
  const MgOpParams loss = { .loss = { MG_LOSS_BCE, 1.0f } };
  MgTensorId src[3], dst;
  MgPlan *plan;

  src[0] = mg_unet_head (graph, mg_unet_append (graph, &config, 2, size, size, &error), "head", 1, &error);
  src[1] = mg_graph_tensor (graph, "target", MG_ROLE_INPUT, one);
  src[2] = mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, one);
  dst = mg_graph_append (graph, MG_OP_LOSS, src, 3, &loss, &error);
  g_assert_no_error (error);
  mg_graph_set_output (graph, dst, "loss");
  mg_graph_add_training (graph, &error);
  g_assert_no_error (error);
  plan = mg_plan_new (g_steal_pointer (&graph), &error);
  g_assert_no_error (error);
  return plan;
}

static void
fill (const MgTensor *tensor, guint stream, float *data, gsize n)
{
  const float hyper[8] = { 1e-3f, 0.1f, 0.001f, 0.9f, 0.999f, 1e-8f, 1e-2f, 1.0f };
  MgRng rng;

  mg_rng_init (&rng, 11, stream);
  if (tensor->role == MG_ROLE_PARAM)
    mg_init_parameter (tensor, 11, data);
  else if (strcmp (tensor->name, "hyper") == 0)
    memcpy (data, hyper, sizeof hyper);
  else
    for (gsize i = 0; i < n; i++)
      data[i] = (float) mg_rng_uniform (&rng);
}

MgProgram *
vk_test_step (MgBackend *backend, int size, int base_filters)
{
  g_autoptr (GError) error = NULL;
  MgProgram *program = mg_program_new (backend, vk_test_step_plan (size, base_filters), NULL, &error);
  const MgPlan *plan;

  g_assert_no_error (error);
  plan = mg_program_get_plan (program);
  for (guint i = 0; i < plan->n_tensors; i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (plan->graph, (MgTensorId) i);
      gsize n = mg_tensor_n_values (tensor);
      g_autofree float *data = NULL;

      if (tensor->role != MG_ROLE_PARAM && tensor->role != MG_ROLE_INPUT)
        continue;
      data = g_new0 (float, n);
      fill (tensor, i, data, n);
      mg_program_write (program, (MgTensorId) i, data, n, &error);
      g_assert_no_error (error);
    }
  return program;
}

static float *
read_tensor (MgProgram *program, MgTensorId id, gsize *n)
{
  g_autoptr (GError) error = NULL;
  float *data;

  *n = mg_tensor_n_values (mg_graph_get_tensor (mg_program_get_plan (program)->graph, id));
  data = g_new0 (float, *n);
  mg_program_read (program, id, data, *n, &error);
  g_assert_no_error (error);
  return data;
}

float *
vk_test_read (MgProgram *program, const char *name, gsize *n)
{
  return read_tensor (program, mg_program_find (program, name), n);
}

float *
vk_test_read_params (MgProgram *program, gsize *n)
{
  const MgPlan *plan = mg_program_get_plan (program);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));

  for (guint i = 0; i < plan->n_tensors; i++)
    if (mg_graph_get_tensor (plan->graph, (MgTensorId) i)->role == MG_ROLE_PARAM)
      {
        gsize count;
        g_autofree float *data = read_tensor (program, (MgTensorId) i, &count);

        g_array_append_vals (all, data, (guint) count);
      }
  *n = all->len;
  return (float *) (gpointer) g_array_free (all, FALSE);
}

int
vk_test_run (void)
{
  int result = g_test_run ();

  if (mg_vulkan_backend_get_n_messages () == 0)
    return result;
  g_printerr ("the validation layer has %u messages\n", mg_vulkan_backend_get_n_messages ());
  return 1;
}
