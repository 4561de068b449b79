#include "ops/golden.h"

#include <math.h>

#include "nn/unet.h"
#include "ops/golden-private.h"

/* One head or loss of the recorded networks; see gen-unet.py. */
typedef struct
{
  const char *name;
  int n_channels;
} Head;

typedef struct
{
  int head;
  int kind;
  float scale;
} Loss;

typedef struct
{
  const char *title;
  const char *image; /* which one gen-unet.py chose */
  int n, size;
  MgNetConfig config;
  Head heads[4];
  Loss losses[6];
  int n_losses;
} Recorded;

static const Recorded recorded[] = {
  { "norm", "image190", 2, 16, { 1, 2, 8, 3, 2, MG_NORM_GROUP, 8, 0, FALSE }, { { "class", 3 }, { "seed", 1 }, { "distance", 2 } }, { { 0, MG_LOSS_CE, 0.5f }, { 0, MG_LOSS_DICE, 1 }, { 1, MG_LOSS_BCE, 1 }, { 2, MG_LOSS_MSE, 0.25f }, { 2, MG_LOSS_MAE, 1 } }, 5 },
  { "plain", "image1", 2, 16, { 2, 1, 8, 5, 1, MG_NORM_NONE, 0, 16, TRUE }, { { "clean", 2 } }, { { 0, MG_LOSS_MSE, 1 } }, 1 },
};

typedef struct
{
  MgBackend *tested;
  double tolerance;
} GoldenTest;

static void
add_losses (MgGraph *graph, const Recorded *net, const MgTensorId *heads, GError **error)
{
  const gint64 shape[MG_N_AXES] = { net->n, 1, net->size, net->size, 1 };
  MgTensorId weight = mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, shape);

  for (int i = 0; i < net->n_losses; i++)
    {
      const Loss *loss = &net->losses[i];
      const MgTensor *pred = mg_graph_get_tensor (graph, heads[loss->head]);
      MgOpParams params = { .loss = { loss->kind, loss->scale } };
      g_autofree char *target = g_strdup_printf ("target%d", i);
      g_autofree char *name = g_strdup_printf ("loss%d", i);
      MgTensorId src[3] = { heads[loss->head], mg_graph_tensor (graph, target, MG_ROLE_INPUT, pred->shape), weight };
      MgTensorId id = mg_graph_append (graph, MG_OP_LOSS, src, 3, &params, error);

      g_assert_no_error (*error);
      mg_graph_set_output (graph, id, name);
    }
}

static void
write_images (MgProgram *program, const Recorded *net)
{
  const MgGraph *graph = mg_program_get_plan (program)->graph;

  for (guint i = 0; i < mg_graph_get_n_tensors (graph); i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) i);
      gsize n = mg_tensor_n_values (tensor);
      g_autofree float *values = g_new (float, n);
      guint64 target;

      if (tensor->role != MG_ROLE_INPUT || g_str_equal (tensor->name, "hyper"))
        continue;
      if (g_str_equal (tensor->name, "image"))
        mg_golden_uniform (net->image, values, n);
      else if (g_str_equal (tensor->name, "weight"))
        mg_golden_image_like (tensor, MG_GOLDEN_WEIGHT, values);
      else
        {
          g_assert_true (g_ascii_string_to_unsigned (tensor->name + strlen ("target"), 10, 0, 5, &target, NULL));
          mg_golden_image_like (tensor, net->losses[target].kind, values);
        }
      mg_golden_write (program, tensor->name, values, n);
    }
}

static MgProgram *
build_unet (MgBackend *backend, const Recorded *net, gboolean grads)
{
  g_autoptr (GError) error = NULL;
  MgGraph *graph = mg_graph_new ();
  MgTensorId features = mg_unet_append (graph, &net->config, net->n, net->size, net->size, &error), heads[4];
  MgProgram *program;
  MgPlan *plan;

  for (int i = 0; net->heads[i].name != NULL; i++)
    {
      heads[i] = mg_unet_head (graph, features, net->heads[i].name, net->heads[i].n_channels, &error);
      if (net->config.residual_output)
        heads[i] = mg_unet_residual (graph, heads[i], &error);
    }
  g_assert_no_error (error);
  add_losses (graph, net, heads, &error);
  mg_graph_add_training (graph, &error);
  g_assert_no_error (error);
  if (grads)
    mg_golden_output_grads (graph);
  plan = mg_plan_new (graph, &error);
  g_assert_no_error (error);
  program = mg_program_new (backend, plan, NULL, &error);
  g_assert_no_error (error);
  mg_golden_fill_parameters (program);
  write_images (program, net);
  return program;
}

