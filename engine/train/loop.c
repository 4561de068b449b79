#include "train/loop.h"

#include "train/batcher.h"
#include "train/card.h"
#include "train/checkpoint.h"
#include "train/schedule.h"
#include "train/setup.h"
#include "train/validate.h"

#include <math.h>

/* a snapshot to fall back on is taken this often */
#define SNAPSHOT_SECONDS 60
/* A short epoch is not worth a validation of its own. */
#define MAX_VALIDATIONS 60

struct _MgTrainLoop
{
  MgTrainSetup setup;
  MgBatcher *batcher;     /* owned */
  MgValidator *validator; /* owned */
  MgCheckpoint *snapshot; /* (nullable): owned: where to go back when the device is lost */
  gint64 snapshot_us;
  char *fingerprint; /* (nullable) */
  JsonObject *card;  /* (nullable): shared */

  gint64 step, n_steps; /* n_steps 0: by the clock */
  int steps_per_epoch;
  gint64 validation_steps; /* from one validation to the next, 0: by the clock */
  gint64 validated_step;
  gboolean validating, ended;

  gint64 started_us;
  double earlier_seconds; /* of the run this one goes on from */
  double validated_at, validation_began, validation_seconds;
  double step_seconds; /* smoothed */

  MgTrainPoint point; /* of the last step */
  gboolean has_point; /* it waits for its validation */
  double last_loss;   /* smoothed, for the eye */
  MgModel *best;      /* (nullable): owned */
  double best_score, best_validation;
  double highest_score; /* of all, the best weights' or not */

  void (*moving) (gpointer data);
  gpointer moving_data; /* borrowed */
  MgDataset *dataset;   /* borrowed */
  MgHistory *history;   /* borrowed */
};

static double
get_seconds (MgTrainLoop *loop)
{
  return loop->earlier_seconds + (double) (g_get_monotonic_time () - loop->started_us) / G_USEC_PER_SEC;
}

/* How much of the run is behind, for the learning rate. By steps it depends on
 * the step only; by the clock it leaves time for the last validation. */
static double
get_fraction (MgTrainLoop *loop)
{
  double budget;

  if (loop->n_steps > 0)
    return ((double) loop->step + 0.5) / (double) loop->n_steps;
  budget = loop->setup.config.minutes * 60;
  return get_seconds (loop) / (budget - MIN (loop->validation_seconds, 0.1 * budget));
}

static gboolean
make_feeders (MgTrainLoop *loop, GError **error)
{
  g_clear_pointer (&loop->validator, mg_validator_free);
  g_clear_pointer (&loop->batcher, mg_batcher_free);
  loop->batcher = mg_batcher_new (loop->dataset, loop->setup.recipe, &loop->setup.config, loop->step);
  loop->validator = mg_validator_new (&loop->setup, loop->batcher, error);
  return loop->validator != NULL;
}

static gboolean
restore (MgTrainLoop *loop, const MgCheckpoint *from, GError **error)
{
  if (!mg_weights_upload (from->params, loop->setup.program, MG_ROLE_PARAM, error) ||
      !mg_weights_upload (from->state, loop->setup.program, MG_ROLE_STATE, error))
    return FALSE;
  loop->step = from->step;
  loop->validated_step = from->validated_step;
  loop->best_score = loop->highest_score = from->best_score;
  loop->best_validation = from->best_validation;
  if (from->best != loop->best)
    {
      g_clear_pointer (&loop->best, mg_model_unref);
      loop->best = from->best == NULL ? NULL : mg_model_ref (from->best);
    }
  loop->has_point = FALSE;
  return TRUE;
}

/* The checkpoint's last point may still wait for its validation. */
static void
restore_history (MgTrainLoop *loop, const MgCheckpoint *from)
{
  for (guint i = 0; i < from->history->len; i++)
    {
      const MgTrainPoint *point = &g_array_index (from->history, MgTrainPoint, i);

      if (i + 1 == from->history->len && point->step == loop->step && loop->validated_step != loop->step)
        {
          loop->point = *point;
          loop->has_point = TRUE;
        }
      else
        mg_history_append (loop->history, point);
    }
}

