#include "cli/commands.h"
#include "cli/common.h"
#include "cli/export.h"
#include "cli/files.h"

#include "interchange/export.h"
#include "io/labels-read.h"

#include <string.h>

typedef struct
{
  GPtrArray *pairs; /* of labels, images as partners */
  MgExportFormat format;
  gboolean measurements;
  gboolean to_folder;
  const char *out;
  double scale;
} Work;

static gboolean
export_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  const MgExportKind *kind = mg_export_get_kind (work->format);

  for (guint i = 0; i < work->pairs->len; i++)
    {
      CliPair *pair = g_ptr_array_index (work->pairs, i);
      g_autoptr (GFile) out = work->to_folder ? cli_output (work->out, pair->stem, kind->endings[0])
                                              : g_file_new_for_commandline_arg (work->out);
      g_autoptr (MgLabels) labels = NULL;
      g_autoptr (MgImage) image = NULL;
      MgExportSource source = { .measurements = work->measurements, .scale = work->scale };

      mg_progress_set (progress, "Exporting", i, work->pairs->len);
      source.labels = labels = mg_labels_load (pair->file, cancellable, error);
      if (labels == NULL)
        return FALSE;
      if (pair->partner != NULL)
        {
          source.image = image = cli_load_image (pair->partner, cancellable, error);
          if (image == NULL)
            return FALSE;
        }
      if (!mg_export (out, work->format, &source, work->to_folder ? NULL : progress, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
prepare (Work *work, const char *labels, const char *images, GError **error)
{
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (work->out);

  work->to_folder = cli_is_folder (labels);
  work->pairs = cli_collect ((const char *const[]){ labels, NULL }, error);
  if (work->pairs == NULL)
    return FALSE;
  if (images != NULL && work->to_folder)
    {
      if (!cli_match (work->pairs, images, error))
        return FALSE;
    }
  else if (images != NULL)
    {
      CliPair *pair = g_ptr_array_index (work->pairs, 0);

      pair->partner = g_file_new_for_commandline_arg (images);
    }
  return work->to_folder ? cli_make_folder (work->out, error) : cli_check_writable (out, error);
}

static int
run (Work *work, const char *labels, const char *images, const CliCommon *common)
{
  g_autoptr (GError) error = NULL;
  gboolean is_picture = work->format == MG_EXPORT_OVERLAY || work->format == MG_EXPORT_COLOURS;
  int status;

  if (mg_export_get_kind (work->format)->needs_image && images == NULL)
    return cli_usage ("--format %s needs --images too", mg_export_get_kind (work->format)->name);
  if (images != NULL && cli_is_folder (labels) != cli_is_folder (images))
    return cli_usage ("--labels and --images must both be folders or both files");
  if (work->measurements && work->format != MG_EXPORT_GEOJSON)
    return cli_usage ("--measurements are only written with --format geojson");
  if (!(work->scale > 0 && work->scale <= 16))
    return cli_usage ("--scale must be more than 0 and at most 16");
  status = prepare (work, labels, images, &error) ? cli_work ("Exporting", export_all, work, common) : cli_fail (error);
  if (status == CLI_DONE)
    g_print ("%s: %u %s%s\n", work->out, work->pairs->len, is_picture ? "picture" : "file", work->pairs->len == 1 ? "" : "s");
  g_clear_pointer (&work->pairs, g_ptr_array_unref);
  return status;
}

int
cli_export (int argc, char **argv)
{
  g_autofree char *labels = NULL, *images = NULL, *format = NULL, *out = NULL;
  Work work = { .scale = 1 };
  const GOptionEntry entries[] = {
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &labels, "Label image, or folder of them", "FILE|DIR" },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &images, "The image, or folder of images of the same base names", "FILE|DIR" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, "imagej, geojson, labels, outlines, overlay, png or figure", "FORMAT" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "File, or folder for them; figure: a .png, .tif, .svg or .pdf", "PATH" },
    { "measurements", 0, 0, G_OPTION_ARG_NONE, &work.measurements, "geojson: with the measurements of every cell", NULL },
    { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &work.scale, "Pixels of the overlay a pixel of the image (default: 1)", "S" },
    { NULL },
  };
  const CliParser parser = {
    .command = "export",
    .summary = "Writes labels for other programs and as pictures, or noisy and denoised images as a figure.",
    .description = "Formats:\n"
                   "  imagej    RoiSet.zip for ImageJ's ROI Manager: a ROI a cell, holes kept\n"
                   "  geojson   for QuPath: a Feature a cell, holes kept\n"
                   "  labels    label TIFF, 16 bits, or 32 where the numbers need them\n"
                   "  outlines  Cellpose's text: a line a cell, without holes\n"
                   "  overlay   PNG of the cells over the image (needs --images)\n"
                   "  png       PNG of the cells in colours on black\n"
                   "  figure    noisy and denoised images side by side (needs --images and --denoised)",
    .entries = entries,
    .has_images = TRUE,
    .more = cli_figure_entries,
  };
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (g_strcmp0 (format, "figure") == 0)
    return labels == NULL && argc == 1 ? cli_export_figure (images, out, &common)
                                       : cli_usage ("--format figure takes --images and --denoised, not labels or other arguments");
  if (labels == NULL || format == NULL || out == NULL || argc > 1)
    return cli_needs ("export", "--labels, --format and --out");
  if (!mg_export_find (format, &work.format))
    return cli_usage ("--format is imagej, geojson, labels, outlines, overlay, png or figure, not “%s”", format);
  work.out = out;
  return run (&work, labels, images, &common);
}
