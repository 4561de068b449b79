#pragma once

#include "compute/backend.h"

/**
 * MgOpTolerance:
 * @pointwise: normalised mean squared error allowed to everything but convolutions
 * @conv: the same for convolutions and their gradients
 * @pointwise_max, conv_max: largest error of one value, relative to it plus the
 *   root mean square of all
 */
typedef struct
{
  double pointwise, conv;
  double pointwise_max, conv_max;
} MgOpTolerance;

/* What float32 kernels reach. */
extern const MgOpTolerance mg_op_tolerance_f32;

/**
 * mg_op_check_add_tests:
 * @prefix: of the test paths, "/ops/cpu"
 * @tested: (transfer none): must outlive g_test_run()
 * @tolerance: (nullable): float32's when %NULL
 *
 * Adds one test an op: over a list of shapes and parameters the op runs on
 * random input on the reference backend and on the tested one, with guard
 * tensors around it, and in place where that is allowed. Results must agree,
 * NaN where the reference has NaN, sources and guards stay as they are, and a
 * second run gives the same bytes.
 */
void mg_op_check_add_tests (const char *prefix,
                            MgBackend *tested,
                            const MgOpTolerance *tolerance);
/* The same for one op, at once. */
void mg_op_check_op (MgBackend *tested,
                     MgOp op,
                     const MgOpTolerance *tolerance);
/* All ops, at once. */
void mg_op_check_backend (MgBackend *tested,
                          const MgOpTolerance *tolerance);
