#pragma once

#include "image/image.h"

void mg_convert_to_float (MgPixelType type,
                          gconstpointer src,
                          float *dst,
                          gsize n);
void mg_convert_from_float (MgPixelType type,
                            guint bits,
                            const float *src,
                            gpointer dst,
                            gsize n);
