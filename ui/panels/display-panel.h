#pragma once

#include "session/document.h"

/* Contrast of the image in view, channel by channel. Signal "changed": the
 * document's channels are to be shown anew. */
#define MG_TYPE_DISPLAY_PANEL (mg_display_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgDisplayPanel, mg_display_panel, MG, DISPLAY_PANEL, GtkBox)

void mg_display_panel_set_document (MgDisplayPanel *self,
                                    MgDocument *document);
void mg_display_panel_auto (MgDisplayPanel *self);
