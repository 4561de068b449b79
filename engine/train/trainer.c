#include "train/trainer.h"

#include "base/mem.h"
#include "predict/predictor.h"
#include "train/fingerprint.h"
#include "train/loop.h"
#include "train/run-log.h"

#include <math.h>

#define CHECKPOINT_SECONDS 60
/* a preview may take this share of the compute thread's time */
#define PREVIEW_SHARE 0.2

typedef struct
{
  MgImage *image; /* (nullable): no request */
  MgRect rect;
  MgPreviewFunc func;
  gpointer data;
  GDestroyNotify free_data;
} Preview;

typedef enum
{
  PHASE_PREPARE,
  PHASE_HASH,
  PHASE_OPEN,
  PHASE_RUN,
} Phase;

struct _MgTrainer
{
  gatomicrefcount refs;
  MgTrainConfig config;
  MgDataset *dataset;
  MgModel *start_from; /* (nullable) */
  char *device;        /* (nullable) */
  GFile *checkpoint;   /* (nullable) */
  gboolean resume;
  GFile *log_file; /* (nullable) */
  MgHistory *history;

  GMutex mutex; /* guards what follows */
  MgTrainStatus status;
  MgModel *model; /* (nullable): best so far */
  char *warning;  /* (nullable) */
  Preview preview;

  /* compute thread only */
  Phase phase;
  guint next_item;
  GChecksum *checksum;
  JsonObject *card;
  JsonArray *card_items; /* borrowed from card */
  MgTrainLoop *loop;
  MgRunLog *log;
  gint64 saved_us, preview_after_us;
  MgPredictor *predictor;
};

static void
preview_clear (Preview *preview)
{
  g_clear_pointer (&preview->image, mg_image_unref);
  if (preview->free_data != NULL)
    preview->free_data (preview->data);
  *preview = (Preview){ 0 };
}

/**
 * mg_trainer_new:
 * @config: settings; what the recipe learns from the data is filled in later
 * @dataset: (transfer full): images to learn from, not prepared
 * @start_from: (nullable) (transfer none): first weights, of the same network
 * @device: (nullable): as mg_backend_open() takes it, %NULL for "auto"
 *
 * Any thread; nothing is read or opened before the job runs.
 *
 * Returns: (transfer full): the trainer
 */
MgTrainer *
mg_trainer_new (const MgTrainConfig *config,
                MgDataset *dataset,
                MgModel *start_from,
                const char *device)
{
  MgTrainer *trainer = g_new0 (MgTrainer, 1);

  g_atomic_ref_count_init (&trainer->refs);
  g_mutex_init (&trainer->mutex);
  trainer->config = *config;
  trainer->dataset = dataset;
  trainer->start_from = start_from == NULL ? NULL : mg_model_ref (start_from);
  trainer->device = g_strdup (device);
  trainer->history = mg_history_new ();
  trainer->status.loss = trainer->status.best_score = trainer->status.filter_score = NAN;
  return trainer;
}

/**
 * mg_trainer_ref:
 *
 * Returns: (transfer full): the same trainer; any thread
 */
MgTrainer *
mg_trainer_ref (MgTrainer *trainer)
{
  g_atomic_ref_count_inc (&trainer->refs);
  return trainer;
}

/* Compute thread: everything that talks to the device goes. */
static void
close_device (MgTrainer *trainer)
{
  g_clear_pointer (&trainer->predictor, mg_predictor_free);
  g_clear_pointer (&trainer->loop, mg_train_loop_free);
  g_clear_pointer (&trainer->log, mg_run_log_free);
}

/**
 * mg_trainer_unref:
 * @trainer: (nullable): the trainer; any thread, the job has closed the device
 */
void
mg_trainer_unref (MgTrainer *trainer)
{
  if (trainer == NULL || !g_atomic_ref_count_dec (&trainer->refs))
    return;
  preview_clear (&trainer->preview);
  mg_dataset_free (trainer->dataset);
  mg_model_unref (trainer->start_from);
  mg_model_unref (trainer->model);
  mg_history_free (trainer->history);
  g_clear_object (&trainer->checkpoint);
  g_clear_object (&trainer->log_file);
  g_clear_pointer (&trainer->checksum, g_checksum_free);
  g_clear_pointer (&trainer->card, json_object_unref);
  g_mutex_clear (&trainer->mutex);
  g_free (trainer->warning);
  g_free (trainer->device);
  g_free (trainer);
}

/**
 * mg_trainer_set_checkpoint:
 * @file: (nullable): where the state of the run is kept
 * @resume: whether to go on from a state that lies there; without one the run
 *   starts anew
 *
 * Before the run.
 */
