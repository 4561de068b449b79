#pragma once

#include "image/image.h"

/**
 * MgReading:
 * @axes: what the file's channels, slices and frames (in this order) really are,
 *   three of the letters "CZT"; empty: as the file says
 * @pixel_size: µm a pixel, 0: as the file says
 *
 * What a person says of a file that does not say it, or says it wrongly.
 */
typedef struct
{
  char axes[4];
  double pixel_size;
} MgReading;

gboolean mg_reading_is_valid (const MgReading *reading,
                              const MgImageInfo *info);
GPtrArray *mg_reading_list_axes (const MgImageInfo *info);
char *mg_reading_describe_axes (const char *axes,
                                const MgImageInfo *info);
MgImage *mg_image_new_as_read (MgImage *image,
                               const MgReading *reading,
                               GError **error);
