#include "compute/cpu/cpu-private.h"

#include <string.h>

/* Direct convolution: a strip of rows with a border of zeros is copied into a
 * worker's scratch, which stays in its cache; there every row is a product of
 * pixels and packed weights that runs over the taps. The gradient to the image
 * is the same with flipped weights. */

#define STRIP_BYTES ((gsize) 256 << 10)

gsize
mg_cpu_round_up (gsize n, gsize multiple)
{
  return (n + multiple - 1) / multiple * multiple;
}

typedef struct
{
  const MgKernels *kernels;
  float **worker;
  const float *x;
  float *y;
  MgCpuShape in;
  gsize c_out, k;
  gsize strip, strips_an_image;
  gsize padded; /* values of a padded row */
  ptrdiff_t taps[MG_KERNEL_MAX_TAPS];
  MgGemm gemm; /* without a, c and m */
} Conv;

/**
 * mg_cpu_flip_weights:
 * @w: [taps][c_in][c_out]
 * @out: [taps][c_out][c_in], taps in reverse
 */
void
mg_cpu_flip_weights (const float *w,
                     gsize taps,
                     gsize c_in,
                     gsize c_out,
                     float *out)
{
  for (gsize t = 0; t < taps; t++)
    {
      const float *from = w + (taps - 1 - t) * c_in * c_out;
      float *to = out + t * c_in * c_out;

      /* blocks, so that both sides stay in the cache */
      for (gsize i0 = 0; i0 < c_in; i0 += 16)
        for (gsize o = 0; o < c_out; o++)
          for (gsize i = i0; i < MIN (i0 + 16, c_in); i++)
            to[o * c_in + i] = from[i * c_out + o];
    }
}

/* rows y0 - border … of image n, zeros outside */
static void
copy_strip (const MgCpuShape *s, const float *x, gsize n, gsize y0, gsize rows, gsize border, float *out)
{
  gsize row = s->w * s->c, edge = border * s->c;

  for (gsize r = 0; r < rows + 2 * border; r++, out += row + 2 * edge)
    {
      gsize y = y0 + r;

      if (y < border || y - border >= s->h)
        {
          memset (out, 0, (row + 2 * edge) * sizeof (float));
          continue;
        }
      memset (out, 0, edge * sizeof (float));
      memcpy (out + edge, x + (n * s->h + y - border) * row, row * sizeof (float));
      memset (out + edge + row, 0, edge * sizeof (float));
    }
}

static void
conv_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Conv *conv = data;
  const MgCpuShape *in = &conv->in;

  for (gsize i = begin; i < end; i++)
    {
      gsize n = i / conv->strips_an_image, y0 = i % conv->strips_an_image * conv->strip;
      gsize rows = MIN (conv->strip, in->h - y0);
      float *scratch = conv->worker[worker];

      copy_strip (in, conv->x, n, y0, rows, conv->k / 2, scratch);
      for (gsize r = 0; r < rows; r++)
        {
          MgGemm gemm = conv->gemm;

          gemm.a = scratch + r * conv->padded;
          gemm.c = conv->y + ((n * in->h + y0 + r) * in->w) * conv->c_out;
          gemm.m = in->w;
          conv->kernels->gemm (&gemm);
        }
    }
}

/* kernel 1: pixels are rows as they lie */
static void
conv_pixels (gsize begin, gsize end, guint worker, gpointer data)
{
  const Conv *conv = data;

  for (gsize i = begin; i < end; i++)
    {
      MgGemm gemm = conv->gemm;
      gsize first = i * conv->strip;

      gemm.a = conv->x + first * conv->in.c;
      gemm.c = conv->y + first * conv->c_out;
      gemm.m = MIN (conv->strip, conv->in.pixels - first);
      conv->kernels->gemm (&gemm);
    }
}

