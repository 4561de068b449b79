#pragma once

#include "dataset/dataset.h"

gboolean mg_plane_range (MgNormalisation normalisation,
                         MgImage *image,
                         int c,
                         int z,
                         int t,
                         double *low,
                         double *high,
                         gboolean *constant,
                         GCancellable *cancellable,
                         GError **error);
