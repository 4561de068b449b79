#pragma once

#include <glib.h>

#include "push.h"

/* constant_id of the specialisation constants; from 3 on a shader's own */
enum
{
  MG_SPEC_LOCAL_SIZE,
  MG_SPEC_VECTOR,
  MG_SPEC_ACT,
  MG_SPEC_OWN,
};

typedef enum
{
  MG_SHADER_ADAMW,
  MG_SHADER_CHANNEL_SUM,
  MG_SHADER_CONCAT,
  MG_SHADER_CONV_DIRECT,
  MG_SHADER_CONV_GRAD_W,
  MG_SHADER_CONV_GRAD_W_TILE,
  MG_SHADER_CONV_TILE,
  MG_SHADER_LOSS_FINISH,
  MG_SHADER_LOSS_GRAD,
  MG_SHADER_LOSS_SUMS,
  MG_SHADER_BLURPOOL2,
  MG_SHADER_BLURPOOL2_GRAD,
  MG_SHADER_MAXPOOL2,
  MG_SHADER_MAXPOOL2_GRAD,
  MG_SHADER_NORM_FORWARD,
  MG_SHADER_NORM_GRAD_SUMS,
  MG_SHADER_NORM_GRAD_X,
  MG_SHADER_NORM_STATS,
  MG_SHADER_NORM_STATS_MERGE,
  MG_SHADER_POINTWISE,
  MG_SHADER_REDUCE_SUM,
  MG_SHADER_SLICE,
  MG_SHADER_UPSAMPLE2,
  MG_SHADER_UPSAMPLE2_GRAD,
  MG_N_SHADERS,
} MgVkShader;

/* One row a shader: what its pipeline is made of and what a dispatch must give. */
typedef struct
{
  const char *name;
  const guint32 *code;
  gsize code_size;  /* bytes */
  guint n_bindings; /* storage buffers 0 … n_bindings - 1 */
  guint push_size;  /* bytes */
  guint n_spec;     /* specialisation constants 0 … n_spec - 1 */
} MgVkShaderInfo;

const MgVkShaderInfo *mg_vk_shader_get_info (MgVkShader shader);
