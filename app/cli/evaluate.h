#pragma once

#include "cli/common.h"

/* Prints PSNR, SSIM and NRMSE of restored images: pairs of restored and true
 * ones, and (nullable) the same restored ones with the noisy ones. */
int cli_evaluate_images (GPtrArray *pairs,
                         GPtrArray *noisy,
                         const CliCommon *common);
