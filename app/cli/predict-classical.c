#include "cli/predict.h"

#include "cli/files.h"
#include "image/filter-image.h"
#include "io/tiff-write.h"

typedef struct
{
  MgFilterKind kind;
  GPtrArray *pairs;
  const char *out;
  gboolean as_float;
  JsonArray *results;
} Work;

static gboolean
filter_one (Work *work, CliPair *pair, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = cli_output (work->out, pair->stem, ".tif");
  g_autoptr (MgImage) image = cli_load_image (pair->file, cancellable, error);
  g_autoptr (MgImage) filtered = NULL;
  JsonObject *entry;
  double strength = 0;

  if (image == NULL)
    return FALSE;
  filtered = mg_filter_image (image, work->kind, work->as_float, &strength, NULL, cancellable, error);
  if (filtered == NULL)
    {
      g_prefix_error (error, "%s: ", g_file_peek_path (pair->file));
      return FALSE;
    }
  if (!mg_tiff_write_image (file, filtered, cancellable, error))
    return FALSE;
  entry = json_object_new ();
  json_object_set_string_member (entry, "image", g_file_peek_path (pair->file));
  json_object_set_string_member (entry, "result", g_file_peek_path (file));
  mg_manifest_set_number (entry, "strength", strength);
  json_array_add_object_element (work->results, entry);
  return TRUE;
}

static gboolean
filter_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  for (guint i = 0; i < work->pairs->len; i++)
    {
      mg_progress_set (progress, "Filtering", i, work->pairs->len);
      if (!filter_one (work, work->pairs->pdata[i], cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static void
report (const Work *work, const CliCommon *common)
{
  if (common->json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "filter", mg_filter_name (work->kind));
      json_object_set_array_member (object, "results", json_array_ref (work->results));
      cli_print_json (object);
      return;
    }
  for (guint i = 0; i < json_array_get_length (work->results); i++)
    {
      JsonObject *entry = json_array_get_object_element (work->results, i);

      g_print ("%s: %s of strength %.3g\n", json_object_get_string_member (entry, "result"), mg_filter_name (work->kind),
               json_object_get_double_member (entry, "strength"));
    }
}

int
cli_predict_classical (const char *filter,
                       const char *const *paths,
                       const char *out,
                       gboolean as_float,
                       const CliCommon *common)
{
  g_autoptr (JsonArray) results = json_array_new ();
  g_autoptr (GPtrArray) pairs = NULL;
  g_autoptr (GError) error = NULL;
  Work work = { .out = out, .as_float = as_float, .results = results };
  int status;

  if (!mg_filter_find (filter, &work.kind, &error))
    return cli_usage ("%s", error->message);
  pairs = cli_collect (paths, &error);
  if (pairs == NULL || !cli_check_outputs (out, pairs, &error) || !cli_make_folder (out, &error))
    return cli_fail (error);
  work.pairs = pairs;
  status = cli_work ("Filtering", filter_all, &work, common);
  if (status != CLI_FAILED)
    report (&work, common);
  return status;
}
