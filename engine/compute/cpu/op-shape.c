#include "compute/cpu/cpu-private.h"

#include <string.h>

/* Ops that move values between grids and channels; items are rows of the
 * smaller grid, or strips of pixels. */

typedef struct
{
  const MgKernels *kernels;
  const MgCpuNode *node;
  MgCpuShape large, small; /* grids: large has twice the rows and columns */
  gsize strip;
} Rows;

static void
run_rows (MgCpuContext *context, const MgCpuNode *node, const MgTensor *large, const MgTensor *small,
          MgParallelFunc func)
{
  Rows rows = { context->kernels, node, mg_cpu_shape (large), mg_cpu_shape (small), 0 };
  gsize values = rows.large.w * rows.large.c * 2;

  mg_cpu_for (context, rows.small.n * rows.small.h, MAX (MG_CPU_STRIP / values, 1), func, &rows);
}

/* first values of a row of the small grid and of the two it covers: images are
 * twice as high, so rows of all images just follow each other */
#define SMALL(rows, i) ((i) * (rows)->small.w * (rows)->small.c)
#define LARGE(rows, i) (2 * (i) * (rows)->large.w * (rows)->large.c)

static void
maxpool2_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Rows *rows = data;

  for (gsize i = begin; i < end; i++)
    rows->kernels->maxpool2 (rows->node->src[0] + LARGE (rows, i), rows->large.w * rows->large.c, rows->small.w,
                             rows->small.c, rows->node->dst + SMALL (rows, i));
}

static void
run_maxpool2 (MgCpuContext *context, const MgCpuNode *node)
{
  run_rows (context, node, node->src_tensor[0], node->dst_tensor, maxpool2_rows);
}

static void
maxpool2_grad_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Rows *rows = data;

  for (gsize i = begin; i < end; i++)
    rows->kernels->maxpool2_grad (rows->node->src[0] + LARGE (rows, i), rows->node->src[1] + SMALL (rows, i),
                                  rows->large.w * rows->large.c, rows->small.w, rows->small.c,
                                  rows->node->dst + LARGE (rows, i));
}

static void
run_maxpool2_grad (MgCpuContext *context, const MgCpuNode *node)
{
  run_rows (context, node, node->src_tensor[0], node->src_tensor[1], maxpool2_grad_rows);
}

/* Row y of the image that holds it and that many rows further, or the image's
 * first or last. */
static gsize
near_row (gsize y, gssize further, gsize height)
{
  gssize first = (gssize) (y / height * height), row = (gssize) y + further;

  return (gsize) CLAMP (row, first, first + (gssize) height - 1);
}

static void
blurpool2_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Rows *rows = data;
  gsize length = rows->large.w * rows->large.c;

  for (gsize i = begin; i < end; i++)
    {
      const float *x[4];

      for (int k = 0; k < 4; k++)
        x[k] = rows->node->src[0] + length * near_row (2 * i, k - 1, rows->large.h);
      rows->kernels->blurpool2 (x, rows->small.w, rows->small.c, rows->node->dst + SMALL (rows, i));
    }
}

static void
run_blurpool2 (MgCpuContext *context, const MgCpuNode *node)
{
  run_rows (context, node, node->src_tensor[0], node->dst_tensor, blurpool2_rows);
}

static void
blurpool2_grad_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Rows *rows = data;

  for (gsize i = begin; i < end; i++)
    for (int below = 0; below < 2; below++)
      rows->kernels->blurpool2_grad (rows->node->src[0] + SMALL (rows, i),
                                     rows->node->src[0] + SMALL (rows, near_row (i, below ? 1 : -1, rows->small.h)),
                                     rows->small.w, rows->small.c,
                                     rows->node->dst + LARGE (rows, i) + (below ? rows->large.w * rows->large.c : 0));
}

static void
run_blurpool2_grad (MgCpuContext *context, const MgCpuNode *node)
{
  run_rows (context, node, node->dst_tensor, node->src_tensor[0], blurpool2_grad_rows);
}

