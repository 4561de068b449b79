#version 450
// Group norm, first pass: (count, mean, sum of squared differences) of one
// group's values in one chunk of pixels. The first value is subtracted before
// squaring, so that a large mean costs no precision.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushNorm
#include "common.glsl"

SOURCE (0, x)
VALUES (1, part)

void
main ()
{
  uint item = item_index ();
  uint g = item % push.groups;
  uint chunk = (item / push.groups) % push.n_chunks;
  uint n = item / (push.groups * push.n_chunks);
  uint per_group = push.channels / push.groups;
  uint begin = chunk * push.per_chunk;
  uint end = min (begin + push.per_chunk, push.n_pixels);

  if (n >= push.n)
    return;
  uint base = n * push.n_pixels * push.channels + g * per_group;
  vec4 shift = vec4 (load_x (base + begin * push.channels).x);
  vec4 sum = vec4 (0.0);
  vec4 squares = vec4 (0.0);
  for (uint p = begin; p < end; p++)
    for (uint c = 0; c < per_group; c += V)
      {
        vec4 d = load_x (base + p * push.channels + c) - shift;

        sum += d;
        squares += d * d;
      }
  float count = float ((end - begin) * per_group);
  float s = V == 4 ? (sum.x + sum.y) + (sum.z + sum.w) : sum.x;
  float q = V == 4 ? (squares.x + squares.y) + (squares.z + squares.w) : squares.x;
  part[item * 3] = count;
  part[item * 3 + 1] = shift.x + s / count;
  part[item * 3 + 2] = max (q - s * s / count, 0.0);
}
