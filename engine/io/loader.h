#pragma once

#include "image/image.h"
#include "image/labels.h"
#include "io/labels-read.h"

MgImage *mg_image_load (GFile *file,
                        GCancellable *cancellable,
                        GError **error);
void mg_image_load_async (GFile *file,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
MgImage *mg_image_load_finish (GAsyncResult *result,
                               GError **error);
gboolean mg_is_image_name (const char *name);
GPtrArray *mg_list_images (GFile *folder,
                           GCancellable *cancellable,
                           GError **error);
