#version 450
// Gradient to the weights without shared memory: an invocation adds x ⊗ dy for
// one tap, V_IN × V channels, over a chunk of rows; reduce-sum adds the chunks.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushConv
#include "common.glsl"
#include "conv.glsl"

READ_VALUES (0, x)
layout (set = 0, binding = 0, std430) readonly buffer B4_x { vec4 x_4[]; };
SOURCE (1, dy)
DESTINATION (2, part)

void
main ()
{
  uint out_blocks = push.n_out / V;
  uint in_blocks = push.n_in / V_IN;
  uint item = item_index ();
  uint c_out = (item % out_blocks) * V;
  uint rest = item / out_blocks;
  uint c_in = (rest % in_blocks) * V_IN;
  rest /= in_blocks;
  uint tap = rest % TAPS;
  uint chunk = rest / TAPS;
  int dy_row = int (tap / KERNEL) - RADIUS;
  int dx = int (tap % KERNEL) - RADIUS;
  uint begin = chunk * push.per_chunk;
  uint end = min (begin + push.per_chunk, push.n * push.height);
  // the pixels whose neighbour at dx lies inside the row
  uint x_begin = uint (max (0, -dx));
  uint x_end = uint (max (0, int (push.width) - max (0, dx)));
  vec4 sum[4] = vec4[4] (vec4 (0.0), vec4 (0.0), vec4 (0.0), vec4 (0.0));

  if (chunk >= push.n_chunks)
    return;
  for (uint row = begin; row < end; row++)
    {
      int iy = int (row % push.height) + dy_row;

      if (iy < 0 || iy >= int (push.height))
        continue;
      uint from = (uint (int (row) + dy_row) * push.width + uint (int (x_begin) + dx)) * push.n_in + c_in;
      uint to = (row * push.width + x_begin) * push.n_out + c_out;
      for (uint p = x_begin; p < x_end; p++)
        {
          vec4 d = load_dy (to);

          if (V_IN == 4)
            {
              vec4 v = x_4[from >> 2];

              sum[0] = fma (d, v.xxxx, sum[0]);
              sum[1] = fma (d, v.yyyy, sum[1]);
              sum[2] = fma (d, v.zzzz, sum[2]);
              sum[3] = fma (d, v.wwww, sum[3]);
            }
          else
            sum[0] = fma (d, vec4 (x[from]), sum[0]);
          from += push.n_in;
          to += push.n_out;
        }
    }
  for (uint j = 0; j < V_IN; j++)
    store_part (((chunk * TAPS + tap) * push.n_in + c_in + j) * push.n_out + c_out, sum[j]);
}
