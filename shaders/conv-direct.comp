#version 450
// Convolution and its gradient to x without shared memory, for software devices
// and thin layers: an invocation makes PIXELS neighbours in a row × V channels.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushConv
#include "common.glsl"
#include "conv.glsl"

layout (constant_id = 6) const bool HAS_BIAS = false;
layout (constant_id = 7) const uint PIXELS = 8;
const uint WINDOW = PIXELS + KERNEL - 1;

READ_VALUES (0, x)
layout (set = 0, binding = 0, std430) readonly buffer B4_x { vec4 x_4[]; };
READ_VALUES (1, w)
layout (set = 0, binding = 1, std430) readonly buffer B4_w { vec4 w_4[]; };
SOURCE (2, bias)
DESTINATION (3, dst)

// Weights of V_IN inputs × V outputs as the columns of a matrix.
mat4
load_weights (uint tap, uint c_in, uint c_out)
{
  mat4 m = mat4 (0.0);

  if (TRANSPOSED)
    {
      // rows of w are input channels of the forward pass, our outputs
      for (uint j = 0; j < V; j++)
        {
          uint i = (tap * push.n_out + c_out + j) * push.n_in + c_in;

          m[j] = V_IN == 4 ? w_4[i >> 2] : vec4 (w[i], 0.0, 0.0, 0.0);
        }
      return transpose (m);
    }
  for (uint j = 0; j < V_IN; j++)
    {
      uint i = (tap * push.n_in + c_in + j) * push.n_out + c_out;

      m[j] = V == 4 ? w_4[i >> 2] : vec4 (w[i], 0.0, 0.0, 0.0);
    }
  return m;
}

void
main ()
{
  uint blocks = push.n_out / V;
  uint runs = (push.width + PIXELS - 1) / PIXELS;
  uint item = item_index ();
  uint c_out = (item % blocks) * V;
  uint run = item / blocks;
  uint x0 = (run % runs) * PIXELS;
  uint row = run / runs;
  int y = int (row % push.height);
  vec4 sum[PIXELS];

  if (row >= push.n * push.height)
    return;
  for (uint p = 0; p < PIXELS; p++)
    sum[p] = vec4 (0.0);
  for (uint ky = 0; ky < KERNEL; ky++)
    {
      int iy = y + int (ky) - RADIUS;

      if (iy < 0 || iy >= int (push.height))
        continue;
      // the inputs under the run and RADIUS to either side, each read once for
      // all the taps of the row
      uint from[WINDOW];
      bool inside[WINDOW];

      for (uint q = 0; q < WINDOW; q++)
        {
          int ix = int (x0 + q) - RADIUS;

          inside[q] = ix >= 0 && ix < int (push.width);
          from[q] = ((row + ky - uint (RADIUS)) * push.width + uint (inside[q] ? ix : 0)) * push.n_in;
        }
      for (uint c = 0; c < push.n_in; c += V_IN)
        {
          mat4 m[KERNEL];

          for (uint kx = 0; kx < KERNEL; kx++)
            m[kx] = load_weights (weight_tap (ky * KERNEL + kx), c, c_out);
          for (uint q = 0; q < WINDOW; q++)
            {
              vec4 v = vec4 (0.0);

              if (V_IN == 4)
                v = inside[q] ? x_4[(from[q] + c) >> 2] : v;
              else
                v.x = inside[q] ? x[from[q] + c] : 0.0;
              for (uint kx = 0; kx < KERNEL; kx++)
                {
                  uint p = q - kx;

                  if (p >= PIXELS) // also below 0
                    continue;
                  sum[p] = fma (m[kx][0], v.xxxx, sum[p]);
                  if (V_IN == 4)
                    {
                      sum[p] = fma (m[kx][1], v.yyyy, sum[p]);
                      sum[p] = fma (m[kx][2], v.zzzz, sum[p]);
                      sum[p] = fma (m[kx][3], v.wwww, sum[p]);
                    }
                }
            }
        }
    }
  vec4 b = vec4 (0.0);
  if (HAS_BIAS)
    b = load_bias (c_out);
  for (uint p = 0; p < PIXELS; p++)
    if (x0 + p < push.width)
      store_dst ((row * push.width + x0 + p) * push.n_out + c_out, activate (sum[p] + b));
}
