#version 450
// One AdamW step (Loshchilov and Hutter 2019), in place.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushPointwise
#include "common.glsl"

UPDATED (0, p)
SOURCE (1, g)
UPDATED (2, m)
UPDATED (3, v)
READ_VALUES (4, hyper)

void
main ()
{
  uint vector = item_index ();

  if (vector >= push.n)
    return;
  float rate = hyper[0];
  float decay = push.decay != 0 ? hyper[6] : 0.0;
  uint i = vector * V;
  vec4 gradient = load_g (i) * hyper[7];
  vec4 first = hyper[3] * load_m (i) + (1.0 - hyper[3]) * gradient;
  vec4 second = hyper[4] * load_v (i) + (1.0 - hyper[4]) * gradient * gradient;
  vec4 value = load_p (i);

  store_m (i, first);
  store_v (i, second);
  store_p (i, value - rate * (first / hyper[1] / (sqrt (second / hyper[2]) + hyper[5]) + decay * value));
}
