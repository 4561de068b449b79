#include "nn/op-private.h"

/* Group normalisation: Wu and He 2018. */

static gboolean
check_norm (const MgNode *node, const MgTensor *x, const MgTensor *stats, const MgTensor *gamma,
            const MgTensor *beta, GError **error)
{
  gint64 channels = x->shape[MG_AXIS_C], groups = node->params.norm.groups;

  if (groups < 1 || channels % groups != 0)
    return _mg_op_misfit (node, error, "%d channels cannot be split into %d groups", (int) channels, (int) groups);
  if (stats != NULL && !_mg_op_has_shape (stats, x->shape[MG_AXIS_N], 1, 1, groups, 2))
    return _mg_op_misfit (node, error, "\"%s\" is not the statistics of \"%s\"", stats->name, x->name);
  if (gamma != NULL && (!_mg_op_has_shape (gamma, 1, 1, 1, 1, channels) || !_mg_op_has_shape (beta, 1, 1, 1, 1, channels)))
    return _mg_op_misfit (node, error, "scale and shift do not have one value for each of %d channels", (int) channels);
  return _mg_op_check_act (node, node->params.norm.act, error);
}

MG_OP_INFER (_mg_norm_stats_infer)
{
  if (!check_norm (node, src[0], NULL, NULL, NULL, error))
    return FALSE;
  _mg_op_set_shape (shape, src[0]->shape[MG_AXIS_N], 1, 1, node->params.norm.groups, 2);
  return TRUE;
}

MG_OP_INFER (_mg_norm_infer)
{
  _mg_op_take_shape (src[0], shape);
  return check_norm (node, src[0], src[1], src[2], src[3], error);
}

static gboolean
check_norm_grad (const MgTensor *const *src, const MgNode *node, GError **error)
{
  if (!mg_tensor_same_shape (src[0], src[1]))
    return _mg_op_misfit (node, error, "\"%s\" and its gradient differ in size", src[1]->name);
  return check_norm (node, src[1], src[2], src[3], src[4], error);
}

MG_OP_INFER (_mg_norm_grad_sums_infer)
{
  _mg_op_set_shape (shape, src[1]->shape[MG_AXIS_N], 1, 1, src[1]->shape[MG_AXIS_C], 2);
  return check_norm_grad (src, node, error);
}

MG_OP_INFER (_mg_norm_grad_x_infer)
{
  const gint64 *x = src[1]->shape;

  if (!_mg_op_has_shape (src[5], x[MG_AXIS_N], 1, 1, x[MG_AXIS_C], 2))
    return _mg_op_misfit (node, error, "\"%s\" is not the sums of \"%s\"", src[5]->name, src[1]->name);
  _mg_op_take_shape (src[1], shape);
  return check_norm_grad (src, node, error);
}

MG_OP_INFER (_mg_norm_grad_param_infer)
{
  const gint64 *sums = src[0]->shape;

  if (sums[MG_AXIS_D] != 1 || sums[MG_AXIS_H] != 1 || sums[MG_AXIS_C] != 2)
    return _mg_op_misfit (node, error, "\"%s\" is not a tensor of sums", src[0]->name);
  if (node->params.norm.which != 0 && node->params.norm.which != 1)
    return _mg_op_misfit (node, error, "there is no parameter %d", node->params.norm.which);
  _mg_op_set_shape (shape, 1, 1, 1, 1, sums[MG_AXIS_W]);
  return TRUE;
}

/* The statistics' own dependence on x is part of GRAD_X, so they get no gradient. */
MG_OP_GRAD (_mg_norm_grad)
{
  MgTensorId x = node->src[0], gamma = node->src[2], beta = node->src[3];
  MgTensorId value = mg_graph_rematerialise (graph, x, error);
  MgTensorId src[6] = { d_dst, value, node->src[1], gamma, beta, MG_TENSOR_NONE };
  MgOpParams params = node->params;

  src[5] = mg_graph_append (graph, MG_OP_GROUP_NORM_GRAD_SUMS, src, 5, &params, error);
  if (src[5] == MG_TENSOR_NONE)
    return FALSE;
  for (params.norm.which = 0; params.norm.which < 2; params.norm.which++)
    {
      MgTensorId param = params.norm.which == 1 ? gamma : beta;

      if (mg_graph_needs_grad (graph, param) &&
          !_mg_op_give (graph, param, MG_OP_GROUP_NORM_GRAD_PARAM, &src[5], 1, &params, error))
        return FALSE;
    }
  params.norm.which = 0;
  if (!mg_graph_needs_grad (graph, x))
    return TRUE;
  return _mg_op_give (graph, x, MG_OP_GROUP_NORM_GRAD_X, src, 6, &params, error);
}
