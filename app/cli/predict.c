#include "cli/commands.h"
#include "cli/common.h"
#include "cli/files.h"
#include "cli/label-spool.h"
#include "cli/predict.h"
#include "io/tiff-write.h"
#include "predict/predictor.h"
#include "project/results.h"

#include "base/mem.h"

typedef struct
{
  char *model, *images, *out, *device;
  gint64 memory;
  int tile;
  double threshold, seed_threshold, min_area;
  gboolean exclude_border, maps, as_float, augment, uncertainty;
  char *classical;
} Options;

typedef struct
{
  const Options *options;
  GPtrArray *pairs;
  gboolean denoise;
  JsonArray *results;
  CliLabelSpool *spool; /* (nullable): of the stack in hand */
} Sink;

static gboolean
load (guint index, MgImage **image, GCancellable *cancellable, GError **error, gpointer data)
{
  Sink *sink = data;
  CliPair *pair = g_ptr_array_index (sink->pairs, index);

  *image = cli_load_image (pair->file, cancellable, error);
  return *image != NULL;
}

/* The maps as channels of one float image, in a folder of their own, so that
 * the output folder holds nothing but results. */
static gboolean
write_maps (Sink *sink, CliPair *pair, int plane, MgMaps *maps, GError **error)
{
  g_autofree char *folder = g_build_filename (sink->options->out, "maps", NULL);
  g_autofree char *name = mg_project_plane_name (pair->stem, plane);
  g_autoptr (GFile) file = cli_output (folder, name, ".tif");
  g_autoptr (MgImage) image = NULL;
  MgImageInfo info = {
    .width = maps->width,
    .height = maps->height,
    .n_channels = maps->n_channels,
    .n_z = 1,
    .n_t = 1,
    .type = MG_PIXEL_F32,
  };

  image = mg_image_new_take (&info, maps->planes, mg_free_aligned, error);
  maps->planes = NULL;
  return image != NULL && cli_make_folder (folder, error) && mg_tiff_write_image (file, image, NULL, error);
}

static gboolean
write_uncertainty (Sink *sink, CliPair *pair, MgImage *uncertainty, GError **error)
{
  g_autofree char *folder = g_build_filename (sink->options->out, "uncertainty", NULL);
  g_autoptr (GFile) file = cli_output (folder, pair->stem, "_uncertainty.tif");

  return cli_make_folder (folder, error) && mg_tiff_write_image (file, uncertainty, NULL, error);
}

/* The labels of a plane: into the file of an image that has one, else to the
 * others of the stack, which are written with the last. */
static gboolean
take_labels (Sink *sink, const MgPredicted *result, GFile *file, guint *n_instances, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (result->image);
  MgLabels *labels = mg_instances_get_labels (result->decoded->instances);
  gboolean ok;

  *n_instances = mg_instances_get_n (result->decoded->instances);
  if (result->n_planes == 1)
    return mg_tiff_write_labels (file, labels, info, cancellable, error);
  if (result->plane == 0)
    {
      g_clear_pointer (&sink->spool, cli_label_spool_free);
      sink->spool = cli_label_spool_new (sink->options->out, error);
    }
  if (sink->spool == NULL || !cli_label_spool_add (sink->spool, labels, cancellable, error))
    return FALSE;
  *n_instances = cli_label_spool_get_n_instances (sink->spool);
  if (result->plane + 1 < result->n_planes)
    return TRUE;
  ok = cli_label_spool_write (sink->spool, file, info, cancellable, error);
  g_clear_pointer (&sink->spool, cli_label_spool_free);
  return ok;
}

static gboolean
write_restored (Sink *sink, CliPair *pair, GFile *file, MgDecoded *decoded, GCancellable *cancellable, GError **error)
{
  return mg_tiff_write_image (file, decoded->image, cancellable, error) &&
         (!sink->options->uncertainty || write_uncertainty (sink, pair, decoded->uncertainty, error));
}

