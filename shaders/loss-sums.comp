#version 450
// First pass of a loss: eight sums over a chunk of pixels. [0] weight · l,
// [1] weight; Dice, channel c: [2 + 2c] weight·p·t, [3 + 2c] weight·(p + t).
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushLoss
#include "common.glsl"
#include "loss.glsl"

READ_VALUES (0, pred)
READ_VALUES (1, target)
READ_VALUES (2, weight)
VALUES (3, part)

float
cross_entropy (uint base)
{
  float largest = pred[base];
  float total = 0.0;
  float l = 0.0;

  for (uint c = 1; c < push.channels; c++)
    largest = max (largest, pred[base + c]);
  for (uint c = 0; c < push.channels; c++)
    total += exp (pred[base + c] - largest);
  total = largest + log (total);
  for (uint c = 0; c < push.channels; c++)
    l += target[base + c] * (total - pred[base + c]);
  return l;
}

float
mean_loss (uint base)
{
  float l = 0.0;

  for (uint c = 0; c < push.channels; c++)
    {
      float x = pred[base + c];
      float t = target[base + c];

      if (KIND == KIND_BCE)
        l += max (x, 0.0) - x * t + log (1.0 + exp (-abs (x)));
      else if (KIND == KIND_MSE)
        l += (x - t) * (x - t);
      else
        l += abs (x - t);
    }
  return l / float (push.channels);
}

float
laplace (uint pixel)
{
  uint n = push.channels / 2;
  float l = 0.0;

  for (uint c = 0; c < n; c++)
    {
      float b = laplace_scale (pred[pixel * 2 * n + n + c]);

      l += abs (pred[pixel * 2 * n + c] - target[pixel * n + c]) / b + log (2.0 * b);
    }
  return l / float (n);
}

void
main ()
{
  uint chunk = item_index ();
  float sums[N_SUMS];

  if (chunk >= push.n_chunks)
    return;
  for (uint k = 0; k < N_SUMS; k++)
    sums[k] = 0.0;
  for (uint p = chunk; p < push.n_pixels; p += push.n_chunks)
    {
      float w = weight[p];
      uint base = p * push.channels;

      sums[1] += w;
      if (KIND == KIND_DICE)
        for (uint c = 0; c < push.channels; c++)
          {
            float s = sigmoid (pred[base + c]);
            float t = target[base + c];

            sums[2 + 2 * c] += w * s * t;
            sums[3 + 2 * c] += w * (s + t);
          }
      else if (KIND == KIND_LAPLACE)
        sums[0] += w * laplace (p);
      else if (KIND == KIND_CE)
        sums[0] += w * cross_entropy (base);
      else
        sums[0] += w * mean_loss (base);
    }
  for (uint k = 0; k < N_SUMS; k++)
    part[chunk * N_SUMS + k] = sums[k];
}
