// What every shader begins with: push constants (PUSH_TYPE, defined by the
// shader), workgroup size, specialisation constants, buffers, activations.
#extension GL_GOOGLE_include_directive : require
#include "push.h"

layout (local_size_x_id = 0) in;
// Vector width: 4 where the channel counts divide by 4, else 1. A vec4 then
// carries one value and three that are never stored.
layout (constant_id = 1) const uint V = 4;
layout (constant_id = 2) const uint ACT = 0;

layout (push_constant) uniform Push
{
  PUSH_TYPE push;
};

// A tensor that is only read: load_NAME (i) gives V values from value i on.
#define SOURCE(index, name) \
  layout (set = 0, binding = index, std430) readonly buffer B_##name { float name[]; }; \
  layout (set = 0, binding = index, std430) readonly buffer B4_##name { vec4 name##_4[]; }; \
  vec4 load_##name (uint i) \
  { \
    if (V == 4) \
      return name##_4[i >> 2]; \
    return vec4 (name[i], 0.0, 0.0, 0.0); \
  }

// A tensor that is written: store_NAME (i, values). No tensor may be called
// "stored" or "i".
#define DESTINATION(index, name) \
  layout (set = 0, binding = index, std430) buffer B_##name { float name[]; }; \
  layout (set = 0, binding = index, std430) buffer B4_##name { vec4 name##_4[]; }; \
  void store_##name (uint i, vec4 stored) \
  { \
    if (V == 4) \
      name##_4[i >> 2] = stored; \
    else \
      name[i] = stored.x; \
  }

// A tensor that is changed in place: load_NAME (i), store_NAME (i, v).
#define UPDATED(index, name) \
  DESTINATION (index, name) \
  vec4 load_##name (uint i) \
  { \
    if (V == 4) \
      return name##_4[i >> 2]; \
    return vec4 (name[i], 0.0, 0.0, 0.0); \
  }

// A tensor of plain values, read or written.
#define VALUES(index, name) \
  layout (set = 0, binding = index, std430) buffer B_##name { float name[]; };
#define READ_VALUES(index, name) \
  layout (set = 0, binding = index, std430) readonly buffer B_##name { float name[]; };

// Index of the workgroup in the dispatch, of the invocation among all.
uint
group_index ()
{
  return gl_WorkGroupID.y * push.groups_x + gl_WorkGroupID.x;
}

uint
item_index ()
{
  return group_index () * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
}

#define ACT_NONE 0u
#define ACT_RELU 1u
#define ACT_LEAKY 2u
#define ACT_SIGMOID 3u

// A NaN stays one: a diverged network must not look healthy.
vec4
activate (vec4 x)
{
  if (ACT == ACT_RELU)
    return mix (x, vec4 (0.0), lessThan (x, vec4 (0.0)));
  if (ACT == ACT_LEAKY)
    return mix (x, x * 0.01, lessThan (x, vec4 (0.0)));
  if (ACT == ACT_SIGMOID)
    return 1.0 / (1.0 + exp (-x));
  return x;
}

// Derivative, from the activation's output.
vec4
activate_slope (vec4 y)
{
  if (ACT == ACT_RELU)
    return mix (vec4 (0.0), vec4 (1.0), greaterThan (y, vec4 (0.0)));
  if (ACT == ACT_LEAKY)
    return mix (vec4 (0.01), vec4 (1.0), greaterThan (y, vec4 (0.0)));
  if (ACT == ACT_SIGMOID)
    return y * (1.0 - y);
  return vec4 (1.0);
}
