#include "cli/commands.h"
#include "cli/common.h"
#include "cli/files.h"
#include "image/quality.h"
#include "io/loader.h"
#include "segment/match.h"

#include <string.h>

typedef struct
{
  MgQuality raw, fitted;
} Quality;

typedef struct
{
  GPtrArray *pairs; /* of the truth, predictions as partners */
  GArray *results;  /* of each image: MgMatch or Quality */
} Work;

static const struct
{
  const char *name;
  double (*get) (const MgMatchCounts *counts);
} scores[] = {
  { "precision", mg_match_precision },
  { "recall", mg_match_recall },
  { "f1", mg_match_f1 },
  { "ap", mg_match_ap },
  { "pq", mg_match_pq },
  { "mean_matched_iou", mg_match_mean_iou },
};

static gboolean
match_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  for (guint i = 0; i < work->pairs->len; i++)
    {
      CliPair *pair = g_ptr_array_index (work->pairs, i);
      g_autoptr (MgLabels) truth = NULL;
      g_autoptr (MgLabels) predicted = NULL;
      MgMatch match;

      mg_progress_set (progress, "Comparing", i, work->pairs->len);
      truth = mg_labels_load (pair->file, cancellable, error);
      if (truth == NULL)
        return FALSE;
      predicted = mg_labels_load (pair->partner, cancellable, error);
      if (predicted == NULL)
        return FALSE;
      if (!mg_match_compute (truth, predicted, &match, error))
        {
          g_prefix_error (error, "%s: ", g_file_peek_path (pair->partner));
          return FALSE;
        }
      g_array_append_val (work->results, match);
    }
  return TRUE;
}

/* Pooled, or with each score the mean over the images. */
static double
get_score (GArray *matches, const MgMatch *total, gboolean pooled, guint score, guint threshold)
{
  double sum = 0;

  if (pooled)
    return scores[score].get (&total->at[threshold]);
  for (guint i = 0; i < matches->len; i++)
    sum += scores[score].get (&g_array_index (matches, MgMatch, i).at[threshold]);
  return sum / matches->len;
}

static JsonObject *
make_table (GArray *matches, const MgMatch *total, gboolean pooled)
{
  JsonObject *table = json_object_new ();

  for (guint t = 0; t < MG_MATCH_N_THRESHOLDS; t++)
    {
      const MgMatchCounts *counts = &total->at[t];
      JsonObject *row = json_object_new ();
      double n = pooled ? 1 : matches->len;
      char name[8];

      if (pooled)
        {
          json_object_set_int_member (row, "tp", counts->tp);
          json_object_set_int_member (row, "fp", counts->fp);
          json_object_set_int_member (row, "fn", counts->fn);
        }
      else
        {
          cli_set_number (row, "tp", (double) counts->tp / n);
          cli_set_number (row, "fp", (double) counts->fp / n);
          cli_set_number (row, "fn", (double) counts->fn / n);
        }
      for (guint s = 0; s < G_N_ELEMENTS (scores); s++)
        cli_set_number (row, scores[s].name, get_score (matches, total, pooled, s, t));
      g_snprintf (name, sizeof name, "%.2f", mg_match_threshold (t));
      json_object_set_object_member (table, name, row);
    }
  return table;
}

static double
mean_ap (GArray *matches, const MgMatch *total)
{
  double sum = 0;

  for (guint t = 0; t < MG_MATCH_N_THRESHOLDS; t++)
    sum += get_score (matches, total, TRUE, 3, t);
  return sum / MG_MATCH_N_THRESHOLDS;
}

static void
print_text (GArray *matches, const MgMatch *total)
{
  g_print ("%u images, %u objects, %u predicted\n\n", matches->len, total->n_truth, total->n_predicted);
  for (int pooled = 1; pooled >= 0; pooled--)
    {
      g_print ("%s\n IoU  precision  recall      F1      AP      PQ  matched IoU\n",
               pooled ? "all objects together" : "mean over images");
      for (guint t = 0; t < MG_MATCH_N_THRESHOLDS; t++)
        {
          g_print ("%.2f", mg_match_threshold (t));
          for (guint s = 0; s < G_N_ELEMENTS (scores); s++)
            g_print ("%*.3f", s == 0 ? 11 : s == 5 ? 13
                                                   : 8,
                     get_score (matches, total, pooled, s, t));
          g_print ("\n");
        }
      g_print ("\n");
    }
  g_print ("mean AP: %.3f\n", mean_ap (matches, total));
}

static int
evaluate_labels (Work *work, const CliCommon *common)
{
  g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (MgMatch));
  g_autoptr (JsonObject) object = NULL;
  MgMatch total = { 0 };
  int status;

  work->results = matches;
  status = cli_work ("Comparing", match_all, work, common);
  if (status != CLI_DONE)
    return status;
  for (guint i = 0; i < matches->len; i++)
    mg_match_add (&total, &g_array_index (matches, MgMatch, i));
  if (!common->json)
    {
      print_text (matches, &total);
      return CLI_DONE;
    }
  object = json_object_new ();
  json_object_set_int_member (object, "images", matches->len);
  json_object_set_int_member (object, "objects", total.n_truth);
  json_object_set_object_member (object, "pooled", make_table (matches, &total, TRUE));
  json_object_set_object_member (object, "mean_over_images", make_table (matches, &total, FALSE));
  cli_set_number (object, "mean_ap", mean_ap (matches, &total));
  cli_print_json (object);
  return CLI_DONE;
}

