#include "compute/cpu/cpu-private.h"

#include <math.h>
#include <string.h>

/* Group normalisation (Wu and He 2018). Sums over pixels are taken in strips
 * fixed by shape and added in order in double. */

typedef struct
{
  const MgKernels *kernels;
  const float *x, *dy;
  float *y;
  gsize n, c, pixels; /* pixels of one sample */
  gsize strip, n_strips;
  int act;
  double *sums;   /* [n][strip][2 · c] */
  float *coef[5]; /* [n][c] each: scale, shift, then as the kernels say */
} Norm;

/* Kernels read coefficients of one sample. */
static void
coef_of (const Norm *norm, gsize sample, const float *out[5])
{
  for (int i = 0; i < 5; i++)
    out[i] = norm->coef[i] == NULL ? NULL : norm->coef[i] + sample * norm->c;
}

static gsize
strip_pixels (gsize c)
{
  return MAX (MG_CPU_STRIP / c, 1);
}

static Norm
describe (const MgCpuNode *node, const MgKernels *kernels, int x)
{
  const MgTensor *tensor = node->src_tensor[x];
  MgCpuShape shape = mg_cpu_shape (tensor);
  Norm norm = {
    .kernels = kernels,
    .x = node->src[x],
    .dy = x > 0 ? node->src[0] : NULL,
    .y = node->dst,
    .n = shape.n,
    .c = shape.c,
    .pixels = shape.pixels / shape.n,
    .strip = strip_pixels (shape.c),
    .act = node->node->params.norm.act,
  };

  norm.n_strips = (norm.pixels + norm.strip - 1) / norm.strip;
  return norm;
}

typedef struct
{
  gsize sample, offset, n;
} Part;

/* where the strip's pixels lie */
static Part
part_of (const Norm *norm, gsize item)
{
  gsize sample = item / norm->n_strips, first = item % norm->n_strips * norm->strip;

  return (Part){
    .sample = sample,
    .offset = (sample * norm->pixels + first) * norm->c,
    .n = MIN (norm->strip, norm->pixels - first),
  };
}

/* sums of all strips of a sample, into the first strip's */
static double *
add_strips (const Norm *norm, gsize sample)
{
  double *total = norm->sums + sample * norm->n_strips * 2 * norm->c;

  for (gsize s = 1; s < norm->n_strips; s++)
    for (gsize i = 0; i < 2 * norm->c; i++)
      total[i] += total[s * 2 * norm->c + i];
  return total;
}

static void
moments_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Norm *norm = data;

  for (gsize i = begin; i < end; i++)
    {
      Part part = part_of (norm, i);
      double *sums = norm->sums + i * 2 * norm->c;

      memset (sums, 0, 2 * norm->c * sizeof (double));
      norm->kernels->moments (norm->x + part.offset, norm->x + part.sample * norm->pixels * norm->c,
                              part.n, norm->c, sums);
    }
}

/* Moments about the sample's first pixel, so that a large mean costs no digits. */
static void
run_stats (MgCpuContext *context, const MgCpuNode *node)
{
  Norm norm = describe (node, context->kernels, 0);
  gsize groups = (gsize) node->node->params.norm.groups, width = norm.c / groups;
  double count = (double) norm.pixels * (double) width;

  norm.sums = (double *) context->shared;
  mg_cpu_for (context, norm.n * norm.n_strips, 1, moments_strips, &norm);
  for (gsize n = 0; n < norm.n; n++)
    {
      const float *pivot = norm.x + n * norm.pixels * norm.c;
      const double *total = add_strips (&norm, n);

      for (gsize g = 0; g < groups; g++)
        {
          double mean = 0.0, square = 0.0;
          float *out = node->dst + (n * groups + g) * 2;

          for (gsize i = g * width; i < (g + 1) * width; i++)
            mean += (total[i] + (double) norm.pixels * (double) pivot[i]) / count;
          for (gsize i = g * width; i < (g + 1) * width; i++)
            {
              double shift = (double) pivot[i] - mean;

              square += total[norm.c + i] + 2.0 * shift * total[i] + (double) norm.pixels * shift * shift;
            }
          out[0] = (float) mean;
          out[1] = (float) (1.0 / sqrt (MAX (square / count, 0.0) + (double) node->node->params.norm.eps));
        }
    }
}

/* scale and shift of every sample and channel: x̂·gamma + beta = x·scale + shift */
static void
fill_affine (Norm *norm, const MgCpuNode *node, int stats, float *memory)
{
  gsize groups = (gsize) node->node->params.norm.groups, width = norm->c / groups;

  norm->coef[0] = memory;
  norm->coef[1] = memory + norm->n * norm->c;
  for (gsize n = 0; n < norm->n; n++)
    for (gsize c = 0; c < norm->c; c++)
      {
        const float *group = node->src[stats] + (n * groups + c / width) * 2;
        double scale = (double) group[1] * (double) node->src[stats + 1][c];

        norm->coef[0][n * norm->c + c] = (float) scale;
        norm->coef[1][n * norm->c + c] = (float) ((double) node->src[stats + 2][c] - scale * (double) group[0]);
      }
}

static void
affine_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Norm *norm = data;

  for (gsize i = begin; i < end; i++)
    {
      Part part = part_of (norm, i);
      gsize c = part.sample * norm->c;

      norm->kernels->affine (norm->x + part.offset, norm->coef[0] + c, norm->coef[1] + c, norm->y + part.offset,
                             part.n, norm->c, norm->act);
    }
}

static void
run_norm (MgCpuContext *context, const MgCpuNode *node)
{
  Norm norm = describe (node, context->kernels, 0);

  fill_affine (&norm, node, 1, context->shared);
  mg_cpu_for (context, norm.n * norm.n_strips, 1, affine_strips, &norm);
}

