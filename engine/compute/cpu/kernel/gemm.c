#include "compute/cpu/kernel/vector.h"

/* Packs b into panels of MG_PANEL columns (the last one MG_VECTOR wide where
 * that is enough), each k rows of its width; missing columns are zero. */
void
MG_SET (mg_pack_b) (const float *b, size_t ldb, size_t k, size_t n, float *out)
{
  for (size_t j = 0; j < n; j += MG_PANEL)
    {
      size_t width = n - j > MG_VECTOR ? MG_PANEL : MG_VECTOR;
      size_t valid = n - j < width ? n - j : width;

      for (size_t i = 0; i < k; i++, out += width)
        for (size_t c = 0; c < width; c++)
          out[c] = c < valid ? b[i * ldb + j + c] : 0.0f;
    }
}

/* rows × (vectors · MG_VECTOR) values of c in registers over the whole sum:
 * every loaded weight serves `rows` products, every broadcast two. */
MG_INLINE void
product (const MgGemm *g, const float *a, const float *b, const int rows, const int vectors, MgVec acc[MG_ROWS][2])
{
  const size_t lda = g->lda, k = g->k;

  for (size_t t = 0; t < g->n_taps; t++)
    {
      /* three base pointers keep the addressing within the registers */
      const float *a0 = a + g->taps[t], *a3 = a0 + 3 * lda, *a6 = a3 + 3 * lda, *a9 = a6 + 3 * lda;

      for (size_t i = 0; i < k; i++)
        {
          MgVec b0 = MG_LOAD (b), b1 = vectors > 1 ? MG_LOAD (b + MG_VECTOR) : b0;

          b += vectors * MG_VECTOR;
#pragma GCC unroll 12
          for (int r = 0; r < rows; r++)
            {
              const float *base = r < 3 ? a0 : r < 6 ? a3
                                             : r < 9 ? a6
                                                     : a9;
              float s = base[(size_t) (r % 3) * lda + i];

              acc[r][0] += s * b0;
              if (vectors > 1)
                acc[r][1] += s * b1;
            }
        }
    }
}

/* All of n_columns lie in the vectors' width. */
MG_INLINE void
finish (const MgGemm *g, float *c, size_t j, size_t n_columns, const int rows, const int vectors,
        MgVec acc[MG_ROWS][2])
{
#pragma GCC unroll 12
  for (int r = 0; r < rows; r++)
    {
      float *row = c + (size_t) r * g->ldc;

      if (n_columns == (size_t) vectors * MG_VECTOR)
        {
#pragma GCC unroll 2
          for (int v = 0; v < vectors; v++)
            {
              MgVec y = acc[r][v];

              if (g->accumulate)
                y += MG_LOAD (row + v * MG_VECTOR);
              if (g->bias != NULL)
                y += MG_LOAD (g->bias + j + v * MG_VECTOR);
              MG_STORE (row + v * MG_VECTOR, mg_vec_act (y, g->act));
            }
        }
      else
        for (size_t i = 0; i < n_columns; i++)
          {
            float y = ((float *) acc[r])[i];

            y += g->accumulate ? row[i] : 0.0f;
            y += g->bias != NULL ? g->bias[j + i] : 0.0f;
            row[i] = mg_act_one (y, g->act);
          }
    }
}

MG_INLINE void
block (const MgGemm *g, const float *a, const float *b, float *c, size_t j, size_t n_columns, const int rows,
       const int vectors)
{
  MgVec acc[MG_ROWS][2] = { 0 };

  product (g, a, b, rows, vectors, acc);
  finish (g, c, j, n_columns, rows, vectors, acc);
}

#define MG_BLOCK(name, rows, vectors)                                                              \
  static void name (const MgGemm *g, const float *a, const float *b, float *c, size_t j, size_t n) \
  {                                                                                                \
    block (g, a, b, c, j, n, rows, vectors);                                                       \
  }

typedef void (*Block) (const MgGemm *g, const float *a, const float *b, float *c, size_t j, size_t n);

