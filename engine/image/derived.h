#pragma once

#include "image/image.h"

MgImage *mg_image_difference (MgImage *a,
                              MgImage *b,
                              GError **error);
MgImage *mg_image_patched (MgImage *base,
                           MgImage *patch,
                           int x,
                           int y,
                           GError **error);
