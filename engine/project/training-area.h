#pragma once

#include "annotate/mask-stack.h"
#include "image/image.h"

/* What of an image counts in training, in files beside its label image
 * FOLDER/NAME.tif: FOLDER/ignored/NAME.tif, an 8-bit mask (255: neither cell nor
 * background) with the label image's planes, and FOLDER/regions/NAME.csv, the
 * training regions as "BX,BY,Width,Height", with ",Page" where one holds for a
 * single page of the label image. Where there is nothing to say there is no
 * file. Any thread. */
gboolean mg_training_regions_save (GFile *labels,
                                   const MgTrainingRegion *regions,
                                   guint n,
                                   GError **error);
GArray *mg_training_regions_load (GFile *labels,
                                  const MgImageInfo *info,
                                  GError **error);
gboolean mg_ignored_save (GFile *labels,
                          MgMaskStack *stack,
                          const MgImageInfo *like,
                          GCancellable *cancellable,
                          GError **error);
MgImage *mg_ignored_load (GFile *labels,
                          const MgImageInfo *info,
                          GCancellable *cancellable,
                          GError **error);
gboolean mg_training_area_load (GFile *file,
                                MgLabels **labels,
                                GArray **regions,
                                GCancellable *cancellable,
                                GError **error);
