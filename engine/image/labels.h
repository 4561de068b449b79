#pragma once

#include "base/error.h"
#include "base/types.h"

/* Not an instance: nobody knows what these pixels are. Only labels to learn
 * from hold it, label files do not. */
#define MG_LABEL_IGNORED G_MAXUINT32

/* An immutable label raster: 0 is background, every other number an instance;
 * numbers need not be without gaps. Reference counted, any thread. */
typedef struct _MgLabels MgLabels;

MgLabels *mg_labels_new_take (int width,
                              int height,
                              guint32 *data,
                              GDestroyNotify free_data);
MgLabels *mg_labels_ref (MgLabels *labels);
void mg_labels_unref (MgLabels *labels);
int mg_labels_get_width (MgLabels *labels);
int mg_labels_get_height (MgLabels *labels);
const guint32 *mg_labels_get_data (MgLabels *labels);
gboolean mg_labels_count (MgLabels *labels, GCancellable *cancellable, GError **error);
guint32 mg_labels_get_max (MgLabels *labels);
guint mg_labels_get_n (MgLabels *labels);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgLabels, mg_labels_unref)
