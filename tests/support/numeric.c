#include "support/numeric.h"

#include <math.h>

/* What stands for nothing: a sum in double that should be 0 may come out as the
 * rounding of 1. */
#define NOTHING 1e-12

double
mg_nmse (const float *values,
         const float *expected,
         gsize n)
{
  double square = 0, error = 0;

  for (gsize i = 0; i < n; i++)
    if (!isnan (values[i]) && !isnan (expected[i]))
      {
        double d = (double) values[i] - (double) expected[i];

        error += d * d;
        square += (double) expected[i] * (double) expected[i];
      }
  return error == 0 ? 0 : error / MAX (square, NOTHING * NOTHING);
}

double
mg_max_error (const float *values,
              const float *expected,
              gsize n,
              gsize *worst)
{
  double square = 0, top = 0;

  for (gsize i = 0; i < n; i++)
    if (!isnan (expected[i]))
      square += (double) expected[i] * (double) expected[i];
  for (gsize i = 0; i < n; i++)
    {
      double scale = fabs ((double) expected[i]) + sqrt (square / (double) n) + NOTHING;
      double d = fabs ((double) values[i] - (double) expected[i]) / scale;

      if (d > top)
        {
          top = d;
          if (worst != NULL)
            *worst = i;
        }
    }
  return top;
}

gsize
mg_nan_mismatches (const float *values,
                   const float *expected,
                   gsize n)
{
  gsize count = 0;

  for (gsize i = 0; i < n; i++)
    count += !isnan (values[i]) != !isnan (expected[i]);
  return count;
}

double
mg_finite_difference (float *x,
                      double step,
                      double (*f) (gpointer data),
                      gpointer data)
{
  float old = *x, high = (float) ((double) old + step * (fabs ((double) old) + 1));
  float low = (float) ((double) old - step * (fabs ((double) old) + 1));
  double above, below;

  *x = high;
  above = f (data);
  *x = low;
  below = f (data);
  *x = old;
  return (above - below) / ((double) high - (double) low);
}