void
mg_trainer_set_checkpoint (MgTrainer *trainer,
                           GFile *file,
                           gboolean resume)
{
  g_set_object (&trainer->checkpoint, file);
  trainer->resume = resume;
}

/**
 * mg_trainer_set_log:
 * @file: (nullable): takes one JSON object a line; replaced, or appended to
 *   when the run goes on from a checkpoint
 *
 * Before the run.
 */
void
mg_trainer_set_log (MgTrainer *trainer,
                    GFile *file)
{
  g_set_object (&trainer->log_file, file);
}

static void
warn (MgTrainer *trainer, GError *error)
{
  g_mutex_lock (&trainer->mutex);
  g_free (trainer->warning);
  trainer->warning = g_strdup (error->message);
  g_mutex_unlock (&trainer->mutex);
  g_error_free (error);
}

static void
publish (MgTrainer *trainer, MgProgress *progress)
{
  const MgTrainConfig *config = mg_train_loop_get_config (trainer->loop);
  MgModel *best = mg_train_loop_get_best (trainer->loop), *old = NULL;
  GError *error = NULL;
  MgTrainStatus status;

  mg_train_loop_get_status (trainer->loop, &status);
  g_mutex_lock (&trainer->mutex);
  trainer->status = status;
  if (trainer->model != best)
    {
      old = trainer->model;
      trainer->model = best == NULL ? NULL : mg_model_ref (best);
    }
  g_mutex_unlock (&trainer->mutex);
  mg_model_unref (old);
  if (trainer->log != NULL && !mg_run_log_update (trainer->log, &error))
    {
      warn (trainer, error);
      g_clear_pointer (&trainer->log, mg_run_log_free);
    }
  if (isfinite (status.best_score))
    mg_progress_note (progress, "loss %.4f, best score %.3f, %.1f images/s", status.loss, status.best_score,
                      status.images_per_second);
  else if (isfinite (status.loss))
    mg_progress_note (progress, "loss %.4f, %.1f images/s", status.loss, status.images_per_second);
  if (status.n_steps > 0)
    mg_progress_set (progress, "Training", (double) status.step, (double) status.n_steps);
  else
    mg_progress_set (progress, "Training", status.seconds / (config->minutes * 60), 1);
}

/* What the images brought to light becomes the warning, a line a sentence. */
static void
note_images (MgTrainer *trainer)
{
  const char *const *notes = mg_dataset_get_notes (trainer->dataset);

  if (notes[0] == NULL)
    return;
  g_mutex_lock (&trainer->mutex);
  g_free (trainer->warning);
  trainer->warning = g_strjoinv ("\n", (char **) notes);
  g_mutex_unlock (&trainer->mutex);
}

static MgStep
prepare (MgTrainer *trainer, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  const MgRecipe *recipe = mg_recipe_find (trainer->config.recipe, error);

  mg_progress_set (progress, "Looking at the images", 0, 0);
  mg_dataset_set_normalisation (trainer->dataset, (MgNormalisation) trainer->config.normalisation);
  if (recipe == NULL || !mg_dataset_prepare (trainer->dataset, trainer->config.validation_share, trainer->config.seed,
                                             progress, cancellable, error))
    return MG_STEP_ERROR;
  if (recipe->adapt != NULL)
    recipe->adapt (&trainer->config, trainer->dataset);
  if (!mg_train_config_check (&trainer->config, error))
    return MG_STEP_ERROR;
  note_images (trainer);
  trainer->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  trainer->card = json_object_new ();
  trainer->card_items = json_array_new ();
  json_object_set_array_member (trainer->card, "items", trainer->card_items);
  trainer->phase = PHASE_HASH;
  return MG_STEP_MORE;
}

static MgStep
hash_next (MgTrainer *trainer, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  guint n = mg_dataset_get_n (trainer->dataset);
  const MgItem *item;
  g_autofree char *digest = NULL;
  JsonObject *entry;

  if (trainer->next_item == n)
    {
      json_object_set_string_member (trainer->card, "sha256", g_checksum_get_string (trainer->checksum));
      trainer->phase = PHASE_OPEN;
      return MG_STEP_MORE;
    }
  mg_progress_set (progress, "Fingerprinting the images", trainer->next_item, n);
  item = mg_dataset_get (trainer->dataset, trainer->next_item);
  digest = mg_fingerprint_item (item, cancellable, error);
  if (digest == NULL)
    return MG_STEP_ERROR;
  g_checksum_update (trainer->checksum, (const guchar *) digest, -1);
  g_checksum_update (trainer->checksum, (const guchar *) (item->role == MG_ROLE_OF_TRAIN ? "t" : "v"), 1);
  entry = json_object_new ();
  json_object_set_string_member (entry, "name", item->name);
  json_object_set_string_member (entry, "sha256", digest);
  json_object_set_boolean_member (entry, "validation", item->role == MG_ROLE_OF_VALIDATION);
  json_array_add_object_element (trainer->card_items, entry);
  trainer->next_item++;
  return MG_STEP_MORE;
}

