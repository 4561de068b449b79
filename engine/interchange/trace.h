#pragma once

#include "image/labels.h"
#include "io/outline.h"

/* Calls func with the outline of every label, in ascending order; its name is
 * the label's number. */
gboolean mg_labels_trace (MgLabels *labels,
                          MgOutlineFunc func,
                          gpointer data,
                          GCancellable *cancellable,
                          GError **error);
