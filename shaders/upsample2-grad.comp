#version 450
// Sum of each 2×2 square.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushResample
#include "common.glsl"
#include "resample.glsl"

SOURCE (0, dy)
DESTINATION (1, dst)

void
main ()
{
  Square s = square ();

  if (s.inside)
    store_dst (s.small, (load_dy (s.large[0]) + load_dy (s.large[1])) +
                          (load_dy (s.large[2]) + load_dy (s.large[3])));
}
