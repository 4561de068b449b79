#include "cli/evaluate-private.h"

#include "measure/table.h"

#include <string.h>

static JsonObject *
make_scores (const MgScores *scores, double range)
{
  JsonObject *object = json_object_new ();

  mg_manifest_set_number (object, "psnr", scores->psnr);
  mg_manifest_set_number (object, "ssim", scores->ssim);
  mg_manifest_set_number (object, "nrmse", scores->nrmse);
  if (range > 0)
    mg_manifest_set_number (object, "range", range);
  return object;
}

static void
set_quality (JsonObject *object, const MgQuality *quality, gboolean with_range)
{
  json_object_set_object_member (object, "raw", make_scores (&quality->raw, with_range ? quality->raw_range : 0));
  json_object_set_object_member (object, "fitted", make_scores (&quality->fitted, with_range ? quality->fitted_range : 0));
}

static JsonArray *
make_numbers (const double *values, guint n)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < n; i++)
    json_array_add_double_element (array, values[i]);
  return array;
}

static JsonObject *
make_removal (const MgRemoval *removal)
{
  JsonObject *object = json_object_new ();
  g_autofree char *verdict = mg_removal_describe (removal);

  mg_manifest_set_number (object, "noise_before", removal->sigma_before);
  mg_manifest_set_number (object, "noise_after", removal->sigma_after);
  mg_manifest_set_number (object, "removed", removal->removed);
  mg_manifest_set_number (object, "gain", removal->gain);
  mg_manifest_set_number (object, "neighbour_correlation", removal->neighbours);
  mg_manifest_set_number (object, "signal_correlation", removal->with_signal);
  mg_manifest_set_number (object, "checkerboard_before", removal->checkerboard_before);
  mg_manifest_set_number (object, "checkerboard_after", removal->checkerboard_after);
  json_object_set_array_member (object, "autocorrelation_x", make_numbers (removal->along, G_N_ELEMENTS (removal->along)));
  json_object_set_array_member (object, "autocorrelation_y", make_numbers (removal->down, G_N_ELEMENTS (removal->down)));
  mg_manifest_set_number (object, "structure_share", removal->share);
  json_object_set_string_member (object, "verdict", verdict);
  return object;
}

static void
set_result (JsonObject *object, const CliScores *scores, const CliResult *result, gboolean with_range)
{
  if (scores->has_clean)
    set_quality (object, &result->line.restored, with_range);
  if (scores->has_noisy)
    json_object_set_object_member (object, "removed", make_removal (&result->line.removal));
  if (scores->has_clean && scores->has_noisy)
    {
      JsonObject *noisy = json_object_new (), *filters = json_object_new ();

      set_quality (noisy, &result->line.noisy, FALSE);
      json_object_set_object_member (object, "noisy", noisy);
      for (int kind = 0; kind < CLI_N_FILTERS; kind++)
        {
          JsonObject *filter = json_object_new ();

          set_quality (filter, &result->filtered[kind], FALSE);
          json_object_set_object_member (filters, mg_filter_name ((MgFilterKind) kind), filter);
        }
      json_object_set_object_member (object, "filters", filters);
    }
}

void
cli_scores_print_json (const CliScores *scores)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *list = json_array_new ();

  json_object_set_int_member (object, "images", scores->results->len);
  set_result (object, scores, &scores->mean, FALSE);
  if (scores->advice != NULL)
    json_object_set_string_member (object, "advice", scores->advice);
  for (guint i = 0; i < scores->results->len; i++)
    {
      const CliResult *result = &g_array_index (scores->results, CliResult, i);
      JsonObject *entry = json_object_new ();

      json_object_set_string_member (entry, "image", result->line.name);
      set_result (entry, scores, result, TRUE);
      json_array_add_object_element (list, entry);
    }
  json_object_set_array_member (object, "per_image", list);
  cli_print_json (object);
}

static void
print_row (const char *name, const char *suffix, const MgQuality *quality)
{
  g_print ("%7.2f %7.4f %7.4f   %7.2f %7.4f %7.4f  %s%s\n", quality->raw.psnr, quality->raw.ssim, quality->raw.nrmse,
           quality->fitted.psnr, quality->fitted.ssim, quality->fitted.nrmse, name, suffix);
}

