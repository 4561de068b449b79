#pragma once

#include "io/outline.h"

gboolean mg_imagej_overlay_read (GFile *file,
                                 MgOutlineFunc func,
                                 gpointer data,
                                 GCancellable *cancellable,
                                 GError **error);
