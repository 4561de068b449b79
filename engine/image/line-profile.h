#pragma once

#include "image/image.h"

gboolean mg_line_profile (MgImage *image,
                          int c,
                          int z,
                          int t,
                          const double line[4],
                          guint n,
                          double *values,
                          GCancellable *cancellable,
                          GError **error);