static gboolean
set_first_weights (MgTrainLoop *loop, const MgTrainLoopOptions *options, const MgCheckpoint *checkpoint, GError **error)
{
  if (checkpoint != NULL)
    {
      loop->earlier_seconds = checkpoint->seconds;
      loop->validated_at = checkpoint->seconds;
      if (!restore (loop, checkpoint, error))
        return FALSE;
      restore_history (loop, checkpoint);
      return TRUE;
    }
  if (options->start_from != NULL)
    return mg_model_upload (options->start_from, loop->setup.program, error);
  return mg_train_setup_init_weights (&loop->setup, error);
}

static void
count_steps (MgTrainLoop *loop)
{
  const MgTrainConfig *config = &loop->setup.config;
  gint64 n_epochs;

  loop->steps_per_epoch = mg_train_setup_count_steps (config, loop->dataset);
  if (config->minutes > 0)
    return;
  loop->n_steps = config->steps > 0 ? config->steps : (gint64) config->epochs * loop->steps_per_epoch;
  n_epochs = loop->n_steps / loop->steps_per_epoch;
  loop->validation_steps = loop->steps_per_epoch * MAX (1, (n_epochs + MAX_VALIDATIONS - 1) / MAX_VALIDATIONS);
}

/**
 * mg_train_loop_new:
 *
 * Opens the device, compiles the network, draws, copies or resumes the weights.
 *
 * Returns: (transfer full): a loop before its next step
 */
MgTrainLoop *
mg_train_loop_new (const MgTrainLoopOptions *options,
                   GError **error)
{
  g_autoptr (MgTrainLoop) loop = g_new0 (MgTrainLoop, 1);
  g_autoptr (MgCheckpoint) checkpoint = NULL;
  MgTrainConfig config = *options->config;

  loop->dataset = options->dataset;
  loop->history = options->history;
  loop->moving = options->moving;
  loop->moving_data = options->moving_data;
  loop->fingerprint = g_strdup (options->fingerprint);
  loop->card = options->card == NULL ? NULL : json_object_ref (options->card);
  loop->validated_step = -1;
  loop->best_score = loop->best_validation = loop->highest_score = loop->last_loss = NAN;
  loop->started_us = loop->snapshot_us = g_get_monotonic_time ();
  if (options->resume != NULL)
    {
      checkpoint = mg_checkpoint_resume (options->resume, &config, options->fingerprint, error);
      if (checkpoint == NULL)
        return NULL;
    }
  if (!mg_train_setup_init (&loop->setup, &config, options->device, error) ||
      !set_first_weights (loop, options, checkpoint, error))
    return NULL;
  count_steps (loop);
  return make_feeders (loop, error) ? g_steal_pointer (&loop) : NULL;
}

/**
 * mg_train_loop_free:
 * @loop: (nullable): the loop
 */
void
mg_train_loop_free (MgTrainLoop *loop)
{
  if (loop == NULL)
    return;
  mg_validator_free (loop->validator);
  mg_batcher_free (loop->batcher);
  mg_checkpoint_free (loop->snapshot);
  mg_train_setup_clear (&loop->setup);
  mg_model_unref (loop->best);
  g_clear_pointer (&loop->card, json_object_unref);
  g_free (loop->fingerprint);
  g_free (loop);
}

/* Every step at first, later thinned by step number; those that a validation
 * follows in any case. */
static gboolean
is_recorded (MgTrainLoop *loop)
{
  return loop->step <= 2000 || loop->step % 10 == 0 || loop->step % loop->steps_per_epoch == 0 ||
         loop->step == loop->n_steps;
}

static void
flush_point (MgTrainLoop *loop)
{
  if (loop->has_point)
    mg_history_append (loop->history, &loop->point);
  loop->has_point = FALSE;
}

