#pragma once

#include "session/session.h"
#include "train/trainer.h"

/* One training run at a time on what is painted in a session, or on its noisy
 * images. Main thread. Signals: "interrupted" (gint64 step): a run of the project
 * can be gone on with; "started"; "changed": status and history went on; "preview" (MgImage *, MgInstances * or NULL, MgImage *restored or NULL,
 * const MgRect *): what the network makes of the image in view at the moment;
 * "finished" (MgModel * or NULL, const GError * or NULL, gboolean stopped). */
#define MG_TYPE_TRAINING (mg_training_get_type ())
G_DECLARE_FINAL_TYPE (MgTraining, mg_training, MG, TRAINING, GObject)

typedef enum
{
  MG_TRAINING_IDLE,
  MG_TRAINING_PREPARING,
  MG_TRAINING_RUNNING,
} MgTrainingState;

MgTraining *mg_training_new (MgSession *session);
MgTrainingState mg_training_get_state (MgTraining *self);
gboolean mg_training_goes_on (const MgTrainConfig *from,
                              const MgTrainConfig *config);
void mg_training_start (MgTraining *self,
                        const MgTrainConfig *config);
void mg_training_look_for_interrupted (MgTraining *self);
void mg_training_resume (MgTraining *self);
void mg_training_stop (MgTraining *self);
void mg_training_model_saved (MgTraining *self);
MgJob *mg_training_get_job (MgTraining *self);
void mg_training_set_view (MgTraining *self,
                           MgImage *image,
                           const MgRect *rect);
gboolean mg_training_get_status (MgTraining *self,
                                 MgTrainStatus *status);
const char *mg_training_get_recipe (MgTraining *self);
const MgTrainPoint *mg_training_get_history (MgTraining *self,
                                             guint *n);
