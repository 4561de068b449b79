#pragma once

#include "io/tiff-private.h"

/* The other files of an image that is stored in several. They are opened when
 * one of their planes is asked for, and closed again when too many are. Any
 * thread. */
typedef struct _MgTiffSet MgTiffSet;

MgTiffSet *_mg_tiff_set_new (GFile *first,
                             GPtrArray *names);
void _mg_tiff_set_free (MgTiffSet *set);
gboolean _mg_tiff_set_has (GFile *first,
                           const char *name);
gboolean _mg_tiff_set_read (MgTiffSet *set,
                            guint file,
                            guint page,
                            const MgTiffPage *like,
                            guint sample,
                            const MgRect *rect,
                            gpointer dst,
                            gsize stride,
                            GCancellable *cancellable,
                            GError **error);
