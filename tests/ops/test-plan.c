#include <math.h>

#include "nn/unet.h"
#include "ops/golden-private.h"
#include "support/ref-backend.h"

static const MgNetConfig u3 = { 1, 3, 32, 3, 2, MG_NORM_GROUP, 8, 0, FALSE };
static const MgNetConfig care = { 1, 2, 32, 5, 2, MG_NORM_NONE, 0, 0, TRUE };
static const MgNetConfig stardist = { 1, 3, 32, 3, 2, MG_NORM_NONE, 0, 128, FALSE };
static const MgNetConfig tiny = { 1, 2, 8, 3, 2, MG_NORM_GROUP, 8, 0, FALSE };

static MgPlan *
plan_net (const MgNetConfig *config, int n, int size, int n_out, gboolean training)
{
  g_autoptr (GError) error = NULL;
  MgGraph *graph = mg_graph_new ();
  MgTensorId out = mg_unet_head (graph, mg_unet_append (graph, config, n, size, size, &error), "head", n_out, &error);
  MgOpParams params = { .loss = { MG_LOSS_MSE, 1 } };

  if (config->residual_output)
    out = mg_unet_residual (graph, out, &error);
  g_assert_no_error (error);
  if (!training)
    mg_graph_set_output (graph, out, "maps");
  else
    {
      MgTensorId src[3] = { out, mg_graph_tensor (graph, "target", MG_ROLE_INPUT, (gint64[]){ n, 1, size, size, n_out }),
                            mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, (gint64[]){ n, 1, size, size, 1 }) };

      mg_graph_set_output (graph, mg_graph_append (graph, MG_OP_LOSS, src, 3, &params, &error), "loss");
      mg_graph_add_training (graph, &error);
    }
  g_assert_no_error (error);
  MgPlan *plan = mg_plan_new (graph, &error);

  g_assert_no_error (error);
  return plan;
}

/* First and last node of every work tensor. */
static void
find_lives (const MgPlan *plan, int *first, int *last)
{
  for (guint t = 0; t < plan->n_tensors; t++)
    first[t] = last[t] = -1;
  for (guint i = 0; i < plan->n_nodes; i++)
    {
      const MgNode *node = mg_graph_get_node (plan->graph, i);

      for (int s = 0; s < node->n_src; s++)
        last[node->src[s]] = (int) i;
      last[node->dst] = (int) i;
      if (first[node->dst] < 0)
        first[node->dst] = (int) i;
    }
}

/* Whether a may lie on b because b's maker overwrites a as its op allows. */
static gboolean
is_overwrite (const MgPlan *plan, guint a, guint b, const int *first, const int *last)
{
  const MgNode *node = mg_graph_get_node (plan->graph, (guint) first[b]);
  int which = mg_op_get_info (node->op)->in_place_src;

  return last[a] == first[b] && which >= 0 && node->src[which] == (MgTensorId) a &&
         plan->placements[a].offset == plan->placements[b].offset;
}

static guint
check_plan (const MgPlan *plan)
{
  g_autofree int *first = g_new (int, plan->n_tensors);
  g_autofree int *last = g_new (int, plan->n_tensors);
  guint n_in_place = 0;

  find_lives (plan, first, last);
  for (guint a = 0; a < plan->n_tensors; a++)
    {
      const MgPlacement *pa = &plan->placements[a];

      g_assert_cmpuint (pa->offset % 256, ==, 0);
      g_assert_cmpuint (pa->size, ==, mg_tensor_size_bytes (mg_graph_get_tensor (plan->graph, (MgTensorId) a)));
      g_assert_cmpuint (pa->offset + pa->size, <=, plan->arena_size[pa->arena]);
      for (guint b = 0; b < plan->n_tensors; b++)
        {
          const MgPlacement *pb = &plan->placements[b];

          if (a == b || pa->arena != pb->arena || pa->offset >= pb->offset + pb->size || pb->offset >= pa->offset + pa->size)
            continue;
          g_assert_cmpint (pa->arena, ==, MG_ARENA_WORK);
          if (first[a] > first[b] || last[a] < first[b])
            continue;
          g_assert_true (is_overwrite (plan, a, b, first, last));
          n_in_place++;
        }
    }
  return n_in_place;
}

static void
test_no_overlap (void)
{
  const MgNetConfig *nets[] = { &u3, &care, &stardist, &tiny };

  for (guint i = 0; i < G_N_ELEMENTS (nets); i++)
    {
      g_autoptr (MgPlan) training = plan_net (nets[i], 2, 32, 1, TRUE);
      g_autoptr (MgPlan) inference = plan_net (nets[i], 1, 64, 1, FALSE);

      g_assert_cmpuint (check_plan (training), >, 0);
      check_plan (inference);
      g_assert_cmpuint (training->arena_size[MG_ARENA_PARAMS], ==, inference->arena_size[MG_ARENA_PARAMS]);
      g_assert_cmpuint (inference->arena_size[MG_ARENA_STATE], ==, 0);
      g_assert_cmpuint (mg_plan_get_bytes (inference), <, mg_plan_get_bytes (training));
    }
}

