#include "nn/op-private.h"

MG_OP_INFER (_mg_act_infer)
{
  _mg_op_take_shape (src[0], shape);
  return _mg_op_check_act (node, node->params.act.act, error);
}

MG_OP_INFER (_mg_act_grad_infer)
{
  if (!mg_tensor_same_shape (src[0], src[1]))
    return _mg_op_misfit (node, error, "\"%s\" and its gradient differ in size", src[0]->name);
  _mg_op_take_shape (src[0], shape);
  return _mg_op_check_act (node, node->params.act.act, error);
}

MG_OP_GRAD (_mg_act_grad)
{
  if (node->params.act.act == MG_ACT_NONE)
    return mg_graph_add_grad (graph, node->src[0], d_dst, error);
  return _mg_op_give (graph, node->src[0], MG_OP_ACT_GRAD, (MgTensorId[]){ node->dst, d_dst }, 2,
                      &node->params, error);
}

MG_OP_INFER (_mg_maxpool2_infer)
{
  const gint64 *x = src[0]->shape;

  if (x[MG_AXIS_D] != 1 || x[MG_AXIS_H] % 2 != 0 || x[MG_AXIS_W] % 2 != 0)
    return _mg_op_misfit (node, error, "%d × %d pixels cannot be halved", (int) x[MG_AXIS_W], (int) x[MG_AXIS_H]);
  _mg_op_set_shape (shape, x[MG_AXIS_N], 1, x[MG_AXIS_H] / 2, x[MG_AXIS_W] / 2, x[MG_AXIS_C]);
  return TRUE;
}

MG_OP_INFER (_mg_maxpool2_grad_infer)
{
  gint64 half[MG_N_AXES];

  if (!_mg_maxpool2_infer (src, node, half, error))
    return FALSE;
  if (!_mg_op_has_shape (src[1], half[MG_AXIS_N], 1, half[MG_AXIS_H], half[MG_AXIS_W], half[MG_AXIS_C]))
    return _mg_op_misfit (node, error, "\"%s\" is not half as large as \"%s\"", src[1]->name, src[0]->name);
  _mg_op_take_shape (src[0], shape);
  return TRUE;
}

MG_OP_GRAD (_mg_maxpool2_grad)
{
  MgTensorId value = mg_graph_rematerialise (graph, node->src[0], error);

  return _mg_op_give (graph, node->src[0], MG_OP_MAXPOOL2_GRAD, (MgTensorId[]){ value, d_dst }, 2, NULL, error);
}

/* linear, so that no value is needed */
MG_OP_GRAD (_mg_blurpool2_grad)
{
  return _mg_op_give (graph, node->src[0], MG_OP_BLURPOOL2_GRAD, &d_dst, 1, NULL, error);
}

MG_OP_INFER (_mg_upsample2_infer)
{
  const gint64 *x = src[0]->shape;

  if (x[MG_AXIS_D] != 1)
    return _mg_op_misfit (node, error, "\"%s\" is a volume", src[0]->name);
  _mg_op_set_shape (shape, x[MG_AXIS_N], 1, 2 * x[MG_AXIS_H], 2 * x[MG_AXIS_W], x[MG_AXIS_C]);
  return TRUE;
}

/* the sums of each 2 × 2 lie on the same grid as their maxima */
MG_OP_INFER (_mg_upsample2_grad_infer)
{
  return _mg_maxpool2_infer (src, node, shape, error);
}

MG_OP_GRAD (_mg_upsample2_grad)
{
  return _mg_op_give (graph, node->src[0], MG_OP_UPSAMPLE2_GRAD, &d_dst, 1, NULL, error);
}

MG_OP_INFER (_mg_concat_infer)
{
  for (int axis = 0; axis < MG_AXIS_C; axis++)
    if (src[0]->shape[axis] != src[1]->shape[axis])
      return _mg_op_misfit (node, error, "\"%s\" and \"%s\" differ in size", src[0]->name, src[1]->name);
  _mg_op_take_shape (src[0], shape);
  shape[MG_AXIS_C] += src[1]->shape[MG_AXIS_C];
  return TRUE;
}

MG_OP_GRAD (_mg_concat_grad)
{
  int first = 0;

  for (int i = 0; i < 2; i++)
    {
      int count = (int) mg_graph_get_tensor (graph, node->src[i])->shape[MG_AXIS_C];
      MgOpParams params = { .slice = { first, count } };

      if (mg_graph_needs_grad (graph, node->src[i]) &&
          !_mg_op_give (graph, node->src[i], MG_OP_SLICE, &d_dst, 1, &params, error))
        return FALSE;
      first += count;
    }
  return TRUE;
}

MG_OP_INFER (_mg_slice_infer)
{
  gint64 first = node->params.slice.first, count = node->params.slice.count;

  if (first < 0 || count < 1 || first + count > src[0]->shape[MG_AXIS_C])
    return _mg_op_misfit (node, error, "channels %d to %d are not all in \"%s\"", (int) first,
                          (int) (first + count - 1), src[0]->name);
  _mg_op_take_shape (src[0], shape);
  shape[MG_AXIS_C] = count;
  return TRUE;
}

/* d with `count` channels of zeros before or after it. The zeros are an input
 * that nobody writes: programs begin with zeroed memory. */
static MgTensorId
pad_channels (MgGraph *graph, MgTensorId d, gint64 count, gboolean before, GError **error)
{
  gint64 shape[MG_N_AXES];
  g_autofree char *name = NULL;
  MgTensorId zeros;

  if (count == 0)
    return d;
  _mg_op_take_shape (mg_graph_get_tensor (graph, d), shape);
  shape[MG_AXIS_C] = count;
  name = g_strdup_printf (MG_ZERO_PREFIX "%dx%dx%dx%dx%d", (int) shape[0], (int) shape[1], (int) shape[2],
                          (int) shape[3], (int) shape[4]);
  zeros = mg_graph_tensor (graph, name, MG_ROLE_INPUT, shape);
  return mg_graph_append (graph, MG_OP_CONCAT, (MgTensorId[]){ before ? zeros : d, before ? d : zeros }, 2, NULL, error);
}

MG_OP_GRAD (_mg_slice_grad)
{
  gint64 first = node->params.slice.first, count = node->params.slice.count;
  gint64 after = mg_graph_get_tensor (graph, node->src[0])->shape[MG_AXIS_C] - first - count;
  MgTensorId d = pad_channels (graph, d_dst, first, TRUE, error);

  if (d != MG_TENSOR_NONE)
    d = pad_channels (graph, d, after, FALSE, error);
  return d != MG_TENSOR_NONE && mg_graph_add_grad (graph, node->src[0], d, error);
}

MG_OP_INFER (_mg_add_infer)
{
  if (!mg_tensor_same_shape (src[0], src[1]))
    return _mg_op_misfit (node, error, "\"%s\" and \"%s\" differ in size", src[0]->name, src[1]->name);
  _mg_op_take_shape (src[0], shape);
  return TRUE;
}

MG_OP_GRAD (_mg_add_grad)
{
  for (int i = 0; i < 2; i++)
    if (mg_graph_needs_grad (graph, node->src[i]) && !mg_graph_add_grad (graph, node->src[i], d_dst, error))
      return FALSE;
  return TRUE;
}
