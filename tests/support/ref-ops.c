#include "support/ref-private.h"

#include <math.h>
#include <string.h>

/* A NaN stays one: a diverged network must not look healthy. */
double
mg_ref_act_value (int act, double x)
{
  switch (act)
    {
    case MG_ACT_RELU:
      return x < 0 ? 0 : x;
    case MG_ACT_LEAKY:
      return x < 0 ? 0.01 * x : x;
    case MG_ACT_SIGMOID:
      return 1 / (1 + exp (-x));
    default:
      return x;
    }
}

static double
act_slope (int act, double y)
{
  switch (act)
    {
    case MG_ACT_RELU:
      return y > 0 ? 1 : 0;
    case MG_ACT_LEAKY:
      return y > 0 ? 1 : 0.01;
    case MG_ACT_SIGMOID:
      return y * (1 - y);
    default:
      return 1;
    }
}

static void
ref_conv (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[0]), y = mg_ref_extent (call->dst_tensor);
  int k = call->node->params.conv.kernel;
  g_autofree double *sum = g_new (double, y.c);

  for (gint64 p = 0; p < y.pixels; p++)
    {
      gint64 col = p % y.w, row = p / y.w % y.h, image = p / (y.w * y.h);

      for (gint64 co = 0; co < y.c; co++)
        sum[co] = call->node->n_src == 3 ? (double) call->src[2][co] : 0.0;
      for (int tap = 0; tap < k * k; tap++)
        {
          gint64 from_row = row + tap / k - k / 2, from_col = col + tap % k - k / 2;

          if (from_row < 0 || from_row >= x.h || from_col < 0 || from_col >= x.w)
            continue;
          for (gint64 ci = 0; ci < x.c; ci++)
            {
              double value = call->src[0][((image * x.h + from_row) * x.w + from_col) * x.c + ci];
              const float *weight = call->src[1] + (tap * x.c + ci) * y.c;

              for (gint64 co = 0; co < y.c; co++)
                sum[co] += value * (double) weight[co];
            }
        }
      for (gint64 co = 0; co < y.c; co++)
        call->dst[p * y.c + co] = (float) mg_ref_act_value (call->node->params.conv.act, sum[co]);
    }
}

static void
ref_conv_grad_x (const RefCall *call)
{
  RefExtent dy = mg_ref_extent (call->src_tensor[0]), dx = mg_ref_extent (call->dst_tensor);
  int k = call->node->params.conv.kernel;

  for (gint64 p = 0; p < dx.pixels; p++)
    for (gint64 ci = 0; ci < dx.c; ci++)
      {
        gint64 col = p % dx.w, row = p / dx.w % dx.h, image = p / (dx.w * dx.h);
        double sum = 0;

        for (int tap = 0; tap < k * k; tap++)
          {
            gint64 to_row = row - (tap / k - k / 2), to_col = col - (tap % k - k / 2);

            if (to_row < 0 || to_row >= dy.h || to_col < 0 || to_col >= dy.w)
              continue;
            for (gint64 co = 0; co < dy.c; co++)
              sum += (double) call->src[0][((image * dy.h + to_row) * dy.w + to_col) * dy.c + co] *
                     (double) call->src[1][(tap * dx.c + ci) * dy.c + co];
          }
        call->dst[p * dx.c + ci] = (float) sum;
      }
}

static void
ref_conv_grad_w (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[0]), dy = mg_ref_extent (call->src_tensor[1]);
  int k = call->node->params.conv.kernel;
  g_autofree double *sums = g_new0 (double, (gsize) (k * k) * x.c * dy.c);

  for (gint64 p = 0; p < dy.pixels; p++)
    {
      gint64 col = p % dy.w, row = p / dy.w % dy.h, image = p / (dy.w * dy.h);

      for (int tap = 0; tap < k * k; tap++)
        {
          gint64 from_row = row + tap / k - k / 2, from_col = col + tap % k - k / 2;

          if (from_row < 0 || from_row >= x.h || from_col < 0 || from_col >= x.w)
            continue;
          for (gint64 ci = 0; ci < x.c; ci++)
            for (gint64 co = 0; co < dy.c; co++)
              sums[(tap * x.c + ci) * dy.c + co] +=
                (double) call->src[0][((image * x.h + from_row) * x.w + from_col) * x.c + ci] *
                (double) call->src[1][p * dy.c + co];
        }
    }
  for (gint64 i = 0; i < k * k * x.c * dy.c; i++)
    call->dst[i] = (float) sums[i];
}