static void
sums_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Norm *norm = data;
  const float *coef[5];

  for (gsize i = begin; i < end; i++)
    {
      Part part = part_of (norm, i);
      double *sums = norm->sums + i * 2 * norm->c;

      coef_of (norm, part.sample, coef);
      memset (sums, 0, 2 * norm->c * sizeof (double));
      norm->kernels->norm_sums (norm->dy + part.offset, norm->x + part.offset, coef, part.n, norm->c, norm->act, sums);
    }
}

static void
run_grad_sums (MgCpuContext *context, const MgCpuNode *node)
{
  Norm norm = describe (node, context->kernels, 1);
  gsize groups = (gsize) node->node->params.norm.groups, width = norm.c / groups;

  norm.sums = (double *) context->shared;
  fill_affine (&norm, node, 2, context->shared + norm.n * norm.n_strips * norm.c * 4);
  norm.coef[2] = norm.coef[1] + norm.n * norm.c;
  for (gsize i = 0; i < norm.n * norm.c; i++)
    norm.coef[2][i] = node->src[2][(i / norm.c * groups + i % norm.c / width) * 2];
  mg_cpu_for (context, norm.n * norm.n_strips, 1, sums_strips, &norm);
  for (gsize n = 0; n < norm.n; n++)
    {
      const double *total = add_strips (&norm, n);

      for (gsize c = 0; c < norm.c; c++)
        {
          float *out = node->dst + (n * norm.c + c) * 2;
          const float *group = node->src[2] + (n * groups + c / width) * 2;

          out[0] = (float) total[c];
          out[1] = (float) (total[norm.c + c] * (double) group[1]);
        }
    }
}

static void
grad_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Norm *norm = data;
  const float *coef[5];

  for (gsize i = begin; i < end; i++)
    {
      Part part = part_of (norm, i);

      coef_of (norm, part.sample, coef);
      norm->kernels->norm_grad (norm->dy + part.offset, norm->x + part.offset, coef, norm->y + part.offset,
                                part.n, norm->c, norm->act);
    }
}

/* dx = rstd · (gamma·d - mean (gamma·d) - x̂ · mean (gamma·d·x̂)), means over the
 * group, as d · k0 + x · k1 + k2 */
static void
run_grad_x (MgCpuContext *context, const MgCpuNode *node)
{
  Norm norm = describe (node, context->kernels, 1);
  gsize groups = (gsize) node->node->params.norm.groups, width = norm.c / groups;
  double count = (double) norm.pixels * (double) width;

  fill_affine (&norm, node, 2, context->shared);
  for (int i = 2; i < 5; i++)
    norm.coef[i] = norm.coef[i - 1] + norm.n * norm.c;
  for (gsize n = 0; n < norm.n; n++)
    for (gsize g = 0; g < groups; g++)
      {
        double mean = (double) node->src[2][(n * groups + g) * 2], rstd = (double) node->src[2][(n * groups + g) * 2 + 1];
        double sum = 0.0, sum_x = 0.0;

        for (gsize c = g * width; c < (g + 1) * width; c++)
          {
            sum += (double) node->src[3][c] * (double) node->src[5][(n * norm.c + c) * 2] / count;
            sum_x += (double) node->src[3][c] * (double) node->src[5][(n * norm.c + c) * 2 + 1] / count;
          }
        for (gsize c = g * width; c < (g + 1) * width; c++)
          {
            norm.coef[2][n * norm.c + c] = (float) (rstd * (double) node->src[3][c]);
            norm.coef[3][n * norm.c + c] = (float) (-rstd * rstd * sum_x);
            norm.coef[4][n * norm.c + c] = (float) (rstd * rstd * sum_x * mean - rstd * sum);
          }
      }
  mg_cpu_for (context, norm.n * norm.n_strips, 1, grad_strips, &norm);
}

static void
run_grad_param (MgCpuContext *context, const MgCpuNode *node)
{
  const gint64 *shape = node->src_tensor[0]->shape;
  gsize n = (gsize) shape[MG_AXIS_N], c = (gsize) shape[MG_AXIS_W];

  for (gsize i = 0; i < c; i++)
    {
      double sum = 0.0;

      for (gsize sample = 0; sample < n; sample++)
        sum += (double) node->src[0][(sample * c + i) * 2 + (gsize) node->node->params.norm.which];
      node->dst[i] = (float) sum;
    }
}

/**
 * mg_cpu_prepare_norm:
 *
 * The group normalisation family.
 */
void
mg_cpu_prepare_norm (MgCpuNode *node, const MgCpuOptions *options)
{
  static void (*const run[]) (MgCpuContext *, const MgCpuNode *) = {
    [MG_OP_GROUP_NORM_STATS] = run_stats,
    [MG_OP_GROUP_NORM] = run_norm,
    [MG_OP_GROUP_NORM_GRAD_SUMS] = run_grad_sums,
    [MG_OP_GROUP_NORM_GRAD_X] = run_grad_x,
    [MG_OP_GROUP_NORM_GRAD_PARAM] = run_grad_param,
  };
  MgOp op = node->node->op;

  node->run = run[op];
  if (op == MG_OP_GROUP_NORM_GRAD_PARAM)
    return;

  gboolean backward = op == MG_OP_GROUP_NORM_GRAD_SUMS || op == MG_OP_GROUP_NORM_GRAD_X;
  Norm norm = describe (node, options->kernels, backward ? 1 : 0);

  /* 2 · c doubles a strip, up to five coefficients a channel */
  node->shared_values = norm.n * norm.n_strips * norm.c * 4 + 5 * norm.n * norm.c;
}
