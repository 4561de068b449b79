#include "nn/unet.h"

#include <math.h>

/**
 * mg_init_parameter:
 * @tensor: a parameter, whose name's ending says what it is
 * @seed: of the training run
 * @out: (array): room for its values
 *
 * ".weight": normal with variance 2 / (inputs of one output) (He et al. 2015,
 * "Delving deep into rectifiers"); ".gamma": 1; others 0. Values depend on the
 * seed and the tensor's name only, so a network keeps its start when another
 * part of it changes.
 */
void
mg_init_parameter (const MgTensor *tensor,
                   guint64 seed,
                   float *out)
{
  gsize n = mg_tensor_n_values (tensor);

  if (g_str_has_suffix (tensor->name, ".weight"))
    {
      double sigma = sqrt (2.0 / (double) (tensor->shape[MG_AXIS_H] * tensor->shape[MG_AXIS_W]));
      MgRng rng;

      mg_rng_init (&rng, seed, g_str_hash (tensor->name));
      for (gsize i = 0; i < n; i++)
        out[i] = (float) (sigma * mg_rng_normal (&rng));
    }
  else
    for (gsize i = 0; i < n; i++)
      out[i] = g_str_has_suffix (tensor->name, ".gamma") ? 1.0f : 0.0f;
}
