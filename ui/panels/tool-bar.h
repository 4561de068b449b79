#pragma once

#include <gtk/gtk.h>

/* The tools, one below the other. Its buttons name actions of the window. */
#define MG_TYPE_TOOL_BAR (mg_tool_bar_get_type ())
G_DECLARE_FINAL_TYPE (MgToolBar, mg_tool_bar, MG, TOOL_BAR, GtkBox)