static void
let_go (gpointer data)
{
  g_clear_pointer (&((MgTrainer *) data)->predictor, mg_predictor_free);
}

static MgStep
open_device (MgTrainer *trainer, MgProgress *progress, GError **error)
{
  gboolean resume = trainer->resume && trainer->checkpoint != NULL &&
                    g_file_query_exists (trainer->checkpoint, NULL);
  MgTrainLoopOptions options = {
    .config = &trainer->config,
    .dataset = trainer->dataset,
    .start_from = trainer->start_from,
    .device = trainer->device,
    .history = trainer->history,
    .fingerprint = g_checksum_get_string (trainer->checksum),
    .card = trainer->card,
    .resume = resume ? trainer->checkpoint : NULL,
    .moving = let_go,
    .moving_data = trainer,
  };

  mg_progress_set (progress, "Opening the device", 0, 0);
  trainer->loop = mg_train_loop_new (&options, error);
  if (trainer->loop == NULL)
    return MG_STEP_ERROR;
  if (trainer->log_file != NULL)
    {
      trainer->log = mg_run_log_new (trainer->log_file, trainer->history, resume, error);
      if (trainer->log == NULL)
        return MG_STEP_ERROR;
    }
  trainer->saved_us = g_get_monotonic_time ();
  trainer->phase = PHASE_RUN;
  publish (trainer, progress);
  return MG_STEP_MORE;
}

static gboolean
take_preview (MgTrainer *trainer, Preview *out)
{
  gboolean taken;

  if (g_get_monotonic_time () < trainer->preview_after_us)
    return FALSE;
  g_mutex_lock (&trainer->mutex);
  taken = trainer->preview.image != NULL;
  *out = trainer->preview;
  trainer->preview = (Preview){ 0 };
  g_mutex_unlock (&trainer->mutex);
  return taken;
}

static gboolean
predict_preview (MgTrainer *trainer, Preview *preview, GCancellable *cancellable, GError **error)
{
  const MgTrainConfig *config = mg_train_loop_get_config (trainer->loop);
  const MgRecipe *recipe = mg_recipe_find (config->recipe, error);
  MgPredictOptions options = { 0 };
  MgDecoded decoded = { 0 };
  MgDecodeParams params;
  MgMaps maps = { 0 };
  gboolean ok;

  if (trainer->predictor == NULL)
    trainer->predictor = mg_predictor_new_for_program (config, mg_train_loop_get_backend (trainer->loop),
                                                       mg_train_loop_get_program (trainer->loop), &options, error);
  if (trainer->predictor == NULL ||
      !mg_predictor_run (trainer->predictor, preview->image, 0, 0, &preview->rect, &maps, cancellable, error))
    return FALSE;
  recipe->decode_defaults (&params);
  ok = recipe->decode (&maps, preview->rect.width, preview->rect.height, config, &params, NULL, cancellable, &decoded, error);
  mg_free_aligned (maps.planes);
  if (ok)
    preview->func (decoded.instances, decoded.image, preview->data);
  mg_decoded_clear (&decoded);
  return ok;
}

/* A preview that fails does not end the training. */
static MgStep
run_preview (MgTrainer *trainer, Preview *preview, GCancellable *cancellable, GError **error)
{
  gint64 began_us = g_get_monotonic_time (), took_us;
  GError *local = NULL;
  MgStep step = MG_STEP_MORE;

  if (!predict_preview (trainer, preview, cancellable, &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, local);
          step = MG_STEP_ERROR;
        }
      else
        warn (trainer, local);
    }
  preview_clear (preview);
  took_us = g_get_monotonic_time () - began_us;
  trainer->preview_after_us = began_us + (gint64) ((double) took_us / PREVIEW_SHARE);
  return step;
}

/* A full disk does not end the training either. */
static void
save_checkpoint (MgTrainer *trainer)
{
  GError *error = NULL;

  if (trainer->checkpoint != NULL && !mg_train_loop_save (trainer->loop, trainer->checkpoint, &error))
    warn (trainer, error);
  trainer->saved_us = g_get_monotonic_time ();
}

