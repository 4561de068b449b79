#version 450
// Group norm backward: inverse · (gamma·d - mean (gamma·d) - x̂ · mean (gamma·d·x̂)),
// means over the group, for a run of pixels n_chunks apart.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushNorm
#include "common.glsl"

SOURCE (0, dy)
SOURCE (1, x)
READ_VALUES (2, stats)
SOURCE (3, gamma)
SOURCE (4, beta)
READ_VALUES (5, sums)
DESTINATION (6, dst)

void
main ()
{
  uint vectors = push.channels / V;
  uint per_group = push.channels / push.groups;
  uint item = item_index ();
  uint c = (item % vectors) * V;
  uint run = (item / vectors) % push.n_chunks;
  uint n = item / (vectors * push.n_chunks);

  if (n >= push.n)
    return;
  uint g = c / per_group;
  float mean = stats[(n * push.groups + g) * 2];
  float inverse = stats[(n * push.groups + g) * 2 + 1];
  vec4 scale = load_gamma (c);
  vec4 shift = load_beta (c);
  float mean_d = 0.0;
  float mean_product = 0.0;
  for (uint k = g * per_group; k < (g + 1) * per_group; k += V)
    {
      vec4 weight = load_gamma (k);

      for (uint j = 0; j < V; j++)
        {
          uint o = (n * push.channels + k + j) * 2;

          mean_d += weight[j] * sums[o];
          mean_product += weight[j] * sums[o + 1];
        }
    }
  float count = float (push.n_pixels) * float (per_group);
  mean_d /= count;
  mean_product /= count;
  for (uint p = run; p < push.n_pixels; p += push.n_chunks)
    {
      uint i = (n * push.n_pixels + p) * push.channels + c;
      vec4 normed = (load_x (i) - mean) * inverse;
      vec4 d = load_dy (i) * activate_slope (activate (scale * normed + shift));

      store_dst (i, inverse * (scale * d - mean_d - normed * mean_product));
    }
}
