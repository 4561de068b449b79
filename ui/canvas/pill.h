#pragma once

#include <gtk/gtk.h>

#define MG_PILL_MARGIN_X 8
#define MG_PILL_MARGIN_Y 4

void mg_pill_snapshot (GtkSnapshot *snapshot,
                       PangoLayout *text,
                       double x,
                       double y);
