#pragma once

#include "train/history.h"

/* The learning history as a file, one JSON object a line, written as it grows.
 * Compute thread. */
typedef struct _MgRunLog MgRunLog;

MgRunLog *mg_run_log_new (GFile *file,
                          MgHistory *history,
                          gboolean append,
                          GError **error);
void mg_run_log_free (MgRunLog *log);
gboolean mg_run_log_update (MgRunLog *log,
                            GError **error);
