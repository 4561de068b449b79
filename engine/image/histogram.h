#pragma once

#include "image/image.h"

#define MG_HISTOGRAM_BINS 1024

/**
 * MgHistogram:
 * @min: smallest finite sample
 * @max: largest finite sample
 * @counts: samples a bin, bins of equal width from @min to @max
 * @n: finite samples counted (large planes are counted on a regular grid)
 */
typedef struct
{
  double min, max;
  guint64 counts[MG_HISTOGRAM_BINS];
  guint64 n;
} MgHistogram;

gboolean mg_histogram_compute (MgImage *image,
                               int c,
                               int z,
                               int t,
                               MgHistogram *out,
                               GCancellable *cancellable,
                               GError **error);
double mg_histogram_percentile (const MgHistogram *histogram,
                                double percent);