static void
record_loss (MgTrainLoop *loop, double rate, double loss)
{
  loop->last_loss = isfinite (loop->last_loss) ? 0.95 * loop->last_loss + 0.05 * loss : loss;
  flush_point (loop);
  if (!is_recorded (loop))
    return;
  loop->point = (MgTrainPoint){
    .step = loop->step,
    .epoch = (double) loop->step / loop->steps_per_epoch,
    .seconds = get_seconds (loop),
    .learning_rate = rate,
    .loss = loss,
    .validation = NAN,
    .score = NAN,
    .filter_score = NAN,
  };
  loop->has_point = TRUE;
}

static gboolean
is_run_over (MgTrainLoop *loop)
{
  return loop->n_steps > 0 ? loop->step >= loop->n_steps : get_fraction (loop) >= 1;
}

/* By steps: at an epoch's end, not at each where there are many. By the clock: about
 * every minute, sooner in a short run. */
static gboolean
is_validation_due (MgTrainLoop *loop)
{
  double interval;

  if (loop->step == loop->validated_step)
    return FALSE;
  if (is_run_over (loop))
    return TRUE;
  if (loop->step == 0)
    return FALSE;
  if (loop->n_steps > 0)
    return loop->step % loop->validation_steps == 0;
  interval = CLAMP (loop->setup.config.minutes * 60 / 20, 5, 60);
  return get_seconds (loop) - loop->validated_at >= MAX (interval, 5 * loop->validation_seconds);
}

static gboolean
train_step (MgTrainLoop *loop, GCancellable *cancellable, GError **error)
{
  double rate = mg_schedule_rate (loop->setup.config.learning_rate, mg_schedule_warmup (loop->setup.config.warmup, loop->n_steps), get_fraction (loop));
  gint64 began_us = g_get_monotonic_time ();
  GError *local = NULL;
  MgBatch *batch;
  gboolean ok;
  double loss, seconds;

  batch = mg_batcher_next (loop->batcher, cancellable, error);
  if (batch == NULL)
    return FALSE;
  ok = mg_train_setup_write (&loop->setup, batch, rate, loop->step, error);
  mg_batcher_release (loop->batcher, batch);
  if (!ok || !mg_program_run (loop->setup.program, cancellable, error))
    return FALSE;
  loss = mg_train_setup_read_loss (loop->setup.program, &local);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (!isfinite (loss))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DIVERGED,
                   "the loss stopped being a number at step %" G_GINT64_FORMAT
                   "; the best weights so far are kept (try a smaller learning rate)",
                   loop->step + 1);
      return FALSE;
    }
  loop->step++;
  record_loss (loop, rate, loss);
  /* at once, for the curve to begin with the first step */
  if (!is_validation_due (loop))
    flush_point (loop);
  seconds = (double) (g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
  loop->step_seconds = loop->step_seconds > 0 ? 0.9 * loop->step_seconds + 0.1 * seconds : seconds;
  return TRUE;
}

/* Makes the weights of the moment the best; the point holds their scores. */
static gboolean
keep (MgTrainLoop *loop, GError **error)
{
  g_autoptr (JsonObject) card = mg_card_new (&loop->setup, loop->card, loop->history, &loop->point,
                                             (double) loop->step / loop->steps_per_epoch,
                                             mg_validator_get_filter_score (loop->validator));
  MgTrainConfig config = loop->setup.config;
  MgModel *model;

  config.uncertainty_scale = mg_validator_get_uncertainty_scale (loop->validator);
  model = mg_model_new_from_program (&config, loop->setup.program, card, error);
  if (model == NULL)
    return FALSE;
  g_clear_pointer (&loop->best, mg_model_unref);
  loop->best = model;
  loop->best_score = loop->point.score;
  loop->best_validation = loop->point.validation;
  return TRUE;
}

/* The higher score, of equal ones the lower loss; without either the later. Judged by
 * noisy values the later unless its score is clearly lower: noise is a little alike in
 * neighbours, so that what has learned that scores as high as what has not. */
