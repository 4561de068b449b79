#pragma once

#include "dataset/dataset.h"

/* What was found out about one image to restore, and its clean one. */
gboolean mg_pair_prepare (MgItem *item,
                          gboolean align,
                          MgDataset *dataset,
                          GCancellable *cancellable,
                          GError **error);
