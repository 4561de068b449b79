#include "compute/vulkan/vk-lower.h"

#include <string.h>

#define SCRATCH_RING_BYTES (64u << 20)
/* llvmpipe leaves a shader's loops, without a word, once an invocation has gone
 * round 65535 times in all of them (LP_MAX_TGSI_LOOP_ITERATIONS); half of that
 * leaves room for what a caller's count does not see. */
#define SOFTWARE_TURNS 32768

const MgTensor *
mg_vk_tensor (const MgVkLower *lower,
              MgTensorId id)
{
  return mg_graph_get_tensor (lower->plan->graph, id);
}

guint32
mg_vk_axis (const MgVkLower *lower,
            MgTensorId id,
            MgAxis axis)
{
  return (guint32) mg_vk_tensor (lower, id)->shape[axis];
}

/* Scratch memory for the sums of a first pass, to be written. A real GPU gets
 * a new region each time, so that nodes which do not depend on each other need
 * not wait; the regions start over after SCRATCH_RING_BYTES. */
MgVkRef
mg_vk_scratch_new (MgVkLower *lower,
                   gsize n_values)
{
  gsize size = n_values * sizeof (float);
  gsize offset = (lower->scratch.offset + lower->scratch.size + 255) / 256 * 256;

  if (lower->backend->software || offset + size > SCRATCH_RING_BYTES)
    offset = 0;
  lower->scratch = (MgVkRef){ MG_VK_SCRATCH, TRUE, offset, size };
  lower->scratch_bytes = MAX (lower->scratch_bytes, offset + size);
  return lower->scratch;
}

/* The region given last, to be read. */
MgVkRef
mg_vk_scratch_last (const MgVkLower *lower)
{
  MgVkRef ref = lower->scratch;

  ref.written = FALSE;
  return ref;
}

/* Into how many pieces a sum over n_parts is cut: enough invocations for the
 * device, no piece below min_per_chunk, none that goes round its loops (about
 * turns_per_part times a part) more often than a software device would. */
guint
mg_vk_chunks (const MgVkLower *lower,
              guint64 items_per_chunk,
              guint64 n_parts,
              guint min_per_chunk,
              guint64 turns_per_part)
{
  gboolean software = lower->backend->software;
  guint64 chunks = MAX (1, (software ? 256 : 65536) / MAX (1, items_per_chunk));
  guint64 parts_per_chunk = MAX (1, SOFTWARE_TURNS / MAX (1, turns_per_part));

  chunks = CLAMP (chunks, 1, MIN (MAX (1, n_parts / min_per_chunk), 4096));
  return (guint) (software ? MAX (chunks, (n_parts + parts_per_chunk - 1) / parts_per_chunk) : chunks);
}

/* Adds up first-pass sums; a real GPU shares one result among 16 invocations
 * when there is much to add. */
gboolean
mg_vk_emit_reduce (MgVkLower *lower,
                   MgVkRef from,
                   MgVkRef to,
                   const MgPushReduce *push,
                   GError **error)
{
  guint32 lanes = !lower->backend->software && push->n_sum > 16 ? 16 : 1;
  const MgVkEmit emit = {
    .shader = MG_SHADER_REDUCE_SUM,
    .spec = { MG_VK_LOCAL_SIZE, 1, 0, lanes },
    .refs = { from, to },
    .push = push,
    .n_items = (guint64) push->n_outer * push->n_items * lanes,
  };

  return mg_vk_emit (lower, &emit, error);
}

/* Microseconds a dispatch takes, to a factor of a few: for cutting the run into
 * segments. */
static double
estimate_us (const MgVkBackend *backend,
             double flops,
             double bytes)
{
  switch (backend->info.type)
    {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return 5.0 + MAX (flops / 3e6, bytes / 3e5);
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return 50.0 + MAX (flops / 5e3, bytes / 1e3);
    default:
      return 10.0 + MAX (flops / 2e5, bytes / 2e4);
    }
}

static void
resolve_ref (MgVkLower *lower,
             const MgVkRef *ref,
             MgVkDispatch *dispatch)
{
  guint i = dispatch->n_refs++;

  if (ref->id == MG_VK_SCRATCH)
    {
      dispatch->refs[i].buffer = MG_N_ARENAS;
      dispatch->refs[i].offset = ref->offset;
      dispatch->refs[i].size = ref->size;
    }
  else
    {
      const MgPlacement *place = &lower->plan->placements[ref->id];

      dispatch->refs[i].buffer = place->arena;
      dispatch->refs[i].offset = place->offset;
      dispatch->refs[i].size = place->size;
    }
  dispatch->refs[i].written = ref->written;
}