static void
upsample2_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Rows *rows = data;
  gsize c = rows->small.c, length = rows->large.w * c;

  for (gsize i = begin; i < end; i++)
    {
      const float *x = rows->node->src[0] + SMALL (rows, i);
      float *y = rows->node->dst + LARGE (rows, i);

      for (gsize p = 0; p < rows->large.w; p++)
        memcpy (y + p * c, x + p / 2 * c, c * sizeof (float));
      memcpy (y + length, y, length * sizeof (float));
    }
}

static void
run_upsample2 (MgCpuContext *context, const MgCpuNode *node)
{
  run_rows (context, node, node->dst_tensor, node->src_tensor[0], upsample2_rows);
}

static void
upsample2_grad_rows (gsize begin, gsize end, guint worker, gpointer data)
{
  const Rows *rows = data;

  for (gsize i = begin; i < end; i++)
    rows->kernels->upsample2_grad (rows->node->src[0] + LARGE (rows, i), rows->large.w * rows->large.c, rows->small.w,
                                   rows->small.c, rows->node->dst + SMALL (rows, i));
}

static void
run_upsample2_grad (MgCpuContext *context, const MgCpuNode *node)
{
  run_rows (context, node, node->src_tensor[0], node->dst_tensor, upsample2_grad_rows);
}

/* count channels a pixel, from one tensor into another */
static void
copy_channels (const float *from, gsize from_c, float *to, gsize to_c, gsize count, gsize pixels)
{
  for (gsize p = 0; p < pixels; p++)
    memcpy (to + p * to_c, from + p * from_c, count * sizeof (float));
}

typedef struct
{
  const MgCpuNode *node;
  gsize pixels, strip;
  gsize c[2], c_dst;
} Channels;

static void
concat_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Channels *channels = data;
  const MgCpuNode *node = channels->node;
  gsize first = begin * channels->strip, n = MIN (end * channels->strip, channels->pixels) - first;

  for (int i = 0; i < 2; i++)
    copy_channels (node->src[i] + first * channels->c[i], channels->c[i],
                   node->dst + first * channels->c_dst + (i == 1 ? channels->c[0] : 0), channels->c_dst,
                   channels->c[i], n);
}

static void
slice_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Channels *channels = data;
  const MgCpuNode *node = channels->node;
  gsize first = begin * channels->strip, n = MIN (end * channels->strip, channels->pixels) - first;

  copy_channels (node->src[0] + first * channels->c[0] + (gsize) node->node->params.slice.first, channels->c[0],
                 node->dst + first * channels->c_dst, channels->c_dst, channels->c_dst, n);
}

static void
run_channels (MgCpuContext *context, const MgCpuNode *node, MgParallelFunc func)
{
  MgCpuShape dst = mg_cpu_shape (node->dst_tensor);
  Channels channels = { .node = node, .pixels = dst.pixels, .c_dst = dst.c };

  for (int i = 0; i < node->node->n_src; i++)
    channels.c[i] = mg_cpu_shape (node->src_tensor[i]).c;
  channels.strip = MAX (MG_CPU_STRIP / dst.c, 1);
  mg_cpu_for (context, (dst.pixels + channels.strip - 1) / channels.strip, 1, func, &channels);
}

static void
run_concat (MgCpuContext *context, const MgCpuNode *node)
{
  run_channels (context, node, concat_strips);
}

static void
run_slice (MgCpuContext *context, const MgCpuNode *node)
{
  run_channels (context, node, slice_strips);
}

/**
 * mg_cpu_prepare_shape:
 *
 * Pooling, upsampling and their gradients; concatenation and slicing.
 */
void
mg_cpu_prepare_shape (MgCpuNode *node, const MgCpuOptions *options)
{
  static void (*const run[]) (MgCpuContext *, const MgCpuNode *) = {
    [MG_OP_MAXPOOL2] = run_maxpool2,
    [MG_OP_MAXPOOL2_GRAD] = run_maxpool2_grad,
    [MG_OP_BLURPOOL2] = run_blurpool2,
    [MG_OP_BLURPOOL2_GRAD] = run_blurpool2_grad,
    [MG_OP_UPSAMPLE2] = run_upsample2,
    [MG_OP_UPSAMPLE2_GRAD] = run_upsample2_grad,
    [MG_OP_CONCAT] = run_concat,
    [MG_OP_SLICE] = run_slice,
  };

  node->run = run[node->node->op];
}
