#pragma once

#include "base/error.h"

gboolean mg_watershed (const float *height_map,
                       const guint8 *mask,
                       int width,
                       int height,
                       guint32 *labels,
                       GCancellable *cancellable,
                       GError **error);