static gboolean
is_better (MgTrainLoop *loop, double validation, double score)
{
  double margin = mg_validator_get_margin (loop->validator);

  if (loop->best == NULL)
    return TRUE;
  if (margin > 0 && isfinite (score) && isfinite (loop->highest_score))
    return score > loop->highest_score - margin;
  if (isfinite (score) && isfinite (loop->best_score) && score != loop->best_score)
    return score > loop->best_score;
  if (isfinite (validation) && isfinite (loop->best_validation))
    return validation < loop->best_validation;
  return TRUE;
}

static gboolean
end_validation (MgTrainLoop *loop, GError **error)
{
  double validation = mg_validator_get_loss (loop->validator), score = mg_validator_get_score (loop->validator);

  loop->validating = FALSE;
  loop->validated_step = loop->step;
  loop->validated_at = get_seconds (loop);
  loop->validation_seconds = loop->validated_at - loop->validation_began;
  if (!loop->has_point)
    loop->point = (MgTrainPoint){
      .step = loop->step,
      .epoch = (double) loop->step / loop->steps_per_epoch,
      .seconds = loop->validated_at,
      .learning_rate = NAN,
      .loss = NAN,
    };
  loop->point.validation = validation;
  loop->point.score = score;
  loop->point.filter_score = mg_validator_get_filter_score (loop->validator);
  if (is_better (loop, validation, score) && !keep (loop, error))
    return FALSE;
  loop->highest_score = fmax (loop->highest_score, score);
  loop->has_point = TRUE;
  flush_point (loop);
  return TRUE;
}

static MgCheckpoint *
take_snapshot (MgTrainLoop *loop, GError **error)
{
  g_autoptr (MgCheckpoint) snapshot = mg_checkpoint_new (loop->setup.program, error);

  if (snapshot == NULL)
    return NULL;
  snapshot->config = loop->setup.config;
  snapshot->fingerprint = g_strdup (loop->fingerprint);
  snapshot->step = loop->step;
  snapshot->validated_step = loop->validated_step;
  snapshot->seconds = get_seconds (loop);
  snapshot->best = loop->best == NULL ? NULL : mg_model_ref (loop->best);
  snapshot->best_score = loop->best_score;
  snapshot->best_validation = loop->best_validation;
  mg_history_copy (loop->history, snapshot->history, 0);
  if (loop->has_point)
    g_array_append_val (snapshot->history, loop->point);
  return g_steal_pointer (&snapshot);
}

/* After a lost device: on the CPU, from the last snapshot. */
static gboolean
recover (MgTrainLoop *loop, const char *reason, GError **error)
{
  if (loop->moving != NULL)
    loop->moving (loop->moving_data);
  if (!mg_train_setup_move_to_cpu (&loop->setup, reason, error) || !restore (loop, loop->snapshot, error))
    return FALSE;
  loop->validating = FALSE;
  mg_history_truncate (loop->history, loop->step);
  return make_feeders (loop, error);
}

static gboolean
advance (MgTrainLoop *loop, GCancellable *cancellable, GError **error)
{
  if (loop->validating)
    {
      if (!mg_validator_is_done (loop->validator))
        return mg_validator_step (loop->validator, cancellable, error);
      return end_validation (loop, error);
    }
  if (is_validation_due (loop))
    {
      mg_validator_begin (loop->validator);
      loop->validation_began = get_seconds (loop);
      loop->validating = TRUE;
      return TRUE;
    }
  if (is_run_over (loop))
    {
      loop->ended = TRUE;
      return TRUE;
    }
  return train_step (loop, cancellable, error);
}

/**
 * mg_train_loop_step:
 * @cancellable: (nullable): a cancelled step has not happened
 *
 * One training step, or one patch of a validation. A device that is lost is
 * replaced by the CPU.
 *
 * Returns: %MG_STEP_ERROR with %MG_ERROR_DIVERGED when the loss is no number any
 *   more, or another error; the best model stays to be had
 */
