#include "nn/op.h"

#include "nn/op-private.h"

/* A few operations a value read or written: enough to compare nodes by cost. */
static double
pointwise_flops (const MgTensor *const *src, const MgTensor *dst, const MgNode *node)
{
  double n = (double) mg_tensor_n_values (dst);

  for (int i = 0; i < node->n_src; i++)
    n += (double) mg_tensor_n_values (src[i]);
  return 2.0 * n;
}

/* name, sources (least, most), source that may be overwritten, rules */
static const MgOpInfo op_table[MG_N_OPS] = {
  [MG_OP_CONV] = { "conv", 2, 3, -1, _mg_conv_infer, _mg_conv_grad, _mg_conv_flops },
  [MG_OP_CONV_GRAD_X] = { "conv-grad-x", 2, 2, -1, _mg_conv_grad_x_infer, NULL, _mg_conv_grad_x_flops },
  [MG_OP_CONV_GRAD_W] = { "conv-grad-w", 2, 2, -1, _mg_conv_grad_w_infer, NULL, _mg_conv_grad_w_flops },
  [MG_OP_CONV_GRAD_B] = { "conv-grad-b", 1, 1, -1, _mg_conv_grad_b_infer, NULL, pointwise_flops },
  [MG_OP_ACT] = { "act", 1, 1, -1, _mg_act_infer, _mg_act_grad, pointwise_flops },
  [MG_OP_ACT_GRAD] = { "act-grad", 2, 2, 1, _mg_act_grad_infer, NULL, pointwise_flops },
  [MG_OP_GROUP_NORM_STATS] = { "group-norm-stats", 1, 1, -1, _mg_norm_stats_infer, NULL, pointwise_flops },
  [MG_OP_GROUP_NORM] = { "group-norm", 4, 4, -1, _mg_norm_infer, _mg_norm_grad, pointwise_flops },
  [MG_OP_GROUP_NORM_GRAD_SUMS] = { "group-norm-grad-sums", 5, 5, -1, _mg_norm_grad_sums_infer, NULL, pointwise_flops },
  [MG_OP_GROUP_NORM_GRAD_X] = { "group-norm-grad-x", 6, 6, 0, _mg_norm_grad_x_infer, NULL, pointwise_flops },
  [MG_OP_GROUP_NORM_GRAD_PARAM] = { "group-norm-grad-param", 1, 1, -1, _mg_norm_grad_param_infer, NULL, pointwise_flops },
  [MG_OP_MAXPOOL2] = { "maxpool2", 1, 1, -1, _mg_maxpool2_infer, _mg_maxpool2_grad, pointwise_flops },
  [MG_OP_MAXPOOL2_GRAD] = { "maxpool2-grad", 2, 2, -1, _mg_maxpool2_grad_infer, NULL, pointwise_flops },
  [MG_OP_BLURPOOL2] = { "blurpool2", 1, 1, -1, _mg_maxpool2_infer, _mg_blurpool2_grad, pointwise_flops },
  [MG_OP_BLURPOOL2_GRAD] = { "blurpool2-grad", 1, 1, -1, _mg_upsample2_infer, NULL, pointwise_flops },
  [MG_OP_UPSAMPLE2] = { "upsample2", 1, 1, -1, _mg_upsample2_infer, _mg_upsample2_grad, pointwise_flops },
  [MG_OP_UPSAMPLE2_GRAD] = { "upsample2-grad", 1, 1, -1, _mg_upsample2_grad_infer, NULL, pointwise_flops },
  [MG_OP_CONCAT] = { "concat", 2, 2, -1, _mg_concat_infer, _mg_concat_grad, pointwise_flops },
  [MG_OP_SLICE] = { "slice", 1, 1, -1, _mg_slice_infer, _mg_slice_grad, pointwise_flops },
  [MG_OP_ADD] = { "add", 2, 2, 0, _mg_add_infer, _mg_add_grad, pointwise_flops },
  [MG_OP_LOSS] = { "loss", 3, 3, -1, _mg_loss_infer, _mg_loss_grad, pointwise_flops },
  [MG_OP_LOSS_GRAD] = { "loss-grad", 4, 4, -1, _mg_loss_grad_infer, NULL, pointwise_flops },
  [MG_OP_ADAMW] = { "adamw", 5, 5, 0, _mg_adamw_infer, NULL, pointwise_flops },
};

/**
 * mg_op_get_info:
 *
 * Returns: (transfer none): the op's row, static. Any thread.
 */
const MgOpInfo *
mg_op_get_info (MgOp op)
{
  g_return_val_if_fail ((guint) op < MG_N_OPS, NULL);
  return &op_table[op];
}

/* Sets %MG_ERROR_SHAPE with the op's name in front; always FALSE. */
gboolean
_mg_op_misfit (const MgNode *node,
               GError **error,
               const char *format,
               ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "the network's parts do not fit (%s): %s",
               op_table[node->op].name, text);
  return FALSE;
}

void
_mg_op_take_shape (const MgTensor *tensor,
                   gint64 shape[MG_N_AXES])
{
  for (int axis = 0; axis < MG_N_AXES; axis++)
    shape[axis] = tensor->shape[axis];
}

void
_mg_op_set_shape (gint64 shape[MG_N_AXES],
                  gint64 n,
                  gint64 d,
                  gint64 h,
                  gint64 w,
                  gint64 c)
{
  shape[MG_AXIS_N] = n;
  shape[MG_AXIS_D] = d;
  shape[MG_AXIS_H] = h;
  shape[MG_AXIS_W] = w;
  shape[MG_AXIS_C] = c;
}

gboolean
_mg_op_has_shape (const MgTensor *tensor,
                  gint64 n,
                  gint64 d,
                  gint64 h,
                  gint64 w,
                  gint64 c)
{
  const gint64 *s = tensor->shape;

  return s[MG_AXIS_N] == n && s[MG_AXIS_D] == d && s[MG_AXIS_H] == h && s[MG_AXIS_W] == w && s[MG_AXIS_C] == c;
}

gboolean
_mg_op_check_act (const MgNode *node,
                  int act,
                  GError **error)
{
  if (act < MG_ACT_NONE || act > MG_ACT_SIGMOID)
    return _mg_op_misfit (node, error, "unknown activation %d", act);
  return TRUE;
}

/* Appends a node and adds its result to the gradient of target. */
gboolean
_mg_op_give (MgGraph *graph,
             MgTensorId target,
             MgOp op,
             const MgTensorId *src,
             int n_src,
             const MgOpParams *params,
             GError **error)
{
  MgTensorId part = mg_graph_append (graph, op, src, n_src, params, error);

  return part != MG_TENSOR_NONE && mg_graph_add_grad (graph, target, part, error);
}