static void
run_step (MgProgram *program, int step)
{
  g_autoptr (GError) error = NULL;
  const double beta1 = 0.9, beta2 = 0.999;
  const float hyper[8] = { 0.01f, (float) (1 - pow (beta1, step + 1)), (float) (1 - pow (beta2, step + 1)), (float) beta1, (float) beta2, 1e-3f, 0.05f, 0.5f };

  mg_golden_write_hyper (program, hyper);
  mg_program_run (program, NULL, &error);
  g_assert_no_error (error);
}

static void
check_losses (GHashTable *golden, const Recorded *net, int step, MgProgram *program, double tolerance)
{
  for (int i = 0; i < net->n_losses; i++)
    {
      g_autofree char *name = g_strdup_printf ("loss%d", i);
      g_autofree char *full = g_strdup_printf ("%s.step%d.loss%d", net->title, step, i);
      gsize n;
      g_autofree float *values = mg_golden_read (program, name, &n);

      mg_golden_check (golden, full, values, 1, tolerance);
    }
}

static void
check_updated (GHashTable *golden, const Recorded *net, MgProgram *program, double tolerance)
{
  const MgGraph *graph = mg_program_get_plan (program)->graph;

  for (guint i = 0; i < mg_graph_get_n_tensors (graph); i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) i);
      g_autofree char *full = g_strdup_printf ("%s.%s.updated", net->title, tensor->name);
      gsize n;

      if (tensor->role == MG_ROLE_PARAM)
        {
          g_autofree float *values = mg_golden_read (program, tensor->name, &n);

          mg_golden_check (golden, full, values, n, tolerance);
        }
    }
}

static void
test_unet_step (gconstpointer data)
{
  const GoldenTest *test = data;
  g_autoptr (GHashTable) golden = mg_golden_load ("unet-step.txt");

  for (guint i = 0; i < G_N_ELEMENTS (recorded); i++)
    {
      g_autoptr (MgProgram) program = build_unet (test->tested, &recorded[i], TRUE);

      for (int step = 0; step < 2; step++)
        {
          run_step (program, step);
          check_losses (golden, &recorded[i], step, program, test->tolerance);
          if (step == 0)
            mg_golden_check_grads (golden, recorded[i].title, program, test->tolerance);
        }
      check_updated (golden, &recorded[i], program, test->tolerance);
    }
}

static void
test_same_bytes (gconstpointer data)
{
  const GoldenTest *test = data;
  g_autoptr (MgProgram) one = build_unet (test->tested, &recorded[0], FALSE);
  g_autoptr (MgProgram) two = build_unet (test->tested, &recorded[0], FALSE);
  const MgGraph *graph = mg_program_get_plan (one)->graph;

  for (int step = 0; step < 3; step++)
    {
      run_step (one, step);
      run_step (two, step);
    }
  for (guint i = 0; i < mg_graph_get_n_tensors (graph); i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) i);
      gsize n;

      if (tensor->role == MG_ROLE_PARAM || tensor->role == MG_ROLE_STATE)
        {
          g_autofree float *a = mg_golden_read (one, tensor->name, &n);
          g_autofree float *b = mg_golden_read (two, tensor->name, &n);

          g_assert_cmpmem (a, n * sizeof *a, b, n * sizeof *b);
        }
    }
}

