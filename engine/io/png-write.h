#pragma once

#include "base/error.h"

gboolean mg_png_write (GFile *file,
                       const guint32 *pixels,
                       int width,
                       int height,
                       double dpi,
                       GError **error);
gboolean mg_png_append (GByteArray *bytes,
                        const guint32 *pixels,
                        int width,
                        int height,
                        GError **error);
