#include "cli/commands.h"
#include "cli/common.h"
#include "cli/files.h"
#include "io/labels-read.h"
#include "project/training-area.h"
#include "recipe/noise-advice.h"
#include "train/card.h"
#include "train/trainer.h"

#include <math.h>
#include <string.h>

typedef struct
{
  char *recipe, *images, *labels, *clean, *out;
  char *validation_images, *validation_labels, *validation_clean;
  char *start_from, *device, *log, *blind_fill, *channels, *normalize;
  double validation_share, minutes, learning_rate, blind_share;
  int epochs, steps_per_epoch, patch, batch, base_filters, depth;
  int blind_x, blind_y;
  gint64 steps, seed;
  gboolean resume, align, probabilistic, n2v2, no_posterior;
} Options;

static gboolean
parse (int *argc, char ***argv, Options *o, CliCommon *common, int *status)
{
  const GOptionEntry entries[] = {
    { "recipe", 0, 0, G_OPTION_ARG_STRING, &o->recipe, "Method: boundary (segments), care (restores, from pairs), n2v (restores, from noisy images alone); default: boundary", "NAME" },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &o->images, "Images to learn from", "DIR" },
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &o->labels, "Their label images, for methods that segment", "DIR" },
    { "clean", 0, 0, G_OPTION_ARG_FILENAME, &o->clean, "Their clean images, for methods that restore", "DIR" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, "Model file to write (*.safetensors)", "MODEL" },
    { "validation-images", 0, 0, G_OPTION_ARG_FILENAME, &o->validation_images, "Images to validate on, instead of a share of the others", "DIR" },
    { "validation-labels", 0, 0, G_OPTION_ARG_FILENAME, &o->validation_labels, "Their label images", "DIR" },
    { "validation-clean", 0, 0, G_OPTION_ARG_FILENAME, &o->validation_clean, "Their clean images", "DIR" },
    { "validation-share", 0, 0, G_OPTION_ARG_DOUBLE, &o->validation_share, "Share of the images held out for validation, 0 to 0.9 (default: the recipe's, 0.1)", "SHARE" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &o->epochs, "Length in passes over the images (default: the recipe's)", "N" },
    { "steps", 0, 0, G_OPTION_ARG_INT64, &o->steps, "Length in steps, one batch each", "N" },
    { "minutes", 0, 0, G_OPTION_ARG_DOUBLE, &o->minutes, "Length in minutes", "M" },
    { "steps-per-epoch", 0, 0, G_OPTION_ARG_INT, &o->steps_per_epoch, "Steps between two validations (default: from the images' size)", "N" },
    { "patch", 0, 0, G_OPTION_ARG_INT, &o->patch, "Side of a patch in pixels (default: the recipe's, 256)", "PX" },
    { "batch", 0, 0, G_OPTION_ARG_INT, &o->batch, "Patches a step (default: the recipe's, 4)", "N" },
    { "learning-rate", 0, 0, G_OPTION_ARG_DOUBLE, &o->learning_rate, "Highest learning rate (default: the recipe's)", "R" },
    { "base-filters", 0, 0, G_OPTION_ARG_INT, &o->base_filters, "Channels of the first level, a multiple of 4 (default: the recipe's)", "N" },
    { "depth", 0, 0, G_OPTION_ARG_INT, &o->depth, "Poolings, 0 to 6 (default: the recipe's, 3)", "N" },
    { "align", 0, 0, G_OPTION_ARG_NONE, &o->align, "Move clean images that lie shifted, to the pixel", NULL },
    { "probabilistic", 0, 0, G_OPTION_ARG_NONE, &o->probabilistic, "care: learn how unsure each value is, too (a Laplace distribution)", NULL },
    { "channels", 0, 0, G_OPTION_ARG_STRING, &o->channels, "To restore: channels go through the network together (joint) or one by one (each); default: joint", "HOW" },
    { "normalize", 0, 0, G_OPTION_ARG_STRING, &o->normalize, "What becomes 0 and 1 for the network: percentile (1 and 99.8) or mean-std (mean and a standard deviation more); default: percentile", "HOW" },
    { "n2v2", 0, 0, G_OPTION_ARG_NONE, &o->n2v2, "n2v: as in N2V2, against patterns of single pixels: blurred pooling, no skip on the finest level, --blind-fill median", NULL },
    { "no-posterior", 0, 0, G_OPTION_ARG_NONE, &o->no_posterior, "n2v: leave a pixel as foretold from its surroundings, its own value left aside", NULL },
    { "blind-fill", 0, 0, G_OPTION_ARG_STRING, &o->blind_fill, "n2v: what hidden pixels show: other (a neighbour), any (or the pixel itself), median (default: other)", "KIND" },
    { "blind-share", 0, 0, G_OPTION_ARG_DOUBLE, &o->blind_share, "n2v: share of the pixels hidden at a time, up to 0.25 (default: the recipe's)", "SHARE" },
    { "blind-x", 0, 0, G_OPTION_ARG_INT, &o->blind_x, "n2v: pixels to each side in the row that are hidden, too (default: as far as the noise is alike)", "PX" },
    { "blind-y", 0, 0, G_OPTION_ARG_INT, &o->blind_y, "n2v: likewise in the column", "PX" },
    { "start-from", 0, 0, G_OPTION_ARG_FILENAME, &o->start_from, "First weights, and the network's size, from a model", "MODEL" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &o->resume, "Go on where an interrupted run with the same settings stopped", NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &o->seed, "Seed of all that is random (default: 0)", "N" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "auto, cpu, vulkan or vulkan:N (default: auto)", "D" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &o->log, "Write the curve, one JSON object a line", "FILE.jsonl" },
    { NULL },
  };
  const CliParser parser = {
    .command = "train",
    .summary = "Trains a network on images and their label (or clean) images of the same base names\n"
               "and writes the best model. Interrupted by SIGINT it writes the best so far.\n"
               "Pixels marked in LABELS/ignored/NAME.tif, and those outside of the rectangles in\n"
               "LABELS/regions/NAME.csv, take no part.",
    .description = "The state of the run is kept every minute in MODEL.checkpoint, for --resume.\n\n"
                   "Example: micrographia-cli train --images images --labels labels --minutes 10 --out nuclei.safetensors",
    .entries = entries,
    .has_images = TRUE,
    .has_json = TRUE,
  };

  return cli_parse (&parser, argc, argv, common, status);
}

