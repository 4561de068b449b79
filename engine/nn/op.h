#pragma once

#include "nn/tensor.h"

#define MG_OP_MAX_SRC      6
#define MG_OP_PARAMS_BYTES 32
/* Inputs whose names begin so stay as a new program has them: zero. */
#define MG_ZERO_PREFIX "zero."

/**
 * MgOp:
 *
 * What every backend computes. Shapes are (N, D, H, W, C); P = N·D·H·W counts
 * pixels. Reading order in the list: sources → destination.
 *
 * @MG_OP_CONV: x (N,1,H,W,Ci), w, [bias (1,1,1,1,Co)] → y (N,1,H,W,Co); w is
 *   (1, 1, k·k, Ci, Co), tap-major (ky·k + kx), so element (tap, ci, co) lies at
 *   (tap·Ci + ci)·Co + co; stride 1, zero padding k/2; y = act (conv + bias)
 * @MG_OP_CONV_GRAD_X: dy, w → dx
 * @MG_OP_CONV_GRAD_W: x, dy → dw (shape of w)
 * @MG_OP_CONV_GRAD_B: dy → db
 * @MG_OP_ACT: x → act (x); act none copies; NaN stays NaN
 * @MG_OP_ACT_GRAD: y, dy → dy · act′, from the output y; may overwrite dy
 * @MG_OP_GROUP_NORM_STATS: x → stats (N,1,1,G,2): mean and 1/√(var + eps),
 *   biased variance over D, H, W and the group's channels
 * @MG_OP_GROUP_NORM: x, stats, gamma, beta (1,1,1,1,C) → act (gamma·x̂ + beta)
 * @MG_OP_GROUP_NORM_GRAD_SUMS: dy, x, stats, gamma, beta → sums (N,1,1,C,2): over
 *   pixels, Σ d and Σ d·x̂ where d = dy·act′
 * @MG_OP_GROUP_NORM_GRAD_X: dy, x, stats, gamma, beta, sums → dx; may overwrite dy
 * @MG_OP_GROUP_NORM_GRAD_PARAM: sums → dgamma (which = 1: Σ_n Σ d·x̂) or dbeta
 *   (which = 0: Σ_n Σ d), shape (1,1,1,1,C)
 * @MG_OP_MAXPOOL2: x (even H, W) → y (N,1,H/2,W/2,C)
 * @MG_OP_MAXPOOL2_GRAD: x, dy → dx; the first maximum in row-major order takes it
 * @MG_OP_BLURPOOL2: x (even H, W) → y (N,1,H/2,W/2,C): every second value of x
 *   blurred by 1 3 3 1 / 8 both ways, the edge's values going on beyond it
 *   (Zhang 2019), so that nothing aliases
 * @MG_OP_BLURPOOL2_GRAD: dy → dx
 * @MG_OP_UPSAMPLE2: x → nearest, twice as large
 * @MG_OP_UPSAMPLE2_GRAD: dy → sums of each 2×2
 * @MG_OP_CONCAT: a, b → channels of a, then of b
 * @MG_OP_SLICE: x → channels first … first + C(dst) - 1
 * @MG_OP_ADD: a, b → a + b; may overwrite a
 * @MG_OP_LOSS: pred, target, weight (N,1,H,W,1) → (1,1,1,1,8): [0] the loss times
 *   `scale`, [1] Σ weight, further values are the kind's own sums. Kinds: see
 *   #MgLossKind. Loss = scale · Σ weight·l / max (Σ weight, 1e-6) (l is the
 *   mean over channels, except for cross entropy and Dice)
 * @MG_OP_LOSS_GRAD: pred, target, weight, loss → dpred
 * @MG_OP_ADAMW: p (in place), g, m (in place), v (in place), hyper → none; hyper
 *   (1,1,1,1,8) is an input: learning rate, 1 - β1^t, 1 - β2^t, β1, β2, eps,
 *   weight decay, gradient scale. dst is p itself. Loshchilov and Hutter 2019:
 *   p -= lr · (m̂/(√v̂ + eps) + decay · p); decay only where params.decay is set
 */
