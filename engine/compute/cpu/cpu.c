#include "compute/cpu/cpu-private.h"

#include "base/parallel.h"

#include <string.h>

typedef struct
{
  MgBackend parent;
  MgCpuOptions options;
} MgCpuBackend;

typedef struct
{
  MgProgram parent;
  const MgKernels *kernels;  /* static */
  float *arena[MG_N_ARENAS]; /* owned, but for borrowed parameters */
  gsize arena_size[MG_N_ARENAS];
  gboolean borrows_params;
  MgCpuNode *nodes; /* owned */
  guint n_nodes;
  float *shared; /* owned; scratch of the node that runs */
  gsize shared_size;
  float *scratch; /* owned; of all workers */
  gsize scratch_size;
  float **worker; /* owned; into scratch */
} MgCpuProgram;

/* A rule an op. */
static void (*const prepare[MG_N_OPS]) (MgCpuNode *, const MgCpuOptions *) = {
  [MG_OP_CONV] = mg_cpu_prepare_conv,
  [MG_OP_CONV_GRAD_X] = mg_cpu_prepare_conv,
  [MG_OP_CONV_GRAD_W] = mg_cpu_prepare_conv_grad_w,
  [MG_OP_CONV_GRAD_B] = mg_cpu_prepare_pointwise,
  [MG_OP_ACT] = mg_cpu_prepare_pointwise,
  [MG_OP_ACT_GRAD] = mg_cpu_prepare_pointwise,
  [MG_OP_GROUP_NORM_STATS] = mg_cpu_prepare_norm,
  [MG_OP_GROUP_NORM] = mg_cpu_prepare_norm,
  [MG_OP_GROUP_NORM_GRAD_SUMS] = mg_cpu_prepare_norm,
  [MG_OP_GROUP_NORM_GRAD_X] = mg_cpu_prepare_norm,
  [MG_OP_GROUP_NORM_GRAD_PARAM] = mg_cpu_prepare_norm,
  [MG_OP_MAXPOOL2] = mg_cpu_prepare_shape,
  [MG_OP_MAXPOOL2_GRAD] = mg_cpu_prepare_shape,
  [MG_OP_BLURPOOL2] = mg_cpu_prepare_shape,
  [MG_OP_BLURPOOL2_GRAD] = mg_cpu_prepare_shape,
  [MG_OP_UPSAMPLE2] = mg_cpu_prepare_shape,
  [MG_OP_UPSAMPLE2_GRAD] = mg_cpu_prepare_shape,
  [MG_OP_CONCAT] = mg_cpu_prepare_shape,
  [MG_OP_SLICE] = mg_cpu_prepare_shape,
  [MG_OP_ADD] = mg_cpu_prepare_pointwise,
  [MG_OP_LOSS] = mg_cpu_prepare_loss,
  [MG_OP_LOSS_GRAD] = mg_cpu_prepare_loss,
  [MG_OP_ADAMW] = mg_cpu_prepare_pointwise,
};

MgCpuShape
mg_cpu_shape (const MgTensor *tensor)
{
  const gint64 *s = tensor->shape;
  MgCpuShape shape = {
    .n = (gsize) s[MG_AXIS_N],
    .h = (gsize) s[MG_AXIS_H],
    .w = (gsize) s[MG_AXIS_W],
    .c = (gsize) s[MG_AXIS_C],
  };

  shape.pixels = shape.n * (gsize) s[MG_AXIS_D] * shape.h * shape.w;
  shape.values = shape.pixels * shape.c;
  return shape;
}

typedef struct
{
  MgParallelFunc func;
  gpointer data;
  GCancellable *cancellable;
} Items;

static void
run_items (gsize begin, gsize end, guint worker, gpointer data)
{
  const Items *items = data;

  if (!g_cancellable_is_cancelled (items->cancellable))
    items->func (begin, end, worker, items->data);
}

void
mg_cpu_for (MgCpuContext *context,
            gsize n,
            gsize grain,
            MgParallelFunc func,
            gpointer data)
{
  Items items = { func, data, context->cancellable };

  mg_parallel_for (n, grain, run_items, &items);
}

