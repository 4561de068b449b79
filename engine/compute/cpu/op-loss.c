#include "compute/cpu/cpu-private.h"

#include <math.h>

/* Losses and their gradients in double a pixel: maps have few channels, so this
 * is never the slow part. Strips by shape, added in order. */

#define LOSS_VALUES 8
#define MIN_WEIGHT  1e-6

typedef struct
{
  const MgCpuNode *node;
  const float *pred, *target, *weight;
  float *dst;
  gsize pixels, c, t, strip, n_strips; /* c, t: channels of prediction and target */
  int kind;
  double *sums;      /* [strip][LOSS_VALUES] */
  double factor;     /* of a pixel's gradient: scale / Σ weight */
  double dice[3][2]; /* channel: of target, of weight */
} Loss;

static double
sigmoid (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

static double
log_sum_exp (const float *x, gsize n)
{
  double most = (double) x[0], sum = 0.0;

  for (gsize i = 1; i < n; i++)
    most = MAX (most, (double) x[i]);
  for (gsize i = 0; i < n; i++)
    sum += exp ((double) x[i] - most);
  return most + log (sum);
}

/* log (1 + exp (x)), for any x */
static double
softplus (double x)
{
  return MAX (x, 0.0) + log1p (exp (-fabs (x)));
}

/* l of one pixel whose c channels are followed by their scales */
static double
laplace_loss (const float *p, const float *t, gsize c)
{
  double sum = 0.0;

  for (gsize i = 0; i < c; i++)
    {
      double b = softplus ((double) p[c + i]) + MG_LAPLACE_MIN_SCALE;

      sum += fabs ((double) p[i] - (double) t[i]) / b + log (2.0 * b);
    }
  return sum / (double) c;
}

static void
laplace_grad (const float *p, const float *t, gsize c, double f, float *out)
{
  for (gsize i = 0; i < c; i++)
    {
      double d = (double) p[i] - (double) t[i], s = (double) p[c + i], b = softplus (s) + MG_LAPLACE_MIN_SCALE;

      /* d itself where it is neither: 0, or NaN */
      out[i] = (float) (f / b * (d > 0.0 ? 1.0 : d < 0.0 ? -1.0
                                                         : d));
      out[c + i] = (float) (f * (1.0 - fabs (d) / b) / b * sigmoid (s));
    }
}

/* l of one pixel: mean over channels, for cross entropy the sum */
static double
pixel_loss (int kind, const float *p, const float *t, gsize c)
{
  double sum = 0.0, norm = kind == MG_LOSS_CE ? log_sum_exp (p, c) : 0.0;

  for (gsize i = 0; i < c; i++)
    {
      double x = (double) p[i], y = (double) t[i];

      if (kind == MG_LOSS_BCE)
        sum += MAX (x, 0.0) - x * y + log1p (exp (-fabs (x)));
      else if (kind == MG_LOSS_CE)
        sum += y * (norm - x);
      else if (kind == MG_LOSS_MSE)
        sum += (x - y) * (x - y);
      else
        sum += fabs (x - y);
    }
  return kind == MG_LOSS_CE ? sum : sum / (double) c;
}

static void
loss_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Loss *loss = data;

  for (gsize s = begin; s < end; s++)
    {
      double sums[LOSS_VALUES] = { 0 };
      gsize last = MIN ((s + 1) * loss->strip, loss->pixels);

      for (gsize i = s * loss->strip; i < last; i++)
        {
          const float *p = loss->pred + i * loss->c, *t = loss->target + i * loss->t;
          double w = (double) loss->weight[i];

          sums[1] += w;
          if (loss->kind == MG_LOSS_LAPLACE)
            {
              sums[0] += w != 0.0 ? w * laplace_loss (p, t, loss->t) : 0.0;
              continue;
            }
          if (loss->kind != MG_LOSS_DICE)
            {
              /* a pixel without weight may hold anything, even NaN */
              sums[0] += w != 0.0 ? w * pixel_loss (loss->kind, p, t, loss->c) : 0.0;
              continue;
            }
          for (gsize c = 0; c < loss->c && w != 0.0; c++)
            {
              double q = sigmoid ((double) p[c]);

              sums[2 + 2 * c] += w * q * (double) t[c];
              sums[3 + 2 * c] += w * (q + (double) t[c]);
            }
        }
      for (int i = 0; i < LOSS_VALUES; i++)
        loss->sums[s * LOSS_VALUES + i] = sums[i];
    }
}

static Loss
describe (const MgCpuNode *node)
{
  MgCpuShape shape = mg_cpu_shape (node->src_tensor[0]);
  Loss loss = {
    .node = node,
    .pred = node->src[0],
    .target = node->src[1],
    .weight = node->src[2],
    .dst = node->dst,
    .pixels = shape.pixels,
    .c = shape.c,
    .t = mg_cpu_shape (node->src_tensor[1]).c,
    .strip = MAX (MG_CPU_STRIP / 8 / shape.c, 1),
    .kind = node->node->params.loss.kind,
  };

  loss.n_strips = (loss.pixels + loss.strip - 1) / loss.strip;
  return loss;
}