typedef enum
{
  MG_OP_CONV,
  MG_OP_CONV_GRAD_X,
  MG_OP_CONV_GRAD_W,
  MG_OP_CONV_GRAD_B,
  MG_OP_ACT,
  MG_OP_ACT_GRAD,
  MG_OP_GROUP_NORM_STATS,
  MG_OP_GROUP_NORM,
  MG_OP_GROUP_NORM_GRAD_SUMS,
  MG_OP_GROUP_NORM_GRAD_X,
  MG_OP_GROUP_NORM_GRAD_PARAM,
  MG_OP_MAXPOOL2,
  MG_OP_MAXPOOL2_GRAD,
  MG_OP_BLURPOOL2,
  MG_OP_BLURPOOL2_GRAD,
  MG_OP_UPSAMPLE2,
  MG_OP_UPSAMPLE2_GRAD,
  MG_OP_CONCAT,
  MG_OP_SLICE,
  MG_OP_ADD,
  MG_OP_LOSS,
  MG_OP_LOSS_GRAD,
  MG_OP_ADAMW,
  MG_N_OPS,
} MgOp;

/* leaky has slope 0.01 */
typedef enum
{
  MG_ACT_NONE,
  MG_ACT_RELU,
  MG_ACT_LEAKY,
  MG_ACT_SIGMOID,
} MgAct;

/**
 * MgLossKind:
 * @MG_LOSS_BCE: sigmoid cross entropy on logits, target in [0, 1]
 * @MG_LOSS_CE: softmax cross entropy over channels, target = class probabilities
 * @MG_LOSS_MSE: squared difference
 * @MG_LOSS_MAE: absolute difference (gradient 0 where equal)
 * @MG_LOSS_DICE: 1 - mean over channels of (2 Σ w p t + 1) / (Σ w p + Σ w t + 1),
 *   p = sigmoid (pred), sums over the whole batch; at most 3 channels ([2 + 2c]:
 *   Σ w p t, [3 + 2c]: Σ w p + Σ w t)
 * @MG_LOSS_LAPLACE: negative log likelihood of a Laplace distribution; pred has
 *   twice the target's channels: the means μ, then s of the scales
 *   b = softplus (s) + %MG_LAPLACE_MIN_SCALE: |μ - t| / b + log (2 b)
 */
typedef enum
{
  MG_LOSS_BCE,
  MG_LOSS_CE,
  MG_LOSS_MSE,
  MG_LOSS_MAE,
  MG_LOSS_DICE,
  MG_LOSS_LAPLACE,
} MgLossKind;

/* As CSBDeep bounds it: no difference counts more than a thousandfold. */
#define MG_LAPLACE_MIN_SCALE 1e-3

typedef struct
{
  gint32 kernel;
  gint32 has_bias;
  gint32 act;
} MgConvParams;
typedef struct
{
  gint32 act;
} MgActParams;
typedef struct
{
  gint32 groups;
  gint32 act;
  float eps;
  gint32 which;
} MgNormParams;
typedef struct
{
  gint32 first;
  gint32 count;
} MgSliceParams;
typedef struct
{
  gint32 kind;
  float scale;
} MgLossParams;
typedef struct
{
  gint32 decay;
} MgAdamParams;

typedef union
{
  MgConvParams conv;
  MgActParams act;
  MgNormParams norm;
  MgSliceParams slice;
  MgLossParams loss;
  MgAdamParams adam;
  guint8 bytes[MG_OP_PARAMS_BYTES];
} MgOpParams;

typedef struct
{
  MgOp op;
  int n_src;
  MgTensorId src[MG_OP_MAX_SRC];
  MgTensorId dst;
  MgOpParams params;
} MgNode;

typedef struct _MgGraph MgGraph;

/* One row an op: the only place that knows all ops. */
typedef struct
{
  const char *name; /* "conv" */
  int min_src, max_src;
  int in_place_src; /* which source the destination may overwrite, -1 none */
  /* fills shape (destination) from the sources' shapes and params */
  gboolean (*infer) (const MgTensor *const *src, const MgNode *node, gint64 shape[MG_N_AXES], GError **error);
  /* appends nodes giving the sources' gradients (NULL: not differentiable) */
  gboolean (*grad) (MgGraph *graph, const MgNode *node, MgTensorId d_dst, GError **error);
  double (*flops) (const MgTensor *const *src, const MgTensor *dst, const MgNode *node);
} MgOpInfo;

const MgOpInfo *mg_op_get_info (MgOp op);
