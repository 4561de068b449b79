#pragma once

#include <adwaita.h>

#include "base/scheduler.h"
#include "compare/figure-export.h"
#include "interchange/export.h"
#include "session/prediction.h"
#include "session/session.h"
#include "session/settings.h"
#include "session/training.h"

/* The main window: composes panels, canvas and session; see ../README.md. */
#define MG_TYPE_WINDOW (mg_window_get_type ())
G_DECLARE_FINAL_TYPE (MgWindow, mg_window, MG, WINDOW, AdwApplicationWindow)

MgWindow *mg_window_new (GtkApplication *app,
                         MgScheduler *scheduler,
                         MgSettings *settings);
void mg_window_reopen_last (MgWindow *self);
void mg_window_open_files (MgWindow *self,
                           GFile **files,
                           int n_files);
void mg_window_set_train_config (MgWindow *self,
                                 const MgTrainConfig *config);
MgSession *mg_window_get_session (MgWindow *self);
MgTraining *mg_window_get_training (MgWindow *self);
MgPrediction *mg_window_get_prediction (MgWindow *self);
void mg_window_export_comparison (MgWindow *self,
                                  const MgFigureOptions *options,
                                  GFile *file);
void mg_window_save_report (MgWindow *self,
                            GFile *file);
void mg_window_import (MgWindow *self,
                       GFile *file,
                       gboolean overlay);
void mg_window_export (MgWindow *self,
                       MgExportFormat format,
                       GFile *file);
MgComparePage *mg_window_get_compare_page (MgWindow *self);
GtkWidget *mg_window_get_canvas (MgWindow *self);
void mg_window_install_accelerators (GtkApplication *app);
void mg_window_save_in (MgWindow *self,
                        GFile *folder);
