#pragma once

#include "base/error.h"

char *mg_image_digest_page0 (GFile *file,
                             GCancellable *cancellable,
                             GError **error);
