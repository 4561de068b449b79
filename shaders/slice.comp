#version 450
// Some channels of the source, from `first` on.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushChannels
#include "common.glsl"

SOURCE (0, src)
DESTINATION (1, dst)

void
main ()
{
  uint vectors = push.n_b / V;
  uint item = item_index ();
  uint pixel = item / vectors;
  uint c = (item % vectors) * V;

  if (pixel < push.n_pixels)
    store_dst (pixel * push.n_b + c, load_src (pixel * push.n_a + push.first + c));
}
