#include "cli/commands.h"
#include "cli/common.h"
#include "cli/export.h"
#include "cli/files.h"

#include "figure/overlay.h"
#include "io/loader.h"

#include <string.h>

typedef struct
{
  GPtrArray *pairs; /* of labels, images as partners */
  gboolean overlay;
  gboolean to_folder;
  const char *out;
  double scale;
} Work;

static gboolean
export_all (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  for (guint i = 0; i < work->pairs->len; i++)
    {
      CliPair *pair = g_ptr_array_index (work->pairs, i);
      g_autoptr (GFile) out = work->to_folder ? cli_output (work->out, pair->stem, ".png")
                                              : g_file_new_for_commandline_arg (work->out);
      g_autoptr (MgLabels) labels = NULL;
      g_autoptr (MgImage) image = NULL;

      mg_progress_set (progress, "Exporting", i, work->pairs->len);
      labels = mg_labels_load (pair->file, cancellable, error);
      if (labels == NULL)
        return FALSE;
      if (!work->overlay)
        {
          if (!mg_figure_write_labels (out, labels, error))
            return FALSE;
          continue;
        }
      image = mg_image_load (pair->partner, cancellable, error);
      if (image == NULL || !mg_figure_write_overlay (out, image, labels, work->scale, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_folder (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);

  return g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY;
}

static gboolean
prepare (Work *work, const char *labels, const char *images, GError **error)
{
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (work->out);

  work->to_folder = is_folder (labels);
  work->pairs = cli_collect ((const char *const[]){ labels, NULL }, error);
  if (work->pairs == NULL)
    return FALSE;
  if (work->overlay && work->to_folder)
    {
      if (!cli_match (work->pairs, images, error))
        return FALSE;
    }
  else if (work->overlay)
    {
      CliPair *pair = g_ptr_array_index (work->pairs, 0);

      pair->partner = g_file_new_for_commandline_arg (images);
    }
  return work->to_folder ? cli_make_folder (work->out, error) : cli_check_writable (out, error);
}

static int
run (Work *work, const char *labels, const char *images, const char *format, const CliCommon *common)
{
  g_autoptr (GError) error = NULL;
  int status;

  work->overlay = strcmp (format, "overlay") == 0;
  if (!work->overlay && strcmp (format, "png") != 0)
    return cli_usage ("--format is overlay, png or figure, not “%s”", format);
  if (work->overlay && images == NULL)
    return cli_usage ("--format overlay needs --images too");
  if (work->overlay && is_folder (labels) != is_folder (images))
    return cli_usage ("--labels and --images must both be folders or both files");
  if (!(work->scale > 0 && work->scale <= 16))
    return cli_usage ("--scale must be more than 0 and at most 16");
  status = prepare (work, labels, images, &error) ? cli_work ("Exporting", export_all, work, common) : cli_fail (error);
  if (status == CLI_DONE)
    g_print ("%s: %u %s\n", work->out, work->pairs->len, work->pairs->len == 1 ? "picture" : "pictures");
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
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &images, "The image, or folder of images of the same base names (overlay)", "FILE|DIR" },
    { "format", 0, 0, G_OPTION_ARG_STRING, &format, "overlay: instances over the image; png: instances in colours on black; figure: noisy and denoised images side by side", "FORMAT" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "PNG file, or folder for them; figure: a .png, .tif, .svg or .pdf", "PATH" },
    { "scale", 0, 0, G_OPTION_ARG_DOUBLE, &work.scale, "Pixels of the overlay a pixel of the image (default: 1)", "S" },
    { NULL },
  };
  const CliParser parser = {
    .command = "export",
    .summary = "Writes labels as pictures, or noisy and denoised images as a figure.",
    .entries = entries,
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
    return cli_usage ("export needs --labels, --format and --out (see “micrographia-cli export --help”)");
  work.out = out;
  return run (&work, labels, images, format, &common);
}
