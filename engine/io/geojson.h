#pragma once

#include "io/outline.h"

/* GeoJSON (RFC 7946) as QuPath reads and writes it: one Feature a region, in
 * full-resolution pixels from the upper left corner. */

gboolean mg_geojson_read (GFile *file,
                          MgOutlineFunc func,
                          gpointer data,
                          GCancellable *cancellable,
                          GError **error);

/* A number of one region, with its name and unit. */
typedef struct
{
  const char *name;
  double value;
} MgGeojsonMeasurement;

/* One thread. */
typedef struct _MgGeojsonWriter MgGeojsonWriter;

MgGeojsonWriter *mg_geojson_writer_new (GFile *file,
                                        GError **error);
gboolean mg_geojson_writer_add (MgGeojsonWriter *writer,
                                const MgOutline *outline,
                                const MgGeojsonMeasurement *measurements,
                                guint n_measurements,
                                GError **error);
gboolean mg_geojson_writer_commit (MgGeojsonWriter *writer,
                                   GError **error);
void mg_geojson_writer_free (MgGeojsonWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgGeojsonWriter, mg_geojson_writer_free)
