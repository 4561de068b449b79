#pragma once

#include "session/session.h"

/* How to learn to denoise: the method, the clean images there are, and what the
 * noise of the image in view speaks for.
 * Properties: "settings": method and options as text, as they are kept in a project;
 * "average": images are restored in eight orientations.
 * Signal "changed": Train would do something else from now on. */
#define MG_TYPE_METHOD_PANEL (mg_method_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgMethodPanel, mg_method_panel, MG, METHOD_PANEL, GtkBox)

void mg_method_panel_set_session (MgMethodPanel *self,
                                  MgSession *session);
void mg_method_panel_update (MgMethodPanel *self);
const char *mg_method_panel_get_recipe (MgMethodPanel *self);
void mg_method_panel_apply (MgMethodPanel *self,
                            MgTrainConfig *config);
GObject *mg_method_panel_get_advanced (MgMethodPanel *self);
