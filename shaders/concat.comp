#version 450
// Channels of a, then of b.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushChannels
#include "common.glsl"

SOURCE (0, a)
SOURCE (1, b)
DESTINATION (2, dst)

void
main ()
{
  uint channels = push.n_a + push.n_b;
  uint vectors = channels / V;
  uint item = item_index ();
  uint pixel = item / vectors;
  uint c = (item % vectors) * V;

  if (pixel >= push.n_pixels)
    return;
  if (c < push.n_a)
    store_dst (pixel * channels + c, load_a (pixel * push.n_a + c));
  else
    store_dst (pixel * channels + c, load_b (pixel * push.n_b + c - push.n_a));
}
