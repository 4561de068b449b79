#pragma once

#include "base/job.h"
#include "image/image.h"
#include "image/labels.h"
#include "train/manifest.h"

/* Exit statuses. */
enum
{
  CLI_DONE = 0,
  CLI_FAILED = 1,
  CLI_USAGE = 2,
  CLI_STOPPED = 130,
};

/* What every command understands. */
typedef struct
{
  gboolean quiet;
  gboolean json;
} CliCommon;

/**
 * CliParser:
 * @command: its name
 * @arguments: (nullable): what follows the options in the usage line
 * @summary: one paragraph
 * @description: (nullable): after the options: examples, notes
 * @entries: options, ending in an empty one
 * @more: (nullable): further options, likewise
 * @has_json: whether --json is understood
 * @has_images: whether it opens images by cli_load_image(), as --axes and --pixel-size say
 */
typedef struct
{
  const char *command;
  const char *arguments;
  const char *summary;
  const char *description;
  const GOptionEntry *entries;
  const GOptionEntry *more;
  gboolean has_json;
  gboolean has_images;
} CliParser;

/* FALSE, with the exit status in *status, when the command is not to be run:
 * wrong usage or --help. argv keeps what is no option, from argv[1] on. */
gboolean cli_parse (const CliParser *parser,
                    int *argc,
                    char ***argv,
                    CliCommon *common,
                    int *status);

/* mg_image_load(), as --axes and --pixel-size say; what cannot be so is an error. */
MgImage *cli_load_image (GFile *file,
                         GCancellable *cancellable,
                         GError **error);

/* Print one line on standard error, as "micrographia-cli: …"; return a status. */
int cli_fail (const GError *error);
int cli_usage (const char *format,
               ...) G_GNUC_PRINTF (1, 2);
/* What the command cannot do without is missing; where to read of it. */
int cli_needs (const char *command,
               const char *what);
void cli_warn (const char *format,
               ...) G_GNUC_PRINTF (1, 2);

/* Runs the job on a compute thread, with a progress line, until it ends;
 * SIGINT and SIGTERM stop it. Prints the error of a failed job. */
int cli_run (MgJob *job,
             const CliCommon *common);

/* Work in one piece as a job. */
typedef gboolean (*CliWork) (gpointer data,
                             MgProgress *progress,
                             GCancellable *cancellable,
                             GError **error);
int cli_work (const char *name,
              CliWork work,
              gpointer data,
              const CliCommon *common);

void cli_print_json (JsonObject *object);
