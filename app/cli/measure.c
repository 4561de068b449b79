#include "cli/commands.h"
#include "cli/common.h"
#include "cli/files.h"

#include "io/loader.h"
#include "measure/measure.h"

typedef struct
{
  GPtrArray *pairs; /* of images, labels as partners */
  const char *out;
  guint n_rows;
} Work;

static gboolean
measure_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  MgTable *table = mg_table_new ();
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (work->out);
  gboolean ok = TRUE;

  for (guint i = 0; i < work->pairs->len && ok; i++)
    {
      CliPair *pair = g_ptr_array_index (work->pairs, i);
      g_autoptr (MgImage) image = NULL;
      g_autoptr (MgLabels) labels = NULL;
      g_autoptr (MgInstances) instances = NULL;

      mg_progress_set (progress, "Measuring", i, work->pairs->len);
      image = mg_image_load (pair->file, cancellable, error);
      labels = image == NULL ? NULL : mg_labels_load (pair->partner, cancellable, error);
      instances = labels == NULL ? NULL : mg_instances_new (labels, NULL, error);
      ok = instances != NULL && mg_measure_add (table, instances, image, pair->stem, cancellable, error);
    }
  ok = ok && mg_table_write_csv (table, out, error);
  work->n_rows = mg_table_get_n_rows (table);
  mg_table_unref (table);
  return ok;
}

int
cli_measure (int argc, char **argv)
{
  g_autofree char *labels = NULL, *images = NULL, *out = NULL;
  const GOptionEntry entries[] = {
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &labels, "Label images", "DIR" },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &images, "The images they belong to, of the same base names", "DIR" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Table to write", "TABLE.csv" },
    { NULL },
  };
  const CliParser parser = {
    .command = "measure",
    .summary = "Measures shape and intensity of every instance and writes one row for each.",
    .entries = entries,
    .has_json = TRUE,
  };
  g_autoptr (GPtrArray) pairs = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  Work work = { 0 };
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (labels == NULL || images == NULL || out == NULL || argc > 1)
    return cli_usage ("measure needs --labels DIR, --images DIR and --out TABLE.csv (see “micrographia-cli measure --help”)");
  file = g_file_new_for_commandline_arg (out);
  pairs = cli_collect ((const char *const[]){ images, NULL }, &error);
  if (pairs == NULL || !cli_match (pairs, labels, &error) || !cli_check_writable (file, &error))
    return cli_fail (error);
  work = (Work){ pairs, out, 0 };
  status = cli_work ("Measuring", measure_all, &work, &common);
  if (status == CLI_DONE && common.json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_string_member (object, "table", out);
      json_object_set_int_member (object, "rows", work.n_rows);
      cli_print_json (object);
    }
  else if (status == CLI_DONE)
    g_print ("%s: %u rows\n", out, work.n_rows);
  return status;
}
