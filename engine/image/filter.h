#pragma once

#include "base/error.h"

/**
 * MgFilterKind:
 * @MG_FILTER_GAUSSIAN: weighted mean of the neighbourhood
 * @MG_FILTER_MEDIAN: median of the neighbourhood; takes hot pixels away
 * @MG_FILTER_NLM: mean of the places that look alike (Buades et al. 2005)
 *
 * Filters without learning, to compare a network with.
 */
typedef enum
{
  MG_FILTER_GAUSSIAN,
  MG_FILTER_MEDIAN,
  MG_FILTER_NLM,
} MgFilterKind;

gboolean mg_filter_find (const char *name,
                         MgFilterKind *kind,
                         GError **error);
const char *mg_filter_name (MgFilterKind kind);
gboolean mg_filter_gaussian (const float *values,
                             int width,
                             int height,
                             double sigma,
                             float *out,
                             GError **error);
gboolean mg_filter_median (const float *values,
                           int width,
                           int height,
                           int radius,
                           float *out,
                           GCancellable *cancellable,
                           GError **error);
gboolean mg_filter_nlm (const float *values,
                        int width,
                        int height,
                        double strength,
                        double sigma,
                        float *out,
                        GCancellable *cancellable,
                        GError **error);
#define MG_FILTER_N_GAUSSIANS 11

gboolean mg_filter_foretell (const float *values,
                             int width,
                             int height,
                             const float *hidden,
                             int reach_x,
                             int reach_y,
                             double *squares,
                             GError **error);
gboolean mg_filter_auto (MgFilterKind kind,
                         const float *values,
                         int width,
                         int height,
                         float *out,
                         double *strength,
                         GCancellable *cancellable,
                         GError **error);