static void
options_clear (Options *o)
{
  char *texts[] = { o->recipe, o->images, o->labels, o->clean, o->out, o->validation_images,
                    o->validation_labels, o->validation_clean, o->start_from, o->device, o->log, o->blind_fill, o->channels, o->normalize };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
}

static int
check_usage (const Options *o, int argc, char **argv)
{
  if (argc > 1)
    return cli_usage ("train takes no argument “%s” (see “micrographia-cli train --help”)", argv[1]);
  if (o->images == NULL || o->out == NULL)
    return cli_needs ("train", "--images DIR and --out MODEL");
  if (o->labels != NULL && o->clean != NULL)
    return cli_usage ("train takes either --labels or --clean, not both");
  if (o->validation_images == NULL && (o->validation_labels != NULL || o->validation_clean != NULL))
    return cli_usage ("--validation-labels and --validation-clean go together with --validation-images");
  if (o->validation_images != NULL && ((o->labels != NULL && o->validation_labels == NULL) || (o->clean != NULL && o->validation_clean == NULL)))
    return cli_usage ("--validation-images goes together with --validation-labels or --validation-clean");
  if ((o->minutes != 0) + (o->steps != 0) + (o->epochs != 0) > 1)
    return cli_usage ("train takes one of --epochs, --steps and --minutes");
  if (o->minutes < 0 || o->steps < 0 || o->epochs < 0 || o->seed < 0)
    return cli_usage ("--epochs, --steps, --minutes and --seed take no negative numbers");
  return CLI_DONE;
}

/* Where the text stands among the choices; *index stays without a text. */
static gboolean
choose (const char *option, const char *text, const char *const *choices, int *index, GError **error)
{
  g_autofree char *all = NULL;

  for (int i = 0; text != NULL && choices[i] != NULL; i++)
    if (strcmp (choices[i], text) == 0)
      {
        *index = i;
        return TRUE;
      }
  if (text == NULL)
    return TRUE;
  all = g_strjoinv (", ", (char **) choices);
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s is one of %s, not “%s”.", option, all, text);
  return FALSE;
}

