#include "compute/cpu/cpu-private.h"

#include <string.h>

/* Winograd convolutions (Lavin and Gray 2016) in strips of tiles that stay in a
 * worker's cache: transform the tiles, one product of tiles and weights for each
 * point, transform back. */

/* points of a strip in the cache */
#define STRIP_BYTES   ((gsize) 640 << 10)
#define MAX_STRIP     96
#define PARTIAL_BYTES ((gsize) 10 << 20)
#define MAX_PARTS     16
/* channels of dy one worker takes when weights are large */
#define COLUMNS 64
/* between points: keeps them from sharing cache sets */
#define SKEW 16

typedef struct
{
  const MgKernels *kernels;
  const MgWinograd *f;
  float **worker;
  const float *x;
  float *y;
  const float *u; /* points × packed weights */
  const float *bias;
  int act;
  MgCpuShape in;
  gsize c_out;
  gsize points, strip, n_tiles, tiles_x, tiles_y;
  /* gradient to the weights */
  const float *dy;
  float *partial; /* [part][point][c_in][c_out] */
  gsize n_parts, columns;
} Wino;

typedef struct
{
  gsize n, y, x;
} Place;

static Place
place (const Wino *w, gsize tile)
{
  gsize in_image = tile % (w->tiles_x * w->tiles_y);

  return (Place){
    .n = tile / (w->tiles_x * w->tiles_y),
    .y = in_image / w->tiles_x * (gsize) w->f->m,
    .x = in_image % w->tiles_x * (gsize) w->f->m,
  };
}

/* size × size pixels of image from (y - border, x - border), zeros outside,
 * channels first … first + count - 1; as they lie where all are inside */
static void
view (const MgCpuShape *s, const float *image, Place at, gsize border, gsize size, gsize first, gsize count,
      float *scratch, MgTile *tile)
{
  tile->c = count;
  if (at.y >= border && at.x >= border && at.y - border + size <= s->h && at.x - border + size <= s->w)
    {
      tile->in = image + ((at.n * s->h + at.y - border) * s->w + at.x - border) * s->c + first;
      tile->in_row = s->w * s->c;
      tile->in_column = s->c;
      return;
    }
  tile->in = scratch;
  tile->in_row = size * count;
  tile->in_column = count;
  for (gsize i = 0; i < size; i++)
    for (gsize j = 0; j < size; j++, scratch += count)
      {
        gsize y = at.y + i, x = at.x + j;
        gboolean inside = y >= border && y - border < s->h && x >= border && x - border < s->w;

        if (inside)
          memcpy (scratch, image + ((at.n * s->h + y - border) * s->w + x - border) * s->c + first,
                  count * sizeof (float));
        else
          memset (scratch, 0, count * sizeof (float));
      }
}

static gsize
point_stride (const Wino *w, gsize channels)
{
  return w->strip * channels + SKEW;
}

static gsize
tile_values (const Wino *w, gsize channels)
{
  return (gsize) (w->f->t * w->f->t) * channels;
}

static void
transform_in (const Wino *w, gsize first, gsize n, float *v, float *scratch)
{
  gsize stride = point_stride (w, w->in.c);

  for (gsize i = 0; i < n; i++)
    {
      MgTile tile = { .out = v + i * w->in.c, .out_row = (gsize) w->f->t * stride, .out_column = stride };

      view (&w->in, w->x, place (w, first + i), (gsize) w->f->k / 2, (gsize) w->f->t, 0, w->in.c, scratch, &tile);
      w->f->input (&tile);
    }
}

static void
transform_out (const Wino *w, gsize first, gsize n, const float *m, float *scratch)
{
  gsize stride = point_stride (w, w->c_out), size = (gsize) w->f->m;

  for (gsize i = 0; i < n; i++)
    {
      Place at = place (w, first + i);
      float *y = w->y + ((at.n * w->in.h + at.y) * w->in.w + at.x) * w->c_out;
      gsize rows = MIN (size, w->in.h - at.y), columns = MIN (size, w->in.w - at.x);
      gboolean whole = rows == size && columns == size;
      MgTile tile = {
        .in = m + i * w->c_out,
        .in_row = (gsize) w->f->t * stride,
        .in_column = stride,
        .out = whole ? y : scratch,
        .out_row = whole ? w->in.w * w->c_out : size * w->c_out,
        .out_column = w->c_out,
        .c = w->c_out,
        .bias = w->bias,
        .act = w->act,
      };

      w->f->output (&tile);
      for (gsize r = 0; r < rows && !whole; r++)
        memcpy (y + r * w->in.w * w->c_out, scratch + r * size * w->c_out, columns * w->c_out * sizeof (float));
    }
}