/* w: [k·k][channels of x][channels of y]; shared: the packed weights */
static void
run_direct (MgCpuContext *context, const MgCpuNode *node, const float *w, const float *bias, int act, float *shared)
{
  Conv conv = {
    .kernels = context->kernels,
    .worker = context->worker,
    .x = node->src[0],
    .y = node->dst,
    .in = mg_cpu_shape (node->src_tensor[0]),
    .c_out = mg_cpu_shape (node->dst_tensor).c,
    .k = (gsize) node->node->params.conv.kernel,
    .strip = node->strip,
  };
  gsize taps = conv.k * conv.k;

  context->kernels->pack_b (w, conv.c_out, taps * conv.in.c, conv.c_out, shared);
  conv.padded = (conv.in.w + conv.k - 1) * conv.in.c;
  for (gsize t = 0; t < taps; t++)
    conv.taps[t] = (ptrdiff_t) (t / conv.k * conv.padded + t % conv.k * conv.in.c);
  conv.gemm = (MgGemm){
    .lda = conv.in.c,
    .taps = conv.taps,
    .n_taps = taps,
    .k = conv.in.c,
    .b = shared,
    .ldc = conv.c_out,
    .n = conv.c_out,
    .bias = bias,
    .act = act,
  };
  if (conv.k == 1)
    {
      mg_cpu_for (context, (conv.in.pixels + conv.strip - 1) / conv.strip, 1, conv_pixels, &conv);
      return;
    }
  conv.strips_an_image = (conv.in.h + conv.strip - 1) / conv.strip;
  mg_cpu_for (context, conv.in.n * conv.strips_an_image, 1, conv_strips, &conv);
}

static void
run_conv (MgCpuContext *context, const MgCpuNode *node)
{
  const MgConvParams *params = &node->node->params.conv;

  run_direct (context, node, node->src[1], params->has_bias ? node->src[2] : NULL, params->act, context->shared);
}

static void
run_conv_grad_x (MgCpuContext *context, const MgCpuNode *node)
{
  gsize k = (gsize) node->node->params.conv.kernel;
  gsize c_in = mg_cpu_shape (node->dst_tensor).c, c_out = mg_cpu_shape (node->src_tensor[0]).c;

  mg_cpu_flip_weights (node->src[1], k * k, c_in, c_out, context->shared);
  run_direct (context, node, context->shared, NULL, MG_KERNEL_NONE, context->shared + k * k * c_in * c_out);
}

/**
 * mg_cpu_choose_winograd:
 * @image: where the tiles lie
 *
 * Returns: (nullable): the variant to use, %NULL for direct convolution: thin
 *   layers and images of a few tiles gain nothing
 */
const MgWinograd *
mg_cpu_choose_winograd (const MgCpuOptions *options,
                        gsize kernel,
                        gsize c_in,
                        gsize c_out,
                        const MgCpuShape *image)
{
  const MgKernels *kernels = options->kernels;
  gboolean worth = c_in >= 16 && c_out >= 16 && image->h >= 8 && image->w >= 8;

  if (options->choice == MG_CPU_CONV_DIRECT || c_in % kernels->vector != 0 || c_out % kernels->vector != 0)
    return NULL;
  if (options->choice == MG_CPU_CONV_AUTO && !worth)
    return NULL;
  return kernel == 3 ? kernels->f4x3 : kernel == 5 ? kernels->f4x5
                                                   : NULL;
}

/**
 * mg_cpu_prepare_conv:
 *
 * %MG_OP_CONV and %MG_OP_CONV_GRAD_X: Winograd where it pays, else direct.
 */
void
mg_cpu_prepare_conv (MgCpuNode *node, const MgCpuOptions *options)
{
  gboolean grad = node->node->op == MG_OP_CONV_GRAD_X;
  MgCpuShape in = mg_cpu_shape (node->src_tensor[0]), out = mg_cpu_shape (node->dst_tensor);
  gsize k = (gsize) node->node->params.conv.kernel;
  gsize row = (in.w + k - 1) * in.c;
  gsize packed = k * k * in.c * mg_cpu_round_up (out.c, options->kernels->vector);

  node->winograd = mg_cpu_choose_winograd (options, k, in.c, out.c, &in);
  if (node->winograd != NULL)
    {
      mg_cpu_prepare_winograd (node, options);
      return;
    }
  node->run = grad ? run_conv_grad_x : run_conv;
  node->shared_values = packed + (grad ? k * k * in.c * out.c : 0);
  if (k == 1)
    {
      node->strip = CLAMP (STRIP_BYTES / sizeof (float) / (in.c + out.c), 64, 4096);
      return;
    }
  node->strip = CLAMP (STRIP_BYTES / sizeof (float) / row, 1, 16);
  node->strip = MIN (node->strip, in.h);
  node->worker_values = (node->strip + k - 1) * row;
}
