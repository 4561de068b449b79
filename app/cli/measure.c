#include "cli/commands.h"
#include "cli/common.h"
#include "cli/files.h"

#include "image/part.h"
#include "io/labels-read.h"
#include "measure/measure.h"
#include "segment/label-map.h"

typedef struct
{
  GPtrArray *pairs; /* of images, labels as partners */
  const char *out;
  guint n_rows;
} Work;

/* The numbers that the file has, where they have gaps or go on from another plane. */
static void
put_labels (MgTable *table, guint first, MgLabels *labels)
{
  g_auto (MgLabelMap) map = { 0 };
  guint column = mg_table_find_column (table, "label", NULL);

  mg_label_map_init (&map, mg_labels_get_data (labels), (gsize) mg_labels_get_width (labels) * (gsize) mg_labels_get_height (labels));
  for (guint i = 0; i < map.n; i++)
    mg_table_set_number (table, first + i, column, map.labels[i]);
}

/* Where the instances of one plane are, in columns that only stacks have. */
static void
put_place (MgTable *table, guint first, int z, int t, const MgImageInfo *info)
{
  static const char *const names[] = { "slice", "frame" };

  for (guint k = 0; k < G_N_ELEMENTS (names); k++)
    {
      guint column = mg_table_find_column (table, names[k], NULL);

      if ((k == 0 ? info->n_z : info->n_t) == 1)
        continue;
      if (column == G_MAXUINT)
        column = mg_table_add_column (table, names[k], NULL, FALSE);
      for (guint row = first; row < mg_table_get_n_rows (table); row++)
        mg_table_set_number (table, row, column, (k == 0 ? z : t) + 1);
    }
}

/* Every plane of an image. */
static gboolean
measure_planes (MgTable *table, const CliPair *pair, GCancellable *cancellable, GError **error)
{
  g_autoptr (MgImage) image = cli_load_image (pair->file, cancellable, error);
  g_autoptr (MgImage) labels = image == NULL ? NULL : mg_label_image_load (pair->partner, cancellable, error);
  const MgImageInfo *info = labels == NULL ? NULL : mg_image_get_info (labels), *of = info == NULL ? NULL : mg_image_get_info (image);

  if (labels == NULL)
    return FALSE;
  if (info->n_z * info->n_t > 1 && (info->n_z != of->n_z || info->n_t != of->n_t))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE, "%s: the labels have %d slices and %d frames, the image %d and %d",
                   pair->stem, info->n_z, info->n_t, of->n_z, of->n_t);
      return FALSE;
    }
  for (int i = 0; i < info->n_z * info->n_t; i++)
    {
      int z = i % info->n_z, t = i / info->n_z;
      guint first = mg_table_get_n_rows (table);
      g_autoptr (MgLabels) plane = mg_label_image_read_plane (labels, pair->partner, z, t, cancellable, error);
      g_autoptr (MgInstances) instances = plane == NULL ? NULL : mg_instances_new (plane, NULL, error);
      g_autoptr (MgImage) part = instances == NULL ? NULL : mg_image_part (image, NULL, -1, z, t, error);

      if (part == NULL || !mg_measure_add (table, instances, part, pair->stem, cancellable, error))
        return FALSE;
      put_labels (table, first, plane);
      put_place (table, first, z, t, info);
    }
  return TRUE;
}

static gboolean
measure_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  MgTable *table = mg_table_new ();
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (work->out);
  gboolean ok = TRUE;

  for (guint i = 0; i < work->pairs->len && ok; i++)
    {
      mg_progress_set (progress, "Measuring", i, work->pairs->len);
      ok = measure_planes (table, work->pairs->pdata[i], cancellable, error);
    }
  ok = ok && mg_table_write_csv (table, out, error);
  work->n_rows = mg_table_get_n_rows (table);
  mg_table_free (table);
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
    .summary = "Measures shape and intensity of every instance and writes one row for each; of stacks and time series\n"
               "in every plane, with its slice and frame.",
    .entries = entries,
    .has_images = TRUE,
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
    return cli_needs ("measure", "--labels DIR, --images DIR and --out TABLE.csv");
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
