#include "compute/vulkan/vk-lower.h"

/* invocations of a tile's workgroup, and its rows: as in tile.glsl */
#define TILE_THREADS 256
#define TILE_ROWS    128
#define TILE_DEPTH   16

/* most first-pass sums of the weights' gradient, values */
#define MAX_PARTIAL (8u << 20)

/* pixels of an invocation of conv-direct */
#define PIXELS_SOFTWARE 8
#define PIXELS_GPU      4

static MgPushConv
push_for (const MgVkLower *lower,
          MgTensorId in,
          MgTensorId out)
{
  return (MgPushConv){
    .n = mg_vk_axis (lower, in, MG_AXIS_N),
    .height = mg_vk_axis (lower, in, MG_AXIS_H),
    .width = mg_vk_axis (lower, in, MG_AXIS_W),
    .n_in = mg_vk_axis (lower, in, MG_AXIS_C),
    .n_out = mg_vk_axis (lower, out, MG_AXIS_C),
  };
}

/* Tiles pay where they are filled; thin layers go the direct way. */
static gboolean
use_tiles (const MgVkLower *lower,
           const MgPushConv *push)
{
  if (lower->backend->software)
    return FALSE;
  return (lower->backend->instance.debug & MG_VK_DEBUG_SHARED) || (push->n_in >= 8 && push->n_out >= 8);
}

static guint32
tile_columns (const MgPushConv *push)
{
  return push->n_out > 32 ? 64 : 32;
}

static double
conv_flops (const MgVkLower *lower)
{
  const MgNode *node = lower->node;
  const MgTensor *src[MG_OP_MAX_SRC];

  for (int i = 0; i < node->n_src; i++)
    src[i] = mg_vk_tensor (lower, node->src[i]);
  return mg_op_get_info (node->op)->flops (src, mg_vk_tensor (lower, node->dst), node);
}

static guint64
blocks_of (guint64 n,
           guint64 size)
{
  return (n + size - 1) / size;
}

/* CONV, and CONV_GRAD_X as the same sum over dy */
gboolean
mg_vk_lower_conv (MgVkLower *lower,
                  GError **error)
{
  const MgNode *node = lower->node;
  const MgConvParams *params = &node->params.conv;
  gboolean forward = node->op == MG_OP_CONV;
  gboolean has_bias = forward && params->has_bias;
  MgPushConv push = push_for (lower, node->src[0], node->dst);
  guint32 pixels = lower->backend->software ? PIXELS_SOFTWARE : PIXELS_GPU;
  guint32 vector = mg_vk_vector (push.n_out);
  guint64 n_pixels = (guint64) push.n * push.height * push.width;
  MgVkEmit emit = {
    .shader = MG_SHADER_CONV_DIRECT,
    .spec = { MG_VK_LOCAL_SIZE, vector, forward ? (guint32) params->act : MG_ACT_NONE, mg_vk_vector (push.n_in),
              (guint32) params->kernel, !forward, has_bias, pixels },
    /* a shader without bias still names the binding */
    .refs = { MG_VK_READ (node->src[0]), MG_VK_READ (node->src[1]), MG_VK_READ (node->src[has_bias ? 2 : 1]), MG_VK_WRITTEN (node->dst) },
    .push = &push,
    .n_items = push.n * (guint64) push.height * blocks_of (push.width, pixels) * (push.n_out / vector),
    .flops = conv_flops (lower),
  };

  if (use_tiles (lower, &push))
    {
      emit.shader = MG_SHADER_CONV_TILE;
      emit.spec[MG_SPEC_LOCAL_SIZE] = TILE_THREADS;
      emit.spec[6] = tile_columns (&push);
      emit.spec[7] = has_bias;
      emit.n_items = blocks_of (n_pixels, TILE_ROWS) * blocks_of (push.n_out, tile_columns (&push)) * TILE_THREADS;
    }
  return mg_vk_emit (lower, &emit, error);
}

/* The chunks' sums, added up into dst. */
static gboolean
reduce_chunks (MgVkLower *lower,
               guint n_chunks,
               gsize n_values,
               GError **error)
{
  const MgPushReduce reduce = {
    .n_outer = 1,
    .n_items = (guint32) n_values,
    .n_sum = n_chunks,
    .stride = (guint32) n_values,
    .item_stride = 1,
  };

  return mg_vk_emit_reduce (lower, mg_vk_scratch_last (lower), MG_VK_WRITTEN (lower->node->dst),
                            &reduce, error);
}

