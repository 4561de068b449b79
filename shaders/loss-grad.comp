#version 450
// Gradient of a loss to the prediction, a pixel an invocation.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushLoss
#include "common.glsl"
#include "loss.glsl"

READ_VALUES (0, pred)
READ_VALUES (1, target)
READ_VALUES (2, weight)
READ_VALUES (3, loss)
VALUES (4, dst)

void
cross_entropy_grad (uint base, float w)
{
  float largest = pred[base];
  float total = 0.0;
  float targets = 0.0;

  for (uint c = 1; c < push.channels; c++)
    largest = max (largest, pred[base + c]);
  for (uint c = 0; c < push.channels; c++)
    {
      total += exp (pred[base + c] - largest);
      targets += target[base + c];
    }
  for (uint c = 0; c < push.channels; c++)
    dst[base + c] = w * (targets * exp (pred[base + c] - largest) / total - target[base + c]);
}

float
dice_grad (uint c, float x, float t)
{
  float s = sigmoid (x);
  float common_sum = 2.0 * loss[2 + 2 * c] + 1.0;
  float all = loss[3 + 2 * c] + 1.0;

  return -(2.0 * t * all - common_sum) / (all * all) * s * (1.0 - s);
}

void
laplace_grad (uint pixel, float w)
{
  uint n = push.channels / 2;

  for (uint c = 0; c < n; c++)
    {
      uint at = pixel * 2 * n + c;
      float d = pred[at] - target[pixel * n + c];
      float s = pred[at + n];
      float b = laplace_scale (s);

      dst[at] = w / (float (n) * b) * sign (d);
      dst[at + n] = w / float (n) * (1.0 - abs (d) / b) / b * sigmoid (s);
    }
}

void
main ()
{
  uint pixel = item_index ();

  if (pixel >= push.n_pixels)
    return;
  uint base = pixel * push.channels;
  float w = push.scale * weight[pixel];
  if (KIND != KIND_DICE)
    w /= max (loss[1], 1e-6);
  if (KIND == KIND_CE)
    {
      cross_entropy_grad (base, w);
      return;
    }
  if (KIND == KIND_LAPLACE)
    {
      laplace_grad (pixel, w);
      return;
    }
  w /= float (push.channels);
  for (uint c = 0; c < push.channels; c++)
    {
      float x = pred[base + c];
      float t = target[base + c];
      float d;

      if (KIND == KIND_BCE)
        d = sigmoid (x) - t;
      else if (KIND == KIND_MSE)
        d = 2.0 * (x - t);
      else if (KIND == KIND_MAE)
        d = sign (x - t);
      else
        d = dice_grad (c, x, t);
      dst[base + c] = w * d;
    }
}