static MgStep
trainer_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  MgTrainer *trainer = data;
  Preview preview;
  MgStep step;

  switch (trainer->phase)
    {
    case PHASE_PREPARE:
      return prepare (trainer, progress, cancellable, error);
    case PHASE_HASH:
      return hash_next (trainer, progress, cancellable, error);
    case PHASE_OPEN:
      return open_device (trainer, progress, error);
    case PHASE_RUN:
    default:
      if (take_preview (trainer, &preview))
        return run_preview (trainer, &preview, cancellable, error);
      step = mg_train_loop_step (trainer->loop, cancellable, error);
      publish (trainer, progress);
      if (step == MG_STEP_MORE && g_get_monotonic_time () - trainer->saved_us >= CHECKPOINT_SECONDS * G_USEC_PER_SEC)
        save_checkpoint (trainer);
      return step;
    }
}

/* Also when stopped or failed: what was learned is kept. */
static void
trainer_finish (gpointer data)
{
  MgTrainer *trainer = data;
  Preview preview;

  if (trainer->loop != NULL)
    {
      GError *error = NULL;

      if (!mg_train_loop_keep_last (trainer->loop, &error))
        warn (trainer, error);
      publish (trainer, NULL);
      save_checkpoint (trainer);
    }
  close_device (trainer);
  g_mutex_lock (&trainer->mutex);
  preview = trainer->preview;
  trainer->preview = (Preview){ 0 };
  g_mutex_unlock (&trainer->mutex);
  preview_clear (&preview);
}

/**
 * mg_trainer_make_job:
 *
 * Returns: (transfer full): the job that trains, for one run; its data is the
 *   trainer
 */
MgJob *
mg_trainer_make_job (MgTrainer *trainer)
{
  static const MgJobFuncs funcs = {
    .name = "Training",
    .step = trainer_step,
    .finish = trainer_finish,
    .free = (GDestroyNotify) mg_trainer_unref,
  };

  return mg_job_new (&funcs, mg_trainer_ref (trainer), MG_PRIORITY_TRAINING);
}

/**
 * mg_trainer_get_status:
 * @out: (out): of the last step; any thread
 */
void
mg_trainer_get_status (MgTrainer *trainer,
                       MgTrainStatus *out)
{
  g_mutex_lock (&trainer->mutex);
  *out = trainer->status;
  g_mutex_unlock (&trainer->mutex);
}

/**
 * mg_trainer_get_history:
 * @points: (element-type MgTrainPoint): what is added to
 * @first: index of the first point wanted; any thread
 */
void
mg_trainer_get_history (MgTrainer *trainer,
                        GArray *points,
                        guint first)
{
  mg_history_copy (trainer->history, points, first);
}

/**
 * mg_trainer_dup_model:
 *
 * Returns: (transfer full) (nullable): the best weights so far, after a stop
 *   before the first validation the last ones; any thread
 */
MgModel *
mg_trainer_dup_model (MgTrainer *trainer)
{
  MgModel *model;

  g_mutex_lock (&trainer->mutex);
  model = trainer->model == NULL ? NULL : mg_model_ref (trainer->model);
  g_mutex_unlock (&trainer->mutex);
  return model;
}

/**
 * mg_trainer_dup_warning:
 *
 * Returns: (transfer full) (nullable): a sentence on the last thing that went
 *   wrong without ending the training; any thread
 */
char *
mg_trainer_dup_warning (MgTrainer *trainer)
{
  char *warning;

  g_mutex_lock (&trainer->mutex);
  warning = g_strdup (trainer->warning);
  g_mutex_unlock (&trainer->mutex);
  return warning;
}

/**
 * mg_trainer_request_preview:
 * @image: what to predict; a reference is taken
 * @rect: the part wanted, in pixels of @image
 * @func: called on the compute thread; one of its arguments is %NULL
 * @data: given to @func
 * @free_data: (nullable): called once, whether @func was or not
 *
 * Previews together take at most a fifth of the time, so a request may wait.
 * Any thread.
 */
void
mg_trainer_request_preview (MgTrainer *trainer,
                            MgImage *image,
                            const MgRect *rect,
                            MgPreviewFunc func,
                            gpointer data,
                            GDestroyNotify free_data)
{
  Preview old;

  g_mutex_lock (&trainer->mutex);
  old = trainer->preview;
  trainer->preview = (Preview){ mg_image_ref (image), *rect, func, data, free_data };
  g_mutex_unlock (&trainer->mutex);
  preview_clear (&old);
}
