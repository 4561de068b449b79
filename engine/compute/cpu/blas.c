#include "compute/cpu/cpu-private.h"

#include <cblas.h>
#include <string.h>

/* The products by OpenBLAS, for processors none of our own sets is made for:
 * it brings kernels for many more. One thread; we run it on strips. */

/* One panel, however wide: rows padded to the vector of the base set. */
#define BLAS_PANEL 65536

static gsize
row_length (gsize n)
{
  return mg_cpu_round_up (n, mg_kernels_base ()->vector);
}

static void
pack_b (const float *b, size_t ldb, size_t k, size_t n, float *out)
{
  gsize length = row_length (n);

  for (gsize i = 0; i < k; i++, out += length)
    {
      memcpy (out, b + i * ldb, n * sizeof (float));
      memset (out + n, 0, (length - n) * sizeof (float));
    }
}

static void
gemm (const MgGemm *g)
{
  for (gsize t = 0; t < g->n_taps; t++)
    cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) g->m, (int) g->n, (int) g->k,
                 1.0f, g->a + g->taps[t], (int) g->lda, g->b + t * g->k * row_length (g->n), (int) row_length (g->n),
                 t > 0 || g->accumulate ? 1.0f : 0.0f, g->c, (int) g->ldc);
  if (g->bias == NULL && g->act == MG_KERNEL_NONE)
    return;
  for (gsize r = 0; r < g->m; r++)
    {
      float *row = g->c + r * g->ldc;

      if (g->bias != NULL)
        mg_kernels_base ()->add (row, g->bias, row, g->n);
      mg_kernels_base ()->act (row, row, g->n, g->act);
    }
}

static void
gemm_t (const MgGemmT *g)
{
  for (gsize y = 0; y < g->rows; y++)
    cblas_sgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (int) g->m, (int) g->n, (int) g->k,
                 1.0f, g->a + y * g->a_row, (int) g->lda, g->b + y * g->b_row, (int) g->ldb,
                 1.0f, g->c, (int) g->ldc);
}

const MgKernels *
mg_cpu_kernels_blas (void)
{
  static MgKernels kernels;
  static gsize once;

  if (g_once_init_enter (&once))
    {
      openblas_set_num_threads (1);
      kernels = *mg_kernels_base ();
      kernels.name = "blas";
      kernels.panel = BLAS_PANEL;
      kernels.rows = 1;
      kernels.pack_b = pack_b;
      kernels.gemm = gemm;
      kernels.gemm_t = gemm_t;
      g_once_init_leave (&once, 1);
    }
  return &kernels;
}