/* No plan can do with less than what lives at once. */
static gsize
least_work (const MgPlan *plan)
{
  g_autofree int *first = g_new (int, plan->n_tensors);
  g_autofree int *last = g_new (int, plan->n_tensors);
  gsize top = 0;

  find_lives (plan, first, last);
  for (int node = 0; node < (int) plan->n_nodes; node++)
    {
      gsize sum = 0;

      for (guint t = 0; t < plan->n_tensors; t++)
        if (plan->placements[t].arena == MG_ARENA_WORK && first[t] <= node && last[t] >= node &&
            !(last[t] == node && is_overwrite (plan, t, (guint) mg_graph_get_node (plan->graph, (guint) node)->dst, first, last)))
          sum += plan->placements[t].size;
      top = MAX (top, sum);
    }
  return top;
}

static void
check_peak (const char *name, const MgNetConfig *config, int n, int size, int n_out, double most_mib)
{
  g_autoptr (MgPlan) plan = plan_net (config, n, size, n_out, TRUE);
  const double mib = 1024 * 1024;

  g_test_message ("%s: work %.1f MiB (living at once %.1f), parameters %.1f, state %.1f, in and out %.1f; %u nodes, %.1f GFLOP",
                  name, (double) plan->arena_size[MG_ARENA_WORK] / mib, (double) least_work (plan) / mib,
                  (double) plan->arena_size[MG_ARENA_PARAMS] / mib, (double) plan->arena_size[MG_ARENA_STATE] / mib,
                  (double) plan->arena_size[MG_ARENA_IO] / mib, plan->n_nodes, mg_graph_flops (plan->graph) * 1e-9);
  g_assert_cmpfloat ((double) plan->arena_size[MG_ARENA_WORK] / mib, <=, most_mib);
  g_assert_cmpuint (plan->arena_size[MG_ARENA_WORK], <=, least_work (plan) + least_work (plan) / 4);
}

/* PyTorch keeps 620 MiB for the backward pass of the first, 330 and 534 of the
 * next two, before gradients. */
static void
test_peaks (void)
{
  check_peak ("u3", &u3, 4, 256, 1, 400);
  check_peak ("care", &care, 16, 128, 1, 350);
  check_peak ("stardist", &stardist, 4, 256, 33, 600);
  check_peak ("tiny", &tiny, 2, 64, 1, 4);
}

static void
test_params_in_order (void)
{
  g_autoptr (MgPlan) training = plan_net (&u3, 2, 32, 1, TRUE);
  g_autoptr (MgPlan) inference = plan_net (&u3, 1, 64, 1, FALSE);
  gsize next = 0;

  for (guint t = 0; t < inference->n_tensors; t++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (inference->graph, (MgTensorId) t);
      MgTensorId other;

      if (tensor->role != MG_ROLE_PARAM)
        continue;
      other = mg_graph_find (training->graph, tensor->name);
      g_assert_cmpuint (inference->placements[t].offset, >=, next);
      g_assert_cmpuint (training->placements[other].offset, ==, inference->placements[t].offset);
      next = inference->placements[t].offset + 1;
    }
  g_assert_cmpuint (next, >, 1);
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mg_plan_new (mg_graph_new (), &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_USAGE);
}

/* How far a changed input pixel reaches is what tiles overlap by. */
static void
check_reach (const MgNetConfig *config, int row, int col)
{
  const int size = 64;
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();
  g_autoptr (MgProgram) program = mg_program_new (backend, plan_net (config, 1, size, 1, FALSE), NULL, &error);
  g_autofree float *image = g_new (float, size *size);
  int reach = 0, said = mg_unet_receptive_field (config);
  g_autofree float *before = NULL;
  g_autofree float *after = NULL;
  gsize n;

  g_assert_no_error (error);
  mg_golden_fill_parameters (program);
  mg_golden_uniform ("image", image, size * size);
  mg_golden_write (program, "image", image, size * size);
  mg_program_run (program, NULL, &error);
  before = mg_golden_read (program, "maps", &n);
  image[row * size + col] = NAN;
  mg_golden_write (program, "image", image, size * size);
  mg_program_run (program, NULL, &error);
  after = mg_golden_read (program, "maps", &n);
  for (int i = 0; i < size * size; i++)
    if (memcmp (&before[i], &after[i], sizeof (float)) != 0)
      reach = MAX (reach, MAX (ABS (i / size - row), ABS (i % size - col)));
  g_assert_cmpint (reach, <=, said);
  g_assert_cmpint (reach, >=, said - (1 << config->depth));
}

static void
test_receptive_field (void)
{
  const MgNetConfig flat = { 1, 0, 4, 7, 2, MG_NORM_NONE, 0, 0, FALSE };
  const MgNetConfig deep = { 1, 2, 4, 3, 1, MG_NORM_NONE, 0, 4, FALSE };
  const MgNetConfig blurred = { 1, 2, 4, 3, 1, MG_NORM_NONE, 0, 0, FALSE, MG_POOL_BLUR, TRUE };
  const MgNetConfig two = { 1, 1, 4, 5, 2, MG_NORM_NONE, 0, 0, TRUE };

  for (int offset = 0; offset < 4; offset++)
    {
      check_reach (&flat, 32 + offset, 31);
      check_reach (&deep, 32 + offset, 30 + offset);
      check_reach (&blurred, 32 + offset, 30 + offset);
      check_reach (&two, 30 + offset, 33 - offset);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nn/plan/no-overlap", test_no_overlap);
  g_test_add_func ("/nn/plan/peaks", test_peaks);
  g_test_add_func ("/nn/plan/params-in-order", test_params_in_order);
  g_test_add_func ("/nn/plan/empty", test_empty);
  g_test_add_func ("/nn/unet/receptive-field", test_receptive_field);
  return g_test_run ();
}
