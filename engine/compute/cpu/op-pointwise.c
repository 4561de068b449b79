#include "compute/cpu/cpu-private.h"

#include <string.h>

/* Ops on values one by one, bound by memory: all workers, whole vectors. */

typedef struct
{
  const MgKernels *kernels;
  const MgCpuNode *node;
  gsize n;
} Loop;

static void
run_strips (MgCpuContext *context, const MgCpuNode *node, MgParallelFunc func)
{
  Loop loop = { context->kernels, node, mg_cpu_shape (node->dst_tensor).values };

  mg_cpu_for (context, (loop.n + MG_CPU_STRIP - 1) / MG_CPU_STRIP, 1, func, &loop);
}

#define STRIP_LOOP(name, call)                                                    \
  static void name##_strips (gsize begin, gsize end, guint worker, gpointer data) \
  {                                                                               \
    const Loop *loop = data;                                                      \
    const MgCpuNode *node = loop->node;                                           \
    const MgOpParams *params G_GNUC_UNUSED = &node->node->params;                 \
    float *dst = node->dst, *const *src = node->src;                              \
    gsize first = begin * MG_CPU_STRIP;                                           \
    gsize n = MIN (end * MG_CPU_STRIP, loop->n) - first;                          \
                                                                                  \
    loop->kernels->call;                                                          \
  }                                                                               \
                                                                                  \
  static void run_##name (MgCpuContext *context, const MgCpuNode *node)           \
  {                                                                               \
    run_strips (context, node, name##_strips);                                    \
  }

STRIP_LOOP (act, act (src[0] + first, dst + first, n, params->act.act))
STRIP_LOOP (act_grad, act_grad (src[0] + first, src[1] + first, dst + first, n, params->act.act))
STRIP_LOOP (add, add (src[0] + first, src[1] + first, dst + first, n))
STRIP_LOOP (adamw, adamw (dst + first, src[1] + first, src[2] + first, src[3] + first, n, src[4], params->adam.decay))

typedef struct
{
  const MgKernels *kernels;
  const float *x;
  gsize pixels, c, strip;
  double *sums; /* [strip][c] */
} Columns;

static void
column_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Columns *columns = data;

  for (gsize i = begin; i < end; i++)
    {
      gsize first = i * columns->strip;
      double *sums = columns->sums + i * columns->c;

      memset (sums, 0, columns->c * sizeof (double));
      columns->kernels->column_sums (columns->x + first * columns->c, MIN (columns->strip, columns->pixels - first),
                                     columns->c, sums);
    }
}

static gsize
column_strip_pixels (gsize c)
{
  return MAX (MG_CPU_STRIP / c, 1);
}

static void
run_grad_b (MgCpuContext *context, const MgCpuNode *node)
{
  MgCpuShape shape = mg_cpu_shape (node->src_tensor[0]);
  Columns columns = {
    .kernels = context->kernels,
    .x = node->src[0],
    .pixels = shape.pixels,
    .c = shape.c,
    .strip = column_strip_pixels (shape.c),
    .sums = (double *) context->shared,
  };
  gsize n_strips = (columns.pixels + columns.strip - 1) / columns.strip;

  mg_cpu_for (context, n_strips, 1, column_strips, &columns);
  for (gsize c = 0; c < columns.c; c++)
    {
      double sum = 0.0;

      for (gsize i = 0; i < n_strips; i++)
        sum += columns.sums[i * columns.c + c];
      node->dst[c] = (float) sum;
    }
}

/**
 * mg_cpu_prepare_pointwise:
 *
 * Activations, addition, the update of parameters, sums over pixels.
 */
void
mg_cpu_prepare_pointwise (MgCpuNode *node, const MgCpuOptions *options)
{
  MgCpuShape shape = mg_cpu_shape (node->src_tensor[0]);
  gsize strip;

  switch (node->node->op)
    {
    case MG_OP_ACT:
      node->run = run_act;
      return;
    case MG_OP_ACT_GRAD:
      node->run = run_act_grad;
      return;
    case MG_OP_ADD:
      node->run = run_add;
      return;
    case MG_OP_ADAMW:
      node->run = run_adamw;
      return;
    default:
      strip = column_strip_pixels (shape.c);
      node->run = run_grad_b;
      node->shared_values = 2 * shape.c * ((shape.pixels + strip - 1) / strip);
    }
}
