#include "compute/bench.h"

#include "base/mem.h"
#include "base/order.h"
#include "nn/unet.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define WARM_UP_STEPS  1
#define MIN_STEPS      5
#define MAX_STEPS      50
#define ENOUGH_SECONDS 3.0
#define SEED           1

typedef struct
{
  const char *name;
  int channels;
  MgLossKind loss;
} Head;

/* tests/perf/bench-torch.py builds the same ones: keep them alike */
static const struct
{
  const char *name;
  int batch, patch;
  MgNetConfig config;
  Head heads[2];
} networks[] = {
  { "u3", 4, 256, { 1, 3, 32, 3, 2, MG_NORM_GROUP, 8, 0, FALSE }, { { "head", 1, MG_LOSS_MSE } } },
  { "care", 16, 128, { 1, 2, 32, 5, 2, MG_NORM_NONE, 1, 0, TRUE }, { { "head", 1, MG_LOSS_MAE } } },
  { "stardist",
    4,
    256,
    { 1, 3, 32, 3, 2, MG_NORM_NONE, 1, 128, FALSE },
    { { "prob", 1, MG_LOSS_BCE }, { "rays", 32, MG_LOSS_MAE } } },
  { "tiny", 2, 64, { 1, 2, 8, 3, 2, MG_NORM_GROUP, 8, 0, FALSE }, { { "head", 1, MG_LOSS_MSE } } },
};

/**
 * mg_bench_list:
 *
 * Returns: (transfer none) (array zero-terminated=1): the networks' names
 */
const char *const *
mg_bench_list (void)
{
  static const char *const names[] = { "u3", "care", "stardist", "tiny", NULL };

  return names;
}

static gboolean
add_loss (MgGraph *graph, const Head *head, MgTensorId pred, GError **error)
{
  g_autofree char *target = g_strconcat (head->name, ".target", NULL);
  g_autofree char *weight = g_strconcat (head->name, ".weights", NULL);
  g_autofree char *loss = g_strconcat (head->name, ".loss", NULL);
  gint64 shape[MG_N_AXES];
  MgOpParams params = { .loss = { (gint32) head->loss, 1.0f } };
  MgTensorId src[3] = { pred, MG_TENSOR_NONE, MG_TENSOR_NONE }, dst;

  memcpy (shape, mg_graph_get_tensor (graph, pred)->shape, sizeof shape);
  src[1] = mg_graph_tensor (graph, target, MG_ROLE_INPUT, shape);
  shape[MG_AXIS_C] = 1;
  src[2] = mg_graph_tensor (graph, weight, MG_ROLE_INPUT, shape);
  dst = mg_graph_append (graph, MG_OP_LOSS, src, 3, &params, error);
  if (dst == MG_TENSOR_NONE)
    return FALSE;
  mg_graph_set_output (graph, dst, loss);
  return TRUE;
}

static MgPlan *
build (guint index, gboolean train, GError **error)
{
  g_autoptr (MgGraph) graph = mg_graph_new ();
  const MgNetConfig *config = &networks[index].config;
  int patch = networks[index].patch;
  MgTensorId x = mg_unet_append (graph, config, networks[index].batch, patch, patch, error);

  for (gsize i = 0; i < G_N_ELEMENTS (networks[index].heads) && networks[index].heads[i].name != NULL; i++)
    {
      const Head *head = &networks[index].heads[i];
      MgTensorId y = mg_unet_head (graph, x, head->name, head->channels, error);

      if (config->residual_output)
        y = mg_unet_residual (graph, y, error);
      if (y == MG_TENSOR_NONE || (train && !add_loss (graph, head, y, error)))
        return NULL;
      if (!train)
        mg_graph_set_output (graph, y, head->name);
    }
  if (train && !mg_graph_add_training (graph, error))
    return NULL;
  return mg_plan_new (g_steal_pointer (&graph), error);
}

/* Weights as at the start of training, random images and targets. */
static gboolean
fill (MgProgram *program, MgRole role, guint64 *n_values, GError **error)
{
  const float hyper[8] = { 1e-3f, 0.1f, 0.001f, 0.9f, 0.999f, 1e-8f, 1e-2f, 1.0f };
  const MgPlan *plan = mg_program_get_plan (program);

  for (guint i = 0; i < plan->n_tensors; i++)
    {
      const MgTensor *tensor = mg_graph_get_tensor (plan->graph, (MgTensorId) i);
      gsize n = mg_tensor_n_values (tensor);
      float *data;
      gboolean written;

      if (tensor->role != role)
        continue;
      data = mg_try_alloc (n * sizeof (float), "the benchmark's images", error);
      if (data == NULL)
        return FALSE;
      if (role == MG_ROLE_PARAM)
        mg_init_parameter (tensor, SEED, data);
      else if (strcmp (tensor->name, "hyper") == 0)
        memcpy (data, hyper, sizeof hyper);
      else
        {
          MgRng rng;

          mg_rng_init (&rng, SEED, i);
          for (gsize v = 0; v < n; v++)
            data[v] = (float) mg_rng_uniform (&rng);
        }
      written = mg_program_write (program, (MgTensorId) i, data, n, error);
      mg_free_aligned (data);
      if (!written)
        return FALSE;
      *n_values += n;
    }
  return TRUE;
}