static gboolean
set_ways (const Options *o, const MgRecipe *recipe, MgTrainConfig *config, GError **error)
{
  static const char *const channels[] = { "joint", "each", NULL }, *const normalisations[] = { "percentile", "mean-std", NULL };

  if ((o->probabilistic && strcmp (recipe->id, "care") != 0) || (o->channels != NULL && recipe->task != MG_TASK_DENOISE))
    {
      g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "the recipe %s does without %s", recipe->id,
                   o->probabilistic ? "--probabilistic" : "--channels");
      return FALSE;
    }
  config->probabilistic = config->probabilistic || o->probabilistic;
  config->align = o->align;
  return choose ("--channels", o->channels, channels, &config->each_channel, error) &&
         choose ("--normalize", o->normalize, normalisations, &config->normalisation, error);
}

static gboolean
set_blind_spots (const Options *o, MgTrainConfig *config, GError **error)
{
  static const char *const fills[] = { "other", "any", "median", NULL };

  if (o->no_posterior)
    config->posterior = FALSE;
  if (o->n2v2)
    {
      config->net.pool = MG_POOL_BLUR;
      config->net.no_top_skip = TRUE;
      config->net.residual_output = FALSE;
      config->blind_fill = MG_BLIND_MEDIAN;
    }
  if (o->blind_share > 0)
    config->blind_share = o->blind_share;
  if (o->blind_x >= 0)
    config->blind_x = o->blind_x;
  if (o->blind_y >= 0)
    config->blind_y = o->blind_y;
  return choose ("--blind-fill", o->blind_fill, fills, &config->blind_fill, error);
}

/* What the method needs to learn from has been given. */
static gboolean
check_truth (const Options *o, const MgRecipe *recipe, GError **error)
{
  const char *problem = NULL;

  if (recipe->task == MG_TASK_SEGMENT)
    problem = o->clean != NULL ? "learns from --labels, not from --clean" : NULL;
  else if (recipe->self_supervised)
    problem = o->labels != NULL || o->clean != NULL ? "learns from the noisy images alone, without --labels or --clean" : NULL;
  else if (o->clean == NULL)
    problem = "learns from pairs: give the clean images with --clean DIR (without any, take --recipe n2v)";
  if (problem == NULL)
    return TRUE;
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "the recipe %s %s", recipe->id, problem);
  return FALSE;
}

static gboolean
make_config (const Options *o, MgModel *start_from, MgTrainConfig *config, GError **error)
{
  const char *name = o->recipe ?: start_from != NULL ? mg_model_get_recipe (start_from)->id
                                                     : "boundary";
  const MgRecipe *recipe = mg_recipe_find (name, error);

  if (recipe == NULL || !check_truth (o, recipe, error))
    return FALSE;
  recipe->defaults (config);
  if (start_from != NULL)
    {
      if (mg_model_get_recipe (start_from) != recipe)
        {
          g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s: was trained with the recipe %s, not %s",
                       o->start_from, mg_model_get_recipe (start_from)->id, recipe->id);
          return FALSE;
        }
      config->net = mg_model_get_config (start_from)->net;
      config->probabilistic = mg_model_get_config (start_from)->probabilistic;
      config->each_channel = mg_model_get_config (start_from)->each_channel;
      config->normalisation = mg_model_get_config (start_from)->normalisation;
    }
  if (o->minutes > 0 || o->steps > 0 || o->epochs > 0)
    {
      config->minutes = o->minutes;
      config->steps = o->steps;
      config->epochs = o->epochs;
    }
  config->steps_per_epoch = o->steps_per_epoch != 0 ? o->steps_per_epoch : config->steps_per_epoch;
  config->patch = o->patch != 0 ? o->patch : config->patch;
  config->batch = o->batch != 0 ? o->batch : config->batch;
  config->learning_rate = o->learning_rate != 0 ? o->learning_rate : config->learning_rate;
  config->net.base_filters = o->base_filters != 0 ? o->base_filters : config->net.base_filters;
  config->net.depth = o->depth >= 0 ? o->depth : config->net.depth;
  config->validation_share = o->validation_share >= 0 ? o->validation_share : config->validation_share;
  config->seed = (guint64) o->seed;
  return set_blind_spots (o, config, error) && set_ways (o, recipe, config, error) && mg_train_config_check (config, error);
}

