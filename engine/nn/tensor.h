#pragma once

#include "base/error.h"

/* Every tensor has five axes N, D, H, W, C, channels last, contiguous; D is 1
 * in 2-D. Parameters of a convolution are (1, kd·kh·kw as D, 1, C_in, C_out):
 * see op.h. */
typedef enum
{
  MG_AXIS_N,
  MG_AXIS_D,
  MG_AXIS_H,
  MG_AXIS_W,
  MG_AXIS_C,
  MG_N_AXES,
} MgAxis;

typedef enum
{
  MG_DTYPE_F32,
  MG_DTYPE_F16,
} MgDType;

/**
 * MgRole:
 * @MG_ROLE_INPUT: written from outside before a run
 * @MG_ROLE_PARAM: learned; never moves
 * @MG_ROLE_STATE: kept between runs (optimiser moments); never moves
 * @MG_ROLE_WORK: lives from its first to its last use within a run
 * @MG_ROLE_OUTPUT: like work, but readable after a run
 */
typedef enum
{
  MG_ROLE_INPUT,
  MG_ROLE_PARAM,
  MG_ROLE_STATE,
  MG_ROLE_WORK,
  MG_ROLE_OUTPUT,
} MgRole;

typedef int MgTensorId;

#define MG_TENSOR_NONE (-1)

typedef struct
{
  char name[64];
  gint64 shape[MG_N_AXES];
  MgDType dtype;
  MgRole role;
} MgTensor;

gsize mg_tensor_n_values (const MgTensor *tensor);
gsize mg_tensor_size_bytes (const MgTensor *tensor);
gboolean mg_tensor_same_shape (const MgTensor *a,
                               const MgTensor *b);
