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

#include "norm.glsl"

// Means over channel c's group of gamma·d and gamma·d·x̂.
vec2
group_means (uint n, uint c)
{
  uint per_group = push.channels / push.groups;
  uint first = c / per_group * per_group;
  vec2 sum = vec2 (0.0);

  for (uint k = first; k < first + per_group; k++)
    {
      uint o = (n * push.channels + k) * 2;

      sum += gamma[k] * vec2 (sums[o], sums[o + 1]);
    }
  return sum / (float (push.n_pixels) * float (per_group));
}

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
  Norm norm = load_norm (n, c);
  vec4 scale = load_gamma (c);
  vec4 shift = load_beta (c);
  vec4 mean_d;
  vec4 mean_product;
  vec2 means = vec2 (0.0);
  for (uint j = 0; j < V; j++)
    {
      if (j == 0 || (c + j) % per_group == 0)
        means = group_means (n, c + j);
      mean_d[j] = means.x;
      mean_product[j] = means.y;
    }
  for (uint p = run; p < push.n_pixels; p += push.n_chunks)
    {
      uint i = (n * push.n_pixels + p) * push.channels + c;
      vec4 normed = (load_x (i) - norm.mean) * norm.inverse;
      vec4 d = load_dy (i) * activate_slope (activate (scale * normed + shift));

      store_dst (i, norm.inverse * (scale * d - mean_d - normed * mean_product));
    }
}
