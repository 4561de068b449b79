#pragma once

#include "image/image.h"

/* Area-averaged reduced levels of one image: those that its file has, and the
 * others made tile by tile as they are asked for and kept within a memory
 * budget, so zooming out reads no more than what is shown. Level 0 is the image, level n is 2^n times smaller
 * (extents rounded up). Any thread. */
typedef struct _MgPyramid MgPyramid;

MgPyramid *mg_pyramid_new (MgImage *image);
MgPyramid *mg_pyramid_new_sized (MgImage *image,
                                 gsize budget_bytes);
void mg_pyramid_halve (const float *src,
                       int src_width,
                       int src_height,
                       float *dst,
                       int width,
                       int height);
MgPyramid *mg_pyramid_ref (MgPyramid *pyramid);
void mg_pyramid_unref (MgPyramid *pyramid);
MgImage *mg_pyramid_get_image (MgPyramid *pyramid);
int mg_pyramid_get_n_levels (MgPyramid *pyramid);
void mg_pyramid_get_size (MgPyramid *pyramid,
                          int level,
                          int *width,
                          int *height);
gboolean mg_pyramid_read_draft (MgPyramid *pyramid,
                                int level,
                                int c,
                                int z,
                                int t,
                                const MgRect *rect,
                                float *dst,
                                gsize stride,
                                gboolean *draft,
                                GCancellable *cancellable,
                                GError **error);
gboolean mg_pyramid_read (MgPyramid *pyramid,
                          int level,
                          int c,
                          int z,
                          int t,
                          const MgRect *rect,
                          float *dst,
                          gsize stride,
                          GCancellable *cancellable,
                          GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgPyramid, mg_pyramid_unref)
