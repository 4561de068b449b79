#include "cli/commands.h"
#include "cli/common.h"
#include "cli/evaluate.h"
#include "cli/files.h"
#include "io/loader.h"
#include "segment/match.h"

#include <string.h>

typedef struct
{
  const char *predicted, *truth;
  gboolean json;
  GPtrArray *pairs;
  GArray *matches; /* MgMatch of each image */
} Work;

static const struct
{
  const char *name;
  MgMatchScore get;
} scores[] = {
  { "precision", mg_match_precision },
  { "recall", mg_match_recall },
  { "f1", mg_match_f1 },
  { "ap", mg_match_ap },
  { "pq", mg_match_pq },
  { "mean_matched_iou", mg_match_mean_iou },
};

/* Both label images, plane by plane; what is counted is those of all planes. */
static gboolean
match_planes (CliPair *pair, MgMatch *out, GCancellable *cancellable, GError **error)
{
  g_autoptr (MgImage) truth = mg_label_image_load (pair->file, cancellable, error);
  g_autoptr (MgImage) predicted = truth == NULL ? NULL : mg_label_image_load (pair->partner, cancellable, error);
  const MgImageInfo *info, *other;

  if (predicted == NULL)
    return FALSE;
  info = mg_image_get_info (truth);
  other = mg_image_get_info (predicted);
  if (info->n_z != other->n_z || info->n_t != other->n_t)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "%s: it has %d slices and %d frames, and %s has %d and %d (compare what belongs together)",
                   g_file_peek_path (pair->partner), other->n_z, other->n_t, g_file_peek_path (pair->file), info->n_z, info->n_t);
      return FALSE;
    }
  *out = (MgMatch){ 0 };
  for (int i = 0; i < info->n_z * info->n_t; i++)
    {
      g_autoptr (MgLabels) a = mg_label_image_read_plane (truth, pair->file, i % info->n_z, i / info->n_z, cancellable, error);
      g_autoptr (MgLabels) b = a == NULL ? NULL : mg_label_image_read_plane (predicted, pair->partner, i % info->n_z, i / info->n_z, cancellable, error);
      MgMatch match;

      if (b == NULL)
        return FALSE;
      if (!mg_match_compute (a, b, &match, error))
        {
          g_prefix_error (error, "%s: ", g_file_peek_path (pair->partner));
          return FALSE;
        }
      mg_match_add (out, &match);
    }
  return TRUE;
}

static gboolean
match_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  for (guint i = 0; i < work->pairs->len; i++)
    {
      MgMatch match;

      mg_progress_set (progress, "Comparing", i, work->pairs->len);
      if (!match_planes (work->pairs->pdata[i], &match, cancellable, error))
        return FALSE;
      g_array_append_val (work->matches, match);
    }
  return TRUE;
}

/* Pooled, or with each score the mean over the images. */
static double
get_score (GArray *matches, const MgMatch *total, gboolean pooled, guint score, guint threshold)
{
  if (pooled)
    return scores[score].get (&total->at[threshold]);
  return mg_match_mean ((const MgMatch *) matches->data, matches->len, threshold, scores[score].get);
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
          mg_manifest_set_number (row, "tp", (double) counts->tp / n);
          mg_manifest_set_number (row, "fp", (double) counts->fp / n);
          mg_manifest_set_number (row, "fn", (double) counts->fn / n);
        }
      for (guint s = 0; s < G_N_ELEMENTS (scores); s++)
        mg_manifest_set_number (row, scores[s].name, get_score (matches, total, pooled, s, t));
      g_snprintf (name, sizeof name, "%.2f", mg_match_threshold (t));
      json_object_set_object_member (table, name, row);
    }
  return table;
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
  g_print ("mean AP: %.3f\n", mg_match_mean_ap (total));
}

static int
evaluate_labels (Work *work, const CliCommon *common)
{
  g_autoptr (GArray) matches = g_array_new (FALSE, FALSE, sizeof (MgMatch));
  g_autoptr (JsonObject) object = NULL;
  MgMatch total = { 0 };
  int status;

  work->matches = matches;
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
  mg_manifest_set_number (object, "mean_ap", mg_match_mean_ap (&total));
  cli_print_json (object);
  return CLI_DONE;
}

int
cli_evaluate (int argc, char **argv)
{
  g_autofree char *predicted = NULL, *truth = NULL, *kind = NULL, *noisy = NULL, *maps = NULL, *csv = NULL, *report = NULL;
  const GOptionEntry entries[] = {
    { "predicted", 0, 0, G_OPTION_ARG_FILENAME, &predicted, "Predictions", "DIR" },
    { "truth", 0, 0, G_OPTION_ARG_FILENAME, &truth, "The truth, files of the same base names", "DIR" },
    { "kind", 0, 0, G_OPTION_ARG_STRING, &kind, "segment: label images, denoise: restored images (default: segment)", "KIND" },
    { "noisy", 0, 0, G_OPTION_ARG_FILENAME, &noisy, "With denoise: the noisy images, to say what was removed, and with --truth what simple filters reach", "DIR" },
    { "maps", 0, 0, G_OPTION_ARG_FILENAME, &maps, "With denoise: folder for maps of similarity and error (--truth) and of what was removed (--noisy)", "DIR" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &csv, "With denoise: table with a row an image", "FILE" },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &report, "With denoise: page with table, distribution and an example", "REPORT.pdf" },
    { NULL },
  };
  const CliParser parser = {
    .command = "evaluate",
    .summary = "segment: compares label images with the truth, for IoU thresholds from 0.50 to 0.95: precision,\n"
               "recall, F1, AP = TP / (TP + FP + FN), panoptic quality and mean IoU of what was matched, over all\n"
               "objects together and as the mean over images.\n"
               "denoise: PSNR, SSIM (Gaussian window, sigma 1.5) and NRMSE (over the truth’s maximum − minimum) of each\n"
               "image and their mean; raw over 255 for 8-bit images and the truth’s range else; fitted after the scale\n"
               "and offset of least squares, over the truth’s percentiles 0.1 to 99.9. With --noisy, also without --truth:\n"
               "the noise before and after, and whether what was removed looks like noise or like the image.",
    .entries = entries,
    .has_images = TRUE,
    .has_json = TRUE,
  };
  g_autoptr (GPtrArray) pairs = NULL;
  g_autoptr (GError) error = NULL;
  CliCommon common;
  gboolean denoise;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (kind != NULL && strcmp (kind, "segment") != 0 && strcmp (kind, "denoise") != 0)
    return cli_usage ("--kind is segment or denoise, not “%s”", kind);
  denoise = g_strcmp0 (kind, "denoise") == 0;
  if (predicted == NULL || (truth == NULL && (!denoise || noisy == NULL)) || argc > 1)
    return cli_needs ("evaluate", denoise ? "--predicted DIR and --truth DIR or --noisy DIR" : "--predicted DIR and --truth DIR");
  if (denoise)
    return cli_evaluate_images (&(CliRestored){ predicted, truth, noisy, maps, csv, report }, &common);
  if (noisy != NULL || maps != NULL || csv != NULL || report != NULL)
    return cli_usage ("--noisy, --maps, --csv and --report go together with --kind denoise");
  pairs = cli_collect ((const char *const[]){ truth, NULL }, &error);
  if (pairs == NULL || !cli_match (pairs, predicted, &error))
    return cli_fail (error);
  return evaluate_labels (&(Work){ .predicted = predicted, .truth = truth, .pairs = pairs }, &common);
}
