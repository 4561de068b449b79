#pragma once

#include "base/error.h"

gboolean mg_posterior_mean (const float *noisy,
                            const float *foretold,
                            int width,
                            int height,
                            float *out,
                            GError **error);
