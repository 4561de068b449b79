#include "compute/cpu/kernel/vector.h"

/* Plain loops the compiler turns into vectors; a constant activation in each
 * copy keeps the choice out of the loop. */

/* ivdep: a destination may be the source itself, never a shifted part of it. */

void
MG_SET (mg_act) (const float *x, float *y, size_t n, int act)
{
  if (act == MG_KERNEL_SIGMOID)
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      y[i] = 1.0f / (1.0f + expf (-x[i]));
  else if (act == MG_KERNEL_RELU)
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      y[i] = mg_act_one (x[i], MG_KERNEL_RELU);
  else if (act == MG_KERNEL_LEAKY)
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      y[i] = mg_act_one (x[i], MG_KERNEL_LEAKY);
  else
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      y[i] = x[i];
}

void
MG_SET (mg_act_grad) (const float *y, const float *dy, float *out, size_t n, int act)
{
  if (act == MG_KERNEL_SIGMOID)
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      out[i] = dy[i] * y[i] * (1.0f - y[i]);
  else if (act == MG_KERNEL_RELU)
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      out[i] = y[i] > 0.0f ? dy[i] : 0.0f;
  else if (act == MG_KERNEL_LEAKY)
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      out[i] = y[i] > 0.0f ? dy[i] : dy[i] * MG_KERNEL_LEAKY_SLOPE;
  else
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++)
      out[i] = dy[i];
}

void
MG_SET (mg_add) (const float *a, const float *b, float *y, size_t n)
{
#pragma GCC ivdep
  for (size_t i = 0; i < n; i++)
    y[i] = a[i] + b[i];
}

void
MG_SET (mg_maxpool2) (const float *x, size_t row, size_t n, size_t c, float *y)
{
  for (size_t p = 0; p < n; p++)
    {
      const float *x0 = x + 2 * p * c, *x1 = x0 + row;

#pragma GCC ivdep
      for (size_t i = 0; i < c; i++)
        {
          float top = x0[i] < x0[c + i] ? x0[c + i] : x0[i];
          float bottom = x1[i] < x1[c + i] ? x1[c + i] : x1[i];

          y[p * c + i] = top < bottom ? bottom : top;
        }
    }
}

void
MG_SET (mg_maxpool2_grad) (const float *x, const float *dy, size_t row, size_t n, size_t c, float *restrict dx)
{
  for (size_t p = 0; p < n; p++)
    {
      const float *x0 = x + 2 * p * c, *x1 = x0 + row, *d = dy + p * c;
      float *d0 = dx + 2 * p * c, *d1 = d0 + row;

      /* a later value takes it only when it is greater: the first of equals wins */
#pragma GCC ivdep
      for (size_t i = 0; i < c; i++)
        {
          int right = x0[i] < x0[c + i], right_below = x1[i] < x1[c + i];
          float top = right ? x0[c + i] : x0[i], bottom = right_below ? x1[c + i] : x1[i];
          int below = top < bottom;
          float above = below ? 0.0f : d[i], under = below ? d[i] : 0.0f;

          d0[i] = right ? 0.0f : above;
          d0[c + i] = right ? above : 0.0f;
          d1[i] = right_below ? 0.0f : under;
          d1[c + i] = right_below ? under : 0.0f;
        }
    }
}

void
MG_SET (mg_blurpool2) (const float *const x[4], size_t n, size_t c, float *y)
{
  static const float taps[4] = { 1 / 64.0f, 3 / 64.0f, 3 / 64.0f, 1 / 64.0f };

  for (size_t p = 0; p < n; p++)
    {
      size_t left = p > 0 ? 2 * p - 1 : 0, right = p + 1 < n ? 2 * p + 2 : 2 * p + 1;

      for (size_t i = 0; i < c; i++)
        y[p * c + i] = 0;
      for (size_t k = 0; k < 4; k++)
        {
          const float *x0 = x[k] + left * c, *x1 = x[k] + 2 * p * c, *x2 = x1 + c, *x3 = x[k] + right * c;

#pragma GCC ivdep
          for (size_t i = 0; i < c; i++)
            y[p * c + i] += taps[k] * (x0[i] + x3[i] + 3.0f * (x1[i] + x2[i]));
        }
    }
}

void
MG_SET (mg_blurpool2_grad) (const float *near, const float *far, size_t n, size_t c, float *dx)
{
  for (size_t q = 0; q < 2 * n; q++)
    {
      size_t other = q % 2 == 1 ? (q / 2 + 1 < n ? q / 2 + 1 : q / 2) : (q > 0 ? q / 2 - 1 : 0);
      const float *near0 = near + q / 2 * c, *near1 = near + other * c, *far0 = far + q / 2 * c, *far1 = far + other * c;

#pragma GCC ivdep
      for (size_t i = 0; i < c; i++)
        dx[q * c + i] = (9.0f * near0[i] + 3.0f * (near1[i] + far0[i]) + far1[i]) / 64.0f;
    }
}

void
MG_SET (mg_upsample2_grad) (const float *dy, size_t row, size_t n, size_t c, float *dx)
{
  for (size_t p = 0; p < n; p++)
    {
      const float *d0 = dy + 2 * p * c, *d1 = d0 + row;

#pragma GCC ivdep
      for (size_t i = 0; i < c; i++)
        dx[p * c + i] = (d0[i] + d0[c + i]) + (d1[i] + d1[c + i]);
    }
}

/* Loshchilov and Hutter 2019, equation order of the AdamW of PyTorch */
void
MG_SET (mg_adamw) (float *restrict p, const float *restrict g, float *restrict m, float *restrict v, size_t n,
                   const float *hyper, int decay)
{
  const float lr = hyper[0], fix1 = 1.0f / hyper[1], fix2 = 1.0f / hyper[2], beta1 = hyper[3], beta2 = hyper[4];
  const float eps = hyper[5], keep = decay ? 1.0f - lr * hyper[6] : 1.0f, grad_scale = hyper[7];

#pragma GCC ivdep
  for (size_t i = 0; i < n; i++)
    {
      float d = g[i] * grad_scale;
      float m1 = beta1 * m[i] + (1.0f - beta1) * d;
      float v1 = beta2 * v[i] + (1.0f - beta2) * d * d;

      m[i] = m1;
      v[i] = v1;
      p[i] = p[i] * keep - lr * (m1 * fix1) / (__builtin_sqrtf (v1 * fix2) + eps);
    }
}
