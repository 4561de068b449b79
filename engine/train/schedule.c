#include "train/schedule.h"

#include <math.h>

#define MIN_WARMUP_STEPS 50

/**
 * mg_schedule_rate:
 * @peak: highest learning rate
 * @warmup: share of the run over which it rises; above 1 it never reaches @peak
 * @fraction: how much of the run is behind, 0 to 1
 *
 * Linear warm-up to @peak, then half a cosine down to a hundredth of it
 * (Loshchilov and Hutter 2017, without restarts).
 *
 * Returns: the learning rate
 */
double
mg_schedule_rate (double peak,
                  double warmup,
                  double fraction)
{
  const double floor = 0.01;
  double t;

  fraction = CLAMP (fraction, 0.0, 1.0);
  warmup = MAX (warmup, 0.0);
  if (fraction < warmup || warmup >= 1)
    return peak * MAX (fraction / warmup, floor);
  t = (fraction - warmup) / (1 - warmup);
  return peak * (floor + (1 - floor) * 0.5 * (1 + cos (G_PI * t)));
}

/**
 * mg_schedule_warmup:
 * @warmup: share of the run that is wanted
 * @n_steps: of the run, 0 when not known
 *
 * The first steps of AdamW are as large as the rate however small the gradient
 * (Ma and Yarats 2021 ask for 2 / (1 - β2) steps of warm-up), so a short run has
 * at least fifty.
 *
 * Returns: share of the run for mg_schedule_rate(), above 1 in a shorter run
 */
double
mg_schedule_warmup (double warmup,
                    gint64 n_steps)
{
  return n_steps > 0 ? MAX (warmup, MIN_WARMUP_STEPS / (double) n_steps) : warmup;
}

/**
 * mg_schedule_hyper:
 * @rate: learning rate of this step
 * @weight_decay: decoupled decay
 * @step: steps done before this one
 * @hyper: (out): the "hyper" input of MG_OP_ADAMW
 *
 * AdamW with β1 0.9, β2 0.999, ε 1e-8 (Loshchilov and Hutter 2019); the bias
 * corrections are computed here, so that a recorded step never changes.
 */
void
mg_schedule_hyper (double rate,
                   double weight_decay,
                   gint64 step,
                   float hyper[8])
{
  const double beta1 = 0.9, beta2 = 0.999;

  hyper[0] = (float) rate;
  hyper[1] = (float) (1 - pow (beta1, (double) step + 1));
  hyper[2] = (float) (1 - pow (beta2, (double) step + 1));
  hyper[3] = (float) beta1;
  hyper[4] = (float) beta2;
  hyper[5] = 1e-8f;
  hyper[6] = (float) weight_decay;
  hyper[7] = 1;
}
