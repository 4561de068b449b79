/* What a model or an unfinished training says of itself. The input is that
 * description, in the file of a small network, behind a byte that says which. */
#include "fuzz.h"

#include "io/safetensors.h"
#include "io/strict-json.h"
#include "train/checkpoint.h"
#include "train/setup.h"

#include <string.h>
#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

#define METADATA_KEY "micrographia"
#define LENGTH_BYTES 8

enum
{
  MODEL,
  CHECKPOINT,
  N_KINDS,
};

/* One as the program writes it. */
typedef struct
{
  GBytes *bytes;
  char *description;
} Whole;

static void
save (MgTrainSetup *setup, int kind, GFile *file)
{
  g_autoptr (MgModel) model = mg_model_new_from_program (&setup->config, setup->program, NULL, NULL);
  g_autoptr (MgCheckpoint) checkpoint = mg_checkpoint_new (setup->program, NULL);
  const MgTrainPoint points[] = { { 1, 0.1, 2, 1e-3, 0.5, 0.4, 0.3 }, { 2, 0.2, 3, 1e-3, 0.4, 0.4, 0.5 } };

  checkpoint->config = setup->config;
  checkpoint->fingerprint = g_strdup ("0123456789");
  checkpoint->step = 2;
  checkpoint->best = mg_model_ref (model);
  g_array_append_vals (checkpoint->history, points, G_N_ELEMENTS (points));
  g_assert_true (kind == MODEL ? mg_model_save (model, file, NULL) : mg_checkpoint_save (checkpoint, file, NULL));
}

static const Whole *
get_whole (int kind)
{
  static Whole wholes[N_KINDS];
  MgTrainConfig config;
  MgTrainSetup setup;

  if (wholes[0].bytes != NULL)
    return &wholes[kind];
  mg_recipe_find ("boundary", NULL)->defaults (&config);
  config.net.depth = 1;
  config.net.base_filters = 4;
  config.patch = 16;
  config.batch = 1;
  g_assert_true (mg_train_setup_init (&setup, &config, "cpu", NULL) && mg_train_setup_init_weights (&setup, NULL));
  for (int i = 0; i < N_KINDS; i++)
    {
      GFileIOStream *stream = NULL;
      g_autoptr (GFile) file = g_file_new_tmp ("mg-seed-XXXXXX", &stream, NULL);
      g_autoptr (MgSafetensors) tensors = NULL;

      g_object_unref (stream);
      save (&setup, i, file);
      tensors = mg_safetensors_open (file, NULL);
      wholes[i].bytes = g_file_load_bytes (file, NULL, NULL, NULL);
      wholes[i].description = g_strdup (mg_safetensors_get_metadata (tensors, METADATA_KEY));
      g_file_delete (file, NULL, NULL);
    }
  mg_train_setup_clear (&setup);
  return &wholes[kind];
}

/* The file with another description. */
static GByteArray *
describe (const Whole *whole, const char *description)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (whole->bytes, &size);
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GString) old = g_string_new (NULL), header = g_string_new (NULL), new = g_string_new (NULL);
  guint64 length;

  memcpy (&length, data, LENGTH_BYTES);
  g_string_append_len (header, (const char *) data + LENGTH_BYTES, (gssize) length);
  _mg_strict_json_quote (old, whole->description);
  _mg_strict_json_quote (new, description);
  g_assert_cmpuint (g_string_replace (header, old->str, new->str, 1), ==, 1);
  while (header->len % LENGTH_BYTES != 0)
    g_string_append_c (header, ' ');
  g_byte_array_append (out, (const guint8 *) &(guint64){ header->len }, LENGTH_BYTES);
  g_byte_array_append (out, (const guint8 *) header->str, (guint) header->len);
  g_byte_array_append (out, data + LENGTH_BYTES + length, (guint) (size - LENGTH_BYTES - length));
  return out;
}

static void
read_model (GFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgModel) model = mg_model_load (file, &error);

  g_assert_true ((model == NULL) == (error != NULL));
}

static void
read_checkpoint (GFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgGraph) graph = NULL;
  g_autoptr (MgCheckpoint) checkpoint = NULL;
  MgTrainConfig config;
  gint64 step;

  if (mg_trainer_read_checkpoint (file, &config, &step, &error))
    graph = mg_train_setup_build (&config, 1, TRUE, &error);
  g_assert_true ((graph == NULL) == (error != NULL));
  if (graph == NULL)
    return;
  checkpoint = mg_checkpoint_load (file, graph, &error);
  g_assert_true ((checkpoint == NULL) == (error != NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autofree char *text = NULL;
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GFile) file = NULL;
  int fd;

  if (size < 1)
    return 0;
  text = g_strndup ((const char *) data + 1, size - 1);
  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  bytes = describe (get_whole (data[0] % N_KINDS), text);
  file = fuzz_as_file (bytes->data, bytes->len, &fd);
  if (data[0] % N_KINDS == MODEL)
    read_model (file);
  else
    read_checkpoint (file);
  close (fd);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  for (guint8 kind = 0; kind < N_KINDS; kind++)
    {
      GByteArray *seed = g_byte_array_new ();
      const char *description = get_whole (kind)->description;

      g_byte_array_append (seed, &kind, 1);
      g_byte_array_append (seed, (const guint8 *) description, (guint) strlen (description));
      g_ptr_array_add (seeds, g_byte_array_free_to_bytes (seed));
      fuzz_add_broken_json (seeds, &kind, 1, description);
    }
}
