#pragma once

#include "base/error.h"
#include "image/channel-view.h"

void _mg_io_set_error (GError **error,
                       MgError code,
                       GFile *file,
                       const char *format,
                       ...) G_GNUC_PRINTF (4, 5);
void _mg_io_prefix_error (GError **error,
                          GFile *file);
char *_mg_io_base_name (GFile *file);
void _mg_spread_palette (const guint32 *palette,
                         int n,
                         MgChannelView *view);
gboolean _mg_io_is_tiff (GFile *file,
                         gboolean *is_tiff,
                         GCancellable *cancellable,
                         GError **error);
