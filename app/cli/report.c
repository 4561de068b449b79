#include "cli/commands.h"
#include "cli/common.h"
#include "cli/example.h"
#include "cli/files.h"

#include "io/labels-read.h"
#include "predict/predictor.h"
#include "segment/match.h"

#include <string.h>

typedef struct
{
  char *model, *out, *images, *clean, *labels, *device, *name;
} Options;

/* What the model makes of images that were given. */
typedef struct
{
  const Options *options;
  MgModel *model;
  GPtrArray *pairs;
  guint n_done;
  MgMatch match;
  double psnr_before, psnr_after, ssim_before, ssim_after; /* sums, fitted */
  GArray *removals;                                        /* MgRemoval */
  MgImage *image, *restored, *clean;                       /* the example: owned, (nullable) */
  MgLabels *found, *truth;                                 /* likewise */
  GPtrArray *measured;                                     /* name, value … */
} Work;

static void
work_clear (Work *work)
{
  g_clear_pointer (&work->pairs, g_ptr_array_unref);
  g_clear_pointer (&work->image, mg_image_unref);
  g_clear_pointer (&work->restored, mg_image_unref);
  g_clear_pointer (&work->clean, mg_image_unref);
  g_clear_pointer (&work->found, mg_labels_unref);
  g_clear_pointer (&work->truth, mg_labels_unref);
  g_clear_pointer (&work->removals, g_array_unref);
  g_clear_pointer (&work->measured, g_ptr_array_unref);
  g_clear_pointer (&work->model, mg_model_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Work, work_clear)

static gboolean
load (guint index, MgImage **image, GCancellable *cancellable, GError **error, gpointer data)
{
  Work *work = data;

  *image = cli_load_image (((CliPair *) work->pairs->pdata[index])->file, cancellable, error);
  return *image != NULL;
}

static gboolean
add_restored (Work *work, guint index, MgImage *image, MgImage *restored, GError **error)
{
  const CliPair *pair = work->pairs->pdata[index];
  const MgTrustPlane plane = { 0, 0, 0, NULL };
  g_autoptr (MgImage) clean = NULL;
  MgTrust trust;

  if (pair->partner != NULL && (clean = cli_load_image (pair->partner, NULL, error)) == NULL)
    return FALSE;
  if (!mg_trust_measure (restored, image, clean, &plane, FALSE, &trust, NULL, error))
    return FALSE;
  work->psnr_before += trust.noisy.fitted.psnr;
  work->psnr_after += trust.restored.fitted.psnr;
  work->ssim_before += trust.noisy.fitted.ssim;
  work->ssim_after += trust.restored.fitted.ssim;
  g_array_append_val (work->removals, trust.removal);
  if (work->n_done++ > 0)
    return TRUE;
  work->image = mg_image_ref (image);
  work->restored = mg_image_ref (restored);
  work->clean = g_steal_pointer (&clean);
  return TRUE;
}

/* The truth of one plane; flat labels are those of a flat image. */
static MgLabels *
load_truth (GFile *file, const MgPredicted *result, GCancellable *cancellable, GError **error)
{
  int n_z = mg_image_get_info (result->image)->n_z;

  return result->n_planes == 1 ? mg_labels_load (file, cancellable, error)
                               : mg_labels_load_plane (file, result->plane % n_z + 1, result->plane / n_z + 1, cancellable, error);
}

static gboolean
add_found (Work *work, const MgPredicted *result, GCancellable *cancellable, GError **error)
{
  const CliPair *pair = work->pairs->pdata[result->index];
  MgInstances *instances = result->decoded->instances;
  g_autoptr (MgLabels) truth = NULL;

  if (pair->partner != NULL)
    {
      MgMatch match;

      truth = load_truth (pair->partner, result, cancellable, error);
      if (truth == NULL || !mg_match_compute (truth, mg_instances_get_labels (instances), &match, error))
        return FALSE;
      mg_match_add (&work->match, &match);
    }
  else
    work->match.n_predicted += mg_instances_get_n (instances);
  work->n_done += result->plane + 1 == result->n_planes;
  if (work->found != NULL)
    return TRUE;
  work->image = mg_image_ref (result->image);
  work->found = mg_labels_ref (mg_instances_get_labels (instances));
  work->truth = g_steal_pointer (&truth);
  return TRUE;
}

static gboolean
done (const MgPredicted *result, GCancellable *cancellable, GError **error, gpointer data)
{
  Work *work = data;

  if (result->decoded->image != NULL ? add_restored (work, result->index, result->image, result->decoded->image, error)
                                     : add_found (work, result, cancellable, error))
    return TRUE;
  g_prefix_error (error, "%s: ", g_file_peek_path (((CliPair *) work->pairs->pdata[result->index])->file));
  return FALSE;
}

static void
add_row (Work *work, const char *name, char *value)
{
  g_ptr_array_add (work->measured, g_strdup (name));
  g_ptr_array_add (work->measured, value);
}

/* The scores of now, as rows for the page. */
static void
describe_measured (Work *work)
{
  guint n = work->n_done;

  add_row (work, "Measured on", g_strdup_printf ("%u %s given for this report", n, n == 1 ? "image" : "images"));
  if (work->found != NULL)
    {
      add_row (work, "Cells", g_strdup_printf ("%u found", (guint) work->match.n_predicted));
      if (work->options->labels != NULL)
        add_row (work, "AP at IoU 0.5", g_strdup_printf ("%.3f (precision %.3f, recall %.3f)", mg_match_ap (&work->match.at[0]), mg_match_precision (&work->match.at[0]), mg_match_recall (&work->match.at[0])));
    }
  else
    {
      MgRemoval removal;

      if (work->options->clean != NULL)
        {
          add_row (work, "PSNR", g_strdup_printf ("%.2f dB, noisy %.2f dB (fitted)", work->psnr_after / n, work->psnr_before / n));
          add_row (work, "SSIM", g_strdup_printf ("%.4f, noisy %.4f (fitted)", work->ssim_after / n, work->ssim_before / n));
        }
      mg_removal_combine ((const MgRemoval *) work->removals->data, n, &removal);
      add_row (work, "Residual", mg_removal_describe (&removal));
    }
  g_ptr_array_add (work->measured, NULL);
}

static gboolean
make_example (Work *work, CliExample *example, GCancellable *cancellable, GError **error)
{
  if (work->found != NULL)
    return cli_example_add (example, "image", work->image, NULL, cancellable, error) &&
           cli_example_add (example, "cells found", work->image, work->found, cancellable, error) &&
           (work->truth == NULL || cli_example_add (example, "labels", work->image, work->truth, cancellable, error)) &&
           cli_example_end (example, cancellable, error);
  return cli_example_add (example, "noisy", work->image, NULL, cancellable, error) &&
         cli_example_add (example, "denoised", work->restored, NULL, cancellable, error) &&
         (work->clean == NULL || cli_example_add (example, "clean", work->clean, NULL, cancellable, error)) &&
         cli_example_end (example, cancellable, error);
}

static gboolean
draw (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  g_auto (CliExample) example = { 0 };
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (work->options->out);
  g_autofree char *title = NULL;
  MgModelReport report = { .name = work->options->name, .model = work->model };

  if (work->n_done > 0)
    {
      title = g_strdup_printf ("Example: %s", ((CliPair *) work->pairs->pdata[0])->stem);
      describe_measured (work);
      if (!make_example (work, &example, cancellable, error))
        return FALSE;
      report.example = &example.figure;
      report.example_title = title;
      report.measured = (const char *const *) work->measured->pdata;
    }
  return mg_report_write_model (out, &report, cancellable, error);
}

/* The images with their clean versions or labels. */
static gboolean
collect (Work *work, const char *partners, GError **error)
{
  work->pairs = cli_collect ((const char *const[]){ work->options->images, NULL }, error);
  if (work->pairs == NULL || partners == NULL)
    return work->pairs != NULL;
  if (cli_is_folder (partners))
    return cli_match (work->pairs, partners, error);
  if (work->pairs->len == 1 && !cli_is_folder (work->options->images))
    {
      ((CliPair *) work->pairs->pdata[0])->partner = g_file_new_for_commandline_arg (partners);
      return TRUE;
    }
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s: is a file, but --images is a folder (give two folders or two files)", partners);
  return FALSE;
}

static int
run (Work *work, const CliCommon *common)
{
  const Options *o = work->options;
  gboolean denoise = mg_model_get_recipe (work->model)->task == MG_TASK_DENOISE;
  const MgPredictSink sink = { .load = load, .done = done, .data = work };
  const MgPredictOptions options = { .device = o->device };
  g_autoptr (GError) error = NULL;
  int status;

  if (denoise ? o->labels != NULL : o->clean != NULL)
    return cli_usage ("%s: this model %s, so it goes together with %s", o->model, denoise ? "restores images" : "finds cells",
                      denoise ? "--clean, not --labels" : "--labels, not --clean");
  if (o->images != NULL)
    {
      g_autoptr (MgJob) job = NULL;

      if (!collect (work, denoise ? o->clean : o->labels, &error))
        return cli_fail (error);
      job = mg_predict_job_new (work->model, &options, NULL, work->pairs->len, &sink, MG_PRIORITY_NORMAL);
      status = cli_run (job, common);
      if (status != CLI_DONE)
        return status;
    }
  status = cli_work ("Drawing", draw, work, common);
  if (status == CLI_DONE)
    g_print ("%s\n", o->out);
  return status;
}

int
cli_report (int argc, char **argv)
{
  g_autofree char *model = NULL, *out = NULL, *images = NULL, *clean = NULL, *labels = NULL, *device = NULL, *name = NULL;
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, "Trained model", "MODEL" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "The page", "REPORT.pdf" },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &images, "Images to measure the model on now, the first as an example", "DIR|FILE" },
    { "clean", 0, 0, G_OPTION_ARG_FILENAME, &clean, "Their clean versions, of the same base names", "DIR|FILE" },
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &labels, "Their labels, of the same base names", "DIR|FILE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &name, "What the model is called (default: as its file)", "TEXT" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &device, "auto, cpu, vulkan or vulkan:N (default: auto)", "D" },
    { NULL },
  };
  const CliParser parser = {
    .command = "report",
    .summary = "Writes one page on a model: method and settings, data, learning curve, scores, an example, and a paragraph\n"
               "for a Methods section.",
    .entries = entries,
    .has_images = TRUE,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) model_file = NULL, out_file = NULL;
  g_auto (Work) work = { 0 };
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (model == NULL || out == NULL || argc > 1)
    return cli_needs ("report", "--model MODEL and --out REPORT.pdf");
  if (images == NULL && (clean != NULL || labels != NULL))
    return cli_usage ("--clean and --labels go together with --images");
  model_file = g_file_new_for_commandline_arg (model);
  out_file = g_file_new_for_commandline_arg (out);
  work.model = mg_model_load (model_file, &error);
  if (work.model == NULL || !cli_check_writable (out_file, &error))
    return cli_fail (error);
  if (name == NULL)
    {
      g_autofree char *base = g_path_get_basename (model);

      name = g_str_has_suffix (base, ".safetensors") ? g_strndup (base, strlen (base) - strlen (".safetensors")) : g_strdup (base);
    }
  work.options = &(const Options){ model, out, images, clean, labels, device, name };
  work.removals = g_array_new (FALSE, FALSE, sizeof (MgRemoval));
  work.measured = g_ptr_array_new_with_free_func (g_free);
  return run (&work, &common);
}
