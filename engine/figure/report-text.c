#include "figure/report-private.h"

#include "train/manifest.h"

#include <math.h>

#define MAX_NAMES     3
#define DIGEST_DIGITS 16

/* name, value … */
static void
add_row (GPtrArray *rows, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_row (GPtrArray *rows, const char *name, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (rows, g_strdup (name));
  g_ptr_array_add (rows, g_strdup_vprintf (format, args));
  va_end (args);
}

static char **
end_rows (GPtrArray *rows)
{
  g_ptr_array_add (rows, NULL);
  return (char **) g_ptr_array_free (rows, FALSE);
}

/* "micrographia 0.1.0" as a name. */
static char *
name_program (MgModel *model)
{
  char *name = g_strdup (mg_model_get_program (model));

  name[0] = g_ascii_toupper (name[0]);
  return name;
}

static void
add_part (GString *text, gboolean wanted, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_part (GString *text, gboolean wanted, const char *format, ...)
{
  va_list args;

  if (!wanted)
    return;
  va_start (args, format);
  g_string_append (text, text->len > 0 ? ", " : "");
  g_string_append_vprintf (text, format, args);
  va_end (args);
}

static char *
describe_network (const MgTrainConfig *config)
{
  const MgNetConfig *net = &config->net;
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "U-Net with %d poolings%s, %d filters at the top, %d × %d kernels, %d convolutions a level", net->depth,
                          net->pool == MG_POOL_BLUR ? " that blur" : "", net->base_filters, net->kernel, net->kernel, net->n_convs);
  add_part (text, TRUE, net->norm == MG_NORM_GROUP ? "group norm" : "no normalisation layers");
  add_part (text, net->no_top_skip, "no skip on the finest level");
  add_part (text, net->residual_output,
            net->filter_output ? "its output added to a learned linear filter of the input" : "its output added to the input");
  add_part (text, config->probabilistic, "a Laplace distribution as its result");
  return g_string_free (text, FALSE);
}

/* What becomes 0 and what 1 before the network. */
static const char *
describe_normalisation (const MgTrainConfig *config)
{
  return config->normalisation == MG_NORMALISE_MEAN_STD ? "the mean of each image and channel became 0 and a standard deviation more 1"
                                                        : "percentiles 1 and 99.8 of each image and channel became 0 and 1";
}

static char *
describe_augmentation (const MgTrainConfig *config)
{
  GString *text = g_string_new (NULL);

  add_part (text, config->flips, "flips");
  add_part (text, config->rotation > 0, config->rotation >= 180 ? "any rotation" : "rotation up to %g°", config->rotation);
  add_part (text, config->scale > 0, "scale up to %g %%", 100 * config->scale);
  add_part (text, config->elastic > 0, "elastic deformation of %g px", config->elastic);
  add_part (text, config->intensity > 0, "changes of intensity (%g)", config->intensity);
  add_part (text, config->noise > 0, "noise (sigma up to %g)", config->noise);
  add_part (text, config->blur > 0, "blur (sigma up to %g px)", config->blur);
  if (text->len == 0)
    g_string_append (text, "none");
  return g_string_free (text, FALSE);
}

static char *
describe_blind_spot (const MgTrainConfig *config)
{
  static const char *const fills[MG_N_BLIND_FILLS] = { "another pixel", "any pixel", "the median" };
  const char *fill = config->blind_fill >= 0 && config->blind_fill < MG_N_BLIND_FILLS ? fills[config->blind_fill] : "another value";

  return g_strdup_printf ("%.2g %% of the pixels show %s of their surroundings (%d px); %d × %d px are hidden", 100 * config->blind_share,
                          fill, config->blind_radius, 2 * MAX (0, config->blind_x) + 1, 2 * MAX (0, config->blind_y) + 1);
}

/* "700 steps (12.3 epochs)" */
static char *
describe_length (JsonObject *card)
{
  double steps = mg_manifest_get_number (card, "steps", NAN), epochs = mg_manifest_get_number (card, "epochs", NAN);

  if (!isfinite (steps))
    return g_strdup ("not recorded");
  return isfinite (epochs) ? g_strdup_printf ("%.0f steps (%.3g epochs)", steps, epochs) : g_strdup_printf ("%.0f steps", steps);
}

char **
_mg_report_method_rows (MgModel *model)
{
  const MgTrainConfig *config = mg_model_get_config (model);
  const MgRecipe *recipe = mg_model_get_recipe (model);
  JsonObject *card = mg_model_get_card (model);
  GPtrArray *rows = g_ptr_array_new ();
  g_autofree char *network = describe_network (config), *augmentation = describe_augmentation (config);
  g_autofree char *length = describe_length (card), *blind = describe_blind_spot (config), *program = name_program (model);

  add_row (rows, "Method", "%s (%s)", recipe->title, recipe->id);
  add_row (rows, "Network", "%s", network);
  add_row (rows, "Input", "%d %s; %s", config->net.n_in,
           config->each_channel ? "channel at a time" : config->net.n_in == 1 ? "channel"
                                                                              : "channels",
           describe_normalisation (config));
  if (config->object_diameter > 0)
    add_row (rows, "Objects", "typically %.3g px wide; images scaled by %.3g", config->object_diameter, config->working_scale);
  add_row (rows, "Patches", "%d × %d px, %d at a time", config->patch, config->patch, config->batch);
  add_row (rows, "Length", "%s", length);
  add_row (rows, "Optimiser", "AdamW, learning rate %g at most, weight decay %g", config->learning_rate, config->weight_decay);
  add_row (rows, "Augmentation", "%s", augmentation);
  if (recipe->self_supervised)
    add_row (rows, "Blind spots", "%s", blind);
  if (config->posterior)
    add_row (rows, "Result", "what is foretold of a pixel, combined with its own value");
  add_row (rows, "Seed", "%" G_GUINT64_FORMAT, config->seed);
  add_row (rows, "Device", "%s", mg_manifest_get_string (card, "device") ?: "not recorded");
  add_row (rows, "Trained by", "%s", program);
  return end_rows (rows);
}

/* How many images of which kind, and the first names. */
static guint
list_images (JsonArray *items, gboolean validation, char **names)
{
  GString *text = g_string_new (NULL);
  guint n = 0, n_items = items != NULL ? json_array_get_length (items) : 0;

  for (guint i = 0; i < n_items; i++)
    {
      JsonNode *node = json_array_get_element (items, i);
      JsonObject *item = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = item != NULL ? mg_manifest_get_string (item, "name") : NULL;
      JsonNode *role = item != NULL ? json_object_get_member (item, "validation") : NULL;
      g_autofree char *base = NULL;

      if (item == NULL || (role != NULL && JSON_NODE_HOLDS_VALUE (role) && json_node_get_boolean (role)) != validation)
        continue;
      n++;
      if (n > MAX_NAMES || name == NULL)
        continue;
      base = g_path_get_basename (name);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", base);
    }
  if (n > MAX_NAMES)
    g_string_append (text, " …");
  *names = g_string_free (text, FALSE);
  return n;
}

char **
_mg_report_data_rows (MgModel *model)
{
  JsonObject *data = mg_manifest_get_object (mg_model_get_card (model), "data");
  JsonArray *items = data != NULL ? mg_manifest_get_array (data, "items") : NULL;
  const char *digest = data != NULL ? mg_manifest_get_string (data, "sha256") : NULL;
  GPtrArray *rows = g_ptr_array_new ();
  g_autofree char *learned = NULL, *validated = NULL;
  guint n_learned = list_images (items, FALSE, &learned), n_validated = list_images (items, TRUE, &validated);

  if (n_learned + n_validated == 0)
    add_row (rows, "Images", "not recorded");
  else
    {
      add_row (rows, "Learned from", "%u %s: %s", n_learned, n_learned == 1 ? "image" : "images", learned);
      if (n_validated > 0)
        add_row (rows, "Validated on", "%u %s: %s", n_validated, n_validated == 1 ? "image" : "images", validated);
      else
        add_row (rows, "Validated on", "parts of the same images");
    }
  if (digest != NULL)
    add_row (rows, "Fingerprint", "SHA-256 %.*s… of all of them", DIGEST_DIGITS, digest);
  return end_rows (rows);
}

static const struct
{
  const char *name, *title, *format;
} score_names[] = {
  { "ap50", "AP at IoU 0.5", "%.3f on the validation patches" },
  { "psnr", "PSNR", "%.2f dB on the validation patches" },
  { "held_out_psnr", "Held out", "%.2f dB on noisy pixels never learned from" },
  { "gaussian_held_out_psnr", "Gaussian", "%.2f dB on the same pixels" },
};

char **
_mg_report_score_rows (MgModel *model)
{
  JsonObject *scores = mg_manifest_get_object (mg_model_get_card (model), "scores");
  double loss = scores != NULL ? mg_manifest_get_number (scores, "validation_loss", NAN) : NAN, score = NAN;
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; scores != NULL && i < G_N_ELEMENTS (score_names); i++)
    if (isfinite (score = mg_manifest_get_number (scores, score_names[i].name, NAN)))
      add_row (rows, score_names[i].title, score_names[i].format, score);
  if (isfinite (loss))
    add_row (rows, "Loss", "%.4g on the validation patches", loss);
  return end_rows (rows);
}

