/* Push constants, one struct a shader family, read by C and by GLSL. Every one
 * begins with groups_x: dispatches are one-dimensional, folded into rows of
 * groups_x workgroups. Sizes in values unless said; "V" is the vector width of
 * the pipeline (4, or 1 where channel counts do not divide by 4). */
#ifdef VULKAN
#define MG_UINT           uint
#define MG_FLOAT          float
#define MG_PUSH(name)     struct name
#define MG_PUSH_END(name) ;
#else
#pragma once
#include <glib.h>
#define MG_UINT           guint32
#define MG_FLOAT          float
#define MG_PUSH(name)     typedef struct
#define MG_PUSH_END(name) \
  name;                   \
  G_STATIC_ASSERT (sizeof (name) <= 128);
#endif

/* pointwise, adamw */
MG_PUSH (MgPushPointwise)
{
  MG_UINT groups_x;
  MG_UINT n; /* vectors of V */
  MG_UINT decay;
}
MG_PUSH_END (MgPushPointwise)

/* concat, slice */
MG_PUSH (MgPushChannels)
{
  MG_UINT groups_x;
  MG_UINT n_pixels;
  MG_UINT n_a;   /* channels of a (concat), of the source (slice) */
  MG_UINT n_b;   /* channels of b (concat), of the destination (slice) */
  MG_UINT first; /* slice: first channel */
}
MG_PUSH_END (MgPushChannels)

/* maxpool2, blurpool2, upsample2 and gradients; height and width of the smaller side */
MG_PUSH (MgPushResample)
{
  MG_UINT groups_x;
  MG_UINT n_rows; /* N · height */
  MG_UINT width;
  MG_UINT channels;
  MG_UINT height;
}
MG_PUSH_END (MgPushResample)

/* group norm */
MG_PUSH (MgPushNorm)
{
  MG_UINT groups_x;
  MG_UINT n;        /* images */
  MG_UINT n_pixels; /* of one image */
  MG_UINT channels;
  MG_UINT groups;
  MG_UINT n_chunks; /* reductions: pieces an image is cut into; else runs */
  MG_UINT per_chunk;
  MG_FLOAT eps;
}
MG_PUSH_END (MgPushNorm)

/* reduce-sum: out[o·n_items + i] = Σ_k in[first + o·outer_stride + k·stride + i·item_stride] */
MG_PUSH (MgPushReduce)
{
  MG_UINT groups_x;
  MG_UINT n_outer;
  MG_UINT n_items;
  MG_UINT n_sum;
  MG_UINT first;
  MG_UINT outer_stride;
  MG_UINT stride;
  MG_UINT item_stride;
}
MG_PUSH_END (MgPushReduce)

/* all convolutions; "in" is what is read: dy when the gradient to x is made */
MG_PUSH (MgPushConv)
{
  MG_UINT groups_x;
  MG_UINT n; /* images */
  MG_UINT height;
  MG_UINT width;
  MG_UINT n_in;
  MG_UINT n_out;
  MG_UINT n_chunks;  /* gradients to w and b: pieces the sum is cut into */
  MG_UINT per_chunk; /* rows (direct) or pixels (tile, column sums) of a piece */
}
MG_PUSH_END (MgPushConv)

MG_PUSH (MgPushLoss)
{
  MG_UINT groups_x;
  MG_UINT n_pixels; /* N · D · H · W */
  MG_UINT channels;
  MG_UINT n_chunks;
  MG_FLOAT scale;
}
MG_PUSH_END (MgPushLoss)