/* The direct shader's chunks are of rows, the tiles' of pixels. */
static void
cut_grad_w (const MgVkLower *lower,
            MgPushConv *push,
            gboolean tiles,
            guint64 items_per_chunk,
            gsize n_weights)
{
  guint64 n_parts = (guint64) push->n * push->height * (tiles ? push->width : 1);
  guint chunks = mg_vk_chunks (lower, items_per_chunk, n_parts, tiles ? 4 * TILE_DEPTH : 1, tiles ? 1 : push->width);

  if (!lower->backend->software)
    chunks = MIN (chunks, MAX (1, MAX_PARTIAL / n_weights));
  push->per_chunk = (guint32) blocks_of (n_parts, chunks);
  if (tiles)
    push->per_chunk = (guint32) blocks_of (push->per_chunk, TILE_DEPTH) * TILE_DEPTH;
  push->n_chunks = (guint32) blocks_of (n_parts, push->per_chunk);
}

/* CONV_GRAD_W */
gboolean
mg_vk_lower_conv_grad_w (MgVkLower *lower,
                         GError **error)
{
  const MgNode *node = lower->node;
  MgPushConv push = push_for (lower, node->src[0], node->src[1]);
  guint32 kernel = (guint32) node->params.conv.kernel;
  gsize n_weights = mg_tensor_n_values (mg_vk_tensor (lower, node->dst));
  guint32 vector = mg_vk_vector (push.n_out), vector_in = mg_vk_vector (push.n_in);
  gboolean tiles = use_tiles (lower, &push);
  guint32 columns = tile_columns (&push);
  guint64 items = tiles ? blocks_of (kernel * kernel * push.n_in, TILE_ROWS) * blocks_of (push.n_out, columns) * TILE_THREADS
                        : (guint64) kernel * (push.n_in / vector_in) * (push.n_out / vector);
  MgVkEmit emit = {
    .shader = tiles ? MG_SHADER_CONV_GRAD_W_TILE : MG_SHADER_CONV_GRAD_W,
    .spec = { tiles ? TILE_THREADS : mg_vk_sum_size (lower),
              vector, MG_ACT_NONE, vector_in, kernel, FALSE, tiles ? columns : 0 },
    .refs = { MG_VK_READ (node->src[0]), MG_VK_READ (node->src[1]), MG_VK_WRITTEN (node->dst) },
    .push = &push,
    .flops = conv_flops (lower),
  };

  cut_grad_w (lower, &push, tiles, items, n_weights);
  emit.n_items = items * push.n_chunks;
  if (push.n_chunks == 1)
    return mg_vk_emit (lower, &emit, error);
  emit.refs[2] = mg_vk_scratch_new (lower, n_weights * push.n_chunks);
  return mg_vk_emit (lower, &emit, error) && reduce_chunks (lower, push.n_chunks, n_weights, error);
}

/* CONV_GRAD_B */
gboolean
mg_vk_lower_conv_grad_b (MgVkLower *lower,
                         GError **error)
{
  const MgNode *node = lower->node;
  MgPushConv push = push_for (lower, node->src[0], node->src[0]);
  guint32 vector = mg_vk_vector (push.n_out);
  guint64 vectors = push.n_out / vector;
  guint64 n_pixels = (guint64) push.n * push.height * push.width;
  guint chunks = mg_vk_chunks (lower, vectors, n_pixels, 16, 1);
  MgVkEmit emit = {
    .shader = MG_SHADER_CHANNEL_SUM,
    .spec = { mg_vk_sum_size (lower), vector },
    .refs = { MG_VK_READ (node->src[0]) },
    .push = &push,
  };

  push.per_chunk = (guint32) blocks_of (n_pixels, chunks);
  push.n_chunks = (guint32) blocks_of (n_pixels, push.per_chunk);
  emit.refs[1] = mg_vk_scratch_new (lower, (gsize) push.n_out * push.n_chunks);
  emit.n_items = vectors * push.n_chunks;
  return mg_vk_emit (lower, &emit, error) && reduce_chunks (lower, push.n_chunks, push.n_out, error);
}
