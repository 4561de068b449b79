#include "train/checkpoint.h"

#include "train/manifest.h"
#include "train/setup.h"

#include <math.h>
#include <string.h>

#define FORMAT_NAME    "micrographia-checkpoint"
#define FORMAT_VERSION 1
#define METADATA_KEY   "micrographia"

/**
 * mg_checkpoint_new:
 * @program: a training program
 *
 * Copies parameters and moments; the caller fills the rest. Compute thread.
 *
 * Returns: (transfer full): the checkpoint
 */
MgCheckpoint *
mg_checkpoint_new (MgProgram *program,
                   GError **error)
{
  g_autoptr (MgCheckpoint) checkpoint = g_new0 (MgCheckpoint, 1);

  checkpoint->validated_step = -1;
  checkpoint->best_score = checkpoint->best_validation = NAN;
  checkpoint->history = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  checkpoint->params = mg_weights_new_from_program (program, MG_ROLE_PARAM, error);
  if (checkpoint->params == NULL)
    return NULL;
  checkpoint->state = mg_weights_new_from_program (program, MG_ROLE_STATE, error);
  if (checkpoint->state == NULL)
    return NULL;
  return g_steal_pointer (&checkpoint);
}

/**
 * mg_checkpoint_free:
 * @checkpoint: (nullable): the checkpoint
 */
void
mg_checkpoint_free (MgCheckpoint *checkpoint)
{
  if (checkpoint == NULL)
    return;
  mg_weights_free (checkpoint->params);
  mg_weights_free (checkpoint->state);
  mg_model_unref (checkpoint->best);
  g_clear_pointer (&checkpoint->history, g_array_unref);
  g_free (checkpoint->fingerprint);
  g_free (checkpoint);
}

static void
add_number (JsonArray *array, double value)
{
  if (isfinite (value))
    json_array_add_double_element (array, value);
  else
    json_array_add_null_element (array);
}

static JsonArray *
history_to_json (GArray *history)
{
  JsonArray *rows = json_array_new ();

  for (guint i = 0; i < history->len; i++)
    {
      const MgTrainPoint *point = &g_array_index (history, MgTrainPoint, i);
      JsonArray *row = json_array_new ();

      json_array_add_int_element (row, point->step);
      add_number (row, point->epoch);
      add_number (row, point->seconds);
      add_number (row, point->learning_rate);
      add_number (row, point->loss);
      add_number (row, point->validation);
      add_number (row, point->score);
      add_number (row, point->filter_score);
      json_array_add_array_element (rows, row);
    }
  return rows;
}

static double
number_at (JsonArray *row, guint index)
{
  JsonNode *node = json_array_get_element (row, index);

  if (!JSON_NODE_HOLDS_VALUE (node))
    return NAN;
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return (double) json_node_get_int (node);
  return json_node_get_value_type (node) == G_TYPE_DOUBLE ? json_node_get_double (node) : NAN;
}

static void
history_from_json (JsonArray *rows, GArray *history)
{
  guint n = rows == NULL ? 0 : json_array_get_length (rows);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonArray *row = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      double step = row != NULL && json_array_get_length (row) >= 7 ? number_at (row, 0) : NAN;

      if (isfinite (step) && step >= 0 && step < 1e15)
        g_array_append_vals (history,
                             &(MgTrainPoint){
                               .step = (gint64) step,
                               .epoch = number_at (row, 1),
                               .seconds = number_at (row, 2),
                               .learning_rate = number_at (row, 3),
                               .loss = number_at (row, 4),
                               .validation = number_at (row, 5),
                               .score = number_at (row, 6),
                               /* rows from before there was one lack it */
                               .filter_score = json_array_get_length (row) > 7 ? number_at (row, 7) : NAN,
                             },
                             1);
    }
}

