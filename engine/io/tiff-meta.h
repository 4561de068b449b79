#pragma once

#include "io/tiff-private.h"

/* Where a plane is. */
typedef struct
{
  gint32 page;  /* -1: nowhere */
  guint32 file; /* of the layout's; 0 is the file itself */
} MgTiffPlace;

/* How the pages of a file are the planes of one image. */
typedef struct
{
  int n_c, n_z, n_t;    /* planes; 0: the file does not say */
  GArray *place_of;     /* (nullable): of MgTiffPlace; of plane (t × n_z + z) × n_c + c */
  GPtrArray *files;     /* (nullable): base names of a set's files; [0] is this one */
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
void _mg_tiff_display_read (TIFF *tif,
                            const MgTiffPage *page,
                            const MgTiffLayout *layout,
                            MgImageInfo *info);
void _mg_imagej_read (TIFF *tif,
                      const char *text,
                      guint n_pages,
                      MgImageInfo *info,
                      MgTiffLayout *layout,
                      GPtrArray *notes);
void _mg_shape_read (TIFF *tif,
                     const char *text,
                     guint n_pages,
                     guint samples,
                     MgTiffLayout *layout,
                     GPtrArray *notes);
gboolean _mg_ome_read (const char *xml,
                       GFile *file,
                       guint n_pages,
                       guint samples,
                       MgImageInfo *info,
                       MgTiffLayout *layout,
                       GPtrArray *notes);
GPtrArray *_mg_ome_list_files (const char *xml,
                               GFile *file,
                               GHashTable *there);
char *_mg_tiff_dup_description (MgTiffSource *source);
double _mg_length_to_um (double value,
                         const char *unit,
                         char **unit_out);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MgTiffLayout, _mg_tiff_layout_clear)
