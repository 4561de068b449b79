#version 450
// Group norm backward, first pass: sums of d and d · x̂ over a chunk of pixels,
// d = dy · act′.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushNorm
#include "common.glsl"

SOURCE (0, dy)
SOURCE (1, x)
READ_VALUES (2, stats)
SOURCE (3, gamma)
SOURCE (4, beta)
VALUES (5, part)

#include "norm.glsl"

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
  Norm norm = load_norm (n, c);
  vec4 scale = load_gamma (c);
  vec4 shift = load_beta (c);
  vec4 sum = vec4 (0.0);
  vec4 product = vec4 (0.0);
  for (uint p = begin; p < end; p++)
    {
      uint i = (n * push.n_pixels + p) * push.channels + c;
      vec4 normed = (load_x (i) - norm.mean) * norm.inverse;
      vec4 d = load_dy (i) * activate_slope (activate (scale * normed + shift));

      sum += d;
      product += d * normed;
    }
  uint o = ((n * push.n_chunks + chunk) * push.channels + c) * 2;
  for (uint j = 0; j < V; j++)
    {
      part[o + 2 * j] = sum[j];
      part[o + 2 * j + 1] = product[j];
    }
}
