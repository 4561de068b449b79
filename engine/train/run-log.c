#include "train/run-log.h"

#include "train/manifest.h"

#include <math.h>

struct _MgRunLog
{
  GOutputStream *stream;
  char *name;
  guint n_written;
  MgHistory *history; /* borrowed */
};

/**
 * mg_run_log_new:
 * @history: borrowed; what it already holds is not written
 * @append: whether to keep what the file holds
 *
 * Returns: (transfer full): the log; %NULL with an error naming the file
 */
MgRunLog *
mg_run_log_new (GFile *file,
                MgHistory *history,
                gboolean append,
                GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);
  GFileOutputStream *stream = NULL;
  MgRunLog *log;

  if (append || g_file_replace_contents (file, "", 0, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, error))
    stream = g_file_append_to (file, G_FILE_CREATE_NONE, NULL, error);
  if (stream == NULL)
    {
      g_prefix_error (error, "%s: the log cannot be written: ", name);
      return NULL;
    }
  log = g_new0 (MgRunLog, 1);
  log->stream = G_OUTPUT_STREAM (stream);
  log->name = g_steal_pointer (&name);
  log->history = history;
  log->n_written = mg_history_get_n (history);
  return log;
}

/**
 * mg_run_log_free:
 * @log: (nullable): the log
 */
void
mg_run_log_free (MgRunLog *log)
{
  if (log == NULL)
    return;
  g_object_unref (log->stream);
  g_free (log->name);
  g_free (log);
}

static void
append_line (GString *text, const MgTrainPoint *point)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *line = NULL;

  json_object_set_int_member (object, "step", point->step);
  mg_manifest_set_number (object, "epoch", point->epoch);
  mg_manifest_set_number (object, "seconds", point->seconds);
  mg_manifest_set_number (object, "learning_rate", point->learning_rate);
  mg_manifest_set_number (object, "loss", point->loss);
  mg_manifest_set_number (object, "validation_loss", point->validation);
  mg_manifest_set_number (object, "validation_score", point->score);
  if (isfinite (point->filter_score))
    mg_manifest_set_number (object, "gaussian_held_out_psnr", point->filter_score);
  line = mg_manifest_to_text (object);
  g_string_append (text, line);
  g_string_append_c (text, '\n');
}

/**
 * mg_run_log_update:
 *
 * Writes the points that have come since the last call.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_run_log_update (MgRunLog *log,
                   GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  g_autoptr (GString) text = NULL;

  /* a history that went back to a checkpoint goes on from there */
  log->n_written = MIN (log->n_written, mg_history_get_n (log->history));
  mg_history_copy (log->history, points, log->n_written);
  if (points->len == 0)
    return TRUE;
  text = g_string_new (NULL);
  for (guint i = 0; i < points->len; i++)
    append_line (text, &g_array_index (points, MgTrainPoint, i));
  log->n_written += points->len;
  if (g_output_stream_write_all (log->stream, text->str, text->len, NULL, NULL, error))
    return TRUE;
  g_prefix_error (error, "%s: the log cannot be written: ", log->name);
  return FALSE;
}
