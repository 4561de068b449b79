#pragma once

#include "image/labels.h"

guint32 mg_components_label (const guint8 *mask,
                             int width,
                             int height,
                             gboolean diagonal,
                             guint32 *out);
guint32 mg_components_split (const guint32 *labels,
                             int width,
                             int height,
                             gboolean diagonal,
                             guint32 *out);
guint32 mg_labels_remove_small (guint32 *labels,
                                int width,
                                int height,
                                gint64 min_area);
