#pragma once

#include "base/rng.h"
#include "dataset/dataset.h"

/**
 * MgPatch:
 *
 * A square cut from one item after augmentation: image (size × size ×
 * n_channels, channels last, normalised), and labels or clean where the item
 * has them. Owned arrays, reused from patch to patch.
 */
typedef struct
{
  int size;
  int n_channels;
  float *image;
  guint32 *labels; /* (nullable) */
  float *clean;    /* (nullable) */
  float *valid;    /* size × size: 1 where the pixel came from the image, 0 where mirrored or unknown */
} MgPatch;
