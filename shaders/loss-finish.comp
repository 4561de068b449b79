#version 450
// Second pass of a loss: one workgroup, invocation k adds sum k over the chunks.
#extension GL_GOOGLE_include_directive : require
#define PUSH_TYPE MgPushLoss
#include "common.glsl"
#include "loss.glsl"

READ_VALUES (0, part)
VALUES (1, loss)

shared float sums[N_SUMS];

void
main ()
{
  uint k = gl_LocalInvocationID.x;

  if (k < N_SUMS)
    {
      float sum = 0.0;

      for (uint chunk = 0; chunk < push.n_chunks; chunk++)
        sum += part[chunk * N_SUMS + k];
      sums[k] = sum;
    }
  barrier ();
  if (k == 0)
    {
      float l = sums[0] / max (sums[1], 1e-6);

      if (KIND == KIND_DICE)
        {
          float score = 0.0;

          for (uint c = 0; c < push.channels; c++)
            score += (2.0 * sums[2 + 2 * c] + 1.0) / (sums[3 + 2 * c] + 1.0);
          l = 1.0 - score / float (push.channels);
        }
      loss[0] = push.scale * l;
    }
  else if (k < N_SUMS)
    loss[k] = sums[k];
}