/* heights a remainder is put together from */
MG_BLOCK (block_full_1, MG_ROWS, 1)
MG_BLOCK (block_full_2, MG_ROWS, 2)
MG_BLOCK (block_4_1, 4, 1)
MG_BLOCK (block_4_2, 4, 2)
MG_BLOCK (block_2_1, 2, 1)
MG_BLOCK (block_2_2, 2, 2)
MG_BLOCK (block_1_1, 1, 1)
MG_BLOCK (block_1_2, 1, 2)

static const struct
{
  size_t rows;
  Block run[2];
} blocks[] = {
  { MG_ROWS, { block_full_1, block_full_2 } },
  { 4, { block_4_1, block_4_2 } },
  { 2, { block_2_1, block_2_2 } },
  { 1, { block_1_1, block_1_2 } },
};

void
MG_SET (mg_gemm) (const MgGemm *g)
{
  const float *b = g->b;

  for (size_t j = 0; j < g->n; j += MG_PANEL)
    {
      int wide = g->n - j > MG_VECTOR;
      size_t width = wide ? MG_PANEL : MG_VECTOR;
      size_t valid = g->n - j < width ? g->n - j : width;
      size_t r = 0;

      for (int i = 0; r < g->m; i++)
        for (; g->m - r >= blocks[i].rows; r += blocks[i].rows)
          blocks[i].run[wide](g, g->a + r * g->lda, b, g->c + r * g->ldc + j, j, valid);
      b += g->n_taps * g->k * width;
    }
}

/* As product (), but the sum runs along a's columns. */
MG_INLINE void
block_t (const MgGemmT *g, size_t r0, size_t j, const int rows, const int vectors)
{
  MgVec acc[MG_ROWS][2];

#pragma GCC unroll 12
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
    for (int v = 0; v < vectors; v++)
      acc[r][v] = MG_LOAD (g->c + (r0 + (size_t) r) * g->ldc + j + v * MG_VECTOR);
  for (size_t y = 0; y < g->rows; y++)
    {
      const float *a = g->a + y * g->a_row + r0, *b = g->b + y * g->b_row + j;

      for (size_t i = 0; i < g->k; i++, a += g->lda, b += g->ldb)
        {
          MgVec b0 = MG_LOAD (b), b1 = vectors > 1 ? MG_LOAD (b + MG_VECTOR) : b0;

#pragma GCC unroll 12
          for (int r = 0; r < rows; r++)
            {
              acc[r][0] += a[r] * b0;
              if (vectors > 1)
                acc[r][1] += a[r] * b1;
            }
        }
    }
#pragma GCC unroll 12
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
    for (int v = 0; v < vectors; v++)
      MG_STORE (g->c + (r0 + (size_t) r) * g->ldc + j + v * MG_VECTOR, acc[r][v]);
}

#define MG_BLOCK_T(name, rows, vectors)                   \
  static void name (const MgGemmT *g, size_t r, size_t j) \
  {                                                       \
    block_t (g, r, j, rows, vectors);                     \
  }

/* 8 divides the usual numbers of channels */
#define MG_ROWS_T (MG_ROWS > 8 ? 8 : 4)

MG_BLOCK_T (block_t_full_1, MG_ROWS_T, 1)
MG_BLOCK_T (block_t_full_2, MG_ROWS_T, 2)
MG_BLOCK_T (block_t_2_1, 2, 1)
MG_BLOCK_T (block_t_2_2, 2, 2)
MG_BLOCK_T (block_t_1_1, 1, 1)
MG_BLOCK_T (block_t_1_2, 1, 2)

static const struct
{
  size_t rows;
  void (*run[2]) (const MgGemmT *g, size_t r, size_t j);
} blocks_t[] = {
  { MG_ROWS_T, { block_t_full_1, block_t_full_2 } },
  { 2, { block_t_2_1, block_t_2_2 } },
  { 1, { block_t_1_1, block_t_1_2 } },
};

void
MG_SET (mg_gemm_t) (const MgGemmT *g)
{
  for (size_t j = 0; j < g->n; j += MG_PANEL)
    {
      int wide = g->n - j > MG_VECTOR;
      size_t r = 0;

      for (int i = 0; r < g->m; i++)
        for (; g->m - r >= blocks_t[i].rows; r += blocks_t[i].rows)
          blocks_t[i].run[wide](g, r, j);
    }
}
