#include "nn/op-private.h"

MG_OP_INFER (_mg_adamw_infer)
{
  for (int i = 1; i < 4; i++)
    if (!mg_tensor_same_shape (src[0], src[i]))
      return _mg_op_misfit (node, error, "\"%s\" and \"%s\" differ in size", src[0]->name, src[i]->name);
  if (!_mg_op_has_shape (src[4], 1, 1, 1, 1, 8))
    return _mg_op_misfit (node, error, "\"%s\" does not hold the eight settings of a step", src[4]->name);
  if (src[0]->role != MG_ROLE_PARAM || src[2]->role != MG_ROLE_STATE || src[3]->role != MG_ROLE_STATE)
    return _mg_op_misfit (node, error, "\"%s\" or its moments do not last from step to step", src[0]->name);
  _mg_op_take_shape (src[0], shape);
  return TRUE;
}
