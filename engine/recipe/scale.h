#pragma once

#include "recipe/recipe.h"

#define MG_MIN_WORKING_SCALE 0.2
#define MG_MAX_WORKING_SCALE 4.0

double mg_item_working_scale (const MgItem *item,
                              const MgTrainConfig *config);
double mg_dataset_median_diameter (MgDataset *dataset);
double mg_dataset_diameter_spread (MgDataset *dataset);
gboolean mg_plane_resize (const float *src,
                          int width,
                          int height,
                          float *dst,
                          int dst_width,
                          int dst_height,
                          GError **error);
void mg_labels_resize (const guint32 *src,
                       int width,
                       int height,
                       guint32 *dst,
                       int dst_width,
                       int dst_height);