static double
median (double *values, guint n)
{
  qsort (values, n, sizeof values[0], mg_order_doubles);
  return values[n / 2];
}

static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

typedef struct
{
  guint n;
  double step_s, cpu_s;
} Timing;

/* Medians over runs of the program. */
static gboolean
measure (MgProgram *program, Timing *timing, GCancellable *cancellable, GError **error)
{
  double steps[MAX_STEPS], cpu[MAX_STEPS], total = 0.0;
  guint n = 0;

  for (int i = 0; i < WARM_UP_STEPS; i++)
    if (!mg_program_run (program, cancellable, error))
      return FALSE;
  while (n < MIN_STEPS || (n < MAX_STEPS && total < ENOUGH_SECONDS))
    {
      gint64 begin = g_get_monotonic_time ();
      double cpu_begin = cpu_seconds ();

      if (!mg_program_run (program, cancellable, error))
        return FALSE;
      cpu[n] = cpu_seconds () - cpu_begin;
      steps[n] = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
      total += steps[n++];
    }
  *timing = (Timing){ n, median (steps, n), median (cpu, n) };
  return TRUE;
}

/* Forgets the largest resident size so far; proc(5), clear_refs. */
static void
reset_peak (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (file == NULL)
    return;
  fputs ("5", file);
  fclose (file);
}

static guint64
read_peak (guint64 otherwise)
{
  g_autofree char *text = NULL;
  const char *line = NULL;

  if (g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    line = strstr (text, "VmHWM:");
  return line == NULL ? otherwise : g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) * 1024;
}

static gboolean
run_network (MgBackend *backend, guint index, MgBenchResult *out, GCancellable *cancellable, GError **error)
{
  MgPlan *plan = build (index, TRUE, error), *infer_plan;
  g_autoptr (MgProgram) program = NULL;
  g_autoptr (MgProgram) infer = NULL;
  double pixels = (double) (networks[index].batch * networks[index].patch * networks[index].patch) / 1e6;
  guint64 n_inputs = 0;
  Timing train, predict;

  if (plan == NULL)
    return FALSE;
  out->plan_bytes = mg_plan_get_bytes (plan);
  reset_peak ();
  program = mg_program_new (backend, plan, NULL, error);
  if (program == NULL || !fill (program, MG_ROLE_PARAM, &out->n_parameters, error) ||
      !fill (program, MG_ROLE_INPUT, &n_inputs, error) ||
      !measure (program, &train, cancellable, error))
    return FALSE;
  out->peak_bytes = read_peak (out->plan_bytes);
  out->n_steps = train.n;
  out->train_step_s = train.step_s;
  out->train_cpu_s = train.cpu_s;
  out->train_mpix_s = pixels / out->train_step_s;
  out->train_gflop_s = mg_graph_flops (mg_program_get_plan (program)->graph) / out->train_step_s / 1e9;

  infer_plan = build (index, FALSE, error);
  if (infer_plan == NULL)
    return FALSE;
  infer = mg_program_new (backend, infer_plan, program, error);
  if (infer == NULL || !fill (infer, MG_ROLE_INPUT, &n_inputs, error) ||
      !measure (infer, &predict, cancellable, error))
    return FALSE;
  out->infer_mpix_s = pixels / predict.step_s;
  return TRUE;
}

/**
 * mg_bench_run:
 * @backend: what to measure
 * @name: one of mg_bench_list()
 * @out: (out caller-allocates): the figures
 *
 * Trains one of the standard networks for a few seconds on random images, then
 * predicts with it. Networks as in Ronneberger et al. 2015 ("u3", "tiny"),
 * Weigert et al. 2018 ("care") and Schmidt et al. 2018 ("stardist").
 *
 * Returns: FALSE with %MG_ERROR_USAGE for an unknown name, or the backend's error
 */
gboolean
mg_bench_run (MgBackend *backend,
              const char *name,
              MgBenchResult *out,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *known = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    if (strcmp (networks[i].name, name) == 0)
      {
        *out = (MgBenchResult){ .name = networks[i].name, .batch = networks[i].batch, .patch = networks[i].patch };
        return run_network (backend, i, out, cancellable, error);
      }
  known = g_strjoinv (", ", (char **) mg_bench_list ());
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "there is no network \"%s\" to measure; there are %s", name, known);
  return FALSE;
}
