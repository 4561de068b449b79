#pragma once

#include "session/prediction.h"

/* What was predicted on the image in view, and the thresholds. Signal
 * "params-changed": the person moved one. */
#define MG_TYPE_RESULT_PANEL (mg_result_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgResultPanel, mg_result_panel, MG, RESULT_PANEL, GtkBox)

void mg_result_panel_set_document (MgResultPanel *self,
                                   MgDocument *document);
void mg_result_panel_set_params (MgResultPanel *self,
                                 const MgDecodeParams *params);
void mg_result_panel_get_params (MgResultPanel *self,
                                 MgDecodeParams *params);
