#include "support/ref-private.h"

#include <math.h>
#include <string.h>

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

/* One pixel's loss; for cross entropy and the Dice loss see below. */
static double
value_loss (int kind, double x, double t)
{
  switch (kind)
    {
    case MG_LOSS_BCE:
      return MAX (x, 0) - x * t + log1p (exp (-fabs (x)));
    case MG_LOSS_MSE:
      return (x - t) * (x - t);
    default:
      return fabs (x - t);
    }
}

static double
value_slope (int kind, double x, double t)
{
  switch (kind)
    {
    case MG_LOSS_BCE:
      return sigmoid (x) - t;
    case MG_LOSS_MSE:
      return 2 * (x - t);
    default:
      return x > t ? 1 : x < t ? -1
                               : 0;
    }
}

/* log Σ exp over the channels of a pixel */
static double
log_sum_exp (const float *x, gint64 n)
{
  double top = x[0], sum = 0;

  for (gint64 c = 1; c < n; c++)
    top = fmax (top, (double) x[c]);
  for (gint64 c = 0; c < n; c++)
    sum += exp ((double) x[c] - top);
  return top + log (sum);
}

static void
ref_dice (const RefCall *call, RefExtent x)
{
  double mean = 0;

  for (gint64 c = 0; c < x.c; c++)
    {
      double both = 0, each = 0;

      for (gint64 p = 0; p < x.pixels; p++)
        {
          double prob = sigmoid ((double) call->src[0][p * x.c + c]);
          double t = call->src[1][p * x.c + c], w = call->src[2][p];

          both += w * prob * t;
          each += w * prob + w * t;
        }
      call->dst[2 + 2 * c] = (float) both;
      call->dst[3 + 2 * c] = (float) each;
      mean += (2 * both + 1) / (each + 1) / (double) x.c;
    }
  call->dst[0] = (float) ((1 - mean) * (double) call->node->params.loss.scale);
}

/* b of one channel */
static double
laplace_scale (double s)
{
  return log1p (exp (-fabs (s))) + MAX (s, 0) + MG_LAPLACE_MIN_SCALE;
}

static double
laplace_loss (const float *pred, const float *target, gint64 n)
{
  double sum = 0;

  for (gint64 c = 0; c < n; c++)
    {
      double b = laplace_scale ((double) pred[n + c]);

      sum += fabs ((double) pred[c] - (double) target[c]) / b + log (2 * b);
    }
  return sum / (double) n;
}

static void
ref_laplace_grad (const RefCall *call, gint64 pixels, gint64 n)
{
  double factor = (double) call->node->params.loss.scale / MAX ((double) call->src[3][1], 1e-6) / (double) n;

  for (gint64 p = 0; p < pixels; p++)
    for (gint64 c = 0; c < n; c++)
      {
        double mean = call->src[0][p * 2 * n + c], s = call->src[0][p * 2 * n + n + c], t = call->src[1][p * n + c];
        double b = laplace_scale (s), w = factor * (double) call->src[2][p];

        call->dst[p * 2 * n + c] = (float) (w * value_slope (MG_LOSS_MAE, mean, t) / b);
        call->dst[p * 2 * n + n + c] = (float) (w * (1 / b - fabs (mean - t) / (b * b)) * sigmoid (s));
      }
}

void
mg_ref_loss (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[0]);
  int kind = call->node->params.loss.kind;
  double sum = 0, weights = 0;

  memset (call->dst, 0, 8 * sizeof (float));
  for (gint64 p = 0; p < x.pixels; p++)
    {
      gint64 n_target = kind == MG_LOSS_LAPLACE ? x.c / 2 : x.c;
      const float *pred = call->src[0] + p * x.c, *target = call->src[1] + p * n_target;
      double w = call->src[2][p], lse = kind == MG_LOSS_CE ? log_sum_exp (pred, x.c) : 0;

      weights += w;
      if (kind == MG_LOSS_LAPLACE)
        {
          sum += w * laplace_loss (pred, target, n_target);
          continue;
        }
      for (gint64 c = 0; c < x.c && kind != MG_LOSS_DICE; c++)
        sum += w * (kind == MG_LOSS_CE ? (double) target[c] * (lse - (double) pred[c])
                                       : value_loss (kind, (double) pred[c], (double) target[c]) / (double) x.c);
    }
  call->dst[1] = (float) weights;
  if (kind == MG_LOSS_DICE)
    ref_dice (call, x);
  else
    call->dst[0] = (float) ((double) call->node->params.loss.scale * sum / MAX (weights, 1e-6));
}

void
mg_ref_loss_grad (const RefCall *call)
{
  RefExtent x = mg_ref_extent (call->src_tensor[0]);
  int kind = call->node->params.loss.kind;
  double scale = call->node->params.loss.scale, over = 1 / MAX ((double) call->src[3][1], 1e-6);

  if (kind == MG_LOSS_LAPLACE)
    {
      ref_laplace_grad (call, x.pixels, x.c / 2);
      return;
    }
  for (gint64 p = 0; p < x.pixels; p++)
    {
      const float *pred = call->src[0] + p * x.c, *target = call->src[1] + p * x.c;
      double w = call->src[2][p], lse = kind == MG_LOSS_CE ? log_sum_exp (pred, x.c) : 0, targets = 0;

      for (gint64 c = 0; c < x.c; c++)
        targets += (double) target[c];
      for (gint64 c = 0; c < x.c; c++)
        {
          double v = pred[c], t = target[c], d;

          if (kind == MG_LOSS_CE)
            d = w * over * (targets * exp (v - lse) - t);
          else if (kind == MG_LOSS_DICE)
            {
              double both = call->src[3][2 + 2 * c], each = (double) call->src[3][3 + 2 * c] + 1;
              double prob = sigmoid (v);

              d = -w * (2 * t * each - (2 * both + 1)) / (each * each) * prob * (1 - prob) / (double) x.c;
            }
          else
            d = w * over * value_slope (kind, v, t) / (double) x.c;
          call->dst[p * x.c + c] = (float) (scale * d);
        }
    }
}
