#include "predict/predictor-private.h"

#include "base/mem.h"

/* One list of images through one model. */
typedef struct
{
  MgModel *model;
  char *device; /* (nullable) */
  MgPredictOptions options;
  gboolean has_params;
  MgDecodeParams params;
  guint n, next;
  MgPredictSink sink;
  /* compute thread */
  MgPredictor *predictor;
  MgImage *image;
  MgPredictRun *run;
} Job;

static void
clear_image (Job *job)
{
  g_clear_pointer (&job->run, _mg_predict_run_free);
  g_clear_pointer (&job->image, mg_image_unref);
}

static void
job_finish (gpointer data)
{
  Job *job = data;

  clear_image (job);
  g_clear_pointer (&job->predictor, mg_predictor_free);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->sink.free_data != NULL)
    job->sink.free_data (job->sink.data);
  mg_model_unref (job->model);
  g_free (job->device);
  g_free (job);
}

static gboolean
begin (Job *job, GCancellable *cancellable, GError **error)
{
  job->options.device = job->device;
  if (job->predictor == NULL)
    job->predictor = mg_predictor_new (job->model, &job->options, error);
  if (job->predictor == NULL || !job->sink.load (job->next, &job->image, error, job->sink.data))
    return FALSE;
  job->run = _mg_predict_run_new (job->predictor, job->image, 0, 0, NULL, job->has_params ? &job->params : NULL,
                                  cancellable, error);
  if (job->run == NULL && !g_error_matches (error == NULL ? NULL : *error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_prefix_error (error, "%s: ", mg_image_get_info (job->image)->name ?: "the image");
  return job->run != NULL;
}

static gboolean
end (Job *job, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (job->image);
  MgDecoded decoded = { 0 };
  MgMaps maps = { 0 };
  gboolean ok;

  _mg_predict_run_steal (job->run, &maps);
  ok = mg_predictor_decode (job->model, &maps, info->width, info->height, job->has_params ? &job->params : NULL,
                            NULL, cancellable, &decoded, error) &&
       job->sink.done (job->next, job->image, &maps, &decoded, error, job->sink.data);
  mg_decoded_clear (&decoded);
  mg_free_aligned (maps.planes);
  clear_image (job);
  job->next++;
  return ok;
}

static MgStep
job_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  double fraction = 0;

  if (job->next == job->n)
    return MG_STEP_DONE;
  if (job->run == NULL)
    {
      if (!begin (job, cancellable, error))
        return MG_STEP_ERROR;
    }
  else
    switch (_mg_predict_run_step (job->run, cancellable, error))
      {
      case MG_STEP_MORE:
        fraction = _mg_predict_run_get_fraction (job->run);
        break;
      case MG_STEP_DONE:
        if (!end (job, progress, cancellable, error))
          return MG_STEP_ERROR;
        break;
      case MG_STEP_ERROR:
      default:
        return MG_STEP_ERROR;
      }
  if (job->predictor != NULL && mg_predictor_get_notice (job->predictor) != NULL)
    mg_progress_note (progress, "%s", mg_predictor_get_notice (job->predictor));
  mg_progress_set (progress, "Predicting", job->next + fraction, job->n);
  return job->next == job->n ? MG_STEP_DONE : MG_STEP_MORE;
}

/**
 * mg_predict_job_new:
 * @model: (transfer none): what predicts
 * @options: (nullable): device and memory
 * @params: (nullable): decoding; %NULL for the recipe's defaults
 * @n_images: how many there are
 * @sink: where they come from and go to, called on the compute thread; copied
 * @priority: of the job
 *
 * One tile a step, so that something more urgent may come between. An image
 * that fails ends the job with an error naming it; those before it are done.
 *
 * Returns: (transfer full): the job
 */
MgJob *
mg_predict_job_new (MgModel *model,
                    const MgPredictOptions *options,
                    const MgDecodeParams *params,
                    guint n_images,
                    const MgPredictSink *sink,
                    int priority)
{
  static const MgJobFuncs funcs = {
    .name = "Prediction",
    .step = job_step,
    .finish = job_finish,
    .free = job_free,
  };
  Job *job = g_new0 (Job, 1);

  job->model = mg_model_ref (model);
  if (options != NULL)
    {
      job->options = *options;
      job->device = g_strdup (options->device);
    }
  if (params != NULL)
    {
      job->params = *params;
      job->has_params = TRUE;
    }
  job->n = n_images;
  job->sink = *sink;
  return mg_job_new (&funcs, job, priority);
}
