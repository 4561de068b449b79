#pragma once

#include "canvas/canvas.h"

/* One row above the image: what the tool in use can be set to. */
#define MG_TYPE_TOOL_OPTIONS (mg_tool_options_get_type ())
G_DECLARE_FINAL_TYPE (MgToolOptions, mg_tool_options, MG, TOOL_OPTIONS, GtkBox)

void mg_tool_options_set_canvas (MgToolOptions *self,
                                 MgCanvas *canvas);