static void
run_loss (MgCpuContext *context, const MgCpuNode *node)
{
  Loss loss = describe (node);
  double scale = (double) node->node->params.loss.scale, total[LOSS_VALUES] = { 0 }, value;

  loss.sums = (double *) context->shared;
  mg_cpu_for (context, loss.n_strips, 1, loss_strips, &loss);
  for (gsize s = 0; s < loss.n_strips; s++)
    for (int i = 0; i < LOSS_VALUES; i++)
      total[i] += loss.sums[s * LOSS_VALUES + i];
  value = total[0] / MAX (total[1], MIN_WEIGHT);
  if (loss.kind == MG_LOSS_DICE)
    {
      value = 1.0;
      for (gsize c = 0; c < loss.c; c++)
        value -= (2.0 * total[2 + 2 * c] + 1.0) / (total[3 + 2 * c] + 1.0) / (double) loss.c;
    }
  total[0] = scale * value;
  for (int i = 0; i < LOSS_VALUES; i++)
    node->dst[i] = (float) total[i];
}

/* Dice and the cross entropies */
static void
pixel_grad (const Loss *loss, const float *p, const float *t, double w, float *out)
{
  double norm = loss->kind == MG_LOSS_CE ? log_sum_exp (p, loss->c) : 0.0, sum_t = 0.0, f = w * loss->factor;

  for (gsize i = 0; i < loss->c; i++)
    sum_t += (double) t[i];
  for (gsize i = 0; i < loss->c; i++)
    {
      double y = (double) t[i], d;

      if (loss->kind == MG_LOSS_CE)
        d = f * (sum_t * exp ((double) p[i] - norm) - y);
      else
        {
          d = sigmoid ((double) p[i]);
          d = loss->kind == MG_LOSS_BCE ? f * (d - y) / (double) loss->c
                                        : w * (loss->dice[i][0] * y + loss->dice[i][1]) * d * (1.0 - d);
        }
      out[i] = (float) d;
    }
}

/* differences, of which there may be many a pixel */
static void
difference_grad (const Loss *loss, const float *p, const float *t, double w, float *out)
{
  float f = (float) (w * loss->factor / (double) loss->c);

  if (loss->kind == MG_LOSS_MSE)
    for (gsize i = 0; i < loss->c; i++)
      out[i] = 2.0f * f * (p[i] - t[i]);
  else
    for (gsize i = 0; i < loss->c; i++)
      {
        float d = p[i] - t[i];

        /* d itself where it is neither: 0, or NaN */
        out[i] = d > 0.0f ? f : d < 0.0f ? -f
                                         : d;
      }
}

static void
grad_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Loss *loss = data;
  gsize last = MIN (end * loss->strip, loss->pixels);

  for (gsize i = begin * loss->strip; i < last; i++)
    {
      float *out = loss->dst + i * loss->c;
      const float *p = loss->pred + i * loss->c, *t = loss->target + i * loss->t;
      double w = (double) loss->weight[i];

      if (w == 0.0)
        for (gsize c = 0; c < loss->c; c++)
          out[c] = 0.0f;
      else if (loss->kind == MG_LOSS_MSE || loss->kind == MG_LOSS_MAE)
        difference_grad (loss, p, t, w, out);
      else if (loss->kind == MG_LOSS_LAPLACE)
        laplace_grad (p, t, loss->t, w * loss->factor / (double) loss->t, out);
      else
        pixel_grad (loss, p, t, w, out);
    }
}

static void
run_loss_grad (MgCpuContext *context, const MgCpuNode *node)
{
  Loss loss = describe (node);
  const float *sums = node->src[3];
  double scale = (double) node->node->params.loss.scale;

  loss.factor = scale / MAX ((double) sums[1], MIN_WEIGHT);
  for (gsize c = 0; c < loss.c && loss.kind == MG_LOSS_DICE; c++)
    {
      double both = 2.0 * (double) sums[2 + 2 * c] + 1.0, either = (double) sums[3 + 2 * c] + 1.0;

      loss.dice[c][0] = -scale / (double) loss.c * 2.0 / either;
      loss.dice[c][1] = scale / (double) loss.c * both / (either * either);
    }
  mg_cpu_for (context, loss.n_strips, 1, grad_strips, &loss);
}

/**
 * mg_cpu_prepare_loss:
 *
 * %MG_OP_LOSS and %MG_OP_LOSS_GRAD of every kind.
 */
void
mg_cpu_prepare_loss (MgCpuNode *node, const MgCpuOptions *options)
{
  gboolean grad = node->node->op == MG_OP_LOSS_GRAD;

  node->run = grad ? run_loss_grad : run_loss;
  if (!grad)
    node->shared_values = describe (node).n_strips * LOSS_VALUES * 2;
}
