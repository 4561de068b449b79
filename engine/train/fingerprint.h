#pragma once

#include "dataset/dataset.h"

char *mg_fingerprint_item (const MgItem *item,
                           GCancellable *cancellable,
                           GError **error);
