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
  if (job->predictor == NULL || !job->sink.load (job->next, &job->image, cancellable, error, job->sink.data))
    return FALSE;
  info = mg_image_get_info (job->image);
  job->plane = 0;
  job->n_planes = info->n_z * info->n_t;
  if (mg_model_get_recipe (job->model)->task == MG_TASK_DENOISE)
    {
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

/* The whole restored image in place of its last plane. */
static gboolean
finish_image (Job *job, MgDecoded *decoded, GError **error)
{
  mg_decoded_clear (decoded);
  decoded->image = mg_image_builder_finish (job->builder, error);
  if (decoded->image != NULL && job->scales != NULL)
    decoded->uncertainty = mg_image_builder_finish (job->scales, error);
  return decoded->image != NULL && (job->scales == NULL || decoded->uncertainty != NULL);
}

/* Hands a plane's instances over, or an image once all of its planes are done,
 * and goes on to what is next. */
static gboolean
deliver (Job *job, MgMaps *maps, MgDecoded *decoded, GCancellable *cancellable, GError **error)
{
  gboolean last = job->plane + 1 == job->n_planes;
  MgPredicted result = { job->next, job->plane, job->n_planes, job->image, maps, decoded };

  if (job->builder != NULL)
    {
      if (!put_plane (job, decoded->image, job->builder, cancellable, error) ||
          (job->scales != NULL && !put_plane (job, decoded->uncertainty, job->scales, cancellable, error)) ||
          (last && !finish_image (job, decoded, error)))
        return FALSE;
      result.plane = 0;
    }
  if ((job->builder == NULL || last) && !job->sink.done (&result, cancellable, error, job->sink.data))
    return FALSE;
  if (!last)
    {
      job->plane++;
      return begin_plane (job, cancellable, error);
    }
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

/* One tile, or what comes before and after an image. */
static gboolean
advance (Job *job, GCancellable *cancellable, GError **error)
{
  if (job->run == NULL)
    return begin (job, cancellable, error);
  switch (_mg_predict_run_step (job->run, cancellable, error))
    {
    case MG_STEP_MORE:
      return TRUE;
    case MG_STEP_DONE:
      return end (job, cancellable, error);
    case MG_STEP_ERROR:
    default:
      return FALSE;
    }
}

/* Whether only the image in hand is to blame, and those after it may do. */
static gboolean
is_of_image (Job *job, const GError *error)
{
  static const MgError of_all[] = { MG_ERROR_DEVICE, MG_ERROR_DEVICE_LOST, MG_ERROR_UNSUPPORTED, MG_ERROR_NO_MEMORY };

  for (guint i = 0; i < G_N_ELEMENTS (of_all) && job->image != NULL; i++)
    if (g_error_matches (error, MG_ERROR, of_all[i]))
      return FALSE;
  return job->sink.failed != NULL && job->predictor != NULL &&
         !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
tell_place (Job *job, MgProgress *progress)
{
  const MgImageInfo *info = mg_image_get_info (job->image);
  g_autoptr (GString) text = g_string_new (NULL);

  if (job->n > 1)
    g_string_append_printf (text, "image %u of %u", job->next + 1, job->n);
  if (info->n_z > 1)
    g_string_append_printf (text, "%sslice %d of %d", text->len > 0 ? ", " : "", job->plane % info->n_z + 1, info->n_z);
  if (info->n_t > 1)
    g_string_append_printf (text, "%stime point %d of %d", text->len > 0 ? ", " : "", job->plane / info->n_z + 1, info->n_t);
  mg_progress_place (progress, "%s", text->str);
}

static MgStep
job_step (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  GError *local = NULL;
  double planes = 0;

  if (job->next == job->n)
    return MG_STEP_DONE;
  if (!advance (job, cancellable, &local))
    {
      if (!is_of_image (job, local))
        {
          g_propagate_error (error, local);
          return MG_STEP_ERROR;
        }
      job->sink.failed (job->next, local, job->sink.data);
      g_error_free (local);
      clear_image (job);
      job->next++;
    }
  if (job->predictor != NULL && mg_predictor_get_notice (job->predictor) != NULL)
    mg_progress_note (progress, "%s", mg_predictor_get_notice (job->predictor));
  if (job->image != NULL)
    tell_place (job, progress);
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
 * One tile a step, so that something more urgent may come between. Of an image
 * of several slices or frames all are predicted, one after the other, and no more
 * than one is in memory. An image that fails ends the job with an error naming
 * it, unless the sink has `failed`; those before it are done.
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
