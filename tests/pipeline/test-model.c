/* Model files: what is written is read, what is no model is refused. */

#include "pipeline/fixture.h"

#include "io/safetensors.h"
#include "train/model-private.h"

#include <math.h>
#include <string.h>

static MgModel *
make_model (void)
{
  g_autoptr (MgDataset) dataset = fixture_dataset (4, 96, 1);
  g_autoptr (MgHistory) history = mg_history_new ();
  g_autoptr (MgTrainLoop) loop = NULL;
  MgTrainConfig config;

  fixture_config (&config, 1);
  fixture_prepare (&config, dataset);
  loop = fixture_loop (&config, dataset, "cpu", history, NULL);
  fixture_run (loop, G_MAXINT64);
  return mg_model_ref (mg_train_loop_get_best (loop));
}

static void
test_round_trip (void)
{
  g_autoptr (MgModel) model = make_model ();
  g_autoptr (GFile) file = fixture_temp_file ("model.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (MgModel) loaded = NULL;
  g_autoptr (GBytes) before = fixture_bytes (model), after = NULL;

  g_assert_true (mg_model_save (model, file, &error));
  loaded = mg_model_load (file, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (mg_model_get_config (loaded), sizeof (MgTrainConfig), mg_model_get_config (model), sizeof (MgTrainConfig));
  g_assert_cmpstr (mg_model_get_recipe (loaded)->id, ==, "boundary");
  after = fixture_bytes (loaded);
  g_assert_true (g_bytes_equal (before, after));
}

static void
assert_refused (GFile *file, GBytes *bytes, int code, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (file);

  g_assert_true (g_file_replace_contents (file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, FALSE,
                                          G_FILE_CREATE_NONE, NULL, NULL, NULL));
  g_assert_null (mg_model_load (file, &error));
  g_test_message ("%s", error->message);
  g_assert_cmpint (error->domain, ==, MG_ERROR);
  if (code >= 0)
    g_assert_cmpint (error->code, ==, code);
  g_assert_nonnull (strstr (error->message, name));
  g_assert_nonnull (strstr (error->message, word));
}

/* The same file with one text of its header replaced by another as long. */
static GBytes *
replace (GBytes *bytes, const char *old, const char *new)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  char *copy = g_memdup2 (data, size), *at = memmem (copy, size, old, strlen (old));

  g_assert_cmpuint (strlen (old), ==, strlen (new));
  g_assert_nonnull (at);
  memcpy (at, new, strlen (new));
  return g_bytes_new_take (copy, size);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *old, *new, *word;
    int code;
  } cases[] = {
    { "micrographia-model", "micrographia-other", "not a model", MG_ERROR_FORMAT },
    { "version\\\":1", "version\\\":9", "newer version", MG_ERROR_VERSION },
    { "base_filters\\\":8,", "base_filters\\\":4,", "not of the size", MG_ERROR_SHAPE },
    { "depth\\\":2", "depth\\\":1", "does not have", MG_ERROR_SHAPE },
    { "depth\\\":2", "depth\\\":9", "depth", MG_ERROR_USAGE },
    { "depth\\\":2", "depht\\\":2", "lacks", MG_ERROR_FORMAT },
    { "\\\"kernel\\\":3", "\\\"kernel\\\":4", "kernel", -1 },
    { "boundary", "boundory", "boundory", -1 },
  };
  g_autoptr (MgModel) model = make_model ();
  g_autoptr (GBytes) good = fixture_bytes (model);
  g_autoptr (GFile) file = fixture_temp_file ("hostile.safetensors");
  gsize size = g_bytes_get_size (good);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bad = replace (good, cases[i].old, cases[i].new);

      assert_refused (file, bad, cases[i].code, cases[i].word);
    }
  for (gsize length = 0; length < size; length += 1 + size / 23)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (good, 0, length);

      assert_refused (file, cut, -1, "");
    }
}

/* A file of another program, and one whose weights are no numbers. */
static void
test_foreign (void)
{
  g_autoptr (GFile) file = fixture_temp_file ("foreign.safetensors");
  g_autoptr (GError) error = NULL;
  g_autoptr (MgModel) model = make_model ();
  const MgWeights *weights = _mg_model_get_weights (model);
  float values[4] = { 1, 2, 3, 4 };
  const MgSafetensor tensor = { .name = (char *) "w", .n_dims = 1, .shape = { 4 }, .data = values, .n_values = 4 };
  const char *const metadata[] = { "format", "pt", NULL };

  g_assert_true (mg_safetensors_write (file, &tensor, 1, metadata, &error));
  g_assert_null (mg_model_load (file, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "foreign.safetensors"));
  g_clear_error (&error);
  mg_weights_get (weights, 0)->data[0] = NAN;
  g_assert_true (mg_model_save (model, file, &error));
  g_assert_null (mg_model_load (file, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_DATA);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipeline/model/round-trip", test_round_trip);
  g_test_add_func ("/pipeline/model/refused", test_refused);
  g_test_add_func ("/pipeline/model/foreign", test_foreign);
  return g_test_run ();
}
