#pragma once

#include "compute/cpu/kernel/kernel.h"

#include <math.h>

/* Vectors of the instruction set compiled for. MG_KERNEL_SET names it. */
#if defined(__AVX512F__)
#define MG_VECTOR 16
#define MG_ROWS   12
#elif defined(__AVX__)
#define MG_VECTOR 8
#define MG_ROWS   6
#else
#define MG_VECTOR 4
#define MG_ROWS   6
#endif
#define MG_PANEL (2 * MG_VECTOR)

#define MG_JOIN2(a, b) a##_##b
#define MG_JOIN(a, b)  MG_JOIN2 (a, b)
#define MG_SET(name)   MG_JOIN (name, MG_KERNEL_SET)

#define MG_INLINE static inline __attribute__ ((always_inline))

/* aligned to a float: tensors with few channels start anywhere */
typedef float MgVec __attribute__ ((vector_size (4 * MG_VECTOR), aligned (4), may_alias));
typedef int MgMask __attribute__ ((vector_size (4 * MG_VECTOR), aligned (4), may_alias));

#define MG_LOAD(p)     (*(const MgVec *) (p))
#define MG_STORE(p, v) (*(MgVec *) (p) = (v))

/* NaN stays NaN: a diverged run must be seen, not hidden as zeros. */
MG_INLINE MgVec
mg_vec_act (MgVec x, int act)
{
  if (act == MG_KERNEL_RELU)
    return (MgVec) ((MgMask) x & ~(MgMask) (x < 0.0f));
  if (act == MG_KERNEL_LEAKY)
    {
      MgMask negative = (MgMask) (x < 0.0f);

      return (MgVec) (((MgMask) x & ~negative) | ((MgMask) (x * MG_KERNEL_LEAKY_SLOPE) & negative));
    }
  if (act == MG_KERNEL_SIGMOID)
    for (int i = 0; i < MG_VECTOR; i++)
      x[i] = 1.0f / (1.0f + expf (-x[i]));
  return x;
}

/* d · act′ where pre is the activation's input */
MG_INLINE MgVec
mg_vec_act_grad (MgVec d, MgVec pre, int act)
{
  if (act == MG_KERNEL_RELU)
    return (MgVec) ((MgMask) d & (MgMask) (pre > 0.0f));
  if (act == MG_KERNEL_LEAKY)
    {
      MgMask positive = (MgMask) (pre > 0.0f);

      return (MgVec) (((MgMask) d & positive) | ((MgMask) (d * MG_KERNEL_LEAKY_SLOPE) & ~positive));
    }
  if (act == MG_KERNEL_SIGMOID)
    {
      MgVec y = mg_vec_act (pre, act);

      return d * y * (1.0f - y);
    }
  return d;
}

MG_INLINE float
mg_act_one (float x, int act)
{
  if (act == MG_KERNEL_RELU)
    return x < 0.0f ? 0.0f : x;
  if (act == MG_KERNEL_LEAKY)
    return x < 0.0f ? x * MG_KERNEL_LEAKY_SLOPE : x;
  if (act == MG_KERNEL_SIGMOID)
    return 1.0f / (1.0f + expf (-x));
  return x;
}

MG_INLINE float
mg_act_grad_one (float d, float pre, int act)
{
  if (act == MG_KERNEL_RELU)
    return pre > 0.0f ? d : 0.0f;
  if (act == MG_KERNEL_LEAKY)
    return pre > 0.0f ? d : d * MG_KERNEL_LEAKY_SLOPE;
  if (act == MG_KERNEL_SIGMOID)
    {
      float y = mg_act_one (pre, act);

      return d * y * (1.0f - y);
    }
  return d;
}

/* The tables the files of one set give each other. */
void MG_SET (mg_pack_b) (const float *b, size_t ldb, size_t k, size_t n, float *out);
void MG_SET (mg_gemm) (const MgGemm *gemm);
void MG_SET (mg_gemm_t) (const MgGemmT *gemm);
extern const MgWinograd MG_SET (mg_winograd_f4x3);
extern const MgWinograd MG_SET (mg_winograd_f4x5);
void MG_SET (mg_act) (const float *x, float *y, size_t n, int act);
void MG_SET (mg_act_grad) (const float *y, const float *dy, float *out, size_t n, int act);
void MG_SET (mg_add) (const float *a, const float *b, float *y, size_t n);
void MG_SET (mg_affine) (const float *x, const float *scale, const float *shift, float *y, size_t n, size_t c, int act);
void MG_SET (mg_moments) (const float *x, const float *pivot, size_t n, size_t c, double *sums);
void MG_SET (mg_norm_sums) (const float *dy, const float *x, const float *const *coef, size_t n, size_t c, int act,
                            double *sums);
void MG_SET (mg_norm_grad) (const float *dy, const float *x, const float *const *coef, float *dx, size_t n, size_t c,
                            int act);
void MG_SET (mg_column_sums) (const float *x, size_t n, size_t c, double *sums);
void MG_SET (mg_maxpool2) (const float *x, size_t row, size_t n, size_t c, float *y);
void MG_SET (mg_maxpool2_grad) (const float *x, const float *dy, size_t row, size_t n, size_t c, float *dx);
void MG_SET (mg_blurpool2) (const float *const x[4], size_t n, size_t c, float *y);
void MG_SET (mg_blurpool2_grad) (const float *near, const float *far, size_t n, size_t c, float *dx);
void MG_SET (mg_upsample2_grad) (const float *dy, size_t row, size_t n, size_t c, float *dx);
void MG_SET (mg_adamw) (float *p, const float *g, float *m, float *v, size_t n, const float *hyper, int decay);