MgStep
mg_train_loop_step (MgTrainLoop *loop,
                    GCancellable *cancellable,
                    GError **error)
{
  GError *local = NULL;

  if (!loop->validating &&
      (loop->snapshot == NULL || g_get_monotonic_time () - loop->snapshot_us >= SNAPSHOT_SECONDS * G_USEC_PER_SEC))
    {
      MgCheckpoint *snapshot = take_snapshot (loop, error);

      if (snapshot == NULL)
        return MG_STEP_ERROR;
      mg_checkpoint_free (loop->snapshot);
      loop->snapshot = snapshot;
      loop->snapshot_us = g_get_monotonic_time ();
    }
  if (!advance (loop, cancellable, &local))
    {
      g_autofree char *reason = NULL;

      if (!g_error_matches (local, MG_ERROR, MG_ERROR_DEVICE_LOST))
        {
          g_propagate_error (error, local);
          return MG_STEP_ERROR;
        }
      reason = g_strdup (local->message);
      g_error_free (local);
      if (!recover (loop, reason, error))
        return MG_STEP_ERROR;
    }
  return loop->ended ? MG_STEP_DONE : MG_STEP_MORE;
}

/**
 * mg_train_loop_get_status:
 * @out: (out): of this moment
 */
void
mg_train_loop_get_status (MgTrainLoop *loop,
                          MgTrainStatus *out)
{
  double seconds = get_seconds (loop), left = 0;

  if (loop->n_steps > 0 && loop->step_seconds > 0)
    left = (double) (loop->n_steps - loop->step) * loop->step_seconds +
           (double) ((loop->n_steps - loop->step) / loop->validation_steps + 1) * loop->validation_seconds;
  else if (loop->n_steps == 0)
    left = MAX (loop->setup.config.minutes * 60 - seconds, 0);
  *out = (MgTrainStatus){
    .step = loop->step,
    .n_steps = loop->n_steps,
    .epoch = (double) loop->step / loop->steps_per_epoch,
    .seconds = seconds,
    .seconds_left = left,
    .images_per_second = loop->step_seconds > 0 ? loop->setup.config.batch / loop->step_seconds : 0,
    .loss = loop->last_loss,
    .best_score = loop->best_score,
    .filter_score = mg_validator_get_filter_score (loop->validator),
    .noise_is_alike = loop->setup.config.blind_x + loop->setup.config.blind_y > 0,
  };
  g_strlcpy (out->device, loop->setup.device, sizeof out->device);
}

/**
 * mg_train_loop_get_best:
 *
 * Returns: (transfer none) (nullable): the best weights so far
 */
MgModel *
mg_train_loop_get_best (MgTrainLoop *loop)
{
  return loop->best;
}

/**
 * mg_train_loop_keep_last:
 *
 * For a run that was stopped before its first validation: makes the weights of
 * the moment the best ones, when there was a step at all.
 *
 * Returns: FALSE with an error when they cannot be read
 */
gboolean
mg_train_loop_keep_last (MgTrainLoop *loop,
                         GError **error)
{
  flush_point (loop);
  return loop->best != NULL || loop->step == 0 || keep (loop, error);
}

/**
 * mg_train_loop_save:
 * @file: where the checkpoint goes
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_train_loop_save (MgTrainLoop *loop,
                    GFile *file,
                    GError **error)
{
  g_autoptr (MgCheckpoint) snapshot = take_snapshot (loop, error);

  return snapshot != NULL && mg_checkpoint_save (snapshot, file, error);
}

/**
 * mg_train_loop_get_config:
 *
 * Returns: (transfer none): the settings in use, with the batch that fits
 */
const MgTrainConfig *
mg_train_loop_get_config (MgTrainLoop *loop)
{
  return &loop->setup.config;
}

/**
 * mg_train_loop_get_backend:
 *
 * Returns: (transfer none): what computes; changes when a device is lost
 */
MgBackend *
mg_train_loop_get_backend (MgTrainLoop *loop)
{
  return loop->setup.backend;
}

/**
 * mg_train_loop_get_program:
 *
 * Returns: (transfer none): the training program; changes when a device is lost
 */
MgProgram *
mg_train_loop_get_program (MgTrainLoop *loop)
{
  return loop->setup.program;
}
