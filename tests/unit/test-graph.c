#include <math.h>

#include "nn/unet.h"

static MgTensorId
tensor (MgGraph *graph, const char *name, MgRole role, gint64 n, gint64 h, gint64 w, gint64 c)
{
  return mg_graph_tensor (graph, name, role, (gint64[]){ n, 1, h, w, c });
}

static void
assert_shape (const MgGraph *graph, MgTensorId id, gint64 n, gint64 h, gint64 w, gint64 c)
{
  const gint64 *shape = mg_graph_get_tensor (graph, id)->shape;

  g_assert_cmpint (shape[MG_AXIS_N], ==, n);
  g_assert_cmpint (shape[MG_AXIS_D], ==, 1);
  g_assert_cmpint (shape[MG_AXIS_H], ==, h);
  g_assert_cmpint (shape[MG_AXIS_W], ==, w);
  g_assert_cmpint (shape[MG_AXIS_C], ==, c);
}

static MgTensorId
append_loss (MgGraph *graph, MgTensorId pred, GError **error)
{
  MgOpParams params = { .loss = { MG_LOSS_MSE, 1 } };
  gint64 shape[MG_N_AXES];

  memcpy (shape, mg_graph_get_tensor (graph, pred)->shape, sizeof shape);
  MgTensorId target = mg_graph_tensor (graph, "target", MG_ROLE_INPUT, shape);
  shape[MG_AXIS_C] = 1;
  MgTensorId weight = mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, shape);

  return mg_graph_append (graph, MG_OP_LOSS, (MgTensorId[]){ pred, target, weight }, 3, &params, error);
}

static guint
count (const MgGraph *graph, MgOp op)
{
  guint n = 0;

  for (guint i = 0; i < mg_graph_get_n_nodes (graph); i++)
    n += mg_graph_get_node (graph, i)->op == op;
  return n;
}

static void
test_shapes (void)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  g_autoptr (GError) error = NULL;
  MgOpParams conv = { .conv = { 3, 0, MG_ACT_NONE } }, slice = { .slice = { 2, 5 } };
  MgTensorId x = tensor (graph, "x", MG_ROLE_INPUT, 2, 6, 8, 3), w = tensor (graph, "w", MG_ROLE_PARAM, 1, 9, 3, 7);
  MgTensorId y = mg_graph_append (graph, MG_OP_CONV, (MgTensorId[]){ x, w }, 2, &conv, &error);
  MgTensorId pool = mg_graph_append (graph, MG_OP_MAXPOOL2, &y, 1, NULL, &error);
  MgTensorId up = mg_graph_append (graph, MG_OP_UPSAMPLE2, &pool, 1, NULL, &error);
  MgTensorId both = mg_graph_append (graph, MG_OP_CONCAT, (MgTensorId[]){ up, x }, 2, NULL, &error);
  MgTensorId part = mg_graph_append (graph, MG_OP_SLICE, &both, 1, &slice, &error);

  g_assert_no_error (error);
  assert_shape (graph, y, 2, 6, 8, 7);
  assert_shape (graph, pool, 2, 3, 4, 7);
  assert_shape (graph, up, 2, 6, 8, 7);
  assert_shape (graph, both, 2, 6, 8, 10);
  assert_shape (graph, part, 2, 6, 8, 5);
  assert_shape (graph, append_loss (graph, part, &error), 1, 1, 1, 8);
  g_assert_no_error (error);
  g_assert_cmpint (mg_graph_producer (graph, up), ==, 2);
  g_assert_cmpint (mg_graph_producer (graph, x), ==, -1);
  g_assert_cmpfloat (fabs (mg_op_get_info (MG_OP_CONV)->flops ((const MgTensor *[]){ mg_graph_get_tensor (graph, x), mg_graph_get_tensor (graph, w) }, mg_graph_get_tensor (graph, y), mg_graph_get_node (graph, 0)) - 2.0 * 2 * 6 * 8 * 9 * 3 * 7), <, 0.5);
}

