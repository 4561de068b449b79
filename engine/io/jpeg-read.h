#pragma once

#include "image/image.h"

gboolean mg_jpeg_is_jpeg (const guint8 *head,
                          gsize size);
MgImage *mg_jpeg_load (GFile *file,
                       GCancellable *cancellable,
                       GError **error);
