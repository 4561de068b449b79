#include "nn/op-private.h"

/* Dice keeps two sums a channel in the loss tensor's eight values. */
#define MG_DICE_MAX_CHANNELS 3

/* Of a prediction: its target has half the channels where half of them are scales. */
static gboolean
fits_target (const MgTensor *pred, const MgTensor *target, int kind)
{
  const gint64 *p = pred->shape;

  if (kind != MG_LOSS_LAPLACE)
    return mg_tensor_same_shape (pred, target);
  return p[MG_AXIS_C] % 2 == 0 &&
         _mg_op_has_shape (target, p[MG_AXIS_N], p[MG_AXIS_D], p[MG_AXIS_H], p[MG_AXIS_W], p[MG_AXIS_C] / 2);
}

MG_OP_INFER (_mg_loss_infer)
{
  const gint64 *p = src[0]->shape;
  int kind = node->params.loss.kind;

  if (kind < MG_LOSS_BCE || kind > MG_LOSS_LAPLACE)
    return _mg_op_misfit (node, error, "unknown kind of loss %d", kind);
  if (!fits_target (src[0], src[1], kind))
    return _mg_op_misfit (node, error, "\"%s\" and its target \"%s\" differ in size", src[0]->name, src[1]->name);
  if (!_mg_op_has_shape (src[2], p[MG_AXIS_N], p[MG_AXIS_D], p[MG_AXIS_H], p[MG_AXIS_W], 1))
    return _mg_op_misfit (node, error, "\"%s\" does not have one weight a pixel", src[2]->name);
  if (kind == MG_LOSS_DICE && p[MG_AXIS_C] > MG_DICE_MAX_CHANNELS)
    return _mg_op_misfit (node, error, "the Dice loss takes at most %d channels", MG_DICE_MAX_CHANNELS);
  _mg_op_set_shape (shape, 1, 1, 1, 1, 8);
  return TRUE;
}

MG_OP_INFER (_mg_loss_grad_infer)
{
  gint64 loss[MG_N_AXES];

  if (!_mg_loss_infer (src, node, loss, error))
    return FALSE;
  if (!_mg_op_has_shape (src[3], 1, 1, 1, 1, 8))
    return _mg_op_misfit (node, error, "\"%s\" is not a loss", src[3]->name);
  _mg_op_take_shape (src[0], shape);
  return TRUE;
}

/* A loss is where gradients begin: its own is 1, the scale is in its params. */
MG_OP_GRAD (_mg_loss_grad)
{
  MgTensorId src[4] = { node->src[0], node->src[1], node->src[2], node->dst };

  if (!mg_graph_needs_grad (graph, node->src[0]))
    return TRUE;
  return _mg_op_give (graph, node->src[0], MG_OP_LOSS_GRAD, src, 4, &node->params, error);
}
