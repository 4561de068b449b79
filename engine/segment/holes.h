#pragma once

#include "base/error.h"

gboolean mg_labels_fill_holes (guint32 *labels,
                               int width,
                               int height,
                               GError **error);
