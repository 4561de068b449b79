#version 450
// Gradient to the weights without shared memory: an invocation adds x ⊗ dy for
// one row of taps, V_IN × V channels, over a chunk of rows; reduce-sum adds the
// chunks. Going along a row, each input is read once and kept for KERNEL pixels.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushConv
#include "common.glsl"
#include "conv.glsl"

READ_VALUES (0, x)
layout (set = 0, binding = 0, std430) readonly buffer B4_x { vec4 x_4[]; };
SOURCE (1, dy)
DESTINATION (2, part)

// Pixels of a turn of the loop.
#define STEP 4

vec4
load_x (uint pixel_row, int ix, uint c_in)
{
  if (ix < 0 || ix >= int (push.width))
    return vec4 (0.0);
  uint i = (pixel_row * push.width + uint (ix)) * push.n_in + c_in;
  return V_IN == 4 ? x_4[i >> 2] : vec4 (x[i], 0.0, 0.0, 0.0);
}

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
  uint ky = rest % KERNEL;
  uint chunk = rest / KERNEL;
  uint begin = chunk * push.per_chunk;
  uint end = min (begin + push.per_chunk, push.n * push.height);
  vec4 sum[KERNEL * 4];
  vec4 window[KERNEL - 1 + STEP];

  if (chunk >= push.n_chunks)
    return;
  for (uint k = 0; k < KERNEL * 4; k++)
    sum[k] = vec4 (0.0);
  for (uint row = begin; row < end; row++)
    {
      int iy = int (row % push.height + ky) - RADIUS;
      uint from = row + ky - uint (RADIUS);

      if (iy < 0 || iy >= int (push.height))
        continue;
      for (uint k = 0; k + 1 < KERNEL; k++)
        window[k] = load_x (from, int (k) - RADIUS, c_in);
      for (uint p = 0; p < push.width; p += STEP)
        {
          for (uint j = 0; j < STEP; j++)
            window[KERNEL - 1 + j] = load_x (from, int (p + j) + RADIUS, c_in);
          for (uint j = 0; j < STEP; j++)
            {
              vec4 d = p + j < push.width ? load_dy ((row * push.width + p + j) * push.n_out + c_out) : vec4 (0.0);

              for (uint k = 0; k < KERNEL; k++)
                {
                  sum[4 * k] = fma (d, window[j + k].xxxx, sum[4 * k]);
                  if (V_IN == 4)
                    {
                      sum[4 * k + 1] = fma (d, window[j + k].yyyy, sum[4 * k + 1]);
                      sum[4 * k + 2] = fma (d, window[j + k].zzzz, sum[4 * k + 2]);
                      sum[4 * k + 3] = fma (d, window[j + k].wwww, sum[4 * k + 3]);
                    }
                }
            }
          for (uint k = 0; k + 1 < KERNEL; k++)
            window[k] = window[k + STEP];
        }
    }
  uint first = (chunk * TAPS + ky * KERNEL) * push.n_in + c_in;
  for (uint k = 0; k < KERNEL; k++)
    for (uint j = 0; j < V_IN; j++)
      store_part ((first + k * push.n_in + j) * push.n_out + c_out, sum[4 * k + j]);
}
