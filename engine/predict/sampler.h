#pragma once

#include "image/image.h"

#define MG_SAMPLER_MAX_CHANNELS 8

/**
 * MgSampler:
 * @x: position in the image (pixel 0 spans 0 … 1) of the grid's corner
 * @y: likewise
 * @step_x: image pixels a grid pixel
 * @step_y: likewise
 * @low: of each of the image's channels: becomes 0
 * @high: likewise: becomes 1
 *
 * A grid laid over one plane of an image: what the network sees of it.
 */
typedef struct
{
  MgImage *image; /* borrowed */
  int z, t;
  int channel; /* of the image, the first that is read */
  int n_channels;
  double x, y;
  double step_x, step_y;
  double low[MG_SAMPLER_MAX_CHANNELS], high[MG_SAMPLER_MAX_CHANNELS];
} MgSampler;

gboolean mg_sampler_read (const MgSampler *sampler,
                          const MgRect *rect,
                          float *out,
                          GCancellable *cancellable,
                          GError **error);
