#pragma once

#include "base/parallel.h"
#include "compute/backend-impl.h"
#include "compute/cpu/cpu.h"
#include "compute/cpu/kernel/kernel.h"

/* Values a strip of an elementwise loop has: a few strips fit in a core's cache. */
#define MG_CPU_STRIP 32768

typedef struct
{
  const MgKernels *kernels; /* static */
  MgCpuConvChoice choice;
} MgCpuOptions;

/* What a node finds while it runs. */
typedef struct
{
  const MgKernels *kernels;  /* static */
  float *shared;             /* borrowed: node.shared_values values */
  float **worker;            /* borrowed: node.worker_values values for each worker */
  GCancellable *cancellable; /* borrowed, nullable: NULL once nothing may be cut short */
} MgCpuContext;

typedef struct _MgCpuNode MgCpuNode;

/* One node of the plan, resolved. */
struct _MgCpuNode
{
  const MgNode *node;                        /* borrowed from the plan's graph */
  const MgTensor *src_tensor[MG_OP_MAX_SRC]; /* borrowed likewise */
  const MgTensor *dst_tensor;
  float *src[MG_OP_MAX_SRC]; /* borrowed from the arenas */
  float *dst;
  void (*run) (MgCpuContext *context, const MgCpuNode *node);
  gsize shared_values;        /* scratch all workers see */
  gsize worker_values;        /* scratch of each worker */
  const MgWinograd *winograd; /* static; convolutions only, NULL: direct */
  gsize strip;                /* rows, tiles or pixels one worker takes at a time */
  gsize n_partial;            /* sums kept apart until the end */
};

/* Sizes of a tensor as kernels want them. */
typedef struct
{
  gsize n, h, w, c;
  gsize pixels; /* n · h · w, with d */
  gsize values;
} MgCpuShape;

MgCpuShape mg_cpu_shape (const MgTensor *tensor);

/* mg_parallel_for () that stops handing out items once cancelled. */
void mg_cpu_for (MgCpuContext *context,
                 gsize n,
                 gsize grain,
                 MgParallelFunc func,
                 gpointer data);

/* Chosen kernels; NULL with an error for a set this processor has not. */
const MgKernels *mg_cpu_kernels (const char *name,
                                 GError **error);
const MgKernels *mg_cpu_kernels_blas (void);

/* A rule a family: sets run and the scratch wanted. */
void mg_cpu_prepare_conv (MgCpuNode *node, const MgCpuOptions *options);
void mg_cpu_prepare_conv_grad_w (MgCpuNode *node, const MgCpuOptions *options);
void mg_cpu_prepare_winograd (MgCpuNode *node, const MgCpuOptions *options);
void mg_cpu_prepare_winograd_grad_w (MgCpuNode *node, const MgCpuOptions *options);
void mg_cpu_prepare_norm (MgCpuNode *node, const MgCpuOptions *options);
void mg_cpu_prepare_pointwise (MgCpuNode *node, const MgCpuOptions *options);
void mg_cpu_prepare_shape (MgCpuNode *node, const MgCpuOptions *options);
void mg_cpu_prepare_loss (MgCpuNode *node, const MgCpuOptions *options);

const MgWinograd *mg_cpu_choose_winograd (const MgCpuOptions *options,
                                          gsize kernel,
                                          gsize c_in,
                                          gsize c_out,
                                          const MgCpuShape *image);
/* out[tap][co][ci] = w[taps - 1 - tap][ci][co]: the gradient to the image is a
 * convolution with these */
void mg_cpu_flip_weights (const float *w,
                          gsize taps,
                          gsize c_in,
                          gsize c_out,
                          float *out);
gsize mg_cpu_round_up (gsize n, gsize multiple);

/* memory of one arena: whole pages, zeroed and present */
float *mg_cpu_arena_new (gsize size,
                         GError **error);
void mg_cpu_arena_free (float *arena,
                        gsize size);
