#pragma once

#include "base/rng.h"
#include "dataset/dataset.h"

#define MG_ELASTIC_NODES 9

/**
 * MgPlace:
 * @x: of the patch's centre, in pixels of the image (pixel 0 spans 0 … 1)
 * @y: likewise
 * @matrix: image pixels a patch pixel: dx = m[0]·u + m[1]·v, dy = m[2]·u + m[3]·v
 * @elastic: whether @shift counts
 * @shift: displacements x, y in patch pixels at the nodes of a regular grid over
 *   the patch, linear in between
 *
 * Where a patch lies in its image, and how it is turned, scaled and bent there.
 */
typedef struct
{
  double x, y;
  double matrix[4];
  gboolean elastic;
  float shift[MG_ELASTIC_NODES][MG_ELASTIC_NODES][2];
} MgPlace;

/**
 * MgPatch:
 *
 * A square cut from one item after augmentation: image (size × size ×
 * n_channels, channels last, normalised), and labels or clean where the item
 * has them. Ignored pixels have label 0. Owned arrays, reused from patch to patch.
 */
typedef struct
{
  int size;
  int n_channels;
  float *image;
  guint32 *labels; /* (nullable) */
  float *clean;    /* (nullable) */
  float *valid;    /* size × size: 1 where the pixel came from the image, 0 where mirrored */
  float *known;    /* size × size: 1 where its label is known, 0 where it is ignored or outside of the
                    * training regions (mirrored as the image is) */
  MgPlace place;   /* where it was cut */
  gboolean judges; /* cut to validate on, not to learn from */
  /* private: the region of the source that the patch is resampled from */
  float *scratch;
  gsize scratch_values;
} MgPatch;

gboolean mg_patch_init (MgPatch *patch,
                        int size,
                        int n_channels,
                        gboolean with_labels,
                        gboolean with_clean,
                        GError **error);
void mg_patch_clear (MgPatch *patch);
void mg_place_init (MgPlace *place,
                    double x,
                    double y,
                    double scale);
void mg_patch_find (const MgPatch *patch,
                    int u,
                    int v,
                    int *x,
                    int *y);
gboolean mg_patch_cut (MgPatch *patch,
                       const MgItem *item,
                       const MgPlace *place,
                       GCancellable *cancellable,
                       GError **error);
