#include "nn/tensor.h"

#include "base/mem.h"

/**
 * mg_tensor_n_values:
 *
 * Returns: the product of the five extents; %G_MAXSIZE when it does not fit,
 *   which no allocation can serve
 */
gsize
mg_tensor_n_values (const MgTensor *tensor)
{
  gsize n = 1;

  for (int axis = 0; axis < MG_N_AXES; axis++)
    if (tensor->shape[axis] < 0 || !mg_size_mul (n, (gsize) tensor->shape[axis], &n))
      return G_MAXSIZE;
  return n;
}

/**
 * mg_tensor_size_bytes:
 *
 * Returns: bytes of the tensor's values, without padding; %G_MAXSIZE when that
 *   does not fit
 */
gsize
mg_tensor_size_bytes (const MgTensor *tensor)
{
  gsize size, item = tensor->dtype == MG_DTYPE_F16 ? 2 : 4;

  return mg_size_mul (mg_tensor_n_values (tensor), item, &size) ? size : G_MAXSIZE;
}

/**
 * mg_tensor_same_shape:
 *
 * Returns: whether all five extents agree
 */
gboolean
mg_tensor_same_shape (const MgTensor *a,
                      const MgTensor *b)
{
  for (int axis = 0; axis < MG_N_AXES; axis++)
    if (a->shape[axis] != b->shape[axis])
      return FALSE;
  return TRUE;
}
