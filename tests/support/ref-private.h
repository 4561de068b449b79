#pragma once

#include "nn/graph.h"

/* A node with its tensors found: what the loops of ref-ops.c and ref-loss.c work on. */
typedef struct
{
  const MgNode *node;
  const MgTensor *src_tensor[MG_OP_MAX_SRC];
  const MgTensor *dst_tensor;
  float *src[MG_OP_MAX_SRC];
  float *dst;
} RefCall;

/* Extents of a tensor, D folded into H where it does not matter. */
typedef struct
{
  gint64 n, h, w, c;
  gint64 pixels; /* N·D·H·W */
} RefExtent;

static inline RefExtent
mg_ref_extent (const MgTensor *t)
{
  const gint64 *s = t->shape;

  return (RefExtent){ s[0], s[2], s[3], s[4], s[0] * s[1] * s[2] * s[3] };
}

double mg_ref_act_value (int act,
                         double x);

typedef void (*RefKernel) (const RefCall *call);

RefKernel mg_ref_kernel (MgOp op);
void mg_ref_loss (const RefCall *call);
void mg_ref_loss_grad (const RefCall *call);
void mg_ref_maxpool2 (const RefCall *call);
void mg_ref_maxpool2_grad (const RefCall *call);
void mg_ref_blurpool2 (const RefCall *call);
void mg_ref_blurpool2_grad (const RefCall *call);
void mg_ref_upsample2 (const RefCall *call);
void mg_ref_upsample2_grad (const RefCall *call);
