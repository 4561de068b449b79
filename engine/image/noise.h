#pragma once

#include "base/error.h"

#define MG_NOISE_MAX_LAG 8

/**
 * MgNoise:
 * @sigma: of what changes from pixel to pixel; noise that is alike in neighbours
 *   counts for less than it is
 * @along: correlation of the noise with itself 0, 1, 2 … pixels further in the row
 * @down: likewise in the column
 * @reach_x: the largest distance in a row at which it is still alike, px; 0:
 *   every pixel has noise of its own
 * @reach_y: likewise in a column
 * @n_blocks: how many flat places this was read from; 0: there was none, and
 *   the correlations are all 0
 */
typedef struct
{
  double sigma;
  double along[MG_NOISE_MAX_LAG + 1], down[MG_NOISE_MAX_LAG + 1];
  int reach_x, reach_y;
  guint n_blocks;
} MgNoise;

/**
 * MgRemovalVerdict:
 * @MG_REMOVAL_NOTHING: next to nothing was taken away
 * @MG_REMOVAL_NOISE: what was taken away looks like noise
 * @MG_REMOVAL_STRUCTURE: what was taken away looks like the image
 */
typedef enum
{
  MG_REMOVAL_NOTHING,
  MG_REMOVAL_NOISE,
  MG_REMOVAL_STRUCTURE,
} MgRemovalVerdict;

/**
 * MgRemoval:
 * @sigma_before: noise of the noisy image
 * @sigma_after: of the restored one
 * @neighbours: correlation of what was removed with itself one pixel further,
 *   mean of row and column, over that of the noise itself (0 for white noise)
 * @with_signal: correlation of what was removed with the detail of the restored image
 * @verdict: in a word
 *
 * What can be said of a restored image without knowing the truth.
 */
typedef struct
{
  double sigma_before, sigma_after;
  double neighbours;
  double with_signal;
  MgRemovalVerdict verdict;
} MgRemoval;

gboolean mg_noise_measure (const float *values,
                           int width,
                           int height,
                           MgNoise *out,
                           GError **error);
gboolean mg_removal_measure (const float *noisy,
                             const float *restored,
                             int width,
                             int height,
                             MgRemoval *out,
                             GError **error);
const char *mg_removal_sentence (MgRemovalVerdict verdict);