static void
backend_free (MgBackend *backend)
{
  g_free ((MgCpuBackend *) backend);
}

/* the processor's own name, as its maker writes it */
static void
read_name (char *out, gsize size)
{
  g_autofree char *text = NULL;
  const char *line = NULL;

  g_strlcpy (out, "CPU", size);
  if (g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    line = strstr (text, "model name");
  if (line == NULL || (line = strchr (line, ':')) == NULL)
    return;
  g_autofree char *name = g_strndup (line + 1, strcspn (line + 1, "\n"));

  g_strlcpy (out, g_strstrip (name), size);
}

static void
backend_get_info (MgBackend *backend, MgBackendInfo *info)
{
  const MgCpuBackend *self = (const MgCpuBackend *) backend;

  g_strlcpy (info->id, "cpu", sizeof info->id);
  read_name (info->name, sizeof info->name);
  g_snprintf (info->driver, sizeof info->driver, "kernels %s, %u threads", self->options.kernels->name,
              mg_parallel_get_n_workers ());
}

static gboolean
backend_supports (MgBackend *backend, const MgGraph *graph, const MgNode *node, GError **error)
{
  for (int i = 0; i < node->n_src; i++)
    if (mg_graph_get_tensor (graph, node->src[i])->dtype != MG_DTYPE_F32)
      {
        g_set_error (error, MG_ERROR, MG_ERROR_UNSUPPORTED,
                     "the CPU computes in single precision only (%s)", mg_op_get_info (node->op)->name);
        return FALSE;
      }
  if (node->op <= MG_OP_CONV_GRAD_W && node->params.conv.kernel > 7)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_UNSUPPORTED, "the CPU computes convolutions up to 7 × 7, not %d × %d",
                   node->params.conv.kernel, node->params.conv.kernel);
      return FALSE;
    }
  return TRUE;
}

static void
program_free (MgProgram *program)
{
  MgCpuProgram *self = (MgCpuProgram *) program;

  for (int i = 0; i < MG_N_ARENAS; i++)
    if (i != MG_ARENA_PARAMS || !self->borrows_params)
      mg_cpu_arena_free (self->arena[i], self->arena_size[i]);
  mg_cpu_arena_free (self->shared, self->shared_size);
  mg_cpu_arena_free (self->scratch, self->scratch_size);
  g_free (self->worker);
  g_free (self->nodes);
  g_free (self);
}

static float *
tensor_data (const MgCpuProgram *self, const MgPlan *plan, MgTensorId id)
{
  const MgPlacement *place = &plan->placements[id];

  return self->arena[place->arena] + place->offset / sizeof (float);
}

static void
resolve (MgCpuProgram *self, const MgPlan *plan, const MgCpuOptions *options)
{
  self->n_nodes = plan->n_nodes;
  self->nodes = g_new0 (MgCpuNode, plan->n_nodes);
  for (guint i = 0; i < plan->n_nodes; i++)
    {
      MgCpuNode *node = &self->nodes[i];

      node->node = mg_graph_get_node (plan->graph, i);
      for (int s = 0; s < node->node->n_src; s++)
        {
          node->src_tensor[s] = mg_graph_get_tensor (plan->graph, node->node->src[s]);
          node->src[s] = tensor_data (self, plan, node->node->src[s]);
        }
      node->dst_tensor = mg_graph_get_tensor (plan->graph, node->node->dst);
      node->dst = tensor_data (self, plan, node->node->dst);
      prepare[node->node->op](node, options);
    }
}

/* scratch for the most demanding node */
static gboolean
allocate_scratch (MgCpuProgram *self, GError **error)
{
  guint n_workers = mg_parallel_get_n_workers ();
  gsize shared = 1, worker = 1;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      shared = MAX (shared, self->nodes[i].shared_values);
      worker = MAX (worker, self->nodes[i].worker_values);
    }
  /* an odd number of cache lines apart, so that workers' scratch shares no sets */
  worker = mg_cpu_round_up (worker, 32) + 16;
  self->shared_size = shared * sizeof (float);
  self->scratch_size = worker * n_workers * sizeof (float);
  self->shared = mg_cpu_arena_new (self->shared_size, error);
  self->scratch = self->shared == NULL ? NULL : mg_cpu_arena_new (self->scratch_size, error);
  if (self->scratch == NULL)
    return FALSE;
  self->worker = g_new (float *, n_workers);
  for (guint i = 0; i < n_workers; i++)
    self->worker[i] = self->scratch + i * worker;
  return TRUE;
}

