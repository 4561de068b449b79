#pragma once

#include <adwaita.h>

#include "base/scheduler.h"

/* The main window: composes panels, canvas and session; see ../README.md. */
#define MG_TYPE_WINDOW (mg_window_get_type ())
G_DECLARE_FINAL_TYPE (MgWindow, mg_window, MG, WINDOW, AdwApplicationWindow)

MgWindow *mg_window_new (GtkApplication *app,
                         MgScheduler *scheduler);
void mg_window_open_files (MgWindow *self,
                           GFile **files,
                           int n_files);
