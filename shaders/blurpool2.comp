#version 450
// Every second value of the map blurred by 1 3 3 1 / 8 both ways; beyond the
// edge the edge's values go on.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushResample
#include "common.glsl"
#include "resample.glsl"

SOURCE (0, x)
DESTINATION (1, dst)

// Of the place k - 1 values from 2·at, in a line of 2·n that begins at 0.
uint
place (uint at, uint k, uint n)
{
  return uint (clamp (int (2 * at + k) - 1, 0, int (2 * n) - 1));
}

void
main ()
{
  const float taps[4] = float[4] (1.0 / 8.0, 3.0 / 8.0, 3.0 / 8.0, 1.0 / 8.0);
  Square s = square ();

  if (s.inside)
    {
      uint column = s.small / push.channels % push.width;
      uint row = s.small / push.channels / push.width;
      uint first = row / push.height * push.height;
      uint c = s.small % push.channels;
      vec4 sum = vec4 (0.0);

      for (uint a = 0; a < 4; a++)
        for (uint b = 0; b < 4; b++)
          {
            uint line = 2 * first + place (row - first, a, push.height);
            uint pixel = line * 2 * push.width + place (column, b, push.width);

            sum += taps[a] * taps[b] * load_x (pixel * push.channels + c);
          }
      store_dst (s.small, sum);
    }
}