static gboolean
add_folder (MgDataset *dataset, const char *images, const char *partners, gboolean are_labels, MgItemRole role, GError **error)
{
  const char *const paths[] = { images, NULL };
  g_autoptr (GPtrArray) pairs = cli_collect (paths, error);

  if (pairs == NULL || (partners != NULL && !cli_match (pairs, partners, error)))
    return FALSE;
  for (guint i = 0; i < pairs->len; i++)
    {
      CliPair *pair = g_ptr_array_index (pairs, i);
      g_autoptr (MgImage) image = cli_load_image (pair->file, NULL, error);
      g_autoptr (MgImage) clean = NULL;
      g_autoptr (MgLabels) labels = NULL;
      g_autoptr (GArray) regions = NULL;

      if (image == NULL)
        return FALSE;
      if (pair->partner != NULL && are_labels)
        labels = mg_labels_load (pair->partner, NULL, error);
      else if (pair->partner != NULL)
        clean = cli_load_image (pair->partner, NULL, error);
      if ((pair->partner != NULL && labels == NULL && clean == NULL) ||
          (labels != NULL && !mg_training_area_load (pair->partner, &labels, &regions, NULL, error)) ||
          !mg_dataset_add (dataset, g_file_peek_path (pair->file), image, labels, clean, role, error))
        return FALSE;
      if (regions != NULL)
        mg_dataset_set_regions (dataset, (const MgRect *) regions->data, regions->len);
    }
  return TRUE;
}

static MgDataset *
load_dataset (const Options *o, const MgTrainConfig *config, GError **error)
{
  g_autoptr (MgDataset) dataset = mg_dataset_new ();

  mg_dataset_set_align (dataset, config->align);
  mg_dataset_set_each_channel (dataset, config->each_channel);
  if (!add_folder (dataset, o->images, o->labels ?: o->clean, o->labels != NULL, MG_ROLE_OF_TRAIN, error))
    return NULL;
  if (o->validation_images != NULL &&
      !add_folder (dataset, o->validation_images, o->validation_labels ?: o->validation_clean,
                   o->validation_labels != NULL, MG_ROLE_OF_VALIDATION, error))
    return NULL;
  return g_steal_pointer (&dataset);
}

/* Where there is no clean image: the pixels never learned from. */
static void
report_held_out (const MgTrainStatus *status)
{
  const char *verdict = mg_held_out_verdict (status->best_score, status->filter_score, status->noise_is_alike);

  if (!isfinite (status->best_score))
    return;
  g_print ("held out: PSNR in dB %.3f", status->best_score);
  if (verdict != NULL)
    g_print (", of a Gaussian filter %.3f: %s", status->filter_score, verdict);
  g_print ("\n");
}

static void
report (const Options *o, MgTrainer *trainer, MgModel *model, const CliCommon *common)
{
  g_autoptr (JsonObject) object = json_object_new ();
  const MgRecipe *recipe = mg_model_get_recipe (model);
  gboolean segments = recipe->task == MG_TASK_SEGMENT;
  MgTrainStatus status;

  mg_trainer_get_status (trainer, &status);
  if (common->json)
    {
      json_object_set_string_member (object, "model", o->out);
      json_object_set_string_member (object, "device", status.device);
      json_object_set_int_member (object, "steps", status.step);
      mg_manifest_set_number (object, "epochs", status.epoch);
      mg_manifest_set_number (object, "seconds", status.seconds);
      mg_manifest_set_number (object, "loss", status.loss);
      mg_manifest_set_number (object, segments ? "validation_ap50" : recipe->self_supervised ? "held_out_psnr"
                                                                                             : "validation_psnr",
                              status.best_score);
      if (recipe->self_supervised)
        mg_manifest_set_number (object, "gaussian_held_out_psnr", status.filter_score);
      cli_print_json (object);
      return;
    }
  g_print ("model: %s\n", o->out);
  g_print ("device: %s\n", status.device);
  g_print ("trained: %" G_GINT64_FORMAT " steps, %.1f epochs, %.0f s\n", status.step, status.epoch, status.seconds);
  if (recipe->self_supervised)
    report_held_out (&status);
  else if (isfinite (status.best_score))
    g_print ("validation: %s %.3f\n", segments ? "AP at IoU 0.5" : "PSNR in dB", status.best_score);
}

