#include "predict/predictor-private.h"

#include "base/mem.h"
#include "image/builder.h"

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
  int plane, n_planes;     /* slices and frames, slices first */
  MgImageBuilder *builder; /* (nullable): of a restored image */
  MgImageBuilder *scales;  /* (nullable): of its uncertainty */
} Job;

static void
clear_image (Job *job)
{
  g_clear_pointer (&job->run, _mg_predict_run_free);
  g_clear_pointer (&job->builder, mg_image_builder_free);
  g_clear_pointer (&job->scales, mg_image_builder_free);
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
begin_plane (Job *job, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (job->image);
  GError *local = NULL;

  job->run = _mg_predict_run_new (job->predictor, job->image, job->plane % info->n_z, job->plane / info->n_z, NULL,
                                  job->has_params ? &job->params : NULL, cancellable, &local);
  if (job->run != NULL)
    return TRUE;
  if (!g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_prefix_error (&local, "%s: ", info->name ?: "the image");
  g_propagate_error (error, local);
  return FALSE;
}

static gboolean
begin (Job *job, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info;

  job->options.device = job->device;
  if (job->predictor == NULL)
    job->predictor = mg_predictor_new (job->model, &job->options, error);
  if (job->predictor == NULL || !job->sink.load (job->next, &job->image, error, job->sink.data))
    return FALSE;
  info = mg_image_get_info (job->image);
  job->plane = 0;
  job->n_planes = 1;
  if (mg_model_get_recipe (job->model)->task == MG_TASK_DENOISE)
    {
      job->n_planes = info->n_z * info->n_t;
      job->builder = mg_image_builder_new (info, job->options.as_float, error);
      if (job->builder == NULL)
        return FALSE;
      if (mg_model_get_config (job->model)->probabilistic)
        job->scales = mg_image_builder_new (info, TRUE, error);
      if (mg_model_get_config (job->model)->probabilistic && job->scales == NULL)
        return FALSE;
    }
  return begin_plane (job, cancellable, error);
}

/* A restored plane into its place. */
static gboolean
put_plane (Job *job, MgImage *restored, MgImageBuilder *builder, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (restored);
  const MgRect all = { 0, 0, info->width, info->height };
  int n_z = mg_image_get_info (job->image)->n_z;
  float *values = mg_try_alloc ((gsize) info->width * (gsize) info->height * sizeof (float), "the restored image", error);
  gboolean ok = values != NULL;

  for (int c = 0; ok && c < info->n_channels; c++)
    {
      ok = mg_image_read_float (restored, c, 0, 0, &all, values, (gsize) info->width * sizeof (float), cancellable, error);
      if (ok)
        mg_image_builder_put (builder, c, job->plane % n_z, job->plane / n_z, values);
    }
  mg_free_aligned (values);
  return ok;
}

/* Hands an image over once all of its planes are done. */
static gboolean
deliver (Job *job, MgMaps *maps, MgDecoded *decoded, GCancellable *cancellable, GError **error)
{
  if (job->builder != NULL)
    {
      if (!put_plane (job, decoded->image, job->builder, cancellable, error) ||
          (job->scales != NULL && !put_plane (job, decoded->uncertainty, job->scales, cancellable, error)))
        return FALSE;
      if (++job->plane < job->n_planes)
        return begin_plane (job, cancellable, error);
      mg_decoded_clear (decoded);
      decoded->image = mg_image_builder_finish (job->builder, error);
      if (decoded->image != NULL && job->scales != NULL)
        decoded->uncertainty = mg_image_builder_finish (job->scales, error);
      if (decoded->image == NULL || (job->scales != NULL && decoded->uncertainty == NULL))
        return FALSE;
    }
  if (!job->sink.done (job->next, job->image, maps, decoded, error, job->sink.data))
    return FALSE;
  clear_image (job);
  job->next++;
  return TRUE;
}

static gboolean
end (Job *job, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (job->image);
  MgDecoded decoded = { 0 };
  MgMaps maps = { 0 };
  gboolean ok;

  _mg_predict_run_steal (job->run, &maps);
  g_clear_pointer (&job->run, _mg_predict_run_free);
  ok = mg_predictor_decode (job->model, &maps, info->width, info->height, job->has_params ? &job->params : NULL,
                            NULL, cancellable, &decoded, error) &&
       deliver (job, &maps, &decoded, cancellable, error);
  mg_decoded_clear (&decoded);
  mg_free_aligned (maps.planes);
  return ok;
}

static MgStep
job_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  double planes = 0;

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
        break;
      case MG_STEP_DONE:
        if (!end (job, cancellable, error))
          return MG_STEP_ERROR;
        break;
      case MG_STEP_ERROR:
      default:
        return MG_STEP_ERROR;
      }
  if (job->predictor != NULL && mg_predictor_get_notice (job->predictor) != NULL)
    mg_progress_note (progress, "%s", mg_predictor_get_notice (job->predictor));
  if (job->run != NULL)
    planes = (job->plane + _mg_predict_run_get_fraction (job->run)) / job->n_planes;
  mg_progress_set (progress, "Predicting", job->next + planes, job->n);
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
