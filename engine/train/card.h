#pragma once

#include <json-glib/json-glib.h>

#include "train/history.h"
#include "train/setup.h"

JsonObject *mg_card_new (const MgTrainSetup *setup,
                         JsonObject *data,
                         MgHistory *history,
                         const MgTrainPoint *last,
                         double epochs);
