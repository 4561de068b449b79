#version 450
// 2×2 maximum.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushResample
#include "common.glsl"
#include "resample.glsl"

SOURCE (0, x)
DESTINATION (1, dst)

void
main ()
{
  Square s = square ();

  if (s.inside)
    {
      vec4 best = load_x (s.large[0]);

      for (uint i = 1; i < 4; i++)
        {
          vec4 value = load_x (s.large[i]);

          best = mix (best, value, greaterThan (value, best));
        }
      store_dst (s.small, best);
    }
}
