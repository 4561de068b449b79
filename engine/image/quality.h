#pragma once

#include "base/error.h"

/**
 * MgScores:
 * @psnr: peak signal to noise ratio, 10 · log10 (range² / MSE), dB; infinite for
 *   equal images
 * @ssim: mean structural similarity (Wang et al. 2004), Gaussian window of sigma
 *   1.5 and 11 pixels, population covariance, K1 = 0.01, K2 = 0.03; as
 *   scikit-image with gaussian_weights, the outermost 5 pixels left out
 * @nrmse: root of the mean squared difference over the truth's maximum − minimum
 */
typedef struct
{
  double psnr, ssim, nrmse;
} MgScores;

/**
 * MgQuality:
 * @raw: of the image as it is, PSNR and SSIM over @raw_range
 * @fitted: after the scale and offset that bring the image nearest to the truth
 *   by least squares, over @fitted_range (Weigert et al. 2018, CARE)
 * @raw_range: the caller's, or the truth's maximum − minimum
 * @fitted_range: between the truth's percentiles 0.1 and 99.9
 * @gain: of the fit
 * @offset: of the fit: truth ≈ gain · image + offset
 */
typedef struct
{
  MgScores raw, fitted;
  double raw_range, fitted_range;
  double gain, offset;
} MgQuality;

gboolean mg_quality_compare (const float *image,
                             const float *truth,
                             int width,
                             int height,
                             double range,
                             MgQuality *out,
                             GCancellable *cancellable,
                             GError **error);
gboolean mg_ssim_map (const float *image,
                      const float *truth,
                      int width,
                      int height,
                      double range,
                      float *map,
                      GCancellable *cancellable,
                      GError **error);
void mg_least_squares (const float *x,
                       const float *y,
                       gsize n,
                       double *gain,
                       double *offset,
                       double *correlation);