static void
refuse (MgGraph *graph, MgOp op, const MgTensorId *src, int n_src, const MgOpParams *params)
{
  g_autoptr (GError) error = NULL;
  guint n_nodes = mg_graph_get_n_nodes (graph), n_tensors = mg_graph_get_n_tensors (graph);

  g_assert_cmpint (mg_graph_append (graph, op, src, n_src, params, &error), ==, MG_TENSOR_NONE);
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
  g_assert_cmpuint (mg_graph_get_n_nodes (graph), ==, n_nodes);
  g_assert_cmpuint (mg_graph_get_n_tensors (graph), ==, n_tensors);
}

static void
test_misfits (void)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  MgTensorId x = tensor (graph, "x", MG_ROLE_INPUT, 2, 5, 8, 3), w = tensor (graph, "w", MG_ROLE_PARAM, 1, 9, 4, 7);
  MgTensorId b = tensor (graph, "b", MG_ROLE_PARAM, 1, 1, 1, 6), good = tensor (graph, "good", MG_ROLE_PARAM, 1, 9, 3, 7);
  MgOpParams conv = { .conv = { 3, 0, MG_ACT_NONE } }, even = { .conv = { 2, 0, MG_ACT_NONE } };
  MgOpParams bias = { .conv = { 3, 1, MG_ACT_NONE } }, act = { .act.act = 9 }, slice = { .slice = { 2, 2 } };
  MgOpParams norm = { .norm = { 2, 0, 1e-5f, 0 } }, loss = { .loss = { 7, 1 } };

  refuse (graph, MG_OP_CONV, (MgTensorId[]){ x, w }, 2, &conv);
  refuse (graph, MG_OP_CONV, (MgTensorId[]){ x, good }, 2, &even);
  refuse (graph, MG_OP_CONV, (MgTensorId[]){ x, good }, 2, &bias);
  refuse (graph, MG_OP_CONV, (MgTensorId[]){ x, good, b }, 3, &bias);
  refuse (graph, MG_OP_CONV, &x, 1, &conv);
  refuse (graph, MG_OP_CONV, (MgTensorId[]){ x, 99 }, 2, &conv);
  refuse (graph, MG_OP_ACT, &x, 1, &act);
  refuse (graph, MG_OP_MAXPOOL2, &x, 1, NULL);
  refuse (graph, MG_OP_SLICE, &x, 1, &slice);
  refuse (graph, MG_OP_GROUP_NORM_STATS, &x, 1, &norm);
  refuse (graph, MG_OP_ADD, (MgTensorId[]){ x, b }, 2, NULL);
  refuse (graph, MG_OP_CONCAT, (MgTensorId[]){ x, b }, 2, NULL);
  refuse (graph, MG_OP_LOSS, (MgTensorId[]){ x, x, x }, 3, &loss);
  refuse (graph, MG_OP_ADD, (MgTensorId[]){ x, MG_TENSOR_NONE }, 2, NULL);
}

static void
test_names (void)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  g_autoptr (GError) error = NULL;
  MgTensorId x = tensor (graph, "x", MG_ROLE_INPUT, 1, 2, 2, 1);
  MgTensorId y = mg_graph_append (graph, MG_OP_UPSAMPLE2, &x, 1, NULL, &error);

  g_assert_cmpint (tensor (graph, "x", MG_ROLE_INPUT, 1, 2, 2, 1), ==, x);
  g_assert_cmpint (tensor (graph, "x", MG_ROLE_INPUT, 1, 2, 3, 1), ==, MG_TENSOR_NONE);
  g_assert_cmpint (tensor (graph, "x", MG_ROLE_PARAM, 1, 2, 2, 1), ==, MG_TENSOR_NONE);
  g_assert_cmpint (tensor (graph, "huge", MG_ROLE_INPUT, G_MAXINT64, G_MAXINT64, 2, 1), ==, MG_TENSOR_NONE);
  g_assert_cmpint (tensor (graph, "none", MG_ROLE_INPUT, 1, 0, 2, 1), ==, MG_TENSOR_NONE);
  mg_graph_set_output (graph, y, "maps");
  g_assert_cmpint (mg_graph_find (graph, "maps"), ==, y);
  g_assert_cmpint (mg_graph_get_tensor (graph, y)->role, ==, MG_ROLE_OUTPUT);
  g_assert_cmpint (mg_graph_find (graph, "nothing"), ==, MG_TENSOR_NONE);
}

