#pragma once

#include "canvas/canvas.h"

/* A small picture of the whole image with a frame around the part in view; a
 * child of its canvas. Seen while there is more than the canvas shows; a click or a drag moves the
 * canvas there. */
#define MG_TYPE_MINIMAP (mg_minimap_get_type ())
G_DECLARE_FINAL_TYPE (MgMinimap, mg_minimap, MG, MINIMAP, GtkWidget)

GtkWidget *mg_minimap_new (MgCanvas *canvas);
