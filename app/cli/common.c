#include "cli/common.h"

#include "base/scheduler.h"
#include "cli/progress-line.h"

#include <glib-unix.h>
#include <math.h>

#include "image/reading.h"
#include "io/loader.h"

#define PROGRAM "micrographia-cli"

/* One line, whatever the message holds. */
static void
print_line (const char *text)
{
  g_autofree char *line = g_strdup (text);

  g_strdelimit (line, "\n\r", ' ');
  g_strchomp (line);
  g_printerr (PROGRAM ": %s\n", line);
}

void
cli_warn (const char *format,
          ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print_line (text);
}

int
cli_usage (const char *format,
           ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  print_line (text);
  return CLI_USAGE;
}

int
cli_needs (const char *command,
           const char *what)
{
  return cli_usage ("%s needs %s (see “" PROGRAM " %s --help”)", command, what, command);
}

int
cli_fail (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return CLI_STOPPED;
  print_line (error->message);
  return g_error_matches (error, MG_ERROR, MG_ERROR_USAGE) ? CLI_USAGE : CLI_FAILED;
}

/* What the person says of all images of this run. */
static MgReading reading;

static gboolean
parse_axes (const char *name,
            const char *value,
            gpointer data,
            GError **error)
{
  const MgImageInfo any = { 0 };

  if (g_strlcpy (reading.axes, value, sizeof reading.axes) < sizeof reading.axes && mg_reading_is_valid (&reading, &any))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "“%s” is no order of axes: it takes C, Z and T once each, as in CTZ", value);
  return FALSE;
}

static gboolean
parse_pixel_size (const char *name,
                  const char *value,
                  gpointer data,
                  GError **error)
{
  char *end;

  reading.pixel_size = g_ascii_strtod (value, &end);
  if (end != value && *end == '\0' && isfinite (reading.pixel_size) && reading.pixel_size > 0)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is no pixel size in µm: it takes one as 0.13", value);
  return FALSE;
}

MgImage *
cli_load_image (GFile *file,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (MgImage) image = mg_image_load (file, cancellable, error);

  if (image == NULL)
    return NULL;
  if (reading.axes[0] != '\0' && !mg_reading_is_valid (&reading, mg_image_get_info (image)))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s: red, green and blue stay its channels (use --axes CZT or CTZ)",
                   g_file_peek_path (file));
      return NULL;
    }
  return mg_image_new_as_read (g_steal_pointer (&image), &reading, error);
}

gboolean
cli_parse (const CliParser *parser,
           int *argc,
           char ***argv,
           CliCommon *common,
           int *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parser->arguments);
  g_autofree char *program = g_strdup_printf (PROGRAM " %s", parser->command);
  g_autoptr (GError) error = NULL;
  gboolean help = FALSE;
  const GOptionEntry general[] = {
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &common->quiet, "No progress line", NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this and end", NULL },
    { NULL },
  };
  const GOptionEntry json[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &common->json, "Results as one JSON object", NULL },
    { NULL },
  };

  const GOptionEntry images[] = {
    { "axes", 0, 0, G_OPTION_ARG_CALLBACK, parse_axes, "What the files' channels, slices and frames really are, such as CTZ where slices are frames", "CZT" },
    { "pixel-size", 0, 0, G_OPTION_ARG_CALLBACK, parse_pixel_size, "Pixel size of the images in µm, where their files have none or a wrong one", "UM" },
    { NULL },
  };

  *common = (CliCommon){ 0 };
  (*argv)[0] = program; /* for the help's first line; argv is not used by that name again */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, parser->summary);
  g_option_context_set_description (context, parser->description);
  if (parser->entries != NULL)
    g_option_context_add_main_entries (context, parser->entries, NULL);
  if (parser->more != NULL)
    g_option_context_add_main_entries (context, parser->more, NULL);
  if (parser->has_images)
    g_option_context_add_main_entries (context, images, NULL);
  if (parser->has_json)
    g_option_context_add_main_entries (context, json, NULL);
  g_option_context_add_main_entries (context, general, NULL);
  g_set_prgname (program);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *status = cli_usage ("%s (see “%s --help”)", error->message, program);
      return FALSE;
    }
  if (help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

      g_print ("%s", text);
      *status = CLI_DONE;
      return FALSE;
    }
  return TRUE;
}

typedef struct
{
  MgJob *job;
  GMainLoop *loop;
  CliProgressLine *line; /* (nullable) */
} Run;

static void
on_progress (MgJob *job, Run *run)
{
  cli_progress_line_update (run->line, mg_job_get_progress (job));
}

static void
on_finished (MgJob *job, Run *run)
{
  g_main_loop_quit (run->loop);
}

/* The second signal ends the program, as it would without this. */
static gboolean
on_signal (gpointer data)
{
  Run *run = data;

  mg_job_cancel (run->job);
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer data)
{
  Run *run = data;

  cli_progress_line_update (run->line, mg_job_get_progress (run->job));
  return G_SOURCE_CONTINUE;
}

static void
remove_source (GMainContext *context, guint id)
{
  GSource *source = g_main_context_find_source_by_id (context, id);

  if (source != NULL)
    g_source_destroy (source);
}

int
cli_run (MgJob *job,
         const CliCommon *common)
{
  g_autoptr (MgScheduler) scheduler = mg_scheduler_new (0);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Run run = { job, loop, common->quiet ? NULL : cli_progress_line_new () };
  guint sources[3];

  sources[0] = g_unix_signal_add (SIGINT, on_signal, &run);
  sources[1] = g_unix_signal_add (SIGTERM, on_signal, &run);
  sources[2] = g_timeout_add_seconds (1, on_tick, &run);
  g_signal_connect (job, "progress", G_CALLBACK (on_progress), &run);
  g_signal_connect (job, "finished", G_CALLBACK (on_finished), &run);
  mg_scheduler_submit (scheduler, job);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    remove_source (NULL, sources[i]);
  g_signal_handlers_disconnect_by_data (job, &run);
  cli_progress_line_end (run.line);
  mg_scheduler_shutdown (scheduler, 10000);
  switch (mg_job_get_state (job))
    {
    case MG_JOB_DONE:
      return CLI_DONE;
    case MG_JOB_STOPPED:
      return CLI_STOPPED;
    default:
      return cli_fail (mg_job_get_error (job));
    }
}

typedef struct
{
  CliWork work;
  gpointer data;
} Piece;

static MgStep
piece_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Piece *piece = data;

  return piece->work (piece->data, progress, cancellable, error) ? MG_STEP_DONE : MG_STEP_ERROR;
}

int
cli_work (const char *name,
          CliWork work,
          gpointer data,
          const CliCommon *common)
{
  Piece piece = { work, data };
  MgJobFuncs funcs = { .name = name, .step = piece_step };
  g_autoptr (MgJob) job = mg_job_new (&funcs, &piece, MG_PRIORITY_NORMAL);

  return cli_run (job, common);
}

void
cli_print_json (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (node, object);
  text = json_to_string (node, TRUE);
  g_print ("%s\n", text);
}
