#pragma once

#include "cli/common.h"

/* Results must not be written over the images they come from. */
gboolean cli_check_outputs (const char *folder,
                            GPtrArray *pairs,
                            GError **error);
/* Restores images with a filter instead of a model. */
int cli_predict_classical (const char *filter,
                           const char *const *paths,
                           const char *out,
                           gboolean as_float,
                           const CliCommon *common);
