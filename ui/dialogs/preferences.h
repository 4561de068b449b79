#pragma once

#include "session/session.h"
#include "session/settings.h"

/* What a person may want otherwise, bound to what lives by it: the session, the
 * canvas, the style. Kept by MgSettings. */
void mg_preferences_show (GtkWindow *parent,
                          MgSettings *settings,
                          MgSession *session,
                          GtkWidget *canvas);
