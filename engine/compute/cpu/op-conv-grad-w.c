#include "compute/cpu/cpu-private.h"

#include <string.h>

/* Gradient to the weights: for every tap, pixels of x (transposed) times pixels
 * of dy. Pixels are cut into parts by shape alone, each with sums of its own,
 * added in order at the end: the same bytes whatever the workers do. */

#define STRIP_BYTES   ((gsize) 256 << 10)
#define PARTIAL_BYTES ((gsize) 8 << 20)
#define MAX_PARTS     16

typedef struct
{
  const MgKernels *kernels;
  float **worker;
  const float *x, *dy;
  float *partial; /* [part][tap][c_in][c_pad] */
  MgCpuShape in;
  gsize c_out, c_pad, k;
  gsize strip, n_strips, strips_an_image, n_parts;
  float *dw;
} GradW;

static gsize
part_values (const GradW *g)
{
  return g->k * g->k * g->in.c * g->c_pad;
}

/* n_pixels of dy in rows of whole vectors: as they lie where that holds */
static const float *
padded_dy (const GradW *g, gsize first, gsize n_pixels, float *scratch)
{
  const float *dy = g->dy + first * g->c_out;

  if (g->c_pad == g->c_out)
    return dy;
  for (gsize p = 0; p < n_pixels; p++)
    {
      memcpy (scratch + p * g->c_pad, dy + p * g->c_out, g->c_out * sizeof (float));
      memset (scratch + p * g->c_pad + g->c_out, 0, (g->c_pad - g->c_out) * sizeof (float));
    }
  return scratch;
}

static void
add_pixels (const GradW *g, gsize strip, float *scratch, float *partial)
{
  gsize first = strip * g->strip, n = MIN (g->strip, g->in.pixels - first);
  MgGemmT gemm = {
    .a = g->x + first * g->in.c,
    .lda = g->in.c,
    .b = padded_dy (g, first, n, scratch),
    .ldb = g->c_pad,
    .rows = 1,
    .k = n,
    .c = partial,
    .ldc = g->c_pad,
    .m = g->in.c,
    .n = g->c_pad,
  };

  g->kernels->gemm_t (&gemm);
}

static void
add_rows (const GradW *g, gsize strip, float *scratch, float *partial)
{
  const MgCpuShape *in = &g->in;
  gsize n = strip / g->strips_an_image, y0 = strip % g->strips_an_image * g->strip;
  gsize rows = MIN (g->strip, in->h - y0), border = g->k / 2;
  gsize row = in->w * in->c, edge = border * in->c, padded = row + 2 * edge;
  const float *dy = padded_dy (g, (n * in->h + y0) * in->w, rows * in->w, scratch + (g->strip + g->k - 1) * padded);

  memset (scratch, 0, (rows + g->k - 1) * padded * sizeof (float));
  for (gsize r = 0; r < rows + g->k - 1; r++)
    if (y0 + r >= border && y0 + r - border < in->h)
      memcpy (scratch + r * padded + edge, g->x + (n * in->h + y0 + r - border) * row, row * sizeof (float));
  for (gsize t = 0; t < g->k * g->k; t++)
    {
      MgGemmT gemm = {
        .a = scratch + t / g->k * padded + t % g->k * in->c,
        .lda = in->c,
        .a_row = padded,
        .b = dy,
        .ldb = g->c_pad,
        .b_row = in->w * g->c_pad,
        .rows = rows,
        .k = in->w,
        .c = partial + t * in->c * g->c_pad,
        .ldc = g->c_pad,
        .m = in->c,
        .n = g->c_pad,
      };

      g->kernels->gemm_t (&gemm);
    }
}

static void
add_parts (gsize begin, gsize end, guint worker, gpointer data)
{
  const GradW *g = data;

  for (gsize part = begin; part < end; part++)
    {
      float *partial = g->partial + part * part_values (g);

      memset (partial, 0, part_values (g) * sizeof (float));
      for (gsize s = part * g->n_strips / g->n_parts; s < (part + 1) * g->n_strips / g->n_parts; s++)
        if (g->k == 1)
          add_pixels (g, s, g->worker[worker], partial);
        else
          add_rows (g, s, g->worker[worker], partial);
    }
}

static void
add_up (gsize begin, gsize end, guint worker, gpointer data)
{
  const GradW *g = data;

  for (gsize row = begin; row < end; row++)
    for (gsize c = 0; c < g->c_out; c++)
      {
        float sum = 0.0f;

        for (gsize part = 0; part < g->n_parts; part++)
          sum += g->partial[part * part_values (g) + row * g->c_pad + c];
        g->dw[row * g->c_out + c] = sum;
      }
}

static GradW
describe (const MgCpuNode *node, const MgKernels *kernels)
{
  GradW g = {
    .kernels = kernels,
    .x = node->src[0],
    .dy = node->src[1],
    .dw = node->dst,
    .in = mg_cpu_shape (node->src_tensor[0]),
    .c_out = mg_cpu_shape (node->src_tensor[1]).c,
    .k = (gsize) node->node->params.conv.kernel,
    .strip = node->strip,
    .n_parts = node->n_partial,
  };

  g.c_pad = mg_cpu_round_up (g.c_out, kernels->vector);
  if (g.strip == 0)
    return g;
  g.strips_an_image = (g.in.h + g.strip - 1) / g.strip;
  g.n_strips = g.k == 1 ? (g.in.pixels + g.strip - 1) / g.strip : g.in.n * g.strips_an_image;
  return g;
}

static void
run_grad_w (MgCpuContext *context, const MgCpuNode *node)
{
  GradW g = describe (node, context->kernels);
  gsize rows = g.k * g.k * g.in.c;

  g.worker = context->worker;
  g.partial = context->shared;
  mg_cpu_for (context, g.n_parts, 1, add_parts, &g);
  mg_cpu_for (context, rows, MAX (MG_CPU_STRIP / (g.n_parts * g.c_pad), 1), add_up, &g);
}

/**
 * mg_cpu_prepare_conv_grad_w:
 *
 * %MG_OP_CONV_GRAD_W: Winograd where it pays, else direct.
 */
void
mg_cpu_prepare_conv_grad_w (MgCpuNode *node, const MgCpuOptions *options)
{
  GradW g = describe (node, options->kernels);
  gsize padded = (g.in.w + g.k - 1) * g.in.c;
  gsize bytes = part_values (&g) * sizeof (float);

  node->winograd = mg_cpu_choose_winograd (options, g.k, g.in.c, g.c_out, &g.in);
  if (node->winograd != NULL)
    {
      mg_cpu_prepare_winograd_grad_w (node, options);
      return;
    }
  node->run = run_grad_w;
  if (g.k == 1)
    {
      node->strip = CLAMP (STRIP_BYTES / sizeof (float) / (g.in.c + g.c_pad), 64, 4096);
      node->worker_values = g.c_pad == g.c_out ? 0 : node->strip * g.c_pad;
    }
  else
    {
      node->strip = MIN (CLAMP (STRIP_BYTES / sizeof (float) / (padded + g.in.w * g.c_pad), 1, 16), g.in.h);
      node->worker_values = (node->strip + g.k - 1) * padded;
      node->worker_values += g.c_pad == g.c_out ? 0 : node->strip * g.in.w * g.c_pad;
    }
  g = describe (node, options->kernels);
  node->n_partial = MIN (CLAMP (PARTIAL_BYTES / bytes, 2, MAX_PARTS), g.n_strips);
  node->shared_values = node->n_partial * part_values (&g);
}
