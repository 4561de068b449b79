#pragma once

#include "base/error.h"

gboolean mg_find_shift (const float *a,
                        const float *b,
                        int width,
                        int height,
                        double *x,
                        double *y,
                        gboolean *found,
                        GError **error);
