#pragma once

#include "image/labels.h"

gboolean mg_npy_is_npy (const guint8 *head,
                        gsize size);
MgLabels *mg_npy_read_labels (GFile *file,
                              int slice,
                              GCancellable *cancellable,
                              GError **error);
