#pragma once

#include "session/document.h"

/* How the image in view is shown, channel by channel. Signals: "changed": the
 * document's channels are to be shown anew, and the project to be saved;
 * "apply-to-all": other images are to look the same.
 *
 * Actions of the widget: "display.auto-all", "display.reset",
 * "display.show-all", "display.solo", "display.apply-to-all". */
#define MG_TYPE_DISPLAY_PANEL (mg_display_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgDisplayPanel, mg_display_panel, MG, DISPLAY_PANEL, GtkBox)

void mg_display_panel_set_document (MgDisplayPanel *self,
                                    MgDocument *document);
void mg_display_panel_auto (MgDisplayPanel *self);
