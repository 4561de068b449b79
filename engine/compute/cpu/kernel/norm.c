#include "compute/cpu/kernel/vector.h"

/* Loops over pixels with coefficients a channel. Whole vectors of channels
 * first, the rest one by one. */

MG_INLINE void
affine (const float *x, const float *scale, const float *shift, float *y, size_t n, size_t c, const int act)
{
  for (size_t p = 0; p < n; p++, x += c, y += c)
    {
      size_t i = 0;

      for (; i + MG_VECTOR <= c; i += MG_VECTOR)
        MG_STORE (y + i, mg_vec_act (MG_LOAD (x + i) * MG_LOAD (scale + i) + MG_LOAD (shift + i), act));
      for (; i < c; i++)
        y[i] = mg_act_one (x[i] * scale[i] + shift[i], act);
    }
}

void
MG_SET (mg_affine) (const float *x, const float *scale, const float *shift, float *y, size_t n, size_t c, int act)
{
  if (act == MG_KERNEL_RELU)
    affine (x, scale, shift, y, n, c, MG_KERNEL_RELU);
  else if (act == MG_KERNEL_LEAKY)
    affine (x, scale, shift, y, n, c, MG_KERNEL_LEAKY);
  else if (act == MG_KERNEL_SIGMOID)
    affine (x, scale, shift, y, n, c, MG_KERNEL_SIGMOID);
  else
    affine (x, scale, shift, y, n, c, MG_KERNEL_NONE);
}

/* Floats are summed over this many pixels at most before they join the doubles:
 * exact enough for 1e-7 and as fast as floats. */
#define MG_RUN 64

MG_INLINE void
flush (double *sums, MgVec s)
{
  for (int v = 0; v < MG_VECTOR; v++)
    sums[v] += (double) s[v];
}

void
MG_SET (mg_moments) (const float *x, const float *pivot, size_t n, size_t c, double *sums)
{
  for (size_t begin = 0; begin < n; begin += MG_RUN)
    {
      size_t end = begin + MG_RUN < n ? begin + MG_RUN : n, i = 0;

      for (; i + MG_VECTOR <= c; i += MG_VECTOR)
        {
          MgVec s = { 0 }, q = { 0 }, k = MG_LOAD (pivot + i);

          for (size_t p = begin; p < end; p++)
            {
              MgVec d = MG_LOAD (x + p * c + i) - k;

              s += d;
              q += d * d;
            }
          flush (sums + i, s);
          flush (sums + c + i, q);
        }
      for (; i < c; i++)
        for (size_t p = begin; p < end; p++)
          {
            double d = (double) x[p * c + i] - (double) pivot[i];

            sums[i] += d;
            sums[c + i] += d * d;
          }
    }
}

/* coef: scale, shift, mean */
MG_INLINE void
norm_sums (const float *dy, const float *x, const float *const *coef, size_t n, size_t c, const int act, double *sums)
{
  const float *scale = coef[0], *shift = coef[1], *mean = coef[2];

  for (size_t begin = 0; begin < n; begin += MG_RUN)
    {
      size_t end = begin + MG_RUN < n ? begin + MG_RUN : n, i = 0;

      for (; i + MG_VECTOR <= c; i += MG_VECTOR)
        {
          MgVec s = { 0 }, q = { 0 }, a = MG_LOAD (scale + i), b = MG_LOAD (shift + i), k = MG_LOAD (mean + i);

          for (size_t p = begin; p < end; p++)
            {
              MgVec v = MG_LOAD (x + p * c + i), d = mg_vec_act_grad (MG_LOAD (dy + p * c + i), v * a + b, act);

              s += d;
              q += d * (v - k);
            }
          flush (sums + i, s);
          flush (sums + c + i, q);
        }
      for (; i < c; i++)
        for (size_t p = begin; p < end; p++)
          {
            float v = x[p * c + i], d = mg_act_grad_one (dy[p * c + i], v * scale[i] + shift[i], act);

            sums[i] += (double) d;
            sums[c + i] += (double) d * ((double) v - (double) mean[i]);
          }
    }
}

void
MG_SET (mg_norm_sums) (const float *dy, const float *x, const float *const *coef, size_t n, size_t c, int act,
                       double *sums)
{
  if (act == MG_KERNEL_RELU)
    norm_sums (dy, x, coef, n, c, MG_KERNEL_RELU, sums);
  else if (act == MG_KERNEL_LEAKY)
    norm_sums (dy, x, coef, n, c, MG_KERNEL_LEAKY, sums);
  else if (act == MG_KERNEL_SIGMOID)
    norm_sums (dy, x, coef, n, c, MG_KERNEL_SIGMOID, sums);
  else
    norm_sums (dy, x, coef, n, c, MG_KERNEL_NONE, sums);
}

/* coef: scale, shift, k0, k1, k2 */
MG_INLINE void
norm_grad (const float *dy, const float *x, const float *const *coef, float *dx, size_t n, size_t c, const int act)
{
  const float *scale = coef[0], *shift = coef[1], *k0 = coef[2], *k1 = coef[3], *k2 = coef[4];

  for (size_t p = 0; p < n; p++, x += c, dy += c, dx += c)
    {
      size_t i = 0;

      for (; i + MG_VECTOR <= c; i += MG_VECTOR)
        {
          MgVec v = MG_LOAD (x + i), pre = v * MG_LOAD (scale + i) + MG_LOAD (shift + i);
          MgVec d = mg_vec_act_grad (MG_LOAD (dy + i), pre, act);

          MG_STORE (dx + i, d * MG_LOAD (k0 + i) + (v * MG_LOAD (k1 + i) + MG_LOAD (k2 + i)));
        }
      for (; i < c; i++)
        dx[i] = mg_act_grad_one (dy[i], x[i] * scale[i] + shift[i], act) * k0[i] + (x[i] * k1[i] + k2[i]);
    }
}

void
MG_SET (mg_norm_grad) (const float *dy, const float *x, const float *const *coef, float *dx, size_t n, size_t c,
                       int act)
{
  if (act == MG_KERNEL_RELU)
    norm_grad (dy, x, coef, dx, n, c, MG_KERNEL_RELU);
  else if (act == MG_KERNEL_LEAKY)
    norm_grad (dy, x, coef, dx, n, c, MG_KERNEL_LEAKY);
  else if (act == MG_KERNEL_SIGMOID)
    norm_grad (dy, x, coef, dx, n, c, MG_KERNEL_SIGMOID);
  else
    norm_grad (dy, x, coef, dx, n, c, MG_KERNEL_NONE);
}

void
MG_SET (mg_column_sums) (const float *x, size_t n, size_t c, double *sums)
{
  for (size_t begin = 0; begin < n; begin += MG_RUN)
    {
      size_t end = begin + MG_RUN < n ? begin + MG_RUN : n, i = 0;

      for (; i + MG_VECTOR <= c; i += MG_VECTOR)
        {
          MgVec s = { 0 };

          for (size_t p = begin; p < end; p++)
            s += MG_LOAD (x + p * c + i);
          flush (sums + i, s);
        }
      for (; i < c; i++)
        for (size_t p = begin; p < end; p++)
          sums[i] += (double) x[p * c + i];
    }
}
