#include "support/ref-private.h"

/* Pooling, upsampling and their gradients. */

/* The four values of x under element i of the half-size grid. */
static void
corners (RefExtent half, gint64 i, gint64 at[4])
{
  gint64 c = i % half.c, col = i / half.c % half.w, row = i / (half.c * half.w);

  for (int j = 0; j < 4; j++)
    at[j] = ((2 * row + j / 2) * 2 * half.w + 2 * col + j % 2) * half.c + c;
}

void
mg_ref_maxpool2 (const RefCall *call)
{
  RefExtent half = mg_ref_extent (call->dst_tensor);

  for (gint64 i = 0; i < half.pixels * half.c; i++)
    {
      gint64 at[4];

      corners (half, i, at);
      call->dst[i] = call->src[0][at[0]];
      for (int j = 1; j < 4; j++)
        if (call->src[0][at[j]] > call->dst[i])
          call->dst[i] = call->src[0][at[j]];
    }
}

void
mg_ref_maxpool2_grad (const RefCall *call)
{
  RefExtent half = mg_ref_extent (call->src_tensor[1]);

  for (gint64 i = 0; i < half.pixels * half.c; i++)
    {
      gint64 at[4];
      int best = 0;

      corners (half, i, at);
      for (int j = 1; j < 4; j++)
        if (call->src[0][at[j]] > call->src[0][at[best]])
          best = j;
      for (int j = 0; j < 4; j++)
        call->dst[at[j]] = j == best ? call->src[1][i] : 0;
    }
}

/* From element i of the half-size grid to the value of x under its tap (a, b). */
static gint64
blurred_at (RefExtent half, gint64 i, int a, int b)
{
  gint64 c = i % half.c, col = i / half.c % half.w, row = i / (half.c * half.w) % half.h, image = i / (half.c * half.w * half.h);
  gint64 y = CLAMP (2 * row - 1 + a, 0, 2 * half.h - 1), x = CLAMP (2 * col - 1 + b, 0, 2 * half.w - 1);

  return ((image * 2 * half.h + y) * 2 * half.w + x) * half.c + c;
}

static const double blur_taps[4] = { 0.125, 0.375, 0.375, 0.125 };

void
mg_ref_blurpool2 (const RefCall *call)
{
  RefExtent half = mg_ref_extent (call->dst_tensor);

  for (gint64 i = 0; i < half.pixels * half.c; i++)
    {
      double sum = 0;

      for (int k = 0; k < 16; k++)
        sum += blur_taps[k / 4] * blur_taps[k % 4] * call->src[0][blurred_at (half, i, k / 4, k % 4)];
      call->dst[i] = (float) sum;
    }
}

void
mg_ref_blurpool2_grad (const RefCall *call)
{
  RefExtent half = mg_ref_extent (call->src_tensor[0]);
  g_autofree double *sums = g_new0 (double, 4 * half.pixels * half.c);

  for (gint64 i = 0; i < half.pixels * half.c; i++)
    for (int k = 0; k < 16; k++)
      sums[blurred_at (half, i, k / 4, k % 4)] += blur_taps[k / 4] * blur_taps[k % 4] * call->src[0][i];
  for (gint64 i = 0; i < 4 * half.pixels * half.c; i++)
    call->dst[i] = (float) sums[i];
}

void
mg_ref_upsample2 (const RefCall *call)
{
  RefExtent half = mg_ref_extent (call->src_tensor[0]);

  for (gint64 i = 0; i < half.pixels * half.c; i++)
    {
      gint64 at[4];

      corners (half, i, at);
      for (int j = 0; j < 4; j++)
        call->dst[at[j]] = call->src[0][i];
    }
}

void
mg_ref_upsample2_grad (const RefCall *call)
{
  RefExtent half = mg_ref_extent (call->dst_tensor);

  for (gint64 i = 0; i < half.pixels * half.c; i++)
    {
      gint64 at[4];
      double sum = 0;

      corners (half, i, at);
      for (int j = 0; j < 4; j++)
        sum += (double) call->src[0][at[j]];
      call->dst[i] = (float) sum;
    }
}