/* Appends a dispatch of the node being lowered. */
gboolean
mg_vk_emit (MgVkLower *lower,
            const MgVkEmit *emit,
            GError **error)
{
  const MgVkShaderInfo *shader = mg_vk_shader_get_info (emit->shader);
  MgVkDispatch dispatch = { .node = lower->index, .push_size = shader->push_size };
  MgVkPipelineKey key = { emit->shader, { 0 } };
  guint64 n_groups = (emit->n_items + emit->spec[0] - 1) / emit->spec[0];
  double bytes = 0;
  guint64 rows, groups_x;

  for (guint i = 0; i < shader->n_bindings; i++)
    {
      resolve_ref (lower, &emit->refs[i], &dispatch);
      bytes += (double) dispatch.refs[i].size;
    }
  dispatch.cost_us = estimate_us (lower->backend, emit->flops, bytes);
  /* several times as many rows as segments it fills by estimate, to cut at */
  rows = (guint64) (8 * dispatch.cost_us / MG_VK_SEGMENT_US) + 1;
  rows = MAX (rows, (n_groups + MG_VK_MAX_GROUPS_X - 1) / MG_VK_MAX_GROUPS_X);
  groups_x = (n_groups + rows - 1) / rows;
  dispatch.groups_x = (guint) groups_x;
  dispatch.groups_y = (guint) ((n_groups + groups_x - 1) / groups_x);
  memcpy (dispatch.push, emit->push, shader->push_size);
  memcpy (dispatch.push, &dispatch.groups_x, sizeof dispatch.groups_x);
  memcpy (key.spec, emit->spec, sizeof key.spec);
  dispatch.pipeline = mg_vk_pipeline_get (lower->backend, &key, error);
  if (dispatch.pipeline == VK_NULL_HANDLE)
    return FALSE;
  g_array_append_val (lower->program->dispatches, dispatch);
  return TRUE;
}

/* By op: the family that lowers it. */
static gboolean (*const families[MG_N_OPS]) (MgVkLower *lower, GError **error) = {
  [MG_OP_CONV] = mg_vk_lower_conv,
  [MG_OP_CONV_GRAD_X] = mg_vk_lower_conv,
  [MG_OP_CONV_GRAD_W] = mg_vk_lower_conv_grad_w,
  [MG_OP_CONV_GRAD_B] = mg_vk_lower_conv_grad_b,
  [MG_OP_ACT] = mg_vk_lower_pointwise,
  [MG_OP_ACT_GRAD] = mg_vk_lower_pointwise,
  [MG_OP_GROUP_NORM_STATS] = mg_vk_lower_norm,
  [MG_OP_GROUP_NORM] = mg_vk_lower_norm,
  [MG_OP_GROUP_NORM_GRAD_SUMS] = mg_vk_lower_norm,
  [MG_OP_GROUP_NORM_GRAD_X] = mg_vk_lower_norm,
  [MG_OP_GROUP_NORM_GRAD_PARAM] = mg_vk_lower_norm,
  [MG_OP_MAXPOOL2] = mg_vk_lower_resample,
  [MG_OP_MAXPOOL2_GRAD] = mg_vk_lower_resample,
  [MG_OP_BLURPOOL2] = mg_vk_lower_resample,
  [MG_OP_BLURPOOL2_GRAD] = mg_vk_lower_resample,
  [MG_OP_UPSAMPLE2] = mg_vk_lower_resample,
  [MG_OP_UPSAMPLE2_GRAD] = mg_vk_lower_resample,
  [MG_OP_CONCAT] = mg_vk_lower_channels,
  [MG_OP_SLICE] = mg_vk_lower_channels,
  [MG_OP_ADD] = mg_vk_lower_pointwise,
  [MG_OP_LOSS] = mg_vk_lower_loss,
  [MG_OP_LOSS_GRAD] = mg_vk_lower_loss,
  [MG_OP_ADAMW] = mg_vk_lower_pointwise,
};

gboolean
mg_vk_lower_node (MgVkLower *lower,
                  GError **error)
{
  return families[lower->node->op](lower, error);
}