static void
conv_strips (gsize begin, gsize end, guint worker, gpointer data)
{
  const Wino *w = data;
  gsize in_stride = point_stride (w, w->in.c), out_stride = point_stride (w, w->c_out);
  float *v = w->worker[worker], *m = v + w->points * in_stride, *scratch = m + w->points * out_stride;
  ptrdiff_t tap = 0;

  for (gsize s = begin; s < end; s++)
    {
      gsize first = s * w->strip, n = MIN (w->strip, w->n_tiles - first);

      transform_in (w, first, n, v, scratch);
      for (gsize p = 0; p < w->points; p++)
        {
          MgGemm gemm = {
            .a = v + p * in_stride,
            .lda = w->in.c,
            .taps = &tap,
            .n_taps = 1,
            .k = w->in.c,
            .b = w->u + p * w->in.c * w->c_out,
            .c = m + p * out_stride,
            .ldc = w->c_out,
            .m = n,
            .n = w->c_out,
          };

          w->kernels->gemm (&gemm);
        }
      transform_out (w, first, n, m, scratch);
    }
}

typedef struct
{
  const Wino *wino;
  const float *w; /* [tap][c_in][c_out] */
  float *u;       /* [point] packed panels */
} Weights;

/* straight into the panels the product wants */
static void
transform_weights (gsize begin, gsize end, guint worker, gpointer data)
{
  const Weights *weights = data;
  const Wino *w = weights->wino;
  gsize plane = w->in.c * w->c_out, k = (gsize) w->f->k;

  for (gsize i = begin; i < end; i++)
    for (gsize j = 0; j < w->c_out; j += w->kernels->panel)
      {
        gsize width = MIN (w->kernels->panel, w->c_out - j);
        MgTile tile = {
          .in = weights->w + i * w->c_out + j,
          .in_row = k * plane,
          .in_column = plane,
          .out = weights->u + j * w->in.c + i * width,
          .out_row = (gsize) w->f->t * plane,
          .out_column = plane,
          .c = width,
        };

        w->f->weights (&tile);
      }
}

static Wino
describe (const MgCpuNode *node, const MgKernels *kernels, const MgTensor *image, const MgTensor *out)
{
  Wino w = {
    .kernels = kernels,
    .f = node->winograd,
    .in = mg_cpu_shape (image),
    .c_out = mg_cpu_shape (out).c,
    .points = (gsize) (node->winograd->t * node->winograd->t),
    .strip = node->strip,
    .n_parts = node->n_partial,
  };
  gsize m = (gsize) w.f->m;

  w.tiles_x = (w.in.w + m - 1) / m;
  w.tiles_y = (w.in.h + m - 1) / m;
  w.n_tiles = w.in.n * w.tiles_x * w.tiles_y;
  w.columns = MIN (w.c_out, COLUMNS);
  return w;
}

static void
run_winograd (MgCpuContext *context, const MgCpuNode *node)
{
  gboolean grad = node->node->op == MG_OP_CONV_GRAD_X;
  const MgConvParams *params = &node->node->params.conv;
  Wino w = describe (node, context->kernels, node->src_tensor[0], node->dst_tensor);
  gsize plane = w.in.c * w.c_out;
  Weights weights = { .wino = &w, .w = node->src[1], .u = context->shared };

  if (grad)
    {
      float *flipped = context->shared + w.points * plane;

      mg_cpu_flip_weights (node->src[1], (gsize) (w.f->k * w.f->k), w.c_out, w.in.c, flipped);
      weights.w = flipped;
    }
  mg_cpu_for (context, w.in.c, MAX (MG_CPU_STRIP / (w.points * w.c_out), 1), transform_weights, &weights);
  w.worker = context->worker;
  w.x = node->src[0];
  w.y = node->dst;
  w.u = context->shared;
  w.bias = !grad && params->has_bias ? node->src[2] : NULL;
  w.act = grad ? MG_KERNEL_NONE : params->act;
  mg_cpu_for (context, (w.n_tiles + w.strip - 1) / w.strip, 1, conv_strips, &w);
}

/* As many tiles as the cache holds; more where the weights of a point are so
 * large that reading them again for every strip would cost more. */
static gsize
choose_strip (const Wino *w, gsize c_in, gsize c_out)
{
  gsize by_cache = STRIP_BYTES / (w->points * (c_in + c_out) * sizeof (float));
  gsize by_weights = c_in * c_out >= 64 * 64 ? 48 : 24;
  gsize strip = MIN (MAX (by_cache, by_weights), MAX_STRIP);

  return MIN (mg_cpu_round_up (strip, w->kernels->rows), mg_cpu_round_up (w->n_tiles, w->kernels->rows));
}

/**
 * mg_cpu_prepare_winograd:
 *
 * %MG_OP_CONV and %MG_OP_CONV_GRAD_X with node.winograd chosen.
 */
void
mg_cpu_prepare_winograd (MgCpuNode *node, const MgCpuOptions *options)
{
  Wino w = describe (node, options->kernels, node->src_tensor[0], node->dst_tensor);
  gsize plane = w.in.c * w.c_out;

  w.strip = node->strip = choose_strip (&w, w.in.c, w.c_out);
  node->run = run_winograd;
  node->shared_values = w.points * plane;
  if (node->node->op == MG_OP_CONV_GRAD_X)
    node->shared_values += (gsize) (w.f->k * w.f->k) * plane;
  node->worker_values = w.points * (point_stride (&w, w.in.c) + point_stride (&w, w.c_out)) +
                        tile_values (&w, MAX (w.in.c, w.c_out));
}