static MgProgram *
compile (MgBackend *backend, const MgPlan *plan, MgProgram *params_from, GError **error)
{
  const MgCpuBackend *cpu = (const MgCpuBackend *) backend;
  MgCpuProgram *self = g_new0 (MgCpuProgram, 1);

  self->kernels = cpu->options.kernels;
  self->borrows_params = params_from != NULL;
  for (int i = 0; i < MG_N_ARENAS; i++)
    {
      self->arena_size[i] = plan->arena_size[i];
      if (i == MG_ARENA_PARAMS && params_from != NULL)
        self->arena[i] = ((MgCpuProgram *) params_from)->arena[i];
      else
        self->arena[i] = mg_cpu_arena_new (plan->arena_size[i], error);
      if (self->arena[i] == NULL)
        {
          program_free (&self->parent);
          return NULL;
        }
    }
  resolve (self, plan, &cpu->options);
  if (!allocate_scratch (self, error))
    {
      program_free (&self->parent);
      return NULL;
    }
  return &self->parent;
}

static gboolean
program_write (MgProgram *program, MgTensorId id, const float *data, gsize n_values, GError **error)
{
  memcpy (tensor_data ((MgCpuProgram *) program, program->plan, id), data, n_values * sizeof (float));
  return TRUE;
}

static gboolean
program_read (MgProgram *program, MgTensorId id, float *data, gsize n_values, GError **error)
{
  memcpy (data, tensor_data ((MgCpuProgram *) program, program->plan, id), n_values * sizeof (float));
  return TRUE;
}

static gboolean
program_run (MgProgram *program, guint first, guint last, GCancellable *cancellable, GError **error)
{
  MgCpuProgram *self = (MgCpuProgram *) program;
  MgCpuContext context = {
    .kernels = self->kernels,
    .shared = self->shared,
    .worker = self->worker,
    .cancellable = cancellable,
  };

  for (guint i = first; i < last; i++)
    {
      /* from the first update on the step happens as a whole */
      if (self->nodes[i].node->op == MG_OP_ADAMW)
        context.cancellable = NULL;
      self->nodes[i].run (&context, &self->nodes[i]);
      if (g_cancellable_set_error_if_cancelled (context.cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static const MgBackendIface iface = {
  .name = "cpu",
  .free = backend_free,
  .get_info = backend_get_info,
  .supports = backend_supports,
  .compile = compile,
  .program_free = program_free,
  .write = program_write,
  .read = program_read,
  .run = program_run,
};

/**
 * mg_cpu_backend_new_with:
 * @kernel_set: (nullable): "v4", "v3" (levels of x86-64) or "blas"; %NULL for
 *   the fastest of this processor
 * @choice: how to convolve
 *
 * For tests and measurements; see mg_cpu_backend_new().
 *
 * Returns: (transfer full): the backend; %NULL with %MG_ERROR_DEVICE when the
 *   processor has not these instructions
 */
MgBackend *
mg_cpu_backend_new_with (const char *kernel_set,
                         MgCpuConvChoice choice,
                         GError **error)
{
  const MgKernels *kernels = mg_cpu_kernels (kernel_set, error);
  MgCpuBackend *self;

  if (kernels == NULL)
    return NULL;
  self = g_new0 (MgCpuBackend, 1);
  self->parent.iface = &iface;
  self->options = (MgCpuOptions){ kernels, choice };
  return &self->parent;
}

/**
 * mg_cpu_backend_new:
 *
 * Computes on the processor's cores, all that mg_parallel_for() has. Results
 * depend on neither their number nor their timing.
 *
 * Returns: (transfer full): the backend
 */
MgBackend *
mg_cpu_backend_new (GError **error)
{
  return mg_cpu_backend_new_with (NULL, MG_CPU_CONV_AUTO, error);
}
