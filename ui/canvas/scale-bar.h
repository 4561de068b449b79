#pragma once

#include <gtk/gtk.h>

#include "image/image.h"

void mg_scale_bar_snapshot (GtkSnapshot *snapshot,
                            PangoLayout *text,
                            const MgImageInfo *info,
                            double zoom,
                            double x,
                            double y,
                            double most);
