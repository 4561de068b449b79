#pragma once

#include "canvas/canvas.h"

/* How labels are drawn. */
#define MG_TYPE_LABELS_PANEL (mg_labels_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgLabelsPanel, mg_labels_panel, MG, LABELS_PANEL, GtkBox)

void mg_labels_panel_set_canvas (MgLabelsPanel *self,
                                 MgCanvas *canvas);
