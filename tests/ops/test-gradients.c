#include <math.h>
#include <string.h>

#include "nn/unet.h"
#include "ops/golden-private.h"
#include "support/numeric.h"
#include "support/ref-backend.h"

/* Every gradient rule against central differences of the loss, on the reference
 * backend. A case is a function that turns parameters into a result. */
typedef MgTensorId (*BuildFunc) (MgGraph *graph, int variant, GError **error);

typedef struct
{
  const char *name;
  BuildFunc build;
  int n_variants;
} Case;

typedef struct
{
  MgProgram *program; /* forward only */
  MgTensorId loss, param;
  float *values; /* of param */
  gsize n_values;
} Probe;

static MgTensorId
param (MgGraph *graph, const char *name, gint64 n, gint64 h, gint64 w, gint64 c)
{
  return mg_graph_tensor (graph, name, MG_ROLE_PARAM, (gint64[]){ n, 1, h, w, c });
}

static MgTensorId
build_conv (MgGraph *graph, int variant, GError **error)
{
  int kernel = 2 * (variant / 4) + 1;
  MgOpParams params = { .conv = { kernel, variant % 2, variant % 4 } };
  MgTensorId src[3] = { param (graph, "x", 2, 4, 5, 2), param (graph, "w.weight", 1, kernel * kernel, 2, 3),
                        param (graph, "b.bias", 1, 1, 1, 3) };

  return mg_graph_append (graph, MG_OP_CONV, src, 2 + variant % 2, &params, error);
}

static MgTensorId
build_act (MgGraph *graph, int variant, GError **error)
{
  MgOpParams params = { .act.act = variant };
  MgTensorId x = param (graph, "x", 2, 3, 4, 2);

  return mg_graph_append (graph, MG_OP_ACT, &x, 1, &params, error);
}

static MgTensorId
build_norm (MgGraph *graph, int variant, GError **error)
{
  MgOpParams params = { .norm = { 1 << variant % 3, variant / 3, 1e-5f, 0 } };
  MgTensorId src[4] = { param (graph, "x", 2, 3, 4, 4) };

  src[1] = mg_graph_append (graph, MG_OP_GROUP_NORM_STATS, src, 1, &params, error);
  src[2] = param (graph, "g.gamma", 1, 1, 1, 4);
  src[3] = param (graph, "b.beta", 1, 1, 1, 4);
  return mg_graph_append (graph, MG_OP_GROUP_NORM, src, 4, &params, error);
}

static MgTensorId
build_scale (MgGraph *graph, int variant, GError **error)
{
  MgTensorId x = param (graph, "x", 2, 4, 6, 3);

  return mg_graph_append (graph, (MgOp[]){ MG_OP_MAXPOOL2, MG_OP_UPSAMPLE2, MG_OP_BLURPOOL2 }[variant], &x, 1, NULL, error);
}

/* 0: two tensors; 1: one twice; 2: one beside its own double */
static MgTensorId
build_join (MgGraph *graph, int variant, GError **error)
{
  MgTensorId a = param (graph, "a", 2, 3, 4, 2), b = param (graph, "b", 2, 3, 4, 2), sum, joined;

  sum = mg_graph_append (graph, MG_OP_ADD, (MgTensorId[]){ a, variant == 0 ? b : a }, 2, NULL, error);
  joined = mg_graph_append (graph, MG_OP_CONCAT, (MgTensorId[]){ sum, variant == 2 ? a : b }, 2, NULL, error);
  return mg_graph_append (graph, MG_OP_CONCAT, (MgTensorId[]){ joined, sum }, 2, NULL, error);
}

/* first, middle and last channels, overlapping, and one never used */
static MgTensorId
build_slices (MgGraph *graph, int variant, GError **error)
{
  static const MgSliceParams cuts[3][2] = { { { 0, 2 }, { 1, 2 } }, { { 2, 1 }, { 4, 1 } }, { { 0, 1 }, { 3, 2 } } };
  MgTensorId x = param (graph, "x", 2, 3, 4, 5), parts[2];

  for (int i = 0; i < 2; i++)
    {
      MgOpParams params = { .slice = cuts[variant][i] };

      parts[i] = mg_graph_append (graph, MG_OP_SLICE, &x, 1, &params, error);
    }
  return mg_graph_append (graph, MG_OP_CONCAT, parts, 2, NULL, error);
}

