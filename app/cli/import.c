#include "cli/commands.h"
#include "cli/common.h"
#include "cli/files.h"

#include "interchange/import.h"
#include "io/tiff-write.h"

#include <stdio.h>

typedef struct
{
  GFile *from, *out, *image_file;
  MgImportOptions options;
  MgImage *image; /* (nullable) */
  MgImported imported;
} Work;

static gboolean
import (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;
  const MgImageInfo *like = NULL;

  if (work->image_file != NULL)
    {
      work->image = cli_load_image (work->image_file, cancellable, error);
      if (work->image == NULL)
        return FALSE;
      like = mg_image_get_info (work->image);
      work->options.width = like->width;
      work->options.height = like->height;
    }
  mg_progress_set (progress, "Importing", 0, 0);
  return mg_import (work->from, &work->options, &work->imported, progress, cancellable, error) &&
         mg_tiff_write_labels (work->out, work->imported.labels, like, cancellable, error);
}

static void
print_result (const Work *work, const CliCommon *common)
{
  const MgImported *imported = &work->imported;
  g_autofree char *text = mg_imported_describe (imported);

  if (common->json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_int_member (object, "width", mg_labels_get_width (imported->labels));
      json_object_set_int_member (object, "height", mg_labels_get_height (imported->labels));
      json_object_set_int_member (object, "cells", imported->n_cells);
      json_object_set_int_member (object, "not_areas", imported->n_not_areas);
      json_object_set_int_member (object, "elsewhere", imported->n_elsewhere);
      json_object_set_int_member (object, "outside", imported->n_outside);
      json_object_set_int_member (object, "covered", imported->n_covered);
      json_object_set_int_member (object, "cut", imported->n_cut);
      json_object_set_int_member (object, "cut_pixels", imported->n_cut_pixels);
      cli_print_json (object);
      return;
    }
  g_print ("%s: %d × %d pixels, %s\n", g_file_peek_path (work->out), mg_labels_get_width (imported->labels),
           mg_labels_get_height (imported->labels), text);
}

/* "640x480" */
static gboolean
parse_size (const char *text, MgImportOptions *options)
{
  char more;

  return sscanf (text, "%dx%d%c", &options->width, &options->height, &more) == 2 && options->width > 0 && options->height > 0;
}

static int
run (Work *work, const CliCommon *common)
{
  g_autoptr (GError) error = NULL;
  int status;

  if (!cli_check_writable (work->out, &error))
    return cli_fail (error);
  status = cli_work ("Importing", import, work, common);
  if (status == CLI_DONE)
    print_result (work, common);
  mg_imported_clear (&work->imported);
  g_clear_pointer (&work->image, mg_image_unref);
  return status;
}

int
cli_import (int argc, char **argv)
{
  g_autofree char *from = NULL, *out = NULL, *size = NULL, *image = NULL;
  g_autoptr (GFile) from_file = NULL;
  g_autoptr (GFile) out_file = NULL;
  g_autoptr (GFile) image_file = NULL;
  Work work = { 0 };
  const GOptionEntry entries[] = {
    { "from", 0, 0, G_OPTION_ARG_FILENAME, &from, "RoiSet.zip, .roi, GeoJSON, _seg.npy, label image, or folder of one mask a cell", "FILE|DIR" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Label TIFF", "LABELS.tif" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, "Of the image in pixels (default: what the outlines need)", "WxH" },
    { "image", 0, 0, G_OPTION_ARG_FILENAME, &image, "The image: gives the size, and the size of its pixels", "FILE" },
    { "slice", 0, 0, G_OPTION_ARG_INT, &work.options.slice, "Only what lies in this slice of a stack, from 1 (default: all)", "N" },
    { "frame", 0, 0, G_OPTION_ARG_INT, &work.options.frame, "Only what lies in this frame of a series, from 1 (default: all)", "N" },
    { "overlay", 0, 0, G_OPTION_ARG_NONE, &work.options.overlay, "The ROIs that ImageJ stored in a TIFF, not its pixels", NULL },
    { NULL },
  };
  const CliParser parser = {
    .command = "import",
    .summary = "Makes a label image out of other programs' annotation.",
    .description = "Regions get the numbers they are named by where all have one, else 1, 2, 3 … in the\n"
                   "file's order. Of regions that overlap, the first keeps the pixels.",
    .entries = entries,
    .has_images = TRUE,
    .has_json = TRUE,
  };
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (from == NULL || out == NULL || argc > 1)
    return cli_needs ("import", "--from and --out");
  if (size != NULL && image != NULL)
    return cli_usage ("--size and --image both tell the size (leave one out)");
  if (size != NULL && !parse_size (size, &work.options))
    return cli_usage ("--size is width x height in pixels, such as 640x480, not “%s”", size);
  if (work.options.slice < 0 || work.options.frame < 0)
    return cli_usage ("--slice and --frame count from 1");
  work.from = from_file = g_file_new_for_commandline_arg (from);
  work.out = out_file = g_file_new_for_commandline_arg (out);
  work.image_file = image_file = image != NULL ? g_file_new_for_commandline_arg (image) : NULL;
  return run (&work, &common);
}
