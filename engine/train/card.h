#pragma once

#include <json-glib/json-glib.h>

#include "train/history.h"
#include "train/setup.h"

const char *mg_held_out_verdict (double score,
                                 double filter_score,
                                 gboolean alike);
JsonObject *mg_card_new (const MgTrainSetup *setup,
                         JsonObject *data,
                         MgHistory *history,
                         const MgTrainPoint *last,
                         double epochs,
                         double filter_score);
