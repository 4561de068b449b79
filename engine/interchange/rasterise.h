#pragma once

#include "image/labels.h"
#include "io/outline.h"

/* What became of one region's pixels. */
typedef struct
{
  gint64 written; /* given to it */
  gint64 covered; /* left to regions that were there before */
} MgRasterised;

/* Puts regions on a label raster, one after the other. One thread. */
typedef struct _MgRasteriser MgRasteriser;

MgRasteriser *mg_rasteriser_new (int width,
                                 int height,
                                 GError **error);
gboolean mg_rasteriser_add (MgRasteriser *rasteriser,
                            const MgOutline *outline,
                            guint32 label,
                            MgRasterised *done,
                            GCancellable *cancellable,
                            GError **error);
guint32 *mg_rasteriser_get_data (MgRasteriser *rasteriser);
MgLabels *mg_rasteriser_finish (MgRasteriser *rasteriser);
void mg_rasteriser_free (MgRasteriser *rasteriser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgRasteriser, mg_rasteriser_free)
