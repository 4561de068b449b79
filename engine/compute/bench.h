#pragma once

#include "compute/backend.h"

/**
 * MgBenchResult:
 * @name: of the network, static
 * @train_step_s: median time of one step (forward, backward, AdamW)
 * @train_cpu_s: processor time of a step, all threads: says more than
 *   @train_step_s where others use the processor too
 * @train_mpix_s: millions of image pixels trained on a second
 * @train_gflop_s: 10⁹ operations a second of direct convolution, so a fast
 *   algorithm may exceed what the device multiplies
 * @infer_mpix_s: millions of pixels predicted a second, same batch
 * @plan_bytes: the training program's tensors
 * @peak_bytes: largest resident memory of the process while training; where
 *   the system does not say, @plan_bytes
 */
typedef struct
{
  const char *name;
  int batch;
  int patch; /* pixels a side */
  guint n_steps;
  guint64 n_parameters;
  double train_step_s;
  double train_cpu_s;
  double train_mpix_s;
  double train_gflop_s;
  double infer_mpix_s;
  guint64 plan_bytes;
  guint64 peak_bytes;
} MgBenchResult;

const char *const *mg_bench_list (void);
gboolean mg_bench_run (MgBackend *backend,
                       const char *name,
                       MgBenchResult *out,
                       GCancellable *cancellable,
                       GError **error);
