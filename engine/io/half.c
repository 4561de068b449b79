#include "io/half.h"

#include <math.h>

static float
to_float (guint16 half)
{
  int exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
  float value;

  if (exponent == 31)
    value = fraction != 0 ? NAN : INFINITY;
  else if (exponent == 0)
    value = ldexpf ((float) fraction, -24);
  else
    value = ldexpf ((float) (fraction | 0x400), exponent - 25);
  return half >> 15 ? -value : value;
}

/* IEEE 754 binary16 numbers as single precision, exactly. */
void
_mg_half_to_float (const guint16 *src,
                   float *dst,
                   gsize n)
{
  for (gsize i = 0; i < n; i++)
    dst[i] = to_float (src[i]);
}
