#pragma once

#include "image/image.h"

gboolean mg_tiff_is_tiff (const guint8 *head,
                          gsize size);
MgImage *mg_tiff_load (GFile *file,
                       GCancellable *cancellable,
                       GError **error);
