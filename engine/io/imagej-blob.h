#pragma once

#include "io/tiff-private.h"

/* The kinds of things that ImageJ keeps beside an image's pixels. */
#define MG_IMAGEJ_RANGES  "rang" /* pairs of float64 */
#define MG_IMAGEJ_LUT     "luts" /* 256 of red, of green, of blue */
#define MG_IMAGEJ_ROI     "roi " /* the selection, as a .roi file */
#define MG_IMAGEJ_OVERLAY "over" /* one a ROI, as .roi files */

/* One of them. Pointers live as long as the file's current page is. */
typedef struct
{
  char kind[5];
  const guint8 *data;
  gsize size;
} MgImageJItem;

GArray *_mg_imagej_blob_read (TIFF *tif,
                              gboolean *big_endian);
