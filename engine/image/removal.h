#pragma once

#include "image/noise.h"

/* Places of the map above this, standard deviations, lost structure. */
#define MG_REMOVAL_SIGNIFICANT 6.0

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
 * @gain: of the restored image, and
 * @offset: which bring it nearest to the noisy one by least squares; all else is
 *   measured after that
 * @sigma_before: noise of the noisy image
 * @sigma_after: of the restored one
 * @removed: root of the mean square of what was removed
 * @along: correlation of what was removed with itself 0, 1, 2 … pixels further in
 *   the row, each place counting alike however noisy it is
 * @down: likewise in the column
 * @neighbours: of the next ones, mean of row and column, less that of the noise
 *   itself where it has one (0 for white noise)
 * @with_signal: correlation of what was removed with the detail of the restored image
 * @checkerboard_before: how much there is of every other pixel being brighter in
 *   the noisy image (see mg_checkerboard())
 * @checkerboard_after: in the restored one
 * @share: of the image at which structure was removed, 0 to 1
 * @verdict: in a word
 *
 * What can be said of a restored image without knowing the truth.
 */
typedef struct
{
  double gain, offset;
  double sigma_before, sigma_after, removed;
  double along[MG_NOISE_MAX_LAG + 1], down[MG_NOISE_MAX_LAG + 1];
  double neighbours;
  double with_signal;
  double checkerboard_before, checkerboard_after;
  double share;
  MgRemovalVerdict verdict;
} MgRemoval;

gboolean mg_removal_measure (const float *noisy,
                             const float *restored,
                             int width,
                             int height,
                             float *map,
                             MgRemoval *out,
                             GCancellable *cancellable,
                             GError **error);
void mg_removal_combine (const MgRemoval *planes,
                         guint n,
                         MgRemoval *out);
char *mg_removal_describe (const MgRemoval *removal);
