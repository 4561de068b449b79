#pragma once

#include "io/tiff-private.h"

#define MG_TIFF_MAX_LEVELS 16

/* A reduced copy of a page that the file has. */
typedef struct
{
  int level;        /* 2^level times smaller; 0: none */
  gboolean chained; /* another page of the file, else a sub-page of the page */
  guint number;     /* of the page, or of the page's sub-pages */
  guint32 width, height;
} MgTiffLevel;

void _mg_tiff_levels_find (MgTiffSource *source,
                           const GArray *pages,
                           gboolean chained_too,
                           GArray *levels);
gboolean _mg_tiff_level_page (MgTiffSource *source,
                              const GArray *pages,
                              const MgTiffLevel *level,
                              const MgTiffPage *page,
                              MgTiffPage *reduced,
                              GError **error);
