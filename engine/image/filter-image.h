#pragma once

#include "base/progress.h"
#include "image/filter.h"
#include "image/image.h"

MgImage *mg_filter_image (MgImage *image,
                          MgFilterKind kind,
                          gboolean as_float,
                          double *strength,
                          MgProgress *progress,
                          GCancellable *cancellable,
                          GError **error);
