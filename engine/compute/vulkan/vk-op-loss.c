#include "compute/vulkan/vk-lower.h"

#define N_SUMS 8

/* more chunks than this are added up by many invocations first */
#define MAX_SERIAL_CHUNKS 256
/* their total lies behind them, at an offset that every device can bind */
#define TOTAL_AT (256 / sizeof (float))

static MgPushLoss
push_for (const MgVkLower *lower)
{
  MgTensorId pred = lower->node->src[0];
  guint32 channels = mg_vk_axis (lower, pred, MG_AXIS_C);

  return (MgPushLoss){
    .n_pixels = (guint32) (mg_tensor_n_values (mg_vk_tensor (lower, pred)) / channels),
    .channels = channels,
    .scale = lower->node->params.loss.scale,
  };
}

static gboolean
lower_value (MgVkLower *lower,
             GError **error)
{
  const MgNode *node = lower->node;
  guint32 kind = (guint32) node->params.loss.kind;
  MgPushLoss push = push_for (lower);
  MgPushReduce reduce = { .n_outer = 1, .n_items = N_SUMS, .stride = N_SUMS, .item_stride = 1 };
  MgVkEmit chunks = {
    .shader = MG_SHADER_LOSS_SUMS,
    .spec = { mg_vk_sum_size (lower), 1, 0, kind },
    .refs = { MG_VK_READ (node->src[0]), MG_VK_READ (node->src[1]), MG_VK_READ (node->src[2]) },
    .push = &push,
  };
  MgVkEmit finish = {
    .shader = MG_SHADER_LOSS_FINISH,
    .spec = { N_SUMS, 1, 0, kind },
    .push = &push,
    .n_items = N_SUMS,
  };
  MgVkRef sums, total;

  push.n_chunks = mg_vk_chunks (lower, 1, push.n_pixels, 16, 3 * push.channels + 1);
  sums = total = mg_vk_scratch_new (lower, (gsize) N_SUMS * push.n_chunks + TOTAL_AT + N_SUMS);
  sums.size = (gsize) N_SUMS * push.n_chunks * sizeof (float);
  total.offset += (sums.size + 255) / 256 * 256;
  total.size = N_SUMS * sizeof (float);
  chunks.refs[3] = sums;
  chunks.n_items = push.n_chunks;
  if (!mg_vk_emit (lower, &chunks, error))
    return FALSE;
  sums.written = FALSE;
  if (push.n_chunks > MAX_SERIAL_CHUNKS)
    {
      reduce.n_sum = push.n_chunks;
      if (!mg_vk_emit_reduce (lower, sums, total, &reduce, error))
        return FALSE;
      sums = total;
      sums.written = FALSE;
      push.n_chunks = 1;
    }
  finish.refs[0] = sums;
  finish.refs[1] = MG_VK_WRITTEN (node->dst);
  return mg_vk_emit (lower, &finish, error);
}

/* LOSS, LOSS_GRAD */
gboolean
mg_vk_lower_loss (MgVkLower *lower,
                  GError **error)
{
  const MgNode *node = lower->node;
  MgPushLoss push = push_for (lower);
  MgVkEmit gradient = {
    .shader = MG_SHADER_LOSS_GRAD,
    .spec = { MG_VK_LOCAL_SIZE, 1, 0, (guint32) node->params.loss.kind },
    .push = &push,
    .n_items = push.n_pixels,
  };

  if (node->op == MG_OP_LOSS)
    return lower_value (lower, error);
  for (int i = 0; i < node->n_src; i++)
    gradient.refs[i] = MG_VK_READ (node->src[i]);
  gradient.refs[node->n_src] = MG_VK_WRITTEN (node->dst);
  return mg_vk_emit (lower, &gradient, error);
}
