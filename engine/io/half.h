#pragma once

#include <glib.h>

void _mg_half_to_float (const guint16 *src,
                        float *dst,
                        gsize n);
