#include "ops/op-check.h"

#include <math.h>
#include <string.h>

#include "ops/op-cases.h"
#include "support/numeric.h"
#include "support/ref-backend.h"

#define GUARD_VALUES 97
#define GUARD_VALUE  -777.25f

/* What float32 kernels reach, convolutions and all else: normalised mean squared
 * error, and the largest error of one value, relative to it plus the root mean square
 * of all. */
#define CONV_NMSE      1e-6
#define CONV_TOP       2e-3
#define POINTWISE_NMSE 1e-7
#define POINTWISE_TOP  2e-4

/* One case's program: the sources' tensors, what is compared, the guards. */
typedef struct
{
  const MgOpCase *test;
  MgTensorId src[MG_OP_MAX_SRC];
  MgTensorId results[3]; /* MG_TENSOR_NONE at the end */
  MgTensorId guards[6];
  int n_guards;
  MgProgram *program; /* owned */
} Setup;

/* What the sources held and what came out. */
typedef struct
{
  float *src[MG_OP_MAX_SRC];
  float *results[3];
  gsize n_results[3];
} Values;

static void
values_clear (Values *values)
{
  for (int i = 0; i < MG_OP_MAX_SRC; i++)
    g_free (values->src[i]);
  for (int i = 0; i < 3; i++)
    g_free (values->results[i]);
}

static char *
describe (const MgOpCase *test)
{
  GString *text = g_string_new (mg_op_get_info (test->op)->name);

  for (int s = 0; s < test->n_src; s++)
    {
      g_string_append (text, s == 0 ? " " : ", ");
      for (int axis = 0; axis < MG_N_AXES; axis++)
        g_string_append_printf (text, "%s%" G_GINT64_FORMAT, axis > 0 ? "x" : "", test->shape[s][axis]);
    }
  g_string_append (text, "; parameters");
  for (int i = 0; i < 4; i++)
    {
      gint32 word;

      memcpy (&word, test->params.bytes + 4 * i, 4);
      g_string_append_printf (text, " %d", word);
    }
  g_string_append (text, test->in_place ? ", in place" : "");
  return g_string_free (text, FALSE);
}

static void
add_guard (MgGraph *graph, Setup *setup, MgRole role)
{
  const gint64 shape[MG_N_AXES] = { 1, 1, 1, 1, GUARD_VALUES };
  g_autofree char *name = g_strdup_printf ("guard%d", setup->n_guards);

  setup->guards[setup->n_guards++] = mg_graph_tensor (graph, name, role, shape);
}

static MgRole
role_of_source (const MgOpCase *test, int index)
{
  if (test->op != MG_OP_ADAMW || index == 1 || index == 4)
    return MG_ROLE_INPUT;
  return index == 0 ? MG_ROLE_PARAM : MG_ROLE_STATE;
}

static void
add_guards (MgGraph *graph, Setup *setup)
{
  add_guard (graph, setup, MG_ROLE_INPUT);
  if (setup->test->op == MG_OP_ADAMW)
    {
      add_guard (graph, setup, MG_ROLE_PARAM);
      add_guard (graph, setup, MG_ROLE_STATE);
    }
}

/* The gradient of a loss reads the loss's own result. */
static void
add_nodes (MgGraph *graph, Setup *setup, GError **error)
{
  const MgOpCase *test = setup->test;
  MgTensorId src[MG_OP_MAX_SRC], dst;
  MgOpParams copy = { .act.act = MG_ACT_NONE };
  int over = mg_op_get_info (test->op)->in_place_src, n_src = test->n_src;

  memcpy (src, setup->src, sizeof src);
  if (test->in_place)
    src[over] = mg_graph_append (graph, MG_OP_ACT, &src[over], 1, &copy, error);
  if (test->op == MG_OP_LOSS_GRAD)
    src[n_src++] = mg_graph_append (graph, MG_OP_LOSS, src, 3, &test->params, error);
  dst = mg_graph_append (graph, test->op, src, n_src, &test->params, error);
  if (test->in_place)
    dst = mg_graph_append (graph, MG_OP_ACT, &dst, 1, &copy, error);
  g_assert_no_error (error == NULL ? NULL : *error);
  setup->results[0] = dst;
  setup->results[1] = test->op == MG_OP_ADAMW ? src[2] : MG_TENSOR_NONE;
  setup->results[2] = test->op == MG_OP_ADAMW ? src[3] : MG_TENSOR_NONE;
  if (test->op != MG_OP_ADAMW)
    mg_graph_set_output (graph, dst, "result");
}