/* items: part-major, then blocks of dy's channels */
static void
add_parts (gsize begin, gsize end, guint worker, gpointer data)
{
  const Wino *w = data;
  gsize blocks = (w->c_out + w->columns - 1) / w->columns, plane = w->in.c * w->c_out;
  gsize in_stride = point_stride (w, w->in.c), out_stride = point_stride (w, w->columns);
  gsize n_strips = (w->n_tiles + w->strip - 1) / w->strip;
  float *v = w->worker[worker], *z = v + w->points * in_stride, *scratch = z + w->points * out_stride;
  MgCpuShape out = w->in;

  out.c = w->c_out;
  for (gsize item = begin; item < end; item++)
    {
      gsize part = item / blocks, column = item % blocks * w->columns, width = MIN (w->columns, w->c_out - column);
      float *sums = w->partial + part * w->points * plane + column;

      for (gsize r = 0; r < w->points * w->in.c; r++)
        memset (sums + r * w->c_out, 0, width * sizeof (float));
      for (gsize s = part * n_strips / w->n_parts; s < (part + 1) * n_strips / w->n_parts; s++)
        {
          gsize first = s * w->strip, n = MIN (w->strip, w->n_tiles - first);

          transform_in (w, first, n, v, scratch);
          for (gsize i = 0; i < n; i++)
            {
              MgTile tile = { .out = z + i * width, .out_row = (gsize) w->f->t * out_stride, .out_column = out_stride };

              view (&out, w->dy, place (w, first + i), 0, (gsize) w->f->m, column, width, scratch, &tile);
              w->f->output_t (&tile);
            }
          for (gsize p = 0; p < w->points; p++)
            {
              MgGemmT gemm = {
                .a = v + p * in_stride,
                .lda = w->in.c,
                .b = z + p * out_stride,
                .ldb = width,
                .rows = 1,
                .k = n,
                .c = sums + p * plane,
                .ldc = w->c_out,
                .m = w->in.c,
                .n = width,
              };

              w->kernels->gemm_t (&gemm);
            }
        }
    }
}

/* sums over parts, then back to taps; y is dw */
static void
add_up (gsize begin, gsize end, guint worker, gpointer data)
{
  const Wino *w = data;
  gsize plane = w->in.c * w->c_out, k = (gsize) w->f->k;

  for (gsize i = begin; i < end; i++)
    {
      float *first = w->partial + i * w->c_out;
      MgTile tile = {
        .in = first,
        .in_row = (gsize) w->f->t * plane,
        .in_column = plane,
        .out = w->y + i * w->c_out,
        .out_row = k * plane,
        .out_column = plane,
        .c = w->c_out,
      };

      for (gsize part = 1; part < w->n_parts; part++)
        for (gsize p = 0; p < w->points; p++)
          {
            float *sum = first + p * plane;

            w->kernels->add (sum, sum + part * w->points * plane, sum, w->c_out);
          }
      w->f->weights_t (&tile);
    }
}

static void
run_grad_w (MgCpuContext *context, const MgCpuNode *node)
{
  Wino w = describe (node, context->kernels, node->src_tensor[0], node->src_tensor[1]);
  gsize blocks = (w.c_out + w.columns - 1) / w.columns;

  w.worker = context->worker;
  w.x = node->src[0];
  w.dy = node->src[1];
  w.y = node->dst;
  w.partial = context->shared;
  mg_cpu_for (context, w.n_parts * blocks, 1, add_parts, &w);
  mg_cpu_for (context, w.in.c, MAX (MG_CPU_STRIP / (w.points * w.n_parts * w.c_out), 1), add_up, &w);
}

/**
 * mg_cpu_prepare_winograd_grad_w:
 *
 * %MG_OP_CONV_GRAD_W with node.winograd chosen.
 */
void
mg_cpu_prepare_winograd_grad_w (MgCpuNode *node, const MgCpuOptions *options)
{
  Wino w = describe (node, options->kernels, node->src_tensor[0], node->src_tensor[1]);
  gsize sums = w.points * w.in.c * w.c_out, n_strips;

  w.strip = node->strip = choose_strip (&w, w.in.c, w.columns);
  n_strips = (w.n_tiles + w.strip - 1) / w.strip;
  node->run = run_grad_w;
  node->n_partial = MIN (CLAMP (PARTIAL_BYTES / sizeof (float) / sums, 1, MAX_PARTS), n_strips);
  node->shared_values = node->n_partial * sums;
  node->worker_values = w.points * (point_stride (&w, w.in.c) + point_stride (&w, w.columns)) +
                        tile_values (&w, MAX (w.in.c, w.columns));
}
