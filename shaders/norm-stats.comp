#version 450
// Group norm, first pass: mean and sum of squared differences of a chunk of
// pixels, channel by channel. The first value is subtracted before squaring, so
// that a large mean costs no precision.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushNorm
#include "common.glsl"

SOURCE (0, x)
VALUES (1, part)

void
main ()
{
  uint vectors = push.channels / V;
  uint item = item_index ();
  uint c = (item % vectors) * V;
  uint chunk = (item / vectors) % push.n_chunks;
  uint n = item / (vectors * push.n_chunks);
  uint begin = chunk * push.per_chunk;
  uint end = min (begin + push.per_chunk, push.n_pixels);

  if (n >= push.n)
    return;
  uint base = n * push.n_pixels * push.channels + c;
  vec4 shift = load_x (base + begin * push.channels);
  vec4 sum = vec4 (0.0);
  vec4 squares = vec4 (0.0);
  for (uint p = begin; p < end; p++)
    {
      vec4 d = load_x (base + p * push.channels) - shift;

      sum += d;
      squares = fma (d, d, squares);
    }
  float count = float (end - begin);
  vec4 mean = shift + sum / count;
  vec4 rest = max (squares - sum * sum / count, vec4 (0.0));
  uint o = ((n * push.n_chunks + chunk) * push.channels + c) * 2;
  for (uint j = 0; j < V; j++)
    {
      part[o + 2 * j] = mean[j];
      part[o + 2 * j + 1] = rest[j];
    }
}
