#pragma once

#include "base/error.h"

gboolean mg_basins (const float *evidence,
                    const guint8 *mask,
                    int width,
                    int height,
                    double min_peak,
                    double min_drop,
                    guint32 *labels,
                    guint32 *n_basins,
                    GCancellable *cancellable,
                    GError **error);
