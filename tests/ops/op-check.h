#pragma once

#include "compute/backend.h"

/**
 * mg_op_check_add_tests:
 * @prefix: of the test paths, "/ops/cpu"
 * @tested: (transfer none): must outlive g_test_run()
 *
 * Adds one test an op: over a list of shapes and parameters the op runs on
 * random input on the reference backend and on the tested one, with guard
 * tensors around it, and in place where that is allowed. Results must agree,
 * NaN where the reference has NaN, sources and guards stay as they are, and a
 * second run gives the same bytes.
 */
void mg_op_check_add_tests (const char *prefix,
                            MgBackend *tested);
/* The same for one op, at once. */
void mg_op_check_op (MgBackend *tested,
                     MgOp op);
