#pragma once

#include "image/image.h"

void mg_convert_to_float (MgPixelType type,
                          gconstpointer src,
                          float *dst,
                          gsize n);
