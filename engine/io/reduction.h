#pragma once

#include "image/image.h"

gboolean mg_reduction_is_worthwhile (MgImage *image);
MgImage *mg_image_new_reduced (MgImage *image,
                               GFile *file,
                               GError **error);
