#pragma once

#include <glib.h>

double mg_percentile (float *values,
                      gsize n,
                      double percent);
