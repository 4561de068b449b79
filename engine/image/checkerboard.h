#pragma once

#include <glib.h>

double mg_checkerboard (const float *values,
                        int width,
                        int height);
