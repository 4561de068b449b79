#include "cli/commands.h"
#include "cli/common.h"

#include <locale.h>
#include <string.h>

static const struct
{
  const char *name, *summary;
  int (*run) (int argc, char **argv);
} commands[] = {
  { "devices", "what can compute here, and which one “auto” takes", cli_devices },
  { "info", "what is in image files", cli_info },
  { "sample", "write a simulated project with known truth", cli_sample },
  { "train", "train a network on images with labels", cli_train },
  { "predict", "find cells in images with a trained model, or restore images", cli_predict },
  { "evaluate", "compare predictions with the truth", cli_evaluate },
  { "measure", "shape and intensity of every instance as a table", cli_measure },
  { "export", "labels for ImageJ, QuPath and Cellpose, and as pictures", cli_export },
  { "import", "label images out of other programs' annotation", cli_import },
  { "report", "a model as a page: settings, curves, scores", cli_report },
  { "bench", "speed and memory of the standard networks", cli_bench },
};

static void
print_help (void)
{
  g_print ("Usage: micrographia-cli COMMAND [OPTION…]\n\n"
           "Trains and runs networks on microscopy images, without a window.\n\n"
           "Commands:\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i].name, commands[i].summary);
  g_print ("\nOptions:\n"
           "  -h, --help     Show this and end\n"
           "  --version      Show the version and end\n\n"
           "“micrographia-cli COMMAND --help” tells the options of a command with their\n"
           "units and defaults. A folder stands for the image files in it, sorted, without\n"
           "sub-folders; pairs are matched by base name. Exit status: 0 done, 1 failed,\n"
           "2 wrong usage, 130 stopped by SIGINT or SIGTERM.\n");
}

int
main (int argc, char *argv[])
{
  g_autofree char **rest = NULL;

  setlocale (LC_ALL, "");
  /* numbers are written and read with a point everywhere */
  setlocale (LC_NUMERIC, "C");
  if (argc < 2)
    {
      print_help ();
      return CLI_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0)
    {
      print_help ();
      return CLI_DONE;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("micrographia-cli " MG_VERSION "\n");
      return CLI_DONE;
    }
  /* a copy: parsing takes options out of it */
  rest = g_memdup2 (argv + 1, (gsize) argc * sizeof (char *));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, rest);
  return cli_usage ("there is no command “%s” (see “micrographia-cli --help”)", argv[1]);
}
