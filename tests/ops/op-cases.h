#pragma once

#include "nn/graph.h"

/* What a source is filled with. */
typedef enum
{
  FILL_NORMAL,      /* standard normal */
  FILL_OFFSET,      /* normal around 10: cancellation shows */
  FILL_CONSTANT,    /* 3.3 everywhere */
  FILL_UNIT,        /* 0 to 1 */
  FILL_STEPS,       /* multiples of a half: ties and exact zeros */
  FILL_LOGITS,      /* up to ±60 */
  FILL_PROBABILITY, /* sums to 1 over the channels */
  FILL_CLASS,       /* one channel is 1 */
  FILL_WEIGHT,      /* a third of them 0 */
  FILL_ZERO,
  FILL_ACT_OUTPUT, /* what the node's activation could have given */
  FILL_STATS,      /* means and inverse deviations */
  FILL_GAMMA,      /* ±0.5 to 1.5 */
  FILL_HYPER,      /* of AdamW */
} MgFill;

/* One op on one set of shapes. */
typedef struct
{
  MgOp op;
  int n_src;
  gint64 shape[MG_OP_MAX_SRC][MG_N_AXES];
  MgFill fill[MG_OP_MAX_SRC];
  MgOpParams params;
  gboolean in_place; /* the overwritable source is a work tensor that dies */
  int nan_src;       /* source with a few NaN, -1 none */
} MgOpCase;

/* Cases of the op, an array of MgOpCase the caller owns. */
GArray *mg_op_cases (MgOp op);
/* Fills source `index` of a case; the same for the same seed. */
void mg_op_case_fill (const MgOpCase *test,
                      int index,
                      guint64 seed,
                      float *data);
/* Moves values of x away from where the gradient of the fused activation jumps,
 * so that rounding cannot decide the outcome. */
void mg_op_case_avoid_kinks (const MgOpCase *test,
                             float *const *data);
