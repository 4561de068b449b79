#version 450
// Sum over a chunk of pixels, channel by channel: gradient to a bias.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushConv
#include "common.glsl"

SOURCE (0, dy)
DESTINATION (1, part)

void
main ()
{
  uint vectors = push.n_out / V;
  uint item = item_index ();
  uint c = (item % vectors) * V;
  uint chunk = item / vectors;
  uint begin = chunk * push.per_chunk;
  uint end = min (begin + push.per_chunk, push.n * push.height * push.width);
  vec4 sum = vec4 (0.0);

  if (chunk >= push.n_chunks)
    return;
  for (uint p = begin; p < end; p++)
    sum += load_dy (p * push.n_out + c);
  store_part (chunk * push.n_out + c, sum);
}
