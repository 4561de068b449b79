#pragma once

#include "image/image.h"

/* An image made plane by plane out of floats. One thread. */
typedef struct _MgImageBuilder MgImageBuilder;

MgImageBuilder *mg_image_builder_new (const MgImageInfo *like,
                                      gboolean as_float,
                                      GError **error);
void mg_image_builder_free (MgImageBuilder *builder);
void mg_image_builder_put (MgImageBuilder *builder,
                           int c,
                           int z,
                           int t,
                           const float *values);
MgImage *mg_image_builder_finish (MgImageBuilder *builder,
                                  GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgImageBuilder, mg_image_builder_free)
