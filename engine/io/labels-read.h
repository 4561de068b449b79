#pragma once

#include "image/image.h"
#include "image/labels.h"

MgImage *mg_label_image_load (GFile *file,
                              GCancellable *cancellable,
                              GError **error);
gboolean mg_label_image_read (MgImage *image,
                              GFile *file,
                              int z,
                              int t,
                              int y,
                              int n_rows,
                              guint32 *dst,
                              GCancellable *cancellable,
                              GError **error);
MgLabels *mg_label_image_read_plane (MgImage *image,
                                     GFile *file,
                                     int z,
                                     int t,
                                     GCancellable *cancellable,
                                     GError **error);
MgLabels *mg_labels_load (GFile *file,
                          GCancellable *cancellable,
                          GError **error);
MgLabels *mg_labels_load_plane (GFile *file,
                                int slice,
                                int frame,
                                GCancellable *cancellable,
                                GError **error);

/* Row y of a label raster, in its own type. */
typedef gboolean (*MgLabelRowFunc) (gpointer data, int y, gpointer dst, GCancellable *cancellable, GError **error);

MgLabels *_mg_labels_from_rows (GFile *file,
                                const MgImageInfo *info,
                                guint offset,
                                MgLabelRowFunc func,
                                gpointer data,
                                GCancellable *cancellable,
                                GError **error);
