#pragma once

#include "cli/common.h"

/**
 * CliRestored:
 * @predicted: folder of restored images
 * @truth: (nullable): folder of clean ones
 * @noisy: (nullable): folder of noisy ones; one of both there is
 * @maps: (nullable): folder that gets maps of each image
 * @csv: (nullable): table that gets a row an image
 * @report: (nullable): page on them
 */
typedef struct
{
  const char *predicted, *truth, *noisy, *maps, *csv, *report;
} CliRestored;

/* Says how good restored images are and how far they can be trusted. */
int cli_evaluate_images (const CliRestored *what,
                         const CliCommon *common);