/**
 * mg_checkpoint_save:
 * @file: replaced only once all is written
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_checkpoint_save (const MgCheckpoint *checkpoint,
                    GFile *file,
                    GError **error)
{
  g_autoptr (JsonObject) manifest = mg_manifest_from_config (&checkpoint->config);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) tensors = g_array_new (FALSE, FALSE, sizeof (MgSafetensor));
  g_autofree char *text = NULL;
  const char *metadata[3] = { METADATA_KEY };

  json_object_set_string_member (manifest, "format", FORMAT_NAME);
  json_object_set_int_member (manifest, "version", FORMAT_VERSION);
  json_object_set_string_member (manifest, "data", checkpoint->fingerprint ?: "");
  json_object_set_int_member (manifest, "step", checkpoint->step);
  json_object_set_int_member (manifest, "validated_step", checkpoint->validated_step);
  mg_manifest_set_number (manifest, "seconds", checkpoint->seconds);
  mg_manifest_set_number (manifest, "best_score", checkpoint->best_score);
  mg_manifest_set_number (manifest, "best_validation", checkpoint->best_validation);
  json_object_set_array_member (manifest, "history", history_to_json (checkpoint->history));
  mg_weights_append (checkpoint->params, "param/", tensors, names);
  mg_weights_append (checkpoint->state, "state/", tensors, names);
  if (checkpoint->best != NULL)
    {
      json_object_set_object_member (manifest, "best_card", json_object_ref (mg_model_get_card (checkpoint->best)));
      mg_manifest_set_number (manifest, "best_uncertainty_scale", mg_model_get_config (checkpoint->best)->uncertainty_scale);
      mg_weights_append (_mg_model_get_weights (checkpoint->best), "best/", tensors, names);
    }
  text = mg_manifest_to_text (manifest);
  metadata[1] = text;
  return mg_safetensors_write (file, (const MgSafetensor *) tensors->data, tensors->len, metadata, error);
}

/* What a file says of a run; NULL with an error where it is none. */
static JsonObject *
read_manifest (MgSafetensors *tensors, GError **error)
{
  const char *text = mg_safetensors_get_metadata (tensors, METADATA_KEY);
  g_autoptr (JsonObject) manifest = text == NULL ? NULL : mg_manifest_parse (text, NULL);

  if (g_strcmp0 (mg_manifest_get_string (manifest, "format"), FORMAT_NAME) == 0 &&
      mg_manifest_get_number (manifest, "version", 0) == FORMAT_VERSION)
    return g_steal_pointer (&manifest);
  g_set_error (error, MG_ERROR, MG_ERROR_FORMAT,
               "not a training state of this version of the program (train without resuming)");
  return NULL;
}

/**
 * mg_trainer_read_checkpoint:
 * @file: of an interrupted run
 * @config: (out): its settings
 * @step: (out): the last step it kept
 *
 * Any thread.
 *
 * Returns: %FALSE where it is no such file
 */
gboolean
mg_trainer_read_checkpoint (GFile *file,
                            MgTrainConfig *config,
                            gint64 *step,
                            GError **error)
{
  g_autoptr (MgSafetensors) tensors = mg_safetensors_open (file, error);
  g_autoptr (JsonObject) manifest = tensors != NULL ? read_manifest (tensors, error) : NULL;

  if (manifest == NULL || !mg_manifest_to_config (manifest, config, error))
    return FALSE;
  *step = (gint64) CLAMP (mg_manifest_get_number (manifest, "step", 0), 0, 1e15);
  return TRUE;
}

