#include "cli/commands.h"
#include "cli/common.h"
#include "cli/files.h"
#include "dataset/sample.h"

#include <string.h>

typedef struct
{
  GFile *folder;
  MgSampleOptions options;
} Work;

static gboolean
write_sample (gpointer data, MgProgress *progress, GCancellable *cancellable, GError **error)
{
  Work *work = data;

  return mg_sample_write (work->folder, &work->options, progress, cancellable, error);
}

static int
run (const char *path, const char *task, Work *work, const CliCommon *common)
{
  g_autoptr (GError) error = NULL;
  int status;

  if (task != NULL && strcmp (task, "segment") != 0 && strcmp (task, "denoise") != 0)
    return cli_usage ("--task is segment or denoise, not “%s”", task);
  work->options.denoise = g_strcmp0 (task, "denoise") == 0;
  if (!cli_make_folder (path, &error))
    return cli_fail (error);
  work->folder = g_file_new_for_commandline_arg (path);
  status = cli_work ("Writing the sample", write_sample, work, common);
  g_object_unref (work->folder);
  if (status == CLI_DONE)
    g_print ("%s: %d images of %d × %d pixels, and more in test\n", path, work->options.n_images,
             work->options.size, work->options.size);
  return status;
}

int
cli_sample (int argc, char **argv)
{
  Work work = { .options = { .n_images = 8, .size = 256 } };
  g_autofree char *task = NULL;
  gint64 seed = 0;
  const GOptionEntry entries[] = {
    { "task", 0, 0, G_OPTION_ARG_STRING, &task, "segment: images and labels; denoise: noisy and clean images (default: segment)", "TASK" },
    { "images", 0, 0, G_OPTION_ARG_INT, &work.options.n_images, "Images to learn from; half as many more to test on (default: 8)", "N" },
    { "size", 0, 0, G_OPTION_ARG_INT, &work.options.size, "Side of an image in pixels (default: 256)", "PX" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Seed of all that is random (default: 0)", "N" },
    { NULL },
  };
  const CliParser parser = {
    .command = "sample",
    .arguments = "DIR",
    .summary = "Writes a simulated project with known truth: touching nuclei of varied size and\n"
               "brightness, a background gradient, optical blur, Poisson and read noise.\n"
               "DIR/images and DIR/labels (or DIR/clean) are to learn from, DIR/test to test on.",
    .entries = entries,
  };
  CliCommon common;
  int status;

  if (!cli_parse (&parser, &argc, &argv, &common, &status))
    return status;
  if (argc != 2)
    return cli_usage ("sample needs one folder to write to (see “micrographia-cli sample --help”)");
  if (seed < 0)
    return cli_usage ("--seed takes no negative number");
  work.options.seed = (guint64) seed;
  return run (argv[1], task, &work, &common);
}
