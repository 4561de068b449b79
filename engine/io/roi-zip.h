#pragma once

#include "io/outline.h"

/* ImageJ's RoiSet.zip: one .roi file an entry, in the order of the ROI
 * Manager. */

gboolean mg_roi_zip_read (GFile *file,
                          MgOutlineFunc func,
                          gpointer data,
                          GCancellable *cancellable,
                          GError **error);
gboolean mg_roi_file_read (GFile *file,
                           MgOutlineFunc func,
                           gpointer data,
                           GCancellable *cancellable,
                           GError **error);

/* One thread. */
typedef struct _MgRoiZipWriter MgRoiZipWriter;

MgRoiZipWriter *mg_roi_zip_writer_new (GFile *file,
                                       GError **error);
gboolean mg_roi_zip_writer_add (MgRoiZipWriter *writer,
                                const MgOutline *outline,
                                GError **error);
gboolean mg_roi_zip_writer_commit (MgRoiZipWriter *writer,
                                   GError **error);
void mg_roi_zip_writer_free (MgRoiZipWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgRoiZipWriter, mg_roi_zip_writer_free)
