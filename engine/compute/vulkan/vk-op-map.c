#include "compute/vulkan/vk-lower.h"

/* Ops that map values one by one: pointwise, channels, 2×2 squares. */

enum
{
  MODE_ACT,
  MODE_ACT_GRAD,
  MODE_ADD,
};

#define POINTWISE_ITEMS 4

static gboolean
lower_adamw (MgVkLower *lower,
             guint64 n,
             GError **error)
{
  const MgTensorId *src = lower->node->src;
  guint32 vector = mg_vk_vector (n);
  const MgPushPointwise push = { .n = (guint32) (n / vector), .decay = lower->node->params.adam.decay != 0 };
  const MgVkEmit emit = {
    .shader = MG_SHADER_ADAMW,
    .spec = { MG_VK_LOCAL_SIZE, vector },
    .refs = { MG_VK_WRITTEN (src[0]), MG_VK_READ (src[1]), MG_VK_WRITTEN (src[2]), MG_VK_WRITTEN (src[3]), MG_VK_READ (src[4]) },
    .push = &push,
    .n_items = push.n,
  };

  return mg_vk_emit (lower, &emit, error);
}

/* ACT, ACT_GRAD, ADD, ADAMW */
gboolean
mg_vk_lower_pointwise (MgVkLower *lower,
                       GError **error)
{
  const MgNode *node = lower->node;
  guint64 n = mg_tensor_n_values (mg_vk_tensor (lower, node->src[0]));
  guint32 vector = mg_vk_vector (n);
  MgPushPointwise push = { .n = (guint32) (n / vector) };
  MgVkEmit emit = {
    .shader = MG_SHADER_POINTWISE,
    .spec = { MG_VK_LOCAL_SIZE, vector, 0, MODE_ADD, POINTWISE_ITEMS },
    .refs = { MG_VK_READ (node->src[0]), MG_VK_READ (node->src[node->n_src - 1]), MG_VK_WRITTEN (node->dst) },
    .push = &push,
    .n_items = (push.n + POINTWISE_ITEMS - 1) / POINTWISE_ITEMS,
  };

  if (node->op == MG_OP_ADAMW)
    return lower_adamw (lower, n, error);
  if (node->op != MG_OP_ADD)
    {
      emit.spec[MG_SPEC_ACT] = (guint32) node->params.act.act;
      emit.spec[MG_SPEC_OWN] = node->op == MG_OP_ACT ? MODE_ACT : MODE_ACT_GRAD;
    }
  return mg_vk_emit (lower, &emit, error);
}

/* CONCAT, SLICE */
gboolean
mg_vk_lower_channels (MgVkLower *lower,
                      GError **error)
{
  const MgNode *node = lower->node;
  guint64 n = mg_tensor_n_values (mg_vk_tensor (lower, node->dst));
  guint32 channels = mg_vk_axis (lower, node->dst, MG_AXIS_C);
  MgPushChannels push = { .n_pixels = (guint32) (n / channels), .n_a = mg_vk_axis (lower, node->src[0], MG_AXIS_C) };
  MgVkEmit emit = { .spec = { MG_VK_LOCAL_SIZE }, .push = &push };

  if (node->op == MG_OP_CONCAT)
    {
      emit.shader = MG_SHADER_CONCAT;
      push.n_b = channels - push.n_a;
      emit.refs[0] = MG_VK_READ (node->src[0]);
      emit.refs[1] = MG_VK_READ (node->src[1]);
      emit.refs[2] = MG_VK_WRITTEN (node->dst);
    }
  else
    {
      emit.shader = MG_SHADER_SLICE;
      push.n_b = channels;
      push.first = (guint32) node->params.slice.first;
      emit.refs[0] = MG_VK_READ (node->src[0]);
      emit.refs[1] = MG_VK_WRITTEN (node->dst);
    }
  emit.spec[MG_SPEC_VECTOR] = mg_vk_vector (push.n_a | push.n_b | push.first);
  emit.n_items = n / emit.spec[MG_SPEC_VECTOR];
  return mg_vk_emit (lower, &emit, error);
}

/* MAXPOOL2, BLURPOOL2, UPSAMPLE2 and their gradients; the small side counts */
gboolean
mg_vk_lower_resample (MgVkLower *lower,
                      GError **error)
{
  const MgNode *node = lower->node;
  gboolean grows = node->op == MG_OP_UPSAMPLE2 || node->op == MG_OP_MAXPOOL2_GRAD || node->op == MG_OP_BLURPOOL2_GRAD;
  MgTensorId small = grows ? node->src[node->n_src - 1] : node->dst;
  MgPushResample push = {
    .n_rows = mg_vk_axis (lower, small, MG_AXIS_N) * mg_vk_axis (lower, small, MG_AXIS_D) * mg_vk_axis (lower, small, MG_AXIS_H),
    .width = mg_vk_axis (lower, small, MG_AXIS_W),
    .channels = mg_vk_axis (lower, small, MG_AXIS_C),
    .height = mg_vk_axis (lower, small, MG_AXIS_H),
  };
  guint32 vector = mg_vk_vector (push.channels);
  MgVkEmit emit = {
    .spec = { MG_VK_LOCAL_SIZE, vector },
    .refs = { MG_VK_READ (node->src[0]), MG_VK_WRITTEN (node->dst) },
    .push = &push,
    .n_items = mg_tensor_n_values (mg_vk_tensor (lower, small)) / vector,
  };

  switch (node->op)
    {
    case MG_OP_MAXPOOL2:
      emit.shader = MG_SHADER_MAXPOOL2;
      break;
    case MG_OP_BLURPOOL2:
      emit.shader = MG_SHADER_BLURPOOL2;
      break;
    case MG_OP_BLURPOOL2_GRAD:
      emit.shader = MG_SHADER_BLURPOOL2_GRAD;
      break;
    case MG_OP_UPSAMPLE2:
      emit.shader = MG_SHADER_UPSAMPLE2;
      break;
    case MG_OP_UPSAMPLE2_GRAD:
      emit.shader = MG_SHADER_UPSAMPLE2_GRAD;
      break;
    default:
      emit.shader = MG_SHADER_MAXPOOL2_GRAD;
      emit.refs[1] = MG_VK_READ (node->src[1]);
      emit.refs[2] = MG_VK_WRITTEN (node->dst);
      break;
    }
  return mg_vk_emit (lower, &emit, error);
}