static void
test_training_nodes (void)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  g_autoptr (GError) error = NULL;
  MgNetConfig config = { 1, 1, 8, 3, 1, MG_NORM_GROUP, 8, 0, FALSE };
  MgTensorId out = mg_unet_head (graph, mg_unet_append (graph, &config, 2, 8, 8, &error), "head", 1, &error);
  guint n_convs, n_params = 0, n_decayed = 0, last_other = 0, first_update = G_MAXUINT;

  append_loss (graph, out, &error);
  n_convs = count (graph, MG_OP_CONV);
  g_assert_true (mg_graph_add_training (graph, &error));
  g_assert_no_error (error);
  /* the image asks for no gradient, so the first convolution computes none */
  g_assert_cmpuint (count (graph, MG_OP_CONV_GRAD_X), ==, n_convs - 1);
  g_assert_cmpuint (count (graph, MG_OP_CONV_GRAD_W), ==, n_convs);
  for (guint i = 0; i < mg_graph_get_n_tensors (graph); i++)
    n_params += mg_graph_get_tensor (graph, (MgTensorId) i)->role == MG_ROLE_PARAM;
  g_assert_cmpuint (count (graph, MG_OP_ADAMW), ==, n_params);
  for (guint i = 0; i < mg_graph_get_n_nodes (graph); i++)
    {
      const MgNode *node = mg_graph_get_node (graph, i);
      const char *name = mg_graph_get_tensor (graph, node->dst)->name;

      if (node->op != MG_OP_ADAMW)
        last_other = i;
      else
        {
          first_update = MIN (first_update, i);
          n_decayed += node->params.adam.decay;
          g_assert_cmpint (node->params.adam.decay, ==, g_str_has_suffix (name, ".weight"));
        }
    }
  g_assert_cmpuint (last_other, <, first_update);
  g_assert_cmpuint (n_decayed, ==, n_convs);
  g_assert_cmpint (mg_graph_get_tensor (graph, mg_graph_find (graph, "enc0.0.weight.m"))->role, ==, MG_ROLE_STATE);
  g_assert_cmpint (mg_graph_get_tensor (graph, mg_graph_find (graph, "hyper"))->role, ==, MG_ROLE_INPUT);
}

/* A value used twice gets the sum of both gradients; a fused activation comes
 * back out before the convolution's own gradient. */
static void
test_sums_and_fused_act (void)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  g_autoptr (GError) error = NULL;
  MgOpParams conv = { .conv = { 1, 0, MG_ACT_RELU } };
  MgTensorId x = tensor (graph, "x", MG_ROLE_PARAM, 1, 2, 2, 3), w = tensor (graph, "w", MG_ROLE_PARAM, 1, 1, 3, 3);
  MgTensorId y = mg_graph_append (graph, MG_OP_CONV, (MgTensorId[]){ x, w }, 2, &conv, &error);
  MgTensorId sum = mg_graph_append (graph, MG_OP_ADD, (MgTensorId[]){ y, x }, 2, NULL, &error);

  append_loss (graph, sum, &error);
  g_assert_true (mg_graph_add_training (graph, &error));
  g_assert_cmpuint (count (graph, MG_OP_ACT_GRAD), ==, 1);
  g_assert_cmpuint (count (graph, MG_OP_ADD), ==, 2);
  g_assert_cmpint (mg_graph_get_node (graph, (guint) mg_graph_producer (graph, mg_graph_get_grad (graph, x)))->op, ==, MG_OP_ADD);
}