static MgCheckpoint *
load (GFile *file, const MgGraph *graph, GError **error)
{
  g_autoptr (MgSafetensors) tensors = mg_safetensors_open (file, error);
  g_autoptr (MgCheckpoint) checkpoint = NULL;
  g_autoptr (JsonObject) manifest = NULL;
  JsonObject *card;

  if (tensors == NULL)
    return NULL;
  manifest = read_manifest (tensors, error);
  if (manifest == NULL)
    return NULL;
  checkpoint = g_new0 (MgCheckpoint, 1);
  checkpoint->history = g_array_new (FALSE, FALSE, sizeof (MgTrainPoint));
  if (!mg_manifest_to_config (manifest, &checkpoint->config, error))
    return NULL;
  checkpoint->fingerprint = g_strdup (mg_manifest_get_string (manifest, "data"));
  checkpoint->step = (gint64) CLAMP (mg_manifest_get_number (manifest, "step", 0), 0, 1e15);
  checkpoint->validated_step = (gint64) CLAMP (mg_manifest_get_number (manifest, "validated_step", -1), -1, 1e15);
  checkpoint->seconds = MAX (mg_manifest_get_number (manifest, "seconds", 0), 0);
  checkpoint->best_score = mg_manifest_get_number (manifest, "best_score", NAN);
  checkpoint->best_validation = mg_manifest_get_number (manifest, "best_validation", NAN);
  history_from_json (mg_manifest_get_array (manifest, "history"), checkpoint->history);
  checkpoint->params = mg_weights_new_from_file (tensors, "param/", graph, MG_ROLE_PARAM, error);
  if (checkpoint->params == NULL)
    return NULL;
  checkpoint->state = mg_weights_new_from_file (tensors, "state/", graph, MG_ROLE_STATE, error);
  if (checkpoint->state == NULL)
    return NULL;
  card = mg_manifest_get_object (manifest, "best_card");
  if (card != NULL)
    {
      MgWeights *best = mg_weights_new_from_file (tensors, "best/", graph, MG_ROLE_PARAM, error);
      MgTrainConfig config = checkpoint->config;

      config.uncertainty_scale = mg_manifest_get_number (manifest, "best_uncertainty_scale", 0);
      if (best == NULL)
        return NULL;
      checkpoint->best = _mg_model_new_take (&config, best, json_object_ref (card), error);
      if (checkpoint->best == NULL)
        return NULL;
    }
  return g_steal_pointer (&checkpoint);
}

/**
 * mg_checkpoint_load:
 * @graph: the training graph: names and shapes of what must be there
 *
 * Returns: (transfer full): the checkpoint; %NULL with an error naming the file
 */
MgCheckpoint *
mg_checkpoint_load (GFile *file,
                    const MgGraph *graph,
                    GError **error)
{
  GError *local = NULL;
  MgCheckpoint *checkpoint = load (file, graph, &local);

  if (checkpoint == NULL)
    {
      g_autofree char *name = g_file_get_parse_name (file);

      if (strstr (local->message, name) == NULL)
        g_prefix_error (&local, "%s: ", name);
      g_propagate_error (error, local);
    }
  return checkpoint;
}

/* The length of the run may differ, everything else must not: going on would be
 * neither the old run nor the new one. */
static gboolean
matches (const MgCheckpoint *checkpoint,
         const MgTrainConfig *config,
         const char *fingerprint,
         GError **error)
{
  MgTrainConfig theirs = checkpoint->config;
  g_autoptr (JsonObject) a = NULL, b = NULL;
  g_autofree char *a_text = NULL, *b_text = NULL;

  theirs.minutes = config->minutes;
  theirs.steps = config->steps;
  theirs.epochs = config->epochs;
  a = mg_manifest_from_config (&theirs);
  b = mg_manifest_from_config (config);
  a_text = mg_manifest_to_text (a);
  b_text = mg_manifest_to_text (b);
  if (g_strcmp0 (checkpoint->fingerprint, fingerprint) != 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE,
                   "the images or labels have changed since the training was interrupted "
                   "(start from its model instead of resuming)");
      return FALSE;
    }
  if (strcmp (a_text, b_text) != 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE,
                   "the interrupted training had other settings (give the same ones, "
                   "or start from its model instead of resuming)");
      return FALSE;
    }
  return TRUE;
}

/**
 * mg_checkpoint_resume:
 * @config: (inout): settings of the run that goes on; its batch becomes that of the
 *   checkpoint, which is what fitted into memory
 * @fingerprint: (nullable): of that run's data
 *
 * Returns: (transfer full): the checkpoint; %NULL with an error naming the file when
 *   it cannot be read or was another run's
 */
MgCheckpoint *
mg_checkpoint_resume (GFile *file,
                      MgTrainConfig *config,
                      const char *fingerprint,
                      GError **error)
{
  g_autoptr (MgGraph) graph = mg_train_setup_build (config, 1, TRUE, error);
  g_autoptr (MgCheckpoint) checkpoint = NULL;

  if (graph == NULL)
    return NULL;
  checkpoint = mg_checkpoint_load (file, graph, error);
  if (checkpoint == NULL)
    return NULL;
  config->batch = MIN (config->batch, checkpoint->config.batch);
  if (!matches (checkpoint, config, fingerprint, error))
    {
      g_autofree char *name = g_file_get_parse_name (file);

      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  return g_steal_pointer (&checkpoint);
}
