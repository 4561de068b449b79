#version 450
// Group norm, second pass: a group's channels and chunks merged in order (Chan,
// Golub and LeVeque 1979) into mean and 1/sqrt (variance + eps). LANES
// invocations share a group.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushNorm
#include "common.glsl"

layout (constant_id = 3) const uint LANES = 1;

READ_VALUES (0, part)
VALUES (1, stats)

shared vec3 lanes[64];

// (count, mean, sum of squared differences) of both
vec3
merge (vec3 a, vec3 b)
{
  float count = a.x + b.x;
  float d = b.y - a.y;

  if (count == 0.0)
    return a;
  return vec3 (count, a.y + d * (b.x / count), a.z + b.z + d * d * (a.x * b.x / count));
}

void
main ()
{
  uint lane = gl_LocalInvocationID.x % LANES;
  uint group = item_index () / LANES; // image · groups + g
  bool inside = group < push.n * push.groups;
  uint n = group / push.groups;
  uint per_group = push.channels / push.groups;
  uint first = (group % push.groups) * per_group;
  vec3 all = vec3 (0.0);

  for (uint k = lane; inside && k < push.n_chunks * per_group; k += LANES)
    {
      uint chunk = k / per_group;
      uint i = ((n * push.n_chunks + chunk) * push.channels + first + k % per_group) * 2;
      uint count = min (push.per_chunk, push.n_pixels - chunk * push.per_chunk);

      all = merge (all, vec3 (float (count), part[i], part[i + 1]));
    }
  if (LANES > 1)
    {
      lanes[gl_LocalInvocationID.x] = all;
      barrier ();
      for (uint half_way = LANES / 2; half_way > 0; half_way /= 2)
        {
          if (lane < half_way)
            lanes[gl_LocalInvocationID.x] = merge (lanes[gl_LocalInvocationID.x], lanes[gl_LocalInvocationID.x + half_way]);
          barrier ();
        }
      all = lanes[gl_LocalInvocationID.x];
    }
  if (inside && lane == 0)
    {
      stats[group * 2] = all.y;
      stats[group * 2 + 1] = inversesqrt (all.z / all.x + push.eps);
    }
}
