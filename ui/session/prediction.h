#pragma once

#include "session/session.h"

/* Runs the session's model over images, one run at a time, and decodes kept
 * maps again when thresholds move. Results go to the documents. Main thread.
 * Signals: "changed": started, went on or stopped; "finished" (guint images,
 * guint planes of them, const GError * or NULL). */
#define MG_TYPE_PREDICTION (mg_prediction_get_type ())
G_DECLARE_FINAL_TYPE (MgPrediction, mg_prediction, MG, PREDICTION, GObject)

MgPrediction *mg_prediction_new (MgSession *session);
gboolean mg_prediction_is_running (MgPrediction *self);
MgJob *mg_prediction_get_job (MgPrediction *self);
void mg_prediction_set_params (MgPrediction *self,
                               const MgDecodeParams *params);
void mg_prediction_get_params (MgPrediction *self,
                               MgDecodeParams *params);
void mg_prediction_set_augment (MgPrediction *self,
                                gboolean augment);
void mg_prediction_start (MgPrediction *self,
                          GPtrArray *documents);
void mg_prediction_start_view (MgPrediction *self,
                               MgDocument *document);
void mg_prediction_stop (MgPrediction *self);
void mg_prediction_decode (MgPrediction *self,
                           MgDocument *document);
