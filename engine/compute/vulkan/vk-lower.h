#pragma once

#include "compute/vulkan/vk-private.h"

/* about how long one submission works: between two the device can be given to
 * others, and a run can be cancelled */
#define MG_VK_SEGMENT_US 20000.0

/* Stands for the program's scratch memory in a list of tensors. */
#define MG_VK_SCRATCH (-2)

typedef struct
{
  MgTensorId id;
  gboolean written;
  gsize offset, size; /* scratch only: bytes */
} MgVkRef;

#define MG_VK_READ(tensor)    ((MgVkRef){ .id = (tensor) })
#define MG_VK_WRITTEN(tensor) ((MgVkRef){ .id = (tensor), .written = TRUE })

/* Turns the nodes of a plan into dispatches. */
typedef struct
{
  MgVkBackend *backend;
  MgVkProgram *program;
  const MgPlan *plan;
  const MgNode *node;
  guint index;         /* of the node */
  MgVkRef scratch;     /* the region given last */
  gsize scratch_bytes; /* needed so far */
} MgVkLower;

/* One dispatch, as an op asks for it. */
typedef struct
{
  MgVkShader shader;
  guint32 spec[MG_VK_MAX_SPEC];
  MgVkRef refs[MG_VK_MAX_BINDINGS]; /* as many as the shader has bindings */
  gconstpointer push;               /* the shader's push struct; groups_x is filled in */
  guint64 n_items;                  /* invocations wanted */
  double flops;                     /* 0: only memory counts */
} MgVkEmit;

gboolean mg_vk_emit (MgVkLower *lower,
                     const MgVkEmit *emit,
                     GError **error);
const MgTensor *mg_vk_tensor (const MgVkLower *lower,
                              MgTensorId id);
guint32 mg_vk_axis (const MgVkLower *lower,
                    MgTensorId id,
                    MgAxis axis);
MgVkRef mg_vk_scratch_new (MgVkLower *lower,
                           gsize n_values);
MgVkRef mg_vk_scratch_last (const MgVkLower *lower);
guint mg_vk_chunks (const MgVkLower *lower,
                    guint64 items_per_chunk,
                    guint64 n_parts,
                    guint min_per_chunk,
                    guint64 turns_per_part);
gboolean mg_vk_emit_reduce (MgVkLower *lower,
                            MgVkRef from,
                            MgVkRef to,
                            const MgPushReduce *push,
                            GError **error);

/* invocations of a workgroup where nothing asks for another number */
#define MG_VK_LOCAL_SIZE 64

static inline guint32
mg_vk_vector (guint64 channels)
{
  return channels % 4 == 0 ? 4 : 1;
}

/* Workgroup size of the first pass of a sum: on a software device there are few
 * chunks, which must still occupy every core. */
static inline guint32
mg_vk_sum_size (const MgVkLower *lower)
{
  return lower->backend->software ? 16 : MG_VK_LOCAL_SIZE;
}

/* One op family each: TRUE when the node's dispatches have been appended. */
gboolean mg_vk_lower_pointwise (MgVkLower *lower,
                                GError **error);
gboolean mg_vk_lower_channels (MgVkLower *lower,
                               GError **error);
gboolean mg_vk_lower_resample (MgVkLower *lower,
                               GError **error);
gboolean mg_vk_lower_norm (MgVkLower *lower,
                           GError **error);
gboolean mg_vk_lower_conv (MgVkLower *lower,
                           GError **error);
gboolean mg_vk_lower_conv_grad_w (MgVkLower *lower,
                                  GError **error);
gboolean mg_vk_lower_conv_grad_b (MgVkLower *lower,
                                  GError **error);
gboolean mg_vk_lower_loss (MgVkLower *lower,
                           GError **error);
gboolean mg_vk_lower_node (MgVkLower *lower,
                           GError **error);
