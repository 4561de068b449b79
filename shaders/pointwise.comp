#version 450
// One value from one or two at the same place: activation, its gradient, sum.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushPointwise
#include "common.glsl"

layout (constant_id = 3) const uint MODE = 0;
// Vectors an invocation handles, a workgroup apart.
layout (constant_id = 4) const uint ITEMS = 4;

#define MODE_ACT 0u
#define MODE_ACT_GRAD 1u

SOURCE (0, a)
SOURCE (1, b)
DESTINATION (2, dst)

void
main ()
{
  uint first = group_index () * ITEMS * gl_WorkGroupSize.x + gl_LocalInvocationID.x;

  for (uint j = 0; j < ITEMS; j++)
    {
      uint vector = first + j * gl_WorkGroupSize.x;

      if (vector >= push.n)
        break;
      uint i = vector * V;
      if (MODE == MODE_ACT)
        store_dst (i, activate (load_a (i)));
      else if (MODE == MODE_ACT_GRAD)
        store_dst (i, load_b (i) * activate_slope (load_a (i)));
      else
        store_dst (i, load_a (i) + load_b (i));
    }
}