static gboolean
compare_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  for (guint i = 0; i < work->pairs->len; i++)
    {
      CliPair *pair = g_ptr_array_index (work->pairs, i);
      g_autoptr (MgImage) truth = NULL;
      g_autoptr (MgImage) restored = NULL;
      Quality quality;

      mg_progress_set (progress, "Comparing", i, work->pairs->len);
      truth = mg_image_load (pair->file, cancellable, error);
      restored = truth == NULL ? NULL : mg_image_load (pair->partner, cancellable, error);
      if (restored == NULL)
        return FALSE;
      if (!mg_quality_compare_images (truth, restored, &quality.raw, &quality.fitted, cancellable, error))
        {
          g_prefix_error (error, "%s: ", g_file_peek_path (pair->partner));
          return FALSE;
        }
      g_array_append_val (work->results, quality);
    }
  return TRUE;
}

static JsonObject *
quality_to_json (const MgQuality *quality)
{
  JsonObject *object = json_object_new ();

  cli_set_number (object, "psnr", quality->psnr);
  cli_set_number (object, "ssim", quality->ssim);
  cli_set_number (object, "nrmse", quality->nrmse);
  return object;
}

static void
add_quality (MgQuality *sum, const MgQuality *part, double weight)
{
  sum->psnr += weight * part->psnr;
  sum->ssim += weight * part->ssim;
  sum->nrmse += weight * part->nrmse;
}

static void
print_quality (const char *name, const Quality *quality)
{
  g_print ("%8.2f  %6.4f  %7.4f  %11.2f  %6.4f  %7.4f  %s\n", quality->raw.psnr, quality->raw.ssim, quality->raw.nrmse,
           quality->fitted.psnr, quality->fitted.ssim, quality->fitted.nrmse, name);
}

static int
evaluate_images (Work *work, const CliCommon *common)
{
  g_autoptr (GArray) results = g_array_new (FALSE, FALSE, sizeof (Quality));
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *images = json_array_new ();
  Quality mean = { 0 };
  int status;

  json_object_set_array_member (object, "per_image", images);
  work->results = results;
  status = cli_work ("Comparing", compare_all, work, common);
  if (status != CLI_DONE)
    return status;
  if (!common->json)
    g_print (" PSNR/dB    SSIM    NRMSE   fitted PSNR    SSIM    NRMSE\n");
  for (guint i = 0; i < results->len; i++)
    {
      const Quality *quality = &g_array_index (results, Quality, i);
      const CliPair *pair = g_ptr_array_index (work->pairs, i);
      JsonObject *entry = json_object_new ();

      json_object_set_string_member (entry, "image", pair->stem);
      json_object_set_object_member (entry, "raw", quality_to_json (&quality->raw));
      json_object_set_object_member (entry, "fitted", quality_to_json (&quality->fitted));
      json_array_add_object_element (images, entry);
      add_quality (&mean.raw, &quality->raw, 1.0 / results->len);
      add_quality (&mean.fitted, &quality->fitted, 1.0 / results->len);
      if (!common->json)
        print_quality (pair->stem, quality);
    }
  json_object_set_int_member (object, "images", results->len);
  json_object_set_object_member (object, "raw", quality_to_json (&mean.raw));
  json_object_set_object_member (object, "fitted", quality_to_json (&mean.fitted));
  if (common->json)
    cli_print_json (object);
  else
    print_quality ("mean", &mean);
  return CLI_DONE;
}

int
cli_evaluate (int argc, char **argv)
{
  g_autofree char *predicted = NULL, *truth = NULL, *kind = NULL;
  const GOptionEntry entries[] = {
    { "predicted", 0, 0, G_OPTION_ARG_FILENAME, &predicted, "Predictions", "DIR" },
    { "truth", 0, 0, G_OPTION_ARG_FILENAME, &truth, "The truth, files of the same base names", "DIR" },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &kind, "segment: label images; denoise: restored images (default: segment)", "KIND" },
    { NULL },
  };
  const CliParser parser = {
    .command = "evaluate",
    .summary = "Compares predictions with the truth, for IoU thresholds from 0.50 to 0.95: precision, recall,\n"
               "F1, AP = TP / (TP + FP + FN), panoptic quality and mean IoU of what was matched, over all\n"
               "objects together and as the mean over images. Restored images: PSNR, SSIM (Gaussian window, sigma\n"
               "1.5) and NRMSE in units of the truth's 0.1st to 99.9th percentile, as they are and after the scale\n"
               "and offset that fit best.",
    .entries = entries,
    .has_json = TRUE,
  };
  g_autoptr (GPtrArray) pairs = NULL;
  g_autoptr (GError) error = NULL;
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (predicted == NULL || truth == NULL || argc > 1)
    return cli_usage ("evaluate needs --predicted DIR and --truth DIR (see “micrographia-cli evaluate --help”)");
  if (kind != NULL && strcmp (kind, "segment") != 0 && strcmp (kind, "denoise") != 0)
    return cli_usage ("--kind is segment or denoise, not “%s”", kind);
  pairs = cli_collect ((const char *const[]){ truth, NULL }, &error);
  if (pairs == NULL || !cli_match (pairs, predicted, &error))
    return cli_fail (error);
  if (g_strcmp0 (kind, "denoise") == 0)
    return evaluate_images (&(Work){ .pairs = pairs }, &common);
  return evaluate_labels (&(Work){ .pairs = pairs }, &common);
}
