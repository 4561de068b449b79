#pragma once

#include <glib.h>

/* Normalised mean squared error: Σ (a - b)² / Σ b², over values where neither
 * is NaN. */
double mg_nmse (const float *values,
                const float *expected,
                gsize n);
/* Largest |a - b| / (|b| + root mean square of b): finds a single wrong value
 * that the sum above would drown. worst (nullable) takes where. */
double mg_max_error (const float *values,
                     const float *expected,
                     gsize n,
                     gsize *worst);
/* How many are NaN in one array only. */
gsize mg_nan_mismatches (const float *values,
                         const float *expected,
                         gsize n);
/* Central difference of f at *x. The step is taken relative to |*x| + 1; *x is
 * put back. */
double mg_finite_difference (float *x,
                             double step,
                             double (*f) (gpointer data),
                             gpointer data);
