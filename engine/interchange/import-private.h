#pragma once

#include "interchange/import.h"
#include "interchange/rasterise.h"

/* An import in hand. */
typedef struct
{
  GFile *file;
  const MgImportOptions *options;
  MgImported *imported;
  MgProgress *progress; /* (nullable) */
  GCancellable *cancellable;
} MgImport;

gboolean _mg_import_masks (MgImport *import,
                           GError **error);
void _mg_import_count (MgImport *import,
                       const MgRasterised *done);
gboolean _mg_import_fail (MgImport *import,
                          GError **error,
                          MgError code,
                          const char *format,
                          ...) G_GNUC_PRINTF (4, 5);