/* 0: with norm, where values are computed again; 1: without; 2: residual; 3: blurred pools, no top skip */
static MgTensorId
build_unet (MgGraph *graph, int variant, GError **error)
{
  MgNetConfig config = { 2, 2, 4, 3, 1 + variant % 2, variant == 1 ? MG_NORM_NONE : MG_NORM_GROUP, 2, 4 * (variant == 1), variant == 2 };
  MgTensorId out;

  config.pool = variant == 3 ? MG_POOL_BLUR : MG_POOL_MAX;
  config.no_top_skip = variant == 3;
  out = mg_unet_head (graph, mg_unet_append (graph, &config, 2, 8, 8, error), "head", 2, error);

  return variant == 2 ? mg_unet_residual (graph, out, error) : out;
}

static MgTensorId
build_bare (MgGraph *graph, int variant, GError **error)
{
  return param (graph, "x", 2, 3, 4, variant == 0 ? 3 : 4);
}

static const Case cases[] = {
  { "conv", build_conv, 16 },
  { "act", build_act, 4 },
  { "norm", build_norm, 12 },
  { "scale", build_scale, 3 },
  { "join", build_join, 3 },
  { "slices", build_slices, 3 },
  { "unet", build_unet, 4 },
};

static MgProgram *
build (MgBackend *backend, BuildFunc func, int variant, int kind, gboolean training)
{
  g_autoptr (GError) error = NULL;
  MgGraph *graph = mg_graph_new ();
  MgTensorId y = func (graph, variant, &error);
  MgOpParams params = { .loss = { kind, 0.8f } };
  gint64 shape[MG_N_AXES];
  MgTensorId target, weight, loss;
  MgProgram *program;

  g_assert_no_error (error);
  memcpy (shape, mg_graph_get_tensor (graph, y)->shape, sizeof shape);
  if (kind == MG_LOSS_LAPLACE)
    shape[MG_AXIS_C] /= 2;
  target = mg_graph_tensor (graph, "target", MG_ROLE_INPUT, shape);
  shape[MG_AXIS_C] = 1;
  weight = mg_graph_tensor (graph, "weight", MG_ROLE_INPUT, shape);
  loss = mg_graph_append (graph, MG_OP_LOSS, (MgTensorId[]){ y, target, weight }, 3, &params, &error);
  g_assert_no_error (error);
  mg_graph_set_output (graph, loss, "loss");
  if (training)
    {
      mg_graph_add_training (graph, &error);
      g_assert_no_error (error);
      mg_golden_output_grads (graph);
    }
  program = mg_program_new (backend, mg_plan_new (graph, &error), NULL, &error);
  g_assert_no_error (error);
  mg_golden_fill_parameters (program);
  for (guint i = 0; i < mg_graph_get_n_tensors (graph); i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) i);
      g_autofree float *values = g_new0 (float, mg_tensor_n_values (tensor));

      if (tensor->role != MG_ROLE_INPUT || g_str_has_prefix (tensor->name, MG_ZERO_PREFIX))
        continue;
      mg_golden_image_like (tensor, (MgTensorId) i == weight ? MG_GOLDEN_WEIGHT : kind, values);
      if (g_str_equal (tensor->name, "hyper"))
        memcpy (values, (float[8]){ 0, 1, 1, 0.9f, 0.999f, 1, 0, 1 }, 8 * sizeof (float));
      mg_golden_write (program, tensor->name, values, mg_tensor_n_values (tensor));
    }
  return program;
}

static double
loss_of (gpointer data)
{
  Probe *probe = data;
  g_autoptr (GError) error = NULL;
  float loss[8];

  mg_program_write (probe->program, probe->param, probe->values, probe->n_values, &error);
  mg_program_run (probe->program, NULL, &error);
  mg_program_read (probe->program, probe->loss, loss, 8, &error);
  g_assert_no_error (error);
  return (double) loss[0];
}

