#pragma once

#include "io/outline.h"

/* ImageJ's .roi format (ij/io/RoiDecoder.java and RoiEncoder.java). */

gboolean mg_roi_decode (const guint8 *data,
                        gsize size,
                        MgOutline *outline,
                        const char **why);
gboolean mg_roi_encode (const MgOutline *outline,
                        GByteArray *out);
