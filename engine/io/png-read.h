#pragma once

#include "image/image.h"

gboolean mg_png_is_png (const guint8 *head,
                        gsize size);
MgImage *mg_png_load (GFile *file,
                      GCancellable *cancellable,
                      GError **error);