/* Where an activation, pool or absolute value has its corner within the step,
 * the slope to one side differs from the mean of both by about as much as the
 * gradient seems to be off, and there is nothing to compare. */
static gboolean
has_corner (Probe *probe, gsize i, double step, double slope, double off)
{
  float old = probe->values[i];
  double here = loss_of (probe), above;

  probe->values[i] = (float) ((double) old + step * (fabs ((double) old) + 1));
  above = (loss_of (probe) - here) / ((double) probe->values[i] - (double) old);
  probe->values[i] = old;
  return fabs (above - slope) > 0.5 * off;
}

/* Whether differences over a step agree with the gradient. A short step meets
 * fewer corners, a long one has less rounding: either will do. */
static gboolean
agrees (Probe *probe, gsize i, double step, double grad, double floor, double *slope)
{
  *slope = mg_finite_difference (&probe->values[i], step, loss_of, probe);
  return fabs (*slope - grad) <= 5e-3 * fabs (*slope) + floor;
}

static void
check_param (Probe *probe, const char *what, const char *name, const float *grad, guint *n_corners, guint *n_checked)
{
  const double step = 2e-3;
  gsize stride = MAX (probe->n_values / 24, 1);
  double floor = 1e-4;

  for (gsize i = 0; i < probe->n_values; i++)
    floor = MAX (floor, 0.01 * fabs ((double) grad[i]));
  for (gsize i = 0; i < probe->n_values; i += stride)
    {
      double slope, g = grad[i];

      *n_checked += 1;
      if (agrees (probe, i, step, g, floor, &slope) || agrees (probe, i, step / 8, g, floor, &slope))
        continue;
      if (!has_corner (probe, i, step / 8, slope, fabs (slope - g)))
        g_error ("%s: gradient of %s[%" G_GSIZE_FORMAT "] is %.6g, differences say %.6g", what, name, i, g, slope);
      *n_corners += 1;
    }
  loss_of (probe);
}

static void
check_case (BuildFunc func, const char *name, int variant, int kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = mg_ref_backend_new ();
  g_autoptr (MgProgram) forward = build (backend, func, variant, kind, FALSE);
  g_autoptr (MgProgram) training = build (backend, func, variant, kind, TRUE);
  g_autofree char *what = g_strdup_printf ("%s, variant %d, loss %d", name, variant, kind);
  const MgGraph *graph = mg_program_get_plan (forward)->graph;
  guint n_corners = 0, n_checked = 0;

  mg_program_run (training, NULL, &error);
  g_assert_no_error (error);
  for (guint id = 0; id < mg_graph_get_n_tensors (graph); id++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (graph, (MgTensorId) id);
      g_autofree char *grad_name = g_strconcat (tensor->name, ".grad", NULL);
      Probe probe = { forward, mg_program_find (forward, "loss"), (MgTensorId) id, NULL, 0 };
      g_autofree float *grad = NULL;
      gsize n;

      if (tensor->role != MG_ROLE_PARAM || mg_program_find (training, grad_name) == MG_TENSOR_NONE)
        continue;
      grad = mg_golden_read (training, grad_name, &n);
      probe.values = mg_golden_read (forward, tensor->name, &probe.n_values);
      check_param (&probe, what, tensor->name, grad, &n_corners, &n_checked);
      g_free (probe.values);
    }
  g_assert_cmpuint (n_checked, >, 0);
  g_test_message ("%s: %u of %u at a corner", what, n_corners, n_checked);
  g_assert_cmpuint (n_corners * 10, <=, n_checked);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;

  for (int variant = 0; variant < test->n_variants; variant++)
    check_case (test->build, test->name, variant, MG_LOSS_MSE);
}

static void
test_losses (void)
{
  for (int kind = MG_LOSS_BCE; kind <= MG_LOSS_LAPLACE; kind++)
    check_case (build_bare, "loss", kind == MG_LOSS_LAPLACE, kind);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/ops/gradients/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/ops/gradients/losses", test_losses);
  return g_test_run ();
}
