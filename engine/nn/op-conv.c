#include "nn/op-private.h"

static gboolean
check_kernel (const MgNode *node, GError **error)
{
  int k = node->params.conv.kernel;

  if (k != 1 && k != 3 && k != 5 && k != 7)
    return _mg_op_misfit (node, error, "a kernel of %d pixels is not one of 1, 3, 5 and 7", k);
  return _mg_op_check_act (node, node->params.conv.act, error);
}

static gboolean
check_weights (const MgNode *node, const MgTensor *w, GError **error)
{
  gint64 k = node->params.conv.kernel;

  if (w->shape[MG_AXIS_N] != 1 || w->shape[MG_AXIS_D] != 1 || w->shape[MG_AXIS_H] != k * k)
    return _mg_op_misfit (node, error, "the weights \"%s\" are not of a kernel of %d pixels", w->name, (int) k);
  return TRUE;
}

static gboolean
check_flat (const MgNode *node, const MgTensor *x, GError **error)
{
  if (x->shape[MG_AXIS_D] != 1)
    return _mg_op_misfit (node, error, "\"%s\" is a volume", x->name);
  return TRUE;
}

MG_OP_INFER (_mg_conv_infer)
{
  const MgTensor *x = src[0], *w = src[1];

  if (!check_kernel (node, error) || !check_weights (node, w, error) || !check_flat (node, x, error))
    return FALSE;
  if (w->shape[MG_AXIS_W] != x->shape[MG_AXIS_C])
    return _mg_op_misfit (node, error, "\"%s\" takes %d channels, \"%s\" has %d", w->name,
                          (int) w->shape[MG_AXIS_W], x->name, (int) x->shape[MG_AXIS_C]);
  if ((node->params.conv.has_bias != 0) != (node->n_src == 3))
    return _mg_op_misfit (node, error, "a bias is announced but not given, or the reverse");
  if (node->n_src == 3 && !_mg_op_has_shape (src[2], 1, 1, 1, 1, w->shape[MG_AXIS_C]))
    return _mg_op_misfit (node, error, "\"%s\" does not have one value a channel", src[2]->name);
  _mg_op_take_shape (x, shape);
  shape[MG_AXIS_C] = w->shape[MG_AXIS_C];
  return TRUE;
}

MG_OP_INFER (_mg_conv_grad_x_infer)
{
  const MgTensor *dy = src[0], *w = src[1];

  if (!check_kernel (node, error) || !check_weights (node, w, error) || !check_flat (node, dy, error))
    return FALSE;
  if (w->shape[MG_AXIS_C] != dy->shape[MG_AXIS_C])
    return _mg_op_misfit (node, error, "\"%s\" gives %d channels, its gradient has %d", w->name,
                          (int) w->shape[MG_AXIS_C], (int) dy->shape[MG_AXIS_C]);
  _mg_op_take_shape (dy, shape);
  shape[MG_AXIS_C] = w->shape[MG_AXIS_W];
  return TRUE;
}

MG_OP_INFER (_mg_conv_grad_w_infer)
{
  const MgTensor *x = src[0], *dy = src[1];
  gint64 k = node->params.conv.kernel;

  if (!check_kernel (node, error) || !check_flat (node, x, error))
    return FALSE;
  for (int axis = 0; axis < MG_AXIS_C; axis++)
    if (x->shape[axis] != dy->shape[axis])
      return _mg_op_misfit (node, error, "\"%s\" and its gradient differ in size", x->name);
  _mg_op_set_shape (shape, 1, 1, k * k, x->shape[MG_AXIS_C], dy->shape[MG_AXIS_C]);
  return TRUE;
}

MG_OP_INFER (_mg_conv_grad_b_infer)
{
  _mg_op_set_shape (shape, 1, 1, 1, 1, src[0]->shape[MG_AXIS_C]);
  return TRUE;
}

/* y = act (z), z = conv (x, w) + b. The weights' gradient comes first: it is
 * the last use of a recomputed x, which dies before dx is made. */
MG_OP_GRAD (_mg_conv_grad)
{
  MgTensorId x = node->src[0], w = node->src[1], dz = d_dst;
  MgOpParams params = node->params;

  params.conv.has_bias = 0;
  params.conv.act = MG_ACT_NONE;
  if (node->params.conv.act != MG_ACT_NONE)
    {
      MgOpParams act = { .act.act = node->params.conv.act };

      dz = mg_graph_append (graph, MG_OP_ACT_GRAD, (MgTensorId[]){ node->dst, d_dst }, 2, &act, error);
      if (dz == MG_TENSOR_NONE)
        return FALSE;
    }
  if (mg_graph_needs_grad (graph, w))
    {
      MgTensorId value = mg_graph_rematerialise (graph, x, error);

      if (!_mg_op_give (graph, w, MG_OP_CONV_GRAD_W, (MgTensorId[]){ value, dz }, 2, &params, error))
        return FALSE;
    }
  if (node->n_src == 3 && mg_graph_needs_grad (graph, node->src[2]) &&
      !_mg_op_give (graph, node->src[2], MG_OP_CONV_GRAD_B, &dz, 1, &params, error))
    return FALSE;
  if (mg_graph_needs_grad (graph, x) &&
      !_mg_op_give (graph, x, MG_OP_CONV_GRAD_X, (MgTensorId[]){ dz, w }, 2, &params, error))
    return FALSE;
  return TRUE;
}

/* a multiply and an add for each pixel, tap and pair of channels */
static double
conv_cost (const MgTensor *plane, gint64 c_other, const MgNode *node)
{
  return 2.0 * (double) mg_tensor_n_values (plane) * (double) c_other *
         node->params.conv.kernel * node->params.conv.kernel;
}

MG_OP_FLOPS (_mg_conv_flops)
{
  return conv_cost (dst, src[0]->shape[MG_AXIS_C], node);
}

MG_OP_FLOPS (_mg_conv_grad_x_flops)
{
  return conv_cost (dst, src[0]->shape[MG_AXIS_C], node);
}

MG_OP_FLOPS (_mg_conv_grad_w_flops)
{
  return conv_cost (src[0], src[1]->shape[MG_AXIS_C], node);
}
