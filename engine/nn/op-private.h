#pragma once

#include "nn/graph.h"

/* The rules of the op families, for the table in op.c only. */

#define MG_OP_INFER(name) \
  gboolean name (const MgTensor *const *src, const MgNode *node, gint64 shape[MG_N_AXES], GError **error)
#define MG_OP_GRAD(name) \
  gboolean name (MgGraph *graph, const MgNode *node, MgTensorId d_dst, GError **error)
#define MG_OP_FLOPS(name) \
  double name (const MgTensor *const *src, const MgTensor *dst, const MgNode *node)

/* op.c: what the families share */
gboolean _mg_op_misfit (const MgNode *node,
                        GError **error,
                        const char *format,
                        ...) G_GNUC_PRINTF (3, 4);
void _mg_op_take_shape (const MgTensor *tensor,
                        gint64 shape[MG_N_AXES]);
void _mg_op_set_shape (gint64 shape[MG_N_AXES],
                       gint64 n,
                       gint64 d,
                       gint64 h,
                       gint64 w,
                       gint64 c);
gboolean _mg_op_has_shape (const MgTensor *tensor,
                           gint64 n,
                           gint64 d,
                           gint64 h,
                           gint64 w,
                           gint64 c);
gboolean _mg_op_check_act (const MgNode *node,
                           int act,
                           GError **error);
gboolean _mg_op_give (MgGraph *graph,
                      MgTensorId target,
                      MgOp op,
                      const MgTensorId *src,
                      int n_src,
                      const MgOpParams *params,
                      GError **error);

/* op-conv.c */
MG_OP_INFER (_mg_conv_infer);
MG_OP_INFER (_mg_conv_grad_x_infer);
MG_OP_INFER (_mg_conv_grad_w_infer);
MG_OP_INFER (_mg_conv_grad_b_infer);
MG_OP_GRAD (_mg_conv_grad);
MG_OP_FLOPS (_mg_conv_flops);
MG_OP_FLOPS (_mg_conv_grad_x_flops);
MG_OP_FLOPS (_mg_conv_grad_w_flops);

/* op-norm.c */
MG_OP_INFER (_mg_norm_stats_infer);
MG_OP_INFER (_mg_norm_infer);
MG_OP_INFER (_mg_norm_grad_sums_infer);
MG_OP_INFER (_mg_norm_grad_x_infer);
MG_OP_INFER (_mg_norm_grad_param_infer);
MG_OP_GRAD (_mg_norm_grad);

/* op-shape.c */
MG_OP_INFER (_mg_act_infer);
MG_OP_INFER (_mg_act_grad_infer);
MG_OP_INFER (_mg_maxpool2_infer);
MG_OP_INFER (_mg_maxpool2_grad_infer);
MG_OP_INFER (_mg_upsample2_infer);
MG_OP_INFER (_mg_upsample2_grad_infer);
MG_OP_INFER (_mg_concat_infer);
MG_OP_INFER (_mg_slice_infer);
MG_OP_INFER (_mg_add_infer);
MG_OP_GRAD (_mg_act_grad);
MG_OP_GRAD (_mg_maxpool2_grad);
MG_OP_GRAD (_mg_blurpool2_grad);
MG_OP_GRAD (_mg_upsample2_grad);
MG_OP_GRAD (_mg_concat_grad);
MG_OP_GRAD (_mg_slice_grad);
MG_OP_GRAD (_mg_add_grad);

/* op-loss.c */
MG_OP_INFER (_mg_loss_infer);
MG_OP_INFER (_mg_loss_grad_infer);
MG_OP_GRAD (_mg_loss_grad);

/* op-optim.c */
MG_OP_INFER (_mg_adamw_infer);