static void
warn_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text ?: "", "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (**line != '\0')
      cli_warn ("%s", *line);
}

/* Hours of training are not lost for want of room. */
static int
keep_elsewhere (MgModel *model, GFile *out, const GError *why)
{
  g_autofree char *name = g_file_get_basename (out);
  g_autoptr (GFile) elsewhere = g_file_new_build_filename (g_get_tmp_dir (), name, NULL);

  if (!g_file_query_exists (elsewhere, NULL) && mg_model_save (model, elsewhere, NULL))
    cli_warn ("the model is in %s instead", g_file_peek_path (elsewhere));
  return cli_fail (why);
}

static int
run (const Options *o, MgTrainer *trainer, const CliCommon *common)
{
  g_autoptr (MgJob) job = mg_trainer_make_job (trainer);
  int status = cli_run (job, common);
  g_autoptr (MgModel) model = mg_trainer_dup_model (trainer);
  g_autofree char *warning = mg_trainer_dup_warning (trainer);
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (o->out);
  g_autoptr (GError) error = NULL;

  warn_lines (warning);
  if (model == NULL)
    {
      if (status == CLI_STOPPED)
        cli_warn ("stopped before the first step, there is no model to keep");
      return status;
    }
  if (!mg_model_save (model, out, &error))
    return keep_elsewhere (model, out, error);
  if (status == CLI_STOPPED)
    cli_warn ("stopped; the best model so far is kept in %s (go on with --resume)", o->out);
  report (o, trainer, model, common);
  return status;
}

/* What the noise is like, before hours are spent on it. */
static void
advise (MgDataset *dataset, const CliCommon *common)
{
  guint n = mg_dataset_get_n (dataset);
  g_autofree MgImage **images = g_new (MgImage *, n);
  MgNoiseAdvice advice;

  for (guint i = 0; i < n; i++)
    images[i] = mg_dataset_get (dataset, i)->image;
  mg_noise_advice (images, n, &advice);
  if (!common->json && !common->quiet)
    g_print ("noise: %s\n", advice.text);
}

static int
prepare_and_run (const Options *o, const CliCommon *common)
{
  g_autoptr (GFile) out = g_file_new_for_commandline_arg (o->out);
  g_autofree char *checkpoint_path = g_strconcat (o->out, ".checkpoint", NULL);
  g_autoptr (GFile) checkpoint = g_file_new_for_commandline_arg (checkpoint_path);
  g_autoptr (MgModel) start_from = NULL;
  g_autoptr (MgTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  MgDataset *dataset;
  MgTrainConfig config;

  if (o->start_from != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (o->start_from);

      start_from = mg_model_load (file, &error);
      if (start_from == NULL)
        return cli_fail (error);
    }
  if (!make_config (o, start_from, &config, &error) || !cli_check_writable (out, &error))
    return cli_fail (error);
  dataset = load_dataset (o, &config, &error);
  if (dataset == NULL)
    return cli_fail (error);
  if (mg_recipe_find (config.recipe, NULL)->self_supervised)
    advise (dataset, common);
  trainer = mg_trainer_new (&config, dataset, start_from, o->device);
  if (o->resume && !g_file_query_exists (checkpoint, NULL))
    cli_warn ("%s: there is no interrupted run to go on with, so a new one begins", checkpoint_path);
  mg_trainer_set_checkpoint (trainer, checkpoint, o->resume);
  if (o->log != NULL)
    {
      g_autoptr (GFile) log = g_file_new_for_commandline_arg (o->log);

      mg_trainer_set_log (trainer, log);
    }
  return run (o, trainer, common);
}

int
cli_train (int argc, char **argv)
{
  Options options = { .validation_share = -1, .depth = -1, .blind_x = -1, .blind_y = -1 };
  CliCommon common;
  int status;

  if (parse (&argc, &argv, &options, &common, &status))
    {
      status = check_usage (&options, argc, argv);
      if (status == CLI_DONE)
        status = prepare_and_run (&options, &common);
    }
  options_clear (&options);
  return status;
}