/**
 * mg_report_methods:
 * @model: a trained model
 *
 * Returns: (transfer full): a paragraph for the Methods section of a paper
 */
char *
mg_report_methods (MgModel *model)
{
  const MgTrainConfig *config = mg_model_get_config (model);
  const MgRecipe *recipe = mg_model_get_recipe (model);
  JsonObject *card = mg_model_get_card (model), *data = mg_manifest_get_object (card, "data");
  gboolean denoise = recipe->task == MG_TASK_DENOISE;
  g_autofree char *names = NULL, *others = NULL, *length = describe_length (card), *network = describe_network (config);
  g_autofree char *augmentation = describe_augmentation (config), *blind = describe_blind_spot (config);
  g_autofree char *program = name_program (model);
  JsonArray *items = data != NULL ? mg_manifest_get_array (data, "items") : NULL;
  guint n = list_images (items, FALSE, &names), n_validated = list_images (items, TRUE, &others);
  const char *device = mg_manifest_get_string (card, "device");
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s with %s, recipe “%s” [%s]. ", denoise ? "Images were denoised" : "Cells were segmented",
                          program, recipe->id, recipe->source);
  g_string_append_printf (text, "The network, a %s, was trained for %s", network, length);
  if (n > 0)
    g_string_append_printf (text, " on %u %s", n, n == 1 ? "image" : "images");
  if (n_validated > 0)
    g_string_append_printf (text, " and validated on %u other%s", n_validated, n_validated == 1 ? "" : "s");
  g_string_append_printf (text, ", with patches of %d × %d pixels, batches of %d, AdamW (weight decay %g) and a learning rate that rose to %g and "
                                "fell along a cosine; augmentation: %s. ",
                          config->patch, config->patch, config->batch, config->weight_decay, config->learning_rate, augmentation);
  if (recipe->self_supervised)
    g_string_append_printf (text, "It learned from the noisy images alone: %s. ", blind);
  g_string_append_printf (text, "Intensities were mapped so that %s. ", describe_normalisation (config));
  if (config->posterior)
    g_string_append (text, "What was foretold of a pixel was combined with its own value. ");
  g_string_append (text, "The weights with the best validation score were kept");
  g_string_append_printf (text, " (seed %" G_GUINT64_FORMAT "%s%s).", config->seed, device != NULL ? ", computed on " : "", device ?: "");
  return g_string_free (text, FALSE);
}
