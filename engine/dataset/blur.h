#pragma once

#include <glib.h>

#define MG_BLUR_MAX_RADIUS 16

void mg_blur (float *values,
              int width,
              int height,
              int n_channels,
              double sigma);
