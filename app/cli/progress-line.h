#pragma once

#include "base/progress.h"

/* How far a job is, on standard error: one line that is written over on a
 * terminal, else a line at most every ten seconds. */
typedef struct _CliProgressLine CliProgressLine;

CliProgressLine *cli_progress_line_new (void);
void cli_progress_line_update (CliProgressLine *line,
                               MgProgress *progress);
void cli_progress_line_end (CliProgressLine *line);