static gboolean
done (const MgPredicted *result, GCancellable *cancellable, GError **error, gpointer data)
{
  Sink *sink = data;
  CliPair *pair = g_ptr_array_index (sink->pairs, result->index);
  g_autoptr (GFile) file = cli_output (sink->options->out, pair->stem, ".tif");
  guint n_instances = 0;
  JsonObject *entry;

  if (sink->denoise ? !write_restored (sink, pair, file, result->decoded, cancellable, error)
                    : !take_labels (sink, result, file, &n_instances, cancellable, error))
    return FALSE;
  if (sink->options->maps && !write_maps (sink, pair, result->plane, result->maps, error))
    return FALSE;
  if (!sink->denoise && result->plane + 1 < result->n_planes)
    return TRUE;
  entry = json_object_new ();
  json_object_set_string_member (entry, "image", g_file_peek_path (pair->file));
  json_object_set_string_member (entry, "result", g_file_peek_path (file));
  if (!sink->denoise)
    {
      json_object_set_int_member (entry, "planes", result->n_planes);
      json_object_set_int_member (entry, "instances", n_instances);
    }
  json_array_add_object_element (sink->results, entry);
  return TRUE;
}

gboolean
cli_check_outputs (const char *folder,
                   GPtrArray *pairs,
                   GError **error)
{
  for (guint i = 0; i < pairs->len; i++)
    {
      CliPair *pair = g_ptr_array_index (pairs, i);
      g_autoptr (GFile) out = cli_output (folder, pair->stem, ".tif");

      if (g_file_equal (out, pair->file))
        {
          g_set_error (error, MG_ERROR, MG_ERROR_USAGE, "%s: the result would be written over the image (choose another folder for --out)",
                       g_file_peek_path (pair->file));
          return FALSE;
        }
    }
  return TRUE;
}

static void
report (Sink *sink, const CliCommon *common)
{
  guint n = json_array_get_length (sink->results);

  if (common->json)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_array_member (object, "results", json_array_ref (sink->results));
      cli_print_json (object);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      JsonObject *entry = json_array_get_object_element (sink->results, i);

      if (sink->denoise)
        g_print ("%s\n", json_object_get_string_member (entry, "result"));
      else
        {
          gint64 n_cells = json_object_get_int_member (entry, "instances"), n_planes = json_object_get_int_member (entry, "planes");

          g_print ("%s: %d %s", json_object_get_string_member (entry, "result"), (int) n_cells, n_cells == 1 ? "cell" : "cells");
          if (n_planes > 1)
            g_print (" in %d planes", (int) n_planes);
          g_print ("\n");
        }
    }
}

static void
set_params (const Options *o, const MgRecipe *recipe, MgDecodeParams *params)
{
  recipe->decode_defaults (params);
  params->threshold = o->threshold >= 0 ? o->threshold : params->threshold;
  params->seed_threshold = o->seed_threshold >= 0 ? o->seed_threshold : params->seed_threshold;
  params->min_area = o->min_area >= 0 ? o->min_area : params->min_area;
  params->exclude_border = o->exclude_border;
}

static int
run (const Options *o, const char *const *paths, const CliCommon *common)
{
  g_autoptr (GFile) model_file = g_file_new_for_commandline_arg (o->model);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgModel) model = mg_model_load (model_file, &error);
  g_autoptr (GPtrArray) pairs = model == NULL ? NULL : cli_collect (paths, &error);
  g_autoptr (JsonArray) results = json_array_new ();
  Sink sink = { .options = o, .pairs = pairs, .results = results };
  const MgPredictSink funcs = { .load = load, .done = done, .data = &sink };
  const MgPredictOptions options = { o->device, o->tile, (guint64) o->memory << 20, o->as_float, o->augment };
  g_autoptr (MgJob) job = NULL;
  MgDecodeParams params;
  MgProgressInfo info;
  int status;

  if (pairs == NULL || !cli_check_outputs (o->out, pairs, &error) || !cli_make_folder (o->out, &error))
    return cli_fail (error);
  sink.denoise = mg_model_get_recipe (model)->task == MG_TASK_DENOISE;
  if (o->uncertainty && !mg_model_get_config (model)->probabilistic)
    return cli_usage ("%s knows no uncertainty (train it with --recipe care --probabilistic)", o->model);
  set_params (o, mg_model_get_recipe (model), &params);
  job = mg_predict_job_new (model, &options, &params, pairs->len, &funcs, MG_PRIORITY_NORMAL);
  status = cli_run (job, common);
  g_clear_pointer (&sink.spool, cli_label_spool_free);
  mg_progress_get (mg_job_get_progress (job), &info);
  if (info.note[0] != '\0')
    cli_warn ("%s", info.note);
  if (status == CLI_STOPPED)
    cli_warn ("stopped after %u of %u images", json_array_get_length (results), pairs->len);
  if (status != CLI_FAILED)
    report (&sink, common);
  return status;
}