static void
setup_init (Setup *setup, const MgOpCase *test, MgBackend *backend)
{
  g_autoptr (GError) error = NULL;
  MgGraph *graph = mg_graph_new ();
  MgPlan *plan;

  *setup = (Setup){ .test = test };
  add_guards (graph, setup);
  for (int s = 0; s < test->n_src; s++)
    {
      g_autofree char *name = g_strdup_printf ("src%d", s);

      setup->src[s] = mg_graph_tensor (graph, name, role_of_source (test, s), test->shape[s]);
    }
  add_nodes (graph, setup, &error);
  add_guards (graph, setup);
  plan = mg_plan_new (graph, &error);
  g_assert_no_error (error);
  setup->program = mg_program_new (backend, plan, NULL, &error);
  if (setup->program == NULL)
    {
      g_autofree char *text = describe (test);

      g_error ("%s: %s", text, error->message);
    }
}

static gsize
count_of (const Setup *setup, MgTensorId id)
{
  return mg_tensor_n_values (mg_graph_get_tensor (mg_program_get_plan (setup->program)->graph, id));
}

static void
write_all (const Setup *setup, const Values *values)
{
  g_autoptr (GError) error = NULL;
  float guard[GUARD_VALUES];

  for (int i = 0; i < GUARD_VALUES; i++)
    guard[i] = GUARD_VALUE;
  for (int i = 0; i < setup->n_guards; i++)
    mg_program_write (setup->program, setup->guards[i], guard, GUARD_VALUES, &error);
  g_assert_no_error (error);
  for (int s = 0; s < setup->test->n_src; s++)
    {
      mg_program_write (setup->program, setup->src[s], values->src[s], count_of (setup, setup->src[s]), &error);
      g_assert_no_error (error);
    }
}

static void
run_and_read (const Setup *setup, Values *values)
{
  g_autoptr (GError) error = NULL;

  write_all (setup, values);
  mg_program_run (setup->program, NULL, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 3 && setup->results[i] != MG_TENSOR_NONE; i++)
    {
      values->n_results[i] = count_of (setup, setup->results[i]);
      g_free (values->results[i]);
      values->results[i] = g_new0 (float, values->n_results[i]);
      mg_program_read (setup->program, setup->results[i], values->results[i], values->n_results[i], &error);
      g_assert_no_error (error);
    }
}

static void
check_untouched (const Setup *setup, const Values *values)
{
  g_autoptr (GError) error = NULL;
  float guard[GUARD_VALUES];

  for (int i = 0; i < setup->n_guards; i++)
    {
      mg_program_read (setup->program, setup->guards[i], guard, GUARD_VALUES, &error);
      g_assert_no_error (error);
      for (int j = 0; j < GUARD_VALUES; j++)
        g_assert_cmpfloat (guard[j], ==, GUARD_VALUE);
    }
  for (int s = 0; s < setup->test->n_src; s++)
    if (role_of_source (setup->test, s) == MG_ROLE_INPUT)
      {
        gsize n = count_of (setup, setup->src[s]);
        g_autofree float *now = g_new (float, n);

        mg_program_read (setup->program, setup->src[s], now, n, &error);
        g_assert_no_error (error);
        g_assert_cmpmem (now, n * sizeof *now, values->src[s], n * sizeof *now);
      }
}

/* Of a loss only what op.h promises: loss, weights, and the sums of Dice. */
static gsize
n_promised (const MgOpCase *test, gsize n)
{
  if (test->op != MG_OP_LOSS)
    return n;
  return test->params.loss.kind == MG_LOSS_DICE ? 2 + 2 * (gsize) test->shape[0][MG_AXIS_C] : 2;
}

