#pragma once

#include "compute/backend.h"

/* Compares a backend with what PyTorch computed (tests/golden). Adds three tests:
 * PREFIX/golden/ops: convolutions, norms and losses, values and gradients;
 * PREFIX/golden/unet-step: two training steps of two small U-Nets, every loss,
 * parameter gradient and updated parameter; PREFIX/golden/same-bytes: the same
 * steps twice give identical parameters.
 * tolerance: relative to each tensor's root mean square. */
void mg_golden_add_tests (const char *prefix,
                          MgBackend *tested,
                          double tolerance);
