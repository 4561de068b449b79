#pragma once

#include "dataset/dataset.h"

gboolean mg_dataset_split (GPtrArray *items,
                           double share,
                           guint64 seed,
                           GError **error);