/* A graph whose parameters are the op's sources, ending in a loss. */
static void
check_op (const GoldenTest *test, GHashTable *golden, const char *title, MgGraph *graph, MgTensorId y,
          int kind, float scale)
{
  g_autoptr (GError) error = NULL;
  gboolean bare = mg_graph_producer (graph, y) < 0;
  gint64 shape[MG_N_AXES];
  MgOpParams params = { .loss = { kind, scale } };
  const float hyper[8] = { 0, 1, 1, 0.9f, 0.999f, 1, 0, 1 };
  g_autofree char *full = g_strconcat (title, ".value", NULL);
  g_autofree float *out = NULL;
  g_autofree float *values = NULL;
  gsize n;

  memcpy (shape, mg_graph_get_tensor (graph, y)->shape, sizeof shape);
  MgTensorId target = mg_graph_tensor (graph, "target", MG_ROLE_INPUT, shape);
  shape[MG_AXIS_C] = 1;
  MgTensorId weight = mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, shape);
  MgTensorId loss = mg_graph_append (graph, MG_OP_LOSS, (MgTensorId[]){ y, target, weight }, 3, &params, &error);

  g_assert_no_error (error);
  mg_graph_set_output (graph, bare ? loss : y, "value");
  mg_graph_add_training (graph, &error);
  g_assert_no_error (error);
  mg_golden_output_grads (graph);
  g_autoptr (MgProgram) program = mg_program_new (test->tested, mg_plan_new (graph, &error), NULL, &error);

  g_assert_no_error (error);
  mg_golden_fill_parameters (program);
  n = mg_tensor_n_values (mg_graph_get_tensor (graph, target));
  values = g_new (float, n);
  mg_golden_image_like (mg_graph_get_tensor (graph, target), kind, values);
  mg_golden_write (program, "target", values, n);
  n = mg_tensor_n_values (mg_graph_get_tensor (graph, weight));
  mg_golden_image_like (mg_graph_get_tensor (graph, weight), MG_GOLDEN_WEIGHT, values);
  for (gsize i = 0; i < n && !bare; i++)
    values[i] = 1;
  mg_golden_write (program, "weight", values, n);
  mg_golden_write_hyper (program, hyper);
  mg_program_run (program, NULL, &error);
  g_assert_no_error (error);
  out = mg_golden_read (program, "value", &n);
  mg_golden_check (golden, full, out, bare ? 1 : n, test->tolerance);
  mg_golden_check_grads (golden, title, program, test->tolerance);
}

static MgTensorId
param (MgGraph *graph, const char *name, gint64 n, gint64 h, gint64 w, gint64 c)
{
  return mg_graph_tensor (graph, name, MG_ROLE_PARAM, (gint64[]){ n, 1, h, w, c });
}

static void
check_losses_alone (const GoldenTest *test, GHashTable *golden)
{
  static const char *const names[] = { "bce", "ce", "mse", "mae", "dice" };
  static const int channels[] = { 2, 4, 3, 3, 3 };

  for (int kind = MG_LOSS_BCE; kind <= MG_LOSS_DICE; kind++)
    {
      MgGraph *graph = mg_graph_new ();
      g_autofree char *title = g_strconcat ("loss-", names[kind], NULL);

      check_op (test, golden, title, graph, param (graph, "pred", 2, 5, 7, channels[kind]), kind, 0.7f);
    }
}

static void
test_ops (gconstpointer data)
{
  const GoldenTest *test = data;
  g_autoptr (GHashTable) golden = mg_golden_load ("ops.txt");
  g_autoptr (GError) error = NULL;

  check_losses_alone (test, golden);
  for (int kernel = 1; kernel <= 7; kernel += 2)
    for (int act = 0; act < 4; act++)
      {
        MgGraph *graph = mg_graph_new ();
        MgOpParams params = { .conv = { kernel, 1, act } };
        g_autofree char *title = g_strdup_printf ("conv%d-act%d", kernel, act);
        MgTensorId src[3] = { param (graph, "x", 2, 6, 9, 3), param (graph, "w.weight", 1, kernel * kernel, 3, 5),
                              param (graph, "b.bias", 1, 1, 1, 5) };

        check_op (test, golden, title, graph, mg_graph_append (graph, MG_OP_CONV, src, 3, &params, &error), MG_LOSS_MSE, 1);
      }
  for (int groups = 1; groups <= 6; groups = groups == 1 ? 3 : groups + 3)
    for (int act = 0; act < 4; act++)
      {
        MgGraph *graph = mg_graph_new ();
        MgOpParams params = { .norm = { groups, act, 1e-5f, 0 } };
        g_autofree char *title = g_strdup_printf ("norm%d-act%d", groups, act);
        MgTensorId src[4] = { param (graph, "x", 2, 6, 9, 6) };

        src[1] = mg_graph_append (graph, MG_OP_GROUP_NORM_STATS, src, 1, &params, &error);
        src[2] = param (graph, "g.gamma", 1, 1, 1, 6);
        src[3] = param (graph, "b.beta", 1, 1, 1, 6);
        check_op (test, golden, title, graph, mg_graph_append (graph, MG_OP_GROUP_NORM, src, 4, &params, &error), MG_LOSS_MSE, 1);
      }
}

void
mg_golden_add_tests (const char *prefix,
                     MgBackend *tested,
                     double tolerance)
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = { { "ops", test_ops }, { "unet-step", test_unet_step }, { "same-bytes", test_same_bytes } };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      GoldenTest *test = g_new (GoldenTest, 1);
      g_autofree char *path = g_strconcat (prefix, "/golden/", tests[i].name, NULL);

      *test = (GoldenTest){ tested, tolerance };
      g_test_add_data_func_full (path, test, tests[i].func, g_free);
    }
}
