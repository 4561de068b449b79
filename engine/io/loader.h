#pragma once

#include "image/image.h"
#include "image/labels.h"
#include "io/labels-read.h"

MgImage *mg_image_load (GFile *file,
                        GCancellable *cancellable,
                        GError **error);
gboolean mg_fold_image_sets (GPtrArray *files,
                             GCancellable *cancellable,
                             GError **error);
GPtrArray *mg_list_images (GFile *folder,
                           GCancellable *cancellable,
                           GError **error);
