#version 450
// act (gamma · x̂ + beta) for a run of pixels, n_chunks apart.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushNorm
#include "common.glsl"

SOURCE (0, x)
READ_VALUES (1, stats)
SOURCE (2, gamma)
SOURCE (3, beta)
DESTINATION (4, dst)

#include "norm.glsl"

void
main ()
{
  uint vectors = push.channels / V;
  uint item = item_index ();
  uint c = (item % vectors) * V;
  uint run = (item / vectors) % push.n_chunks;
  uint n = item / (vectors * push.n_chunks);

  if (n >= push.n)
    return;
  Norm norm = load_norm (n, c);
  vec4 scale = load_gamma (c) * norm.inverse;
  vec4 shift = load_beta (c) - scale * norm.mean;
  for (uint p = run; p < push.n_pixels; p += push.n_chunks)
    {
      uint i = (n * push.n_pixels + p) * push.channels + c;

      store_dst (i, activate (scale * load_x (i) + shift));
    }
}
