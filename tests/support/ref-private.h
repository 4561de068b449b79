#pragma once

#include "nn/graph.h"

/* A node with its tensors found: what the loops of ref-ops.c work on. */
typedef struct
{
  const MgNode *node;
  const MgTensor *src_tensor[MG_OP_MAX_SRC];
  const MgTensor *dst_tensor;
  float *src[MG_OP_MAX_SRC];
  float *dst;
} RefCall;

typedef void (*RefKernel) (const RefCall *call);

RefKernel mg_ref_kernel (MgOp op);
