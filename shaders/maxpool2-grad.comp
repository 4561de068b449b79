#version 450
// The gradient goes to the first maximum, found again.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushResample
#include "common.glsl"
#include "resample.glsl"

SOURCE (0, x)
SOURCE (1, dy)
DESTINATION (2, dst)

void
main ()
{
  Square s = square ();

  if (s.inside)
    {
      vec4 best = load_x (s.large[0]);
      uvec4 where = uvec4 (0);
      vec4 gradient = load_dy (s.small);

      for (uint i = 1; i < 4; i++)
        {
          vec4 value = load_x (s.large[i]);
          bvec4 more = greaterThan (value, best);

          best = mix (best, value, more);
          where = mix (where, uvec4 (i), more);
        }
      for (uint i = 0; i < 4; i++)
        store_dst (s.large[i], mix (vec4 (0.0), gradient, equal (where, uvec4 (i))));
    }
}