static void
print_table (const CliScores *scores)
{
  g_print ("raw                       fitted\n"
           "   PSNR    SSIM   NRMSE      PSNR    SSIM   NRMSE  image\n");
  for (guint i = 0; i < scores->results->len; i++)
    print_row (g_array_index (scores->results, CliResult, i).line.name, "", &g_array_index (scores->results, CliResult, i).line.restored);
  print_row ("mean", "", &scores->mean.line.restored);
  if (!scores->has_noisy)
    return;
  print_row ("mean of the noisy images", "", &scores->mean.line.noisy);
  for (int kind = 0; kind < CLI_N_FILTERS; kind++)
    print_row ("mean of the filter: ", mg_filter_name ((MgFilterKind) kind), &scores->mean.filtered[kind]);
}

void
cli_scores_print (const CliScores *scores)
{
  if (scores->has_clean)
    print_table (scores);
  for (guint i = 0; scores->has_noisy && i < scores->results->len; i++)
    {
      const CliResult *result = &g_array_index (scores->results, CliResult, i);
      const MgRemoval *removal = &result->line.removal;
      g_autofree char *verdict = mg_removal_describe (removal);

      g_print ("%s: noise %.4g before, %.4g after; checkerboard %.3f before, %.3f after; %s (residual with its neighbours "
               "%+.2f, with the image %+.2f)\n",
               result->line.name, removal->sigma_before, removal->sigma_after, removal->checkerboard_before,
               removal->checkerboard_after, verdict, removal->neighbours, removal->with_signal);
    }
  if (scores->advice != NULL)
    g_print ("%s\n", scores->advice);
}

static const struct
{
  const char *name;
  gsize offset;
} columns[] = {
  { "psnr", G_STRUCT_OFFSET (MgQuality, raw.psnr) },
  { "ssim", G_STRUCT_OFFSET (MgQuality, raw.ssim) },
  { "nrmse", G_STRUCT_OFFSET (MgQuality, raw.nrmse) },
  { "psnr_fitted", G_STRUCT_OFFSET (MgQuality, fitted.psnr) },
  { "ssim_fitted", G_STRUCT_OFFSET (MgQuality, fitted.ssim) },
  { "nrmse_fitted", G_STRUCT_OFFSET (MgQuality, fitted.nrmse) },
};

/* Columns come with the first row. */
static guint
get_column (MgTable *table, const char *name, const char *unit, gboolean is_text)
{
  guint column = mg_table_find_column (table, name, unit);

  return column != G_MAXUINT ? column : mg_table_add_column (table, name, unit, is_text);
}

static void
set_cell (MgTable *table, guint row, const char *name, double value)
{
  mg_table_set_number (table, row, get_column (table, name, strstr (name, "psnr") != NULL ? "dB" : NULL, FALSE), value);
}

static void
add_csv_scores (MgTable *table, guint row, const char *prefix, const MgQuality *quality)
{
  for (guint k = 0; k < G_N_ELEMENTS (columns); k++)
    {
      g_autofree char *name = g_strconcat (prefix, columns[k].name, NULL);

      set_cell (table, row, name, *(const double *) ((const char *) quality + columns[k].offset));
    }
}

static void
add_csv_removal (MgTable *table, guint row, const MgRemoval *removal)
{
  static const char *const verdicts[] = { "nothing", "noise", "structure" };

  set_cell (table, row, "noise_before", removal->sigma_before);
  set_cell (table, row, "noise_after", removal->sigma_after);
  set_cell (table, row, "neighbour_correlation", removal->neighbours);
  set_cell (table, row, "signal_correlation", removal->with_signal);
  set_cell (table, row, "checkerboard_before", removal->checkerboard_before);
  set_cell (table, row, "checkerboard_after", removal->checkerboard_after);
  set_cell (table, row, "structure_share", removal->share);
  mg_table_set_text (table, row, get_column (table, "removed", NULL, TRUE), verdicts[removal->verdict]);
}

gboolean
cli_scores_write_csv (const CliScores *scores,
                      const char *path,
                      GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (MgTable) table = mg_table_new ();
  guint image = mg_table_add_column (table, "image", NULL, TRUE);

  for (guint i = 0; i < scores->results->len; i++)
    {
      const CliResult *result = &g_array_index (scores->results, CliResult, i);
      guint row = mg_table_add_row (table);

      mg_table_set_text (table, row, image, result->line.name);
      if (scores->has_clean && scores->has_noisy)
        add_csv_scores (table, row, "noisy_", &result->line.noisy);
      if (scores->has_clean)
        add_csv_scores (table, row, "", &result->line.restored);
      if (scores->has_noisy)
        add_csv_removal (table, row, &result->line.removal);
    }
  return mg_table_write_csv (table, file, error);
}
