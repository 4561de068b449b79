#version 450
// Nearest, twice as large.
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
      vec4 value = load_x (s.small);

      for (uint i = 0; i < 4; i++)
        store_dst (s.large[i], value);
    }
}
