#version 450
// Gradient of the blurred pool: each value of the large side went into the small
// value above it by 3 / 8 and into the next one by 1 / 8, both ways.
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
    {
      uint pixel = s.small / push.channels;
      uint column = pixel % push.width;
      uint row = pixel / push.width % push.height;
      vec4 near = load_dy (s.small);

      for (uint i = 0; i < 4; i++)
        {
          bool right = i % 2 == 1, below = i / 2 == 1;
          bool last_x = column == (right ? push.width - 1 : 0);
          bool last_y = row == (below ? push.height - 1 : 0);
          int dx = last_x ? 0 : (right ? 1 : -1) * int (push.channels);
          int dy = last_y ? 0 : (below ? 1 : -1) * int (push.channels * push.width);
          int at = int (s.small);

          store_dst (s.large[i], (9.0 * near + 3.0 * (load_dy (uint (at + dx)) + load_dy (uint (at + dy))) +
                                  load_dy (uint (at + dx + dy))) / 64.0);
        }
    }
}
