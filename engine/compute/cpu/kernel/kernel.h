#pragma once

#include <stddef.h>

/* The inner loops of the CPU backend. The files of this folder are compiled
 * once for each instruction set (see meson.build) and chosen at run time, so
 * they include neither GLib nor any header with inline functions: those could
 * be merged at link time with a copy made for another instruction set. */

/* same numbers as MgAct */
enum
{
  MG_KERNEL_NONE,
  MG_KERNEL_RELU,
  MG_KERNEL_LEAKY,
  MG_KERNEL_SIGMOID,
};

#define MG_KERNEL_LEAKY_SLOPE 0.01f
#define MG_KERNEL_MAX_TAPS    49

/**
 * MgGemm:
 * @a: row r, value (tap, i) is a[r * lda + taps[tap] + i]
 * @taps: offsets of the taps, in values
 * @k: values a tap
 * @b: n_taps * k rows, packed by pack_b
 * @c: m rows of n
 * @bias: n values or NULL
 * @act: applied after the bias; not with @accumulate
 * @accumulate: c is added to
 *
 * c = act (a · b + bias): one GEMM, or one row of a convolution.
 */
typedef struct
{
  const float *a;
  size_t lda;
  const ptrdiff_t *taps;
  size_t n_taps;
  size_t k;
  const float *b;
  float *c;
  size_t ldc;
  size_t m;
  size_t n;
  const float *bias;
  int act;
  int accumulate;
} MgGemm;

/**
 * MgGemmT:
 * @a: a[row * a_row + p * lda + r]
 * @b: b[row * b_row + p * ldb + j]; a whole vector is read at every j of 0 … n - 1
 * @c: c[r * ldc + j], m × n, n padded to whole vectors
 *
 * c += Σ over rows and p of aᵀ · b: a gradient of weights.
 */
typedef struct
{
  const float *a;
  size_t lda;
  size_t a_row;
  const float *b;
  size_t ldb;
  size_t b_row;
  size_t rows;
  size_t k;
  float *c;
  size_t ldc;
  size_t m;
  size_t n;
} MgGemmT;

/**
 * MgTile:
 * @in: first value; rows in_row apart, columns in_column apart
 * @out: likewise
 * @c: channels, all next to one another; a multiple of the vector
 * @bias: c values or NULL, output only
 * @act: output only
 *
 * One tile for a Winograd transform.
 */
typedef struct
{
  const float *in;
  size_t in_row;
  size_t in_column;
  float *out;
  size_t out_row;
  size_t out_column;
  size_t c;
  const float *bias;
  int act;
} MgTile;

/* A Winograd variant F(m×m, k×k) with tiles of t = m + k - 1: all are two
 * small matrices, applied from both sides of a tile. */
typedef struct
{
  int k, m, t;
  void (*weights) (const MgTile *tile);   /* k×k taps → t×t points */
  void (*weights_t) (const MgTile *tile); /* t×t points → k×k taps: the transpose */
  void (*input) (const MgTile *tile);     /* t×t pixels → t×t points */
  void (*output) (const MgTile *tile);    /* t×t points → m×m pixels, bias, activation */
  void (*output_t) (const MgTile *tile);  /* m×m pixels → t×t points: the transpose */
} MgWinograd;

typedef struct
{
  const char *name;
  size_t vector; /* floats in one vector */
  size_t panel;  /* columns of a packed panel: two vectors */
  size_t rows;   /* rows the inner loop takes at a time */

  /* k × n values, rows ldb apart → k × (n padded to vectors) values */
  void (*pack_b) (const float *b, size_t ldb, size_t k, size_t n, float *out);
  void (*gemm) (const MgGemm *gemm);
  void (*gemm_t) (const MgGemmT *gemm);
  const MgWinograd *f4x3; /* F(4×4, 3×3) */
  const MgWinograd *f4x5; /* F(4×4, 5×5) */

  /* y = act (x), y may be x */
  void (*act) (const float *x, float *y, size_t n, int act);
  /* out = dy · act′ (y) */
  void (*act_grad) (const float *y, const float *dy, float *out, size_t n, int act);
  void (*add) (const float *a, const float *b, float *y, size_t n);
  /* y[p][c] = act (x[p][c] * scale[c] + shift[c]) */
  void (*affine) (const float *x, const float *scale, const float *shift, float *y, size_t n, size_t c, int act);
  /* sums[c] += Σ_p (x - pivot), sums[c_n + c] += Σ_p (x - pivot)² */
  void (*moments) (const float *x, const float *pivot, size_t n, size_t c, double *sums);
  /* d = dy · act′ (x * scale + shift); sums[c] += Σ_p d, sums[c_n + c] += Σ_p d (x - mean[c]) */
  void (*norm_sums) (const float *dy, const float *x, const float *const *coef, size_t n, size_t c, int act,
                     double *sums);
  /* dx = d * k0[c] + x * k1[c] + k2[c] */
  void (*norm_grad) (const float *dy, const float *x, const float *const *coef, float *dx, size_t n, size_t c,
                     int act);
  /* sums[c] += Σ_p x[p][c] */
  void (*column_sums) (const float *x, size_t n, size_t c, double *sums);
  /* two input rows of 2·n pixels → n pixels */
  void (*maxpool2) (const float *x, size_t row, size_t n, size_t c, float *y);
  void (*maxpool2_grad) (const float *x, const float *dy, size_t row, size_t n, size_t c, float *dx);
  /* four input rows of 2·n pixels → n pixels; two gradient rows of n pixels → 2·n */
  void (*blurpool2) (const float *const x[4], size_t n, size_t c, float *y);
  void (*blurpool2_grad) (const float *near, const float *far, size_t n, size_t c, float *dx);
  void (*upsample2_grad) (const float *dy, size_t row, size_t n, size_t c, float *dx);
  /* hyper as of MG_OP_ADAMW */
  void (*adamw) (float *p, const float *g, float *m, float *v, size_t n, const float *hyper, int decay);
} MgKernels;

/* One for each instruction set compiled; call the table only on a processor that
 * has it. v3 and v4 are the x86-64 levels (AVX2 with FMA, AVX-512). */
const MgKernels *mg_kernels_base (void);
const MgKernels *mg_kernels_v3 (void);
const MgKernels *mg_kernels_v4 (void);
