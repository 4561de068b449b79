#pragma once

#include "base/rng.h"
#include "image/image.h"
#include "image/labels.h"

/**
 * MgSynthParams:
 * @width: px
 * @height: px
 * @diameter: of a middling nucleus, px
 * @density: share of the area that is covered
 * @touching: share of nuclei put against another one
 * @photons: expected in a bright nucleus
 * @background: photons, before the gradient
 * @blur: sigma of the optics, px
 * @read_noise: sigma, in camera units
 */
typedef struct
{
  int width, height;
  double diameter;
  double density;
  double touching;
  double photons;
  double background;
  double blur;
  double read_noise;
} MgSynthParams;

void mg_synth_defaults (MgSynthParams *params,
                        int size,
                        gboolean denoise);
gboolean mg_synth_cells (const MgSynthParams *params,
                         MgRng *rng,
                         MgImage **image,
                         MgLabels **labels,
                         MgImage **clean,
                         GError **error);
