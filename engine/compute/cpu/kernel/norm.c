#include "compute/cpu/kernel/vector.h"

/* Loops over pixels with coefficients a channel. Whole vectors of channels
 * first, the rest one by one; where a vector holds several pixels' channels,
 * those pixels are taken as one with coefficients repeated. */

#define MAX_COEF 5

typedef struct
{
  size_t pixels; /* in one vector; 1: not folded */
  float memory[MAX_COEF][MG_VECTOR];
  const float *coef[MAX_COEF];
  double sums[2 * MG_VECTOR];
} Fold;

static void
fold (Fold *f, const float *const *coef, int n_coef, size_t c)
{
  f->pixels = c < MG_VECTOR && MG_VECTOR % c == 0 ? MG_VECTOR / c : 1;
  for (int i = 0; i < n_coef && f->pixels > 1; i++)
    {
      for (size_t v = 0; v < MG_VECTOR; v++)
        f->memory[i][v] = coef[i][v % c];
      f->coef[i] = f->memory[i];
    }
  for (size_t v = 0; v < 2 * MG_VECTOR; v++)
    f->sums[v] = 0.0;
}

/* n_sums sums a channel */
static void
unfold (const Fold *f, size_t n_sums, size_t c, double *sums)
{
  for (size_t i = 0; i < n_sums; i++)
    for (size_t v = 0; v < MG_VECTOR; v++)
      sums[i * c + v % c] += f->sums[i * MG_VECTOR + v];
}

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

static void
affine_any (const float *x, const float *const *coef, float *y, size_t n, size_t c, int act)
{
  if (act == MG_KERNEL_RELU)
    affine (x, coef[0], coef[1], y, n, c, MG_KERNEL_RELU);
  else if (act == MG_KERNEL_LEAKY)
    affine (x, coef[0], coef[1], y, n, c, MG_KERNEL_LEAKY);
  else if (act == MG_KERNEL_SIGMOID)
    affine (x, coef[0], coef[1], y, n, c, MG_KERNEL_SIGMOID);
  else
    affine (x, coef[0], coef[1], y, n, c, MG_KERNEL_NONE);
}

void
MG_SET (mg_affine) (const float *x, const float *scale, const float *shift, float *y, size_t n, size_t c, int act)
{
  const float *const coef[] = { scale, shift };
  size_t whole;
  Fold f;

  fold (&f, coef, 2, c);
  whole = f.pixels > 1 ? n / f.pixels : 0;
  affine_any (x, f.coef, y, whole, MG_VECTOR, act);
  whole *= MG_VECTOR;
  affine_any (x + whole, coef, y + whole, n - whole / c, c, act);
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

static void
moments (const float *x, const float *pivot, size_t n, size_t c, double *sums)
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

void
MG_SET (mg_moments) (const float *x, const float *pivot, size_t n, size_t c, double *sums)
{
  size_t whole;
  Fold f;

  fold (&f, &pivot, 1, c);
  whole = f.pixels > 1 ? n / f.pixels : 0;
  if (whole > 0)
    {
      moments (x, f.coef[0], whole, MG_VECTOR, f.sums);
      unfold (&f, 2, c, sums);
    }
  whole *= MG_VECTOR;
  moments (x + whole, pivot, n - whole / c, c, sums);
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

static void
norm_sums_any (const float *dy, const float *x, const float *const *coef, size_t n, size_t c, int act, double *sums)
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

void
MG_SET (mg_norm_sums) (const float *dy, const float *x, const float *const *coef, size_t n, size_t c, int act,
                       double *sums)
{
  size_t whole;
  Fold f;

  fold (&f, coef, 3, c);
  whole = f.pixels > 1 ? n / f.pixels : 0;
  if (whole > 0)
    {
      norm_sums_any (dy, x, f.coef, whole, MG_VECTOR, act, f.sums);
      unfold (&f, 2, c, sums);
    }
  whole *= MG_VECTOR;
  norm_sums_any (dy + whole, x + whole, coef, n - whole / c, c, act, sums);
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

static void
norm_grad_any (const float *dy, const float *x, const float *const *coef, float *dx, size_t n, size_t c, int act)
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
MG_SET (mg_norm_grad) (const float *dy, const float *x, const float *const *coef, float *dx, size_t n, size_t c,
                       int act)
{
  size_t whole;
  Fold f;

  fold (&f, coef, 5, c);
  whole = f.pixels > 1 ? n / f.pixels : 0;
  norm_grad_any (dy, x, f.coef, dx, whole, MG_VECTOR, act);
  whole *= MG_VECTOR;
  norm_grad_any (dy + whole, x + whole, coef, dx + whole, n - whole / c, c, act);
}

static void
column_sums (const float *x, size_t n, size_t c, double *sums)
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

void
MG_SET (mg_column_sums) (const float *x, size_t n, size_t c, double *sums)
{
  size_t whole;
  Fold f;

  fold (&f, NULL, 0, c);
  whole = f.pixels > 1 ? n / f.pixels : 0;
  if (whole > 0)
    {
      column_sums (x, whole, MG_VECTOR, f.sums);
      unfold (&f, 1, c, sums);
    }
  whole *= MG_VECTOR;
  column_sums (x + whole, n - whole / c, c, sums);
}
