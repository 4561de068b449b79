#pragma once

#include "cli/evaluate.h"

#include "image/filter.h"
#include "figure/report.h"

#define CLI_N_FILTERS (MG_FILTER_NLM + 1)

/* One image's measures, means over its planes; or the means of all images. */
typedef struct
{
  MgScoreLine line;                  /* its name is owned, (nullable) */
  MgQuality filtered[CLI_N_FILTERS]; /* what filters without learning reach */
} CliResult;

typedef struct
{
  gboolean has_clean, has_noisy;
  GArray *results; /* CliResult */
  CliResult mean;
  const char *advice; /* (nullable): whether a simple filter is enough */
} CliScores;

void cli_scores_print (const CliScores *scores);
void cli_scores_print_json (const CliScores *scores);
gboolean cli_scores_write_csv (const CliScores *scores,
                               const char *path,
                               GError **error);