static void
ref_conv_grad_b (const RefCall *call)
{
  RefExtent dy = mg_ref_extent (call->src_tensor[0]);

  for (gint64 c = 0; c < dy.c; c++)
    {
      double sum = 0;

      for (gint64 p = 0; p < dy.pixels; p++)
        sum += (double) call->src[0][p * dy.c + c];
      call->dst[c] = (float) sum;
    }
}

static void
ref_act (const RefCall *call)
{
  gsize n = mg_tensor_n_values (call->dst_tensor);

  for (gsize i = 0; i < n; i++)
    call->dst[i] = (float) mg_ref_act_value (call->node->params.act.act, (double) call->src[0][i]);
}

static void
ref_act_grad (const RefCall *call)
{
  gsize n = mg_tensor_n_values (call->dst_tensor);

  for (gsize i = 0; i < n; i++)
    call->dst[i] = (float) ((double) call->src[1][i] * act_slope (call->node->params.act.act, (double) call->src[0][i]));
}

static void
ref_norm_stats (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[0]);
  gint64 groups = call->node->params.norm.groups, width = x.c / groups, pixels = x.pixels / x.n;

  for (gint64 image = 0; image < x.n; image++)
    for (gint64 g = 0; g < groups; g++)
      {
        double sum = 0, square = 0, count = (double) (pixels * width), mean;

        for (gint64 i = 0; i < pixels * width; i++)
          sum += (double) call->src[0][(image * pixels + i / width) * x.c + g * width + i % width];
        mean = sum / count;
        for (gint64 i = 0; i < pixels * width; i++)
          {
            double d = (double) call->src[0][(image * pixels + i / width) * x.c + g * width + i % width] - mean;

            square += d * d;
          }
        call->dst[(image * groups + g) * 2] = (float) mean;
        call->dst[(image * groups + g) * 2 + 1] = (float) (1 / sqrt (square / count + (double) call->node->params.norm.eps));
      }
}

/* Element i of x, normalised; its channel and image come back too. */
static double
normalised (const RefCall *call, int x_src, gint64 i, gint64 *channel, gint64 *image)
{
  RefExtent x = mg_ref_extent (call->src_tensor[x_src]);
  gint64 groups = call->node->params.norm.groups;
  const float *stats = call->src[x_src + 1];

  *channel = i % x.c;
  *image = i / (x.pixels / x.n * x.c);
  stats += (*image * groups + *channel / (x.c / groups)) * 2;
  return ((double) call->src[x_src][i] - (double) stats[0]) * (double) stats[1];
}

static void
ref_norm (const RefCall *call)
{
  gint64 n = (gint64) mg_tensor_n_values (call->dst_tensor), c, image;

  for (gint64 i = 0; i < n; i++)
    {
      double hat = normalised (call, 0, i, &c, &image);

      call->dst[i] = (float) mg_ref_act_value (call->node->params.norm.act, (double) call->src[2][c] * hat + (double) call->src[3][c]);
    }
}

/* dy through the fused activation, for sources dy, x, stats, gamma, beta. */
static double
norm_d (const RefCall *call, gint64 i, double hat, gint64 c)
{
  int act = call->node->params.norm.act;
  double y = mg_ref_act_value (act, (double) call->src[3][c] * hat + (double) call->src[4][c]);

  return (double) call->src[0][i] * act_slope (act, y);
}

static void
ref_norm_grad_sums (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[1]);
  g_autofree double *sums = g_new0 (double, x.n *x.c * 2);

  for (gint64 i = 0; i < x.pixels * x.c; i++)
    {
      gint64 c, image;
      double hat = normalised (call, 1, i, &c, &image), d = norm_d (call, i, hat, c);

      sums[(image * x.c + c) * 2] += d;
      sums[(image * x.c + c) * 2 + 1] += d * hat;
    }
  for (gint64 i = 0; i < x.n * x.c * 2; i++)
    call->dst[i] = (float) sums[i];
}

static void
ref_norm_grad_x (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[1]);
  gint64 groups = call->node->params.norm.groups, width = x.c / groups;
  double count = (double) (x.pixels / x.n * width);

  for (gint64 i = 0; i < x.pixels * x.c; i++)
    {
      gint64 c, image;
      double hat = normalised (call, 1, i, &c, &image), d = norm_d (call, i, hat, c), mean = 0, mean_hat = 0;
      gint64 g = c / width;

      for (gint64 other = g * width; other < (g + 1) * width; other++)
        {
          mean += (double) call->src[3][other] * (double) call->src[5][(image * x.c + other) * 2] / count;
          mean_hat += (double) call->src[3][other] * (double) call->src[5][(image * x.c + other) * 2 + 1] / count;
        }
      call->dst[i] = (float) ((double) call->src[2][(image * groups + g) * 2 + 1] *
                              ((double) call->src[3][c] * d - mean - hat * mean_hat));
    }
}

