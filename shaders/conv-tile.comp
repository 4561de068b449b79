#version 450
// Convolution and its gradient to x for real GPUs: implicit GEMM of 128 pixels ×
// COLUMNS channels, the sum running over (tap, input channel).
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushConv
#include "common.glsl"
#include "conv.glsl"
#include "tile.glsl"

layout (constant_id = 7) const bool HAS_BIAS = false;

READ_VALUES (0, x)
layout (set = 0, binding = 0, std430) readonly buffer B4_x { vec4 x_4[]; };
READ_VALUES (1, w)
layout (set = 0, binding = 1, std430) readonly buffer B4_w { vec4 w_4[]; };
SOURCE (2, bias)
DESTINATION (3, dst)

// Four values of the input matrix's row, from k = (tap, channel) on.
vec4
load_patch (uint k, uint row, ivec2 at, bool inside)
{
  vec4 v = vec4 (0.0);

  for (uint j = 0; j < 4; j += V_IN)
    {
      uint tap = (k + j) / push.n_in;
      ivec2 from = at + ivec2 (int (tap % KERNEL), int (tap / KERNEL)) - RADIUS;

      if (!inside || tap >= TAPS || from.x < 0 || from.y < 0 || from.x >= int (push.width) ||
          from.y >= int (push.height))
        continue;
      uint i = uint ((int (row) + from.y - at.y) * int (push.width) + from.x) * push.n_in + (k + j) % push.n_in;
      if (V_IN == 4)
        v = x_4[i >> 2];
      else
        v[j] = x[i];
    }
  return v;
}

float
load_weight (uint k, uint c_out)
{
  uint tap = k / push.n_in;
  uint c_in = k % push.n_in;

  if (tap >= TAPS || c_out >= push.n_out)
    return 0.0;
  tap = weight_tap (tap);
  return TRANSPOSED ? w[(tap * push.n_out + c_out) * push.n_in + c_in] : w[(tap * push.n_in + c_in) * push.n_out + c_out];
}

// b_tile: DEPTH rows of COLUMNS weights, from (k, c_out) on.
void
fill_weights (uint k0, uint c0)
{
  for (uint slot = gl_LocalInvocationID.x; slot < DEPTH * ACROSS; slot += THREADS)
    {
      if (TRANSPOSED)
        {
          // neighbours along k are neighbours in memory: four of them a slot
          uint k = (slot % (DEPTH / 4)) * 4;
          uint column = slot / (DEPTH / 4);

          for (uint i = 0; i < 4; i++)
            b_tile[k + i][column / 4][column % 4] = load_weight (k0 + k + i, c0 + column);
        }
      else
        {
          uint k = slot / ACROSS;
          uint c = c0 + (slot % ACROSS) * 4;

          if (V == 4 && k0 + k < TAPS * push.n_in && c < push.n_out)
            b_tile[k][slot % ACROSS] = w_4[((k0 + k) * push.n_out + c) >> 2];
          else
            b_tile[k][slot % ACROSS] = vec4 (load_weight (k0 + k, c), load_weight (k0 + k, c + 1),
                                             load_weight (k0 + k, c + 2), load_weight (k0 + k, c + 3));
        }
    }
}

void
main ()
{
  uint n_pixels = push.n * push.height * push.width;
  uint blocks = (push.n_out + COLUMNS - 1) / COLUMNS;
  uint c0 = (group_index () % blocks) * COLUMNS;
  uint p0 = (group_index () / blocks) * ROWS;
  // the two pixels whose patches this invocation loads, and which part
  uint k_part = (gl_LocalInvocationID.x % (DEPTH / 4)) * 4;
  uint load_row = gl_LocalInvocationID.x / (DEPTH / 4);
  ivec2 at[2];
  uint image_row[2];

  if (p0 >= n_pixels)
    return;
  for (uint i = 0; i < 2; i++)
    {
      uint p = p0 + load_row + 64 * i;

      image_row[i] = p / push.width;
      at[i] = ivec2 (int (p % push.width), int (image_row[i] % push.height));
    }
  tile_clear ();
  for (uint k0 = 0; k0 < TAPS * push.n_in; k0 += DEPTH)
    {
      for (uint i = 0; i < 2; i++)
        {
          uint row = load_row + 64 * i;
          vec4 v = load_patch (k0 + k_part, image_row[i], at[i], p0 + row < n_pixels);

          for (uint j = 0; j < 4; j++)
            a_tile[k_part + j][row / 4][row % 4] = v[j];
        }
      fill_weights (k0, c0);
      barrier ();
      tile_multiply ();
      barrier ();
    }

  uint c = c0 + (gl_LocalInvocationID.x % ACROSS) * 4;
  uint row = (gl_LocalInvocationID.x / ACROSS) * TILE_Y;
  for (uint i = 0; i < TILE_Y; i++)
    {
      uint p = p0 + row + i;

      if (p >= n_pixels)
        break;
      // one store of four, or four of one
      for (uint j = 0; j < 4 && c + j < push.n_out; j += V)
        {
          vec4 v = V == 4 ? tile_sum[i] : vec4 (tile_sum[i][j]);

          if (HAS_BIAS)
            v += load_bias (c + j);
          store_dst (p * push.n_out + c + j, activate (v));
        }
    }
}
