#pragma once

#include <gtk/gtk.h>

#include "image/channel-view.h"

/* One channel in the display panel's list: shown or not, its colour, its name.
 * Signal "toggled": the person shows or hides it. */
#define MG_TYPE_CHANNEL_ROW (mg_channel_row_get_type ())
G_DECLARE_FINAL_TYPE (MgChannelRow, mg_channel_row, MG, CHANNEL_ROW, GtkListBoxRow)

GtkWidget *mg_channel_row_new (const char *name);
void mg_channel_row_set_view (MgChannelRow *self,
                              const MgChannelView *view);
gboolean mg_channel_row_get_shown (MgChannelRow *self);
