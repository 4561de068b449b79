#version 450
// Gradient to the weights for real GPUs: GEMM of 128 rows (tap, C_in) × COLUMNS
// output channels, the sum running over a chunk of pixels; reduce-sum adds the
// chunks.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushConv
#include "common.glsl"
#include "conv.glsl"
#include "tile.glsl"

READ_VALUES (0, x)
layout (set = 0, binding = 0, std430) readonly buffer B4_x { vec4 x_4[]; };
SOURCE (1, dy)
DESTINATION (2, part)

// Inputs that the weights m … m + 3 = (tap, channel) meet at a pixel.
vec4
load_inputs (uint m, uint pixel)
{
  uint row = pixel / push.width;
  ivec2 at = ivec2 (int (pixel % push.width), int (row % push.height));
  vec4 v = vec4 (0.0);

  for (uint j = 0; j < 4; j += V_IN)
    {
      uint tap = (m + j) / push.n_in;
      ivec2 from = at + ivec2 (int (tap % KERNEL), int (tap / KERNEL)) - RADIUS;

      if (tap >= TAPS || from.x < 0 || from.y < 0 || from.x >= int (push.width) || from.y >= int (push.height))
        continue;
      uint i = uint ((int (row) + from.y - at.y) * int (push.width) + from.x) * push.n_in + (m + j) % push.n_in;
      if (V_IN == 4)
        v = x_4[i >> 2];
      else
        v[j] = x[i];
    }
  return v;
}

void
main ()
{
  uint n_rows = TAPS * push.n_in;
  uint row_blocks = (n_rows + ROWS - 1) / ROWS;
  uint blocks = (push.n_out + COLUMNS - 1) / COLUMNS;
  uint c0 = (group_index () % blocks) * COLUMNS;
  uint rest = group_index () / blocks;
  uint m0 = (rest % row_blocks) * ROWS;
  uint chunk = rest / row_blocks;
  uint begin = chunk * push.per_chunk;
  uint end = min (begin + push.per_chunk, push.n * push.height * push.width);

  if (chunk >= push.n_chunks)
    return;
  tile_clear ();
  for (uint p0 = begin; p0 < end; p0 += DEPTH)
    {
      for (uint slot = gl_LocalInvocationID.x; slot < DEPTH * ROWS / 4; slot += THREADS)
        {
          uint k = slot / (ROWS / 4);
          uint m = (slot % (ROWS / 4)) * 4;

          a_tile[k][m / 4] = p0 + k < end ? load_inputs (m0 + m, p0 + k) : vec4 (0.0);
        }
      for (uint slot = gl_LocalInvocationID.x; slot < DEPTH * ACROSS; slot += THREADS)
        {
          uint k = slot / ACROSS;
          uint c = c0 + (slot % ACROSS) * 4;
          vec4 v = vec4 (0.0);

          for (uint j = 0; p0 + k < end && j < 4 && c + j < push.n_out; j += V)
            {
              vec4 d = load_dy ((p0 + k) * push.n_out + c + j);

              if (V == 4)
                v = d;
              else
                v[j] = d.x;
            }
          b_tile[k][slot % ACROSS] = v;
        }
      barrier ();
      tile_multiply ();
      barrier ();
    }

  uint c = c0 + (gl_LocalInvocationID.x % ACROSS) * 4;
  uint row = m0 + (gl_LocalInvocationID.x / ACROSS) * TILE_Y;
  for (uint i = 0; i < TILE_Y && row + i < n_rows; i++)
    for (uint j = 0; j < 4 && c + j < push.n_out; j += V)
      store_part ((chunk * n_rows + row + i) * push.n_out + c + j,
                  V == 4 ? tile_sum[i] : vec4 (tile_sum[i][j]));
}
