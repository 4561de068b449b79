#pragma once

#include "io/tiff-private.h"

/* How the pages of a file are the planes of one image. */
typedef struct
{
  int n_c, n_z, n_t;    /* planes; 0: the file does not say */
  GArray *page_of;      /* (nullable): of gint32; page of plane (t × n_z + z) × n_c + c, or -1 */
  char order[4];        /* "CZT": the planes' axes as the file has them, fastest first; "" if not told */
  gboolean imagej;      /* its palette is how it is shown, not what it holds */
  gboolean one_tag_set; /* ImageJ: further planes follow the first page's pixels */
} MgTiffLayout;

void _mg_tiff_layout_clear (MgTiffLayout *layout);
void _mg_tiff_meta_read (MgTiffSource *source,
                         guint n_pages,
                         MgImageInfo *info,
                         MgTiffLayout *layout,
                         GPtrArray *notes);
gboolean _mg_ome_read (const char *xml,
                       const char *base_name,
                       guint n_pages,
                       guint samples,
                       MgImageInfo *info,
                       MgTiffLayout *layout,
                       GPtrArray *notes);
double _mg_length_to_um (double value,
                         const char *unit,
                         char **unit_out);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgTiffLayout, _mg_tiff_layout_clear)
