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

gboolean mg_noise_measure (const float *values,
                           int width,
                           int height,
                           MgNoise *out,
                           GError **error);
