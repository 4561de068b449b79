#pragma once

#include "panels/train-options.h"
#include "session/training.h"

/* The model: where the next training starts, and how the running one goes. */
#define MG_TYPE_TRAIN_PANEL (mg_train_panel_get_type ())
G_DECLARE_FINAL_TYPE (MgTrainPanel, mg_train_panel, MG, TRAIN_PANEL, GtkBox)

void mg_train_panel_set_training (MgTrainPanel *self,
                                  MgSession *session,
                                  MgTraining *training);
void mg_train_panel_set_config (MgTrainPanel *self,
                                const MgTrainConfig *config);
MgTrainOptions *mg_train_panel_get_options (MgTrainPanel *self);
GObject *mg_train_panel_get_advanced (MgTrainPanel *self);
