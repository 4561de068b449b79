#pragma once

#include "canvas/canvas.h"
#include "session/session.h"

/* What is under the pointer, zoom, running jobs, device. */
#define MG_TYPE_STATUS_BAR (mg_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (MgStatusBar, mg_status_bar, MG, STATUS_BAR, GtkBox)

void mg_status_bar_set_session (MgStatusBar *self,
                                MgSession *session,
                                MgCanvas *canvas);
void mg_status_bar_add_job (MgStatusBar *self,
                            MgJob *job);
void mg_status_bar_set_seconds_left (MgStatusBar *self,
                                     MgJob *job,
                                     double seconds);
gboolean mg_status_bar_stop_last (MgStatusBar *self);
void mg_status_bar_set_place (MgStatusBar *self,
                              const char *text);
void mg_status_bar_set_zoom (MgStatusBar *self,
                             double zoom);
