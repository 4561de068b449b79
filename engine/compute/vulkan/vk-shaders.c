#include "compute/vulkan/vk-shaders.h"

static const guint32 adamw_code[] = {
#include "adamw.spv.inc"
};
static const guint32 channel_sum_code[] = {
#include "channel-sum.spv.inc"
};
static const guint32 concat_code[] = {
#include "concat.spv.inc"
};
static const guint32 conv_direct_code[] = {
#include "conv-direct.spv.inc"
};
static const guint32 conv_grad_w_code[] = {
#include "conv-grad-w.spv.inc"
};
static const guint32 conv_grad_w_tile_code[] = {
#include "conv-grad-w-tile.spv.inc"
};
static const guint32 conv_tile_code[] = {
#include "conv-tile.spv.inc"
};
static const guint32 loss_finish_code[] = {
#include "loss-finish.spv.inc"
};
static const guint32 loss_grad_code[] = {
#include "loss-grad.spv.inc"
};
static const guint32 loss_sums_code[] = {
#include "loss-sums.spv.inc"
};
static const guint32 blurpool2_code[] = {
#include "blurpool2.spv.inc"
};
static const guint32 blurpool2_grad_code[] = {
#include "blurpool2-grad.spv.inc"
};
static const guint32 maxpool2_code[] = {
#include "maxpool2.spv.inc"
};
static const guint32 maxpool2_grad_code[] = {
#include "maxpool2-grad.spv.inc"
};
static const guint32 norm_forward_code[] = {
#include "norm-forward.spv.inc"
};
static const guint32 norm_grad_sums_code[] = {
#include "norm-grad-sums.spv.inc"
};
static const guint32 norm_grad_x_code[] = {
#include "norm-grad-x.spv.inc"
};
static const guint32 norm_stats_code[] = {
#include "norm-stats.spv.inc"
};
static const guint32 norm_stats_merge_code[] = {
#include "norm-stats-merge.spv.inc"
};
static const guint32 pointwise_code[] = {
#include "pointwise.spv.inc"
};
static const guint32 reduce_sum_code[] = {
#include "reduce-sum.spv.inc"
};
static const guint32 slice_code[] = {
#include "slice.spv.inc"
};
static const guint32 upsample2_code[] = {
#include "upsample2.spv.inc"
};
static const guint32 upsample2_grad_code[] = {
#include "upsample2-grad.spv.inc"
};

/* name, code, bindings, push constants, specialisation constants */
#define ROW(name, code, bindings, push, specs)              \
  {                                                         \
    name, code, sizeof code, bindings, sizeof (push), specs \
  }

static const MgVkShaderInfo shader_table[MG_N_SHADERS] = {
  [MG_SHADER_ADAMW] = ROW ("adamw", adamw_code, 5, MgPushPointwise, 3),
  [MG_SHADER_CHANNEL_SUM] = ROW ("channel-sum", channel_sum_code, 2, MgPushConv, 3),
  [MG_SHADER_CONCAT] = ROW ("concat", concat_code, 3, MgPushChannels, 3),
  [MG_SHADER_CONV_DIRECT] = ROW ("conv-direct", conv_direct_code, 4, MgPushConv, 8),
  [MG_SHADER_CONV_GRAD_W] = ROW ("conv-grad-w", conv_grad_w_code, 3, MgPushConv, 6),
  [MG_SHADER_CONV_GRAD_W_TILE] = ROW ("conv-grad-w-tile", conv_grad_w_tile_code, 3, MgPushConv, 7),
  [MG_SHADER_CONV_TILE] = ROW ("conv-tile", conv_tile_code, 4, MgPushConv, 8),
  [MG_SHADER_LOSS_FINISH] = ROW ("loss-finish", loss_finish_code, 2, MgPushLoss, 4),
  [MG_SHADER_LOSS_GRAD] = ROW ("loss-grad", loss_grad_code, 5, MgPushLoss, 4),
  [MG_SHADER_LOSS_SUMS] = ROW ("loss-sums", loss_sums_code, 4, MgPushLoss, 4),
  [MG_SHADER_BLURPOOL2] = ROW ("blurpool2", blurpool2_code, 2, MgPushResample, 3),
  [MG_SHADER_BLURPOOL2_GRAD] = ROW ("blurpool2-grad", blurpool2_grad_code, 2, MgPushResample, 3),
  [MG_SHADER_MAXPOOL2] = ROW ("maxpool2", maxpool2_code, 2, MgPushResample, 3),
  [MG_SHADER_MAXPOOL2_GRAD] = ROW ("maxpool2-grad", maxpool2_grad_code, 3, MgPushResample, 3),
  [MG_SHADER_NORM_FORWARD] = ROW ("norm-forward", norm_forward_code, 5, MgPushNorm, 3),
  [MG_SHADER_NORM_GRAD_SUMS] = ROW ("norm-grad-sums", norm_grad_sums_code, 6, MgPushNorm, 3),
  [MG_SHADER_NORM_GRAD_X] = ROW ("norm-grad-x", norm_grad_x_code, 7, MgPushNorm, 3),
  [MG_SHADER_NORM_STATS] = ROW ("norm-stats", norm_stats_code, 2, MgPushNorm, 3),
  [MG_SHADER_NORM_STATS_MERGE] = ROW ("norm-stats-merge", norm_stats_merge_code, 2, MgPushNorm, 4),
  [MG_SHADER_POINTWISE] = ROW ("pointwise", pointwise_code, 3, MgPushPointwise, 5),
  [MG_SHADER_REDUCE_SUM] = ROW ("reduce-sum", reduce_sum_code, 2, MgPushReduce, 4),
  [MG_SHADER_SLICE] = ROW ("slice", slice_code, 2, MgPushChannels, 3),
  [MG_SHADER_UPSAMPLE2] = ROW ("upsample2", upsample2_code, 2, MgPushResample, 3),
  [MG_SHADER_UPSAMPLE2_GRAD] = ROW ("upsample2-grad", upsample2_grad_code, 2, MgPushResample, 3),
};

/* The shader's row, static. Any thread. */
const MgVkShaderInfo *
mg_vk_shader_get_info (MgVkShader shader)
{
  return &shader_table[shader];
}