static void
compare (const MgOpCase *test, const Values *got, const Values *expected, int i)
{
  gboolean conv = test->op <= MG_OP_CONV_GRAD_B;
  gsize n = n_promised (test, got->n_results[i]), worst = 0;
  double nmse = mg_nmse (got->results[i], expected->results[i], n);
  double top = mg_max_error (got->results[i], expected->results[i], n, &worst);
  g_autofree char *text = describe (test);

  if (nmse > (conv ? CONV_NMSE : POINTWISE_NMSE) || top > (conv ? CONV_TOP : POINTWISE_TOP))
    g_error ("%s: result %d is off: NMSE %.3g, worst %.3g at value %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT ": %.9g instead of %.9g",
             text, i, nmse, top, worst, n, (double) got->results[i][worst], (double) expected->results[i][worst]);
  for (gsize v = 0; v < n; v++)
    if (isnan (expected->results[i][v]) && !isnan (got->results[i][v]))
      g_error ("%s: value %" G_GSIZE_FORMAT " should be NaN", text, v);
  /* transform-domain convolutions may spread a NaN over their tile */
  if (!conv && mg_nan_mismatches (got->results[i], expected->results[i], n) > 0)
    g_error ("%s: NaN out of nowhere", text);
}

static void
check_case (MgBackend *reference, MgBackend *tested, const MgOpCase *test, guint64 seed)
{
  Setup ref, own;
  MgOpCase apart = *test;
  Values expected = { 0 }, got = { 0 }, again = { 0 };

  apart.in_place = FALSE;
  setup_init (&ref, &apart, reference);
  setup_init (&own, test, tested);
  for (int s = 0; s < test->n_src; s++)
    {
      expected.src[s] = g_new (float, count_of (&ref, ref.src[s]));
      mg_op_case_fill (test, s, seed, expected.src[s]);
    }
  mg_op_case_avoid_kinks (test, expected.src);
  for (int s = 0; s < test->n_src; s++)
    {
      gsize size = count_of (&ref, ref.src[s]) * sizeof (float);

      got.src[s] = g_memdup2 (expected.src[s], size);
      again.src[s] = g_memdup2 (expected.src[s], size);
    }
  run_and_read (&ref, &expected);
  run_and_read (&own, &got);
  check_untouched (&own, &got);
  run_and_read (&own, &again);
  for (int i = 0; i < 3 && own.results[i] != MG_TENSOR_NONE; i++)
    {
      compare (test, &got, &expected, i);
      g_assert_cmpmem (got.results[i], n_promised (test, got.n_results[i]) * sizeof (float), again.results[i],
                       n_promised (test, again.n_results[i]) * sizeof (float));
    }
  mg_program_free (ref.program);
  mg_program_free (own.program);
  values_clear (&expected);
  values_clear (&got);
  values_clear (&again);
}

void
mg_op_check_op (MgBackend *tested,
                MgOp op)
{
  g_autoptr (MgBackend) reference = mg_ref_backend_new ();
  g_autoptr (GArray) cases = mg_op_cases (op);

  g_assert_cmpuint (cases->len, >, 0);
  for (guint i = 0; i < cases->len; i++)
    check_case (reference, tested, &g_array_index (cases, MgOpCase, i), 1000 * (guint64) op + i);
  g_test_message ("%u cases of %s", cases->len, mg_op_get_info (op)->name);
}

typedef struct
{
  MgBackend *tested;
  MgOp op;
} OpTest;

static void
run_op_test (gconstpointer data)
{
  const OpTest *test = data;

  mg_op_check_op (test->tested, test->op);
}

void
mg_op_check_add_tests (const char *prefix,
                       MgBackend *tested)
{
  for (int op = 0; op < MG_N_OPS; op++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s", prefix, mg_op_get_info (op)->name);
      OpTest *test = g_new (OpTest, 1);

      *test = (OpTest){ tested, op };
      g_test_add_data_func_full (path, test, run_op_test, g_free);
    }
}
