#pragma once

#include "session/session.h"

/* What a person has set for a project, kept in it: a property of the window's
 * parts becomes what the project opened has, or else its default, and
 * the project what the property is changed to. Main thread. */
#define MG_TYPE_PROJECT_STATE (mg_project_state_get_type ())
G_DECLARE_FINAL_TYPE (MgProjectState, mg_project_state, MG, PROJECT_STATE, GObject)

MgProjectState *mg_project_state_new (MgSession *session);
void mg_project_state_bind (MgProjectState *self,
                            const char *key,
                            gpointer object,
                            const char *property);
