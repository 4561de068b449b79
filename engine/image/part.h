#pragma once

#include "image/image.h"

MgImage *mg_image_part (MgImage *image,
                        const MgRect *rect,
                        int c,
                        int z,
                        int t,
                        GError **error);
