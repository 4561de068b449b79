#pragma once

#include <gtk/gtk.h>

#include "image/pyramid.h"
#include "view/composer.h"

/* A region of one image, as large as there is room, with a scale bar of its own.
 * Signals: "zoom" (double factor): the wheel was turned: the region becomes so
 * many times larger; "moved" (double dx, double dy): it was dragged, image pixels. */
#define MG_TYPE_INSET_VIEW (mg_inset_view_get_type ())
G_DECLARE_FINAL_TYPE (MgInsetView, mg_inset_view, MG, INSET_VIEW, GtkWidget)

void mg_inset_view_set_image (MgInsetView *self,
                              MgPyramid *pyramid,
                              const char *title,
                              const MgChannelView *channels,
                              int n_channels,
                              int z,
                              int t);
void mg_inset_view_set_region (MgInsetView *self,
                               const MgRect *region);
