#pragma once

#include "image/image.h"
#include "image/labels.h"

gboolean mg_tiff_write_image (GFile *file,
                              MgImage *image,
                              GCancellable *cancellable,
                              GError **error);
/* Labels of one row of a plane, rect being one row high. */
typedef void (*MgLabelRows) (gpointer data, int z, int t, const MgRect *rect, guint32 *dst);

gboolean mg_tiff_write_label_planes (GFile *file,
                                     const MgImageInfo *like,
                                     guint32 max,
                                     MgLabelRows rows,
                                     gpointer data,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean mg_tiff_write_labels (GFile *file,
                               MgLabels *labels,
                               const MgImageInfo *like,
                               GCancellable *cancellable,
                               GError **error);
gboolean mg_tiff_write_picture (GFile *file,
                                const guint32 *pixels,
                                int width,
                                int height,
                                double dpi,
                                GError **error);
