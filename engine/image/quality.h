#pragma once

#include "image/image.h"

/**
 * MgQuality:
 * @psnr: peak signal to noise ratio, dB
 * @ssim: mean structural similarity, at most 1; NaN for planes under 11 pixels
 * @nrmse: root mean square error over the truth's range
 *
 * How near a restored plane comes to the clean one. The range is that from the
 * truth's 0.1st to its 99.9th percentile (Weigert et al. 2018).
 */
typedef struct
{
  double psnr, ssim, nrmse;
} MgQuality;

gboolean mg_quality_compare (const float *truth,
                             const float *restored,
                             int width,
                             int height,
                             MgQuality *raw,
                             MgQuality *fitted,
                             GError **error);
gboolean mg_quality_compare_images (MgImage *truth,
                                    MgImage *restored,
                                    MgQuality *raw,
                                    MgQuality *fitted,
                                    GCancellable *cancellable,
                                    GError **error);
