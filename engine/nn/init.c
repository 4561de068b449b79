#include "nn/unet.h"

#include <math.h>

/* with_middle: all of a Gaussian filter, else its outer two rings */
static void
fill_filter (const MgTensor *tensor, gboolean with_middle, float *out)
{
  gsize n_taps = (gsize) tensor->shape[MG_AXIS_H], n_in = (gsize) tensor->shape[MG_AXIS_W], n_out = (gsize) tensor->shape[MG_AXIS_C];
  int side = (int) (sqrt ((double) n_taps) + 0.5), reach = side / 2;
  double sum = 0;

  for (int pass = 0; pass < 2; pass++)
    for (gsize tap = 0; tap < n_taps; tap++)
      {
        int x = ABS ((int) tap % side - reach), y = ABS ((int) tap / side - reach);
        double weight = !with_middle && MAX (x, y) + 1 < reach ? 0 : exp (-(x * x + y * y) / (2.0 * (reach - 1) * (reach - 1)));

        sum += pass == 0 ? weight : 0;
        for (gsize i = 0; pass == 1 && i < n_in * n_out; i++)
          out[tap * n_in * n_out + i] = i / n_out == i % n_out ? (float) (weight / sum) : 0;
      }
}

/**
 * mg_init_parameter:
 * @tensor: a parameter, whose name's ending says what it is
 * @seed: of the training run
 * @out: (array): room for its values
 *
 * ".weight": normal with variance 2 / (inputs of one output) (He et al. 2015,
 * "Delving deep into rectifiers"); ".gamma": 1; ".surroundings": each channel's
 * mean of what surrounds a pixel, nearer pixels weighing more, the pixel itself and
 * all but the outer two rings left out; ".smooth": the same with the pixel, a
 * Gaussian filter; others 0, and so is all of a head "correction". Values depend on
 * the seed and the tensor's name only, so a network keeps its start when another
 * part of it changes.
 */
void
mg_init_parameter (const MgTensor *tensor,
                   guint64 seed,
                   float *out)
{
  gsize n = mg_tensor_n_values (tensor);

  if (g_str_has_suffix (tensor->name, ".weight") && !g_str_has_prefix (tensor->name, "correction."))
    {
      double sigma = sqrt (2.0 / (double) (tensor->shape[MG_AXIS_H] * tensor->shape[MG_AXIS_W]));
      MgRng rng;

      mg_rng_init (&rng, seed, g_str_hash (tensor->name));
      for (gsize i = 0; i < n; i++)
        out[i] = (float) (sigma * mg_rng_normal (&rng));
    }
  else if (g_str_has_suffix (tensor->name, ".surroundings") || g_str_has_suffix (tensor->name, ".smooth"))
    fill_filter (tensor, g_str_has_suffix (tensor->name, ".smooth"), out);
  else
    for (gsize i = 0; i < n; i++)
      out[i] = g_str_has_suffix (tensor->name, ".gamma") ? 1.0f : 0.0f;
}
