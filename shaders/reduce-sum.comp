#version 450
// Second pass of every sum: adds n_sum partial values in a fixed order, so that
// the same run gives the same bytes. LANES invocations share one result.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushReduce
#include "common.glsl"

layout (constant_id = 3) const uint LANES = 1;

READ_VALUES (0, part)
VALUES (1, dst)

shared float lanes[64];

void
main ()
{
  // the results of one workgroup lie side by side, so its reads do
  uint width = gl_WorkGroupSize.x / LANES;
  uint lane = gl_LocalInvocationID.x / width;
  uint result = group_index () * width + gl_LocalInvocationID.x % width;
  bool inside = result < push.n_outer * push.n_items;
  uint base = push.first + (result / push.n_items) * push.outer_stride + (result % push.n_items) * push.item_stride;
  float sum = 0.0;

  for (uint k = lane; inside && k < push.n_sum; k += LANES)
    sum += part[base + k * push.stride];
  if (LANES > 1)
    {
      lanes[gl_LocalInvocationID.x] = sum;
      barrier ();
      for (uint half_way = LANES / 2; half_way > 0; half_way /= 2)
        {
          if (lane < half_way)
            lanes[gl_LocalInvocationID.x] += lanes[gl_LocalInvocationID.x + half_way * width];
          barrier ();
        }
      sum = lanes[gl_LocalInvocationID.x];
    }
  if (inside && lane == 0)
    dst[result] = sum;
}
