#include "compute/backend-impl.h"
#include "nn/unet.h"
#include "support/ref-backend.h"

/* What backend.c checks for every backend, on the reference one. */

static MgPlan *
plan_net (int n, int size, int base, gboolean training)
{
  g_autoptr (GError) error = NULL;
  MgGraph *graph = mg_graph_new ();
  MgNetConfig config = { 1, 1, base, 3, 1, MG_NORM_GROUP, 4, 0, FALSE };
  MgTensorId out = mg_unet_head (graph, mg_unet_append (graph, &config, n, size, size, &error), "head", 1, &error);
  MgOpParams params = { .loss = { MG_LOSS_MSE, 1 } };

  mg_graph_set_output (graph, out, "maps");
  if (training)
    {
      const gint64 shape[MG_N_AXES] = { n, 1, size, size, 1 };
      MgTensorId src[3] = { out, mg_graph_tensor (graph, "target", MG_ROLE_INPUT, shape),
                            mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, shape) };

      mg_graph_append (graph, MG_OP_LOSS, src, 3, &params, &error);
      mg_graph_add_training (graph, &error);
    }
  g_assert_no_error (error);
  return mg_plan_new (graph, &error);
}

static void
test_access (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();
  g_autoptr (MgProgram) program = mg_program_new (backend, plan_net (1, 4, 4, FALSE), NULL, &error);
  MgTensorId image = mg_program_find (program, "image");
  float values[17] = { 1, 2, 3 };

  g_assert_no_error (error);
  g_assert_true (mg_program_write (program, image, values, 16, &error));
  g_assert_true (mg_program_read (program, image, values, 16, &error));
  g_assert_cmpfloat (values[2], ==, 3);
  g_assert_false (mg_program_write (program, image, values, 17, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (mg_program_read (program, image, values, 15, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (mg_program_write (program, MG_TENSOR_NONE, values, 1, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_assert_cmpint (mg_program_find (program, "nothing"), ==, MG_TENSOR_NONE);
}

static void
read_param (MgProgram *program, const char *name, float *out)
{
  g_autoptr (GError) error = NULL;

  mg_program_read (program, mg_program_find (program, name), out, 1, &error);
  g_assert_no_error (error);
}

static void
test_shared_params (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();
  g_autoptr (MgBackend) other = mg_ref_backend_new ();
  g_autoptr (MgProgram) training = mg_program_new (backend, plan_net (2, 8, 4, TRUE), NULL, &error);
  g_autoptr (MgProgram) shared = mg_program_new (backend, plan_net (1, 16, 4, FALSE), training, &error);
  float value = 0.75f, seen = 0;

  g_assert_no_error (error);
  mg_program_write (training, mg_program_find (training, "head.bias"), &value, 1, &error);
  read_param (shared, "head.bias", &seen);
  g_assert_cmpfloat (seen, ==, value);
  g_assert_null (mg_program_new (backend, plan_net (1, 8, 8, FALSE), training, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (mg_program_new (other, plan_net (1, 8, 4, FALSE), training, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
}

/* A backend that can do little. */
static void
small_info (MgBackend *self, MgBackendInfo *info)
{
  g_strlcpy (info->name, "Small", sizeof info->name);
  info->max_tensor_bytes = 1024;
}

static gboolean
no_pooling (MgBackend *self, const MgGraph *graph, const MgNode *node, GError **error)
{
  if (node->op != MG_OP_MAXPOOL2)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_UNSUPPORTED, "no pooling");
  return FALSE;
}

static void
test_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();
  const MgBackendIface *reference = backend->iface;
  MgBackendIface iface = *reference;

  iface.get_info = small_info;
  backend->iface = &iface;
  g_assert_null (mg_program_new (backend, plan_net (1, 16, 8, FALSE), NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "Small"));
  g_clear_error (&error);
  iface.get_info = reference->get_info;
  iface.supports = no_pooling;
  g_assert_null (mg_program_new (backend, plan_net (1, 4, 4, FALSE), NULL, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_UNSUPPORTED);
}

/* A cancelled run stops before the updates and says so. */
static void
test_cancel (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();
  g_autoptr (MgProgram) program = mg_program_new (backend, plan_net (1, 8, 4, TRUE), NULL, &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  float value = 0.75f, seen = 0;

  g_assert_no_error (error);
  mg_program_write (program, mg_program_find (program, "head.bias"), &value, 1, &error);
  g_cancellable_cancel (cancellable);
  g_assert_false (mg_program_run (program, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  read_param (program, "head.bias", &seen);
  g_assert_cmpfloat (seen, ==, value);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compute/backend/access", test_access);
  g_test_add_func ("/compute/backend/shared-params", test_shared_params);
  g_test_add_func ("/compute/backend/limits", test_limits);
  g_test_add_func ("/compute/backend/cancel", test_cancel);
  return g_test_run ();
}