static void
test_no_gradient (void)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  g_autoptr (MgGraph) lossless = mg_graph_new ();
  g_autoptr (GError) error = NULL;
  MgOpParams norm = { .norm = { 1, 0, 1e-5f, 0 } };
  MgTensorId x = tensor (graph, "x", MG_ROLE_PARAM, 1, 2, 2, 3);
  MgTensorId stats = mg_graph_append (graph, MG_OP_GROUP_NORM_STATS, &x, 1, &norm, &error);

  append_loss (graph, stats, &error);
  g_assert_false (mg_graph_add_training (graph, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_NO_GRADIENT);
  g_clear_error (&error);
  tensor (lossless, "x", MG_ROLE_PARAM, 1, 2, 2, 3);
  g_assert_false (mg_graph_add_training (lossless, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
}

static void
refuse_net (MgNetConfig config, int height, int width)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mg_unet_append (graph, &config, 1, height, width, &error), ==, MG_TENSOR_NONE);
  g_assert_nonnull (error);
  g_assert_cmpint (mg_unet_head (graph, MG_TENSOR_NONE, "head", 1, NULL), ==, MG_TENSOR_NONE);
}

static void
test_unet_configs (void)
{
  const MgNetConfig good = { 1, 2, 8, 3, 2, MG_NORM_GROUP, 8, 0, FALSE };
  MgNetConfig bad[] = { good, good, good, good, good, good };

  bad[0].depth = 7;
  bad[1].base_filters = 6;
  bad[2].kernel = 4;
  bad[3].n_convs = 0;
  bad[4].n_in = 0;
  bad[5].norm = 5;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    refuse_net (bad[i], 8, 8);
  refuse_net (good, 10, 8);
  refuse_net (good, 0, 8);
  refuse_net (good, 1 << 20, 8);
  g_assert_cmpint (mg_unet_multiple (&good), ==, 4);
}

static void
test_init (void)
{
  MgTensor tensor = { .name = "enc0.0.weight", .shape = { 1, 1, 9, 64, 64 } };
  gsize n = mg_tensor_n_values (&tensor);
  g_autofree float *a = g_new (float, n);
  g_autofree float *b = g_new (float, n);
  double sum = 0, square = 0;

  mg_init_parameter (&tensor, 3, a);
  mg_init_parameter (&tensor, 3, b);
  g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
  mg_init_parameter (&tensor, 4, b);
  g_assert_cmpfloat (a[0], !=, b[0]);
  for (gsize i = 0; i < n; i++)
    {
      sum += (double) a[i];
      square += (double) a[i] * (double) a[i];
    }
  g_assert_cmpfloat (fabs (sum / (double) n), <, 0.002);
  g_assert_cmpfloat (fabs (square / (double) n * (9 * 64) / 2 - 1), <, 0.03);
  tensor = (MgTensor){ .name = "enc0.0.gamma", .shape = { 1, 1, 1, 1, 4 } };
  mg_init_parameter (&tensor, 3, a);
  g_assert_cmpfloat (a[3], ==, 1);
  tensor = (MgTensor){ .name = "enc0.0.bias", .shape = { 1, 1, 1, 1, 4 } };
  mg_init_parameter (&tensor, 3, a);
  g_assert_cmpfloat (a[3], ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn/graph/shapes", test_shapes);
  g_test_add_func ("/nn/graph/misfits", test_misfits);
  g_test_add_func ("/nn/graph/names", test_names);
  g_test_add_func ("/nn/graph/training-nodes", test_training_nodes);
  g_test_add_func ("/nn/graph/sums-and-fused-act", test_sums_and_fused_act);
  g_test_add_func ("/nn/graph/no-gradient", test_no_gradient);
  g_test_add_func ("/nn/unet/configs", test_unet_configs);
  g_test_add_func ("/nn/init", test_init);
  return g_test_run ();
}
