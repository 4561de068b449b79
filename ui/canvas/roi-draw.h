#pragma once

#include <gtk/gtk.h>

/* How a region that can be taken hold of looks, in the widget's coordinates. */
void mg_roi_draw_frame (GtkSnapshot *snapshot,
                        const graphene_rect_t *rect,
                        float width,
                        const GdkRGBA *colour);
void mg_roi_draw_handles (GtkSnapshot *snapshot,
                          const graphene_rect_t *rect);
