#pragma once

#include "dataset/patch.h"

/**
 * MgAugment:
 * @flips: mirror at random
 * @rotation: degrees either way; 180: any angle
 * @scale: factor either way, 0.25: 0.8 to 1.25
 * @elastic: sigma of the displacement, patch pixels
 * @intensity: strength of gain, offset and gamma changes, 1: strong
 * @noise: largest sigma of added noise, normalised units
 * @blur: largest sigma, patch pixels
 *
 * @exact: quarter turns and mirrors only, pixel on pixel: nothing is resampled,
 *   because resampling changes noise; of the others only @flips and @rotation
 *   (whether to turn at all) count
 *
 * How patches are varied. All zero: not at all.
 */
typedef struct
{
  gboolean flips;
  double rotation;
  double scale;
  double elastic;
  double intensity;
  double noise;
  double blur;
  gboolean exact;
} MgAugment;

void mg_augment_place (const MgAugment *augment,
                       const MgItem *item,
                       double scale,
                       int size,
                       MgRng *rng,
                       MgPlace *out);
void mg_augment_intensity (const MgAugment *augment,
                           MgRng *rng,
                           MgPatch *patch);