static void
ref_norm_grad_param (const RefCall *call)
{
  gint64 n = call->src_tensor[0]->shape[MG_AXIS_N], channels = call->src_tensor[0]->shape[MG_AXIS_W];

  for (gint64 c = 0; c < channels; c++)
    {
      double sum = 0;

      for (gint64 image = 0; image < n; image++)
        sum += (double) call->src[0][(image * channels + c) * 2 + call->node->params.norm.which];
      call->dst[c] = (float) sum;
    }
}

static void
ref_concat (const RefCall *call)
{
  RefExtent a = mg_ref_extent (call->src_tensor[0]), b = mg_ref_extent (call->src_tensor[1]);

  for (gint64 p = 0; p < a.pixels; p++)
    {
      memcpy (call->dst + p * (a.c + b.c), call->src[0] + p * a.c, (gsize) a.c * sizeof (float));
      memcpy (call->dst + p * (a.c + b.c) + a.c, call->src[1] + p * b.c, (gsize) b.c * sizeof (float));
    }
}

static void
ref_slice (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[0]), y = mg_ref_extent (call->dst_tensor);

  for (gint64 p = 0; p < y.pixels; p++)
    memcpy (call->dst + p * y.c, call->src[0] + p * x.c + call->node->params.slice.first, (gsize) y.c * sizeof (float));
}

static void
ref_add (const RefCall *call)
{
  gsize n = mg_tensor_n_values (call->dst_tensor);

  for (gsize i = 0; i < n; i++)
    call->dst[i] = (float) ((double) call->src[0][i] + (double) call->src[1][i]);
}

static void
ref_adamw (const RefCall *call)
{
  const float *hyper = call->src[4];
  gsize n = mg_tensor_n_values (call->dst_tensor);
  double beta1 = hyper[3], beta2 = hyper[4], decay = call->node->params.adam.decay ? (double) hyper[6] : 0;

  for (gsize i = 0; i < n; i++)
    {
      double p = call->src[0][i], g = (double) call->src[1][i] * (double) hyper[7];
      double m = beta1 * (double) call->src[2][i] + (1 - beta1) * g;
      double v = beta2 * (double) call->src[3][i] + (1 - beta2) * g * g;
      double step = m / (double) hyper[1] / (sqrt (v / (double) hyper[2]) + (double) hyper[5]);

      call->src[2][i] = (float) m;
      call->src[3][i] = (float) v;
      call->dst[i] = (float) (p - (double) hyper[0] * (step + decay * p));
    }
}

RefKernel
mg_ref_kernel (MgOp op)
{
  static const RefKernel kernels[MG_N_OPS] = {
    [MG_OP_CONV] = ref_conv,
    [MG_OP_CONV_GRAD_X] = ref_conv_grad_x,
    [MG_OP_CONV_GRAD_W] = ref_conv_grad_w,
    [MG_OP_CONV_GRAD_B] = ref_conv_grad_b,
    [MG_OP_ACT] = ref_act,
    [MG_OP_ACT_GRAD] = ref_act_grad,
    [MG_OP_GROUP_NORM_STATS] = ref_norm_stats,
    [MG_OP_GROUP_NORM] = ref_norm,
    [MG_OP_GROUP_NORM_GRAD_SUMS] = ref_norm_grad_sums,
    [MG_OP_GROUP_NORM_GRAD_X] = ref_norm_grad_x,
    [MG_OP_GROUP_NORM_GRAD_PARAM] = ref_norm_grad_param,
    [MG_OP_MAXPOOL2] = mg_ref_maxpool2,
    [MG_OP_MAXPOOL2_GRAD] = mg_ref_maxpool2_grad,
    [MG_OP_BLURPOOL2] = mg_ref_blurpool2,
    [MG_OP_BLURPOOL2_GRAD] = mg_ref_blurpool2_grad,
    [MG_OP_UPSAMPLE2] = mg_ref_upsample2,
    [MG_OP_UPSAMPLE2_GRAD] = mg_ref_upsample2_grad,
    [MG_OP_CONCAT] = ref_concat,
    [MG_OP_SLICE] = ref_slice,
    [MG_OP_ADD] = ref_add,
    [MG_OP_LOSS] = mg_ref_loss,
    [MG_OP_LOSS_GRAD] = mg_ref_loss_grad,
    [MG_OP_ADAMW] = ref_adamw,
  };

  return kernels[op];
}
