#pragma once

#include "image/labels.h"

gboolean mg_distance_to_zero (const guint8 *mask,
                              int width,
                              int height,
                              float *out,
                              GError **error);
gboolean mg_distance_in_label (const guint32 *labels,
                               int width,
                               int height,
                               float *out,
                               GError **error);
