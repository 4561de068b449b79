#include "compute/vulkan/vk-lower.h"

/* pixels one invocation of a pass without sums handles */
#define RUN_SOFTWARE 16
#define RUN_GPU      4

static MgPushNorm
push_for (const MgVkLower *lower,
          MgTensorId x)
{
  return (MgPushNorm){
    .n = mg_vk_axis (lower, x, MG_AXIS_N),
    .n_pixels = mg_vk_axis (lower, x, MG_AXIS_D) * mg_vk_axis (lower, x, MG_AXIS_H) * mg_vk_axis (lower, x, MG_AXIS_W),
    .channels = mg_vk_axis (lower, x, MG_AXIS_C),
    .groups = (guint32) lower->node->params.norm.groups,
    .eps = lower->node->params.norm.eps,
  };
}

static void
cut (const MgVkLower *lower,
     MgPushNorm *push,
     guint64 items_per_chunk)
{
  guint chunks = mg_vk_chunks (lower, items_per_chunk, push->n_pixels, 16, 1);

  push->per_chunk = (push->n_pixels + chunks - 1) / chunks;
  push->n_chunks = (push->n_pixels + push->per_chunk - 1) / push->per_chunk;
}

static gboolean
lower_stats (MgVkLower *lower,
             GError **error)
{
  const MgNode *node = lower->node;
  MgPushNorm push = push_for (lower, node->src[0]);
  guint32 vector = mg_vk_vector (push.channels);
  guint64 vectors = (guint64) push.n * push.channels / vector;
  MgVkEmit chunks = {
    .shader = MG_SHADER_NORM_STATS,
    .spec = { mg_vk_sum_size (lower), vector },
    .refs = { MG_VK_READ (node->src[0]) },
    .push = &push,
  };
  MgVkEmit merge = {
    .shader = MG_SHADER_NORM_STATS_MERGE,
    .spec = { MG_VK_LOCAL_SIZE, 1 },
    .push = &push,
  };
  guint32 lanes;

  cut (lower, &push, vectors);
  chunks.refs[1] = mg_vk_scratch_new (lower, (gsize) push.n * push.n_chunks * push.channels * 2);
  chunks.n_items = vectors * push.n_chunks;
  lanes = !lower->backend->software && push.n_chunks > 16 ? 32 : 1;
  merge.spec[MG_SPEC_OWN] = lanes;
  merge.refs[0] = mg_vk_scratch_last (lower);
  merge.refs[1] = MG_VK_WRITTEN (node->dst);
  merge.n_items = (guint64) push.n * push.groups * lanes;
  return mg_vk_emit (lower, &chunks, error) && mg_vk_emit (lower, &merge, error);
}

static gboolean
lower_sums (MgVkLower *lower,
            GError **error)
{
  const MgNode *node = lower->node;
  MgPushNorm push = push_for (lower, node->src[1]);
  guint32 vector = mg_vk_vector (push.channels);
  guint64 vectors = (guint64) push.n * push.channels / vector;
  MgPushReduce reduce = {
    .n_outer = push.n,
    .n_items = 2 * push.channels,
    .stride = 2 * push.channels,
    .item_stride = 1,
  };
  MgVkEmit chunks = {
    .shader = MG_SHADER_NORM_GRAD_SUMS,
    .spec = { mg_vk_sum_size (lower), vector, (guint32) node->params.norm.act },
    .push = &push,
  };

  cut (lower, &push, vectors);
  reduce.n_sum = push.n_chunks;
  reduce.outer_stride = push.n_chunks * 2 * push.channels;
  for (int i = 0; i < node->n_src; i++)
    chunks.refs[i] = MG_VK_READ (node->src[i]);
  chunks.refs[node->n_src] = mg_vk_scratch_new (lower, (gsize) push.n * reduce.outer_stride);
  chunks.n_items = vectors * push.n_chunks;
  return mg_vk_emit (lower, &chunks, error) &&
         mg_vk_emit_reduce (lower, mg_vk_scratch_last (lower), MG_VK_WRITTEN (node->dst), &reduce, error);
}

/* GROUP_NORM and its gradient to x: runs of pixels a fixed distance apart. */
static gboolean
lower_apply (MgVkLower *lower,
             GError **error)
{
  const MgNode *node = lower->node;
  gboolean forward = node->op == MG_OP_GROUP_NORM;
  MgPushNorm push = push_for (lower, node->src[forward ? 0 : 1]);
  guint32 run = lower->backend->software ? RUN_SOFTWARE : RUN_GPU;
  guint32 vector = mg_vk_vector (push.channels);
  MgVkEmit emit = {
    .shader = forward ? MG_SHADER_NORM_FORWARD : MG_SHADER_NORM_GRAD_X,
    .spec = { MG_VK_LOCAL_SIZE, vector, (guint32) node->params.norm.act },
    .push = &push,
  };

  push.n_chunks = (push.n_pixels + run - 1) / run;
  emit.n_items = (guint64) push.n * push.n_chunks * (push.channels / vector);
  for (int i = 0; i < node->n_src; i++)
    emit.refs[i] = MG_VK_READ (node->src[i]);
  emit.refs[node->n_src] = MG_VK_WRITTEN (node->dst);
  return mg_vk_emit (lower, &emit, error);
}

static gboolean
lower_param (MgVkLower *lower,
             GError **error)
{
  const MgNode *node = lower->node;
  guint32 channels = mg_vk_axis (lower, node->dst, MG_AXIS_C);
  const MgPushReduce reduce = {
    .n_outer = 1,
    .n_items = channels,
    .n_sum = mg_vk_axis (lower, node->src[0], MG_AXIS_N),
    .first = (guint32) node->params.norm.which,
    .stride = 2 * channels,
    .item_stride = 2,
  };

  return mg_vk_emit_reduce (lower, MG_VK_READ (node->src[0]), MG_VK_WRITTEN (node->dst), &reduce, error);
}

/* GROUP_NORM_STATS, GROUP_NORM and the three gradients */
gboolean
mg_vk_lower_norm (MgVkLower *lower,
                  GError **error)
{
  switch (lower->node->op)
    {
    case MG_OP_GROUP_NORM_STATS:
      return lower_stats (lower, error);
    case MG_OP_GROUP_NORM_GRAD_SUMS:
      return lower_sums (lower, error);
    case MG_OP_GROUP_NORM_GRAD_PARAM:
      return lower_param (lower, error);
    default:
      return lower_apply (lower, error);
    }
}