static gboolean
parse (int *argc, char ***argv, Options *o, CliCommon *common, int *status)
{
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &o->model, "Trained model", "MODEL" },
    { "images", 0, 0, G_OPTION_ARG_FILENAME, &o->images, "Images; more may follow as arguments", "DIR|FILE" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o->out, "Folder for the results, made where missing", "DIR" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "auto, cpu, vulkan or vulkan:N (default: auto)", "D" },
    { "memory", 0, 0, G_OPTION_ARG_INT64, &o->memory, "What the network may use, in MiB (default: a quarter of what is free)", "MIB" },
    { "tile", 0, 0, G_OPTION_ARG_INT, &o->tile, "Side of a tile in pixels, more where the network sees further (default: from the memory)", "PX" },
    { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &o->threshold, "Foreground from here, 0 to 1 (default: the recipe's)", "T" },
    { "seed-threshold", 0, 0, G_OPTION_ARG_DOUBLE, &o->seed_threshold, "A cell's centre from here, 0 to 1 (default: the recipe's)", "T" },
    { "min-area", 0, 0, G_OPTION_ARG_DOUBLE, &o->min_area, "Smaller cells are left out, in pixels (default: the recipe's)", "PX" },
    { "exclude-border", 0, 0, G_OPTION_ARG_NONE, &o->exclude_border, "Leave out cells that the image's edge cuts", NULL },
    { "float", 0, 0, G_OPTION_ARG_NONE, &o->as_float, "Restored images as 32-bit floats, not in the image's type", NULL },
    { "augment", 0, 0, G_OPTION_ARG_NONE, &o->augment, "Mean over the image mirrored and turned in 8 ways (4 where the directions differ): a little better, 8 times the work", NULL },
    { "uncertainty", 0, 0, G_OPTION_ARG_NONE, &o->uncertainty, "Write how unsure a probabilistic model is, too, to DIR/uncertainty/NAME_uncertainty.tif: the scale b of each value's Laplace distribution in the image's units; half of the true values lie within 0.69 b", NULL },
    { "classical", 0, 0, G_OPTION_ARG_STRING, &o->classical, "Restore without a model: gaussian, median or nlm (non-local means), of the strength that suits the noise", "FILTER" },
    { "maps", 0, 0, G_OPTION_ARG_NONE, &o->maps, "Write the network's maps too, to DIR/maps", NULL },
    { NULL },
  };
  const CliParser parser = {
    .command = "predict",
    .arguments = "[FILE…]",
    .summary = "Runs a model over images of any size and writes label TIFFs (or restored TIFFs) of the\n"
               "same base names, with axes and pixel size kept. Of stacks and time series every plane is\n"
               "predicted, one after the other; their label TIFFs have a page a plane, and each cell of each\n"
               "plane has a number of its own.",
    .entries = entries,
    .has_images = TRUE,
    .has_json = TRUE,
  };

  return cli_parse (&parser, argc, argv, common, status);
}

int
cli_predict (int argc, char **argv)
{
  Options o = { .threshold = -1, .seed_threshold = -1, .min_area = -1 };
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  CliCommon common;
  int status;

  if (parse (&argc, &argv, &o, &common, &status))
    {
      if (o.images != NULL)
        g_ptr_array_add (paths, o.images);
      for (int i = 1; i < argc; i++)
        g_ptr_array_add (paths, argv[i]);
      g_ptr_array_add (paths, NULL);
      if (o.classical != NULL && (o.model != NULL || o.maps || o.augment || o.uncertainty))
        status = cli_usage ("--classical does without --model, --maps, --augment and --uncertainty");
      else if ((o.model == NULL && o.classical == NULL) || o.out == NULL || paths->len == 1)
        status = cli_needs ("predict", "--model MODEL (or --classical FILTER), --images DIR and --out DIR");
      else if (o.memory < 0 || o.memory > (1 << 24) || o.tile < 0 || o.tile > 16384 || o.threshold > 1 || o.seed_threshold > 1)
        status = cli_usage ("--memory, --tile (at most 16384 pixels) or a threshold (0 to 1) is out of range");
      else if (o.classical != NULL)
        status = cli_predict_classical (o.classical, (const char *const *) paths->pdata, o.out, o.as_float, &common);
      else
        status = run (&o, (const char *const *) paths->pdata, &common);
    }
  g_free (o.model);
  g_free (o.images);
  g_free (o.out);
  g_free (o.device);
  g_free (o.classical);
  return status;
}
