#include "fuzz.h"

#include "io/safetensors.h"

#include <string.h>
#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  int fd;
  g_autoptr (GFile) file = fuzz_as_file (data, size, &fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgSafetensors) model = mg_safetensors_open (file, &error);

  g_assert_true ((model == NULL) == (error != NULL));
  for (guint i = 0; model != NULL && i < mg_safetensors_get_n (model); i++)
    {
      const MgSafetensor *tensor = mg_safetensors_get (model, i);
      volatile float last = 0;

      g_assert_true (mg_safetensors_find (model, tensor->name) == tensor);
      if (tensor->n_values > 0)
        last = tensor->data[tensor->n_values - 1];
      (void) last;
    }
  close (fd);
  return 0;
}

/* The file with its header broken, as long as it says. */
static void
add_broken (GPtrArray *seeds, GBytes *file)
{
  const guint8 *data = g_bytes_get_data (file, NULL);
  guint64 length;
  g_autofree char *header = NULL;
  guint first = seeds->len;

  memcpy (&length, data, sizeof length);
  header = g_strndup ((const char *) data + sizeof length, GUINT64_FROM_LE (length));
  fuzz_add_broken_json (seeds, data, sizeof length, g_strchomp (header));
  for (guint i = first; i < seeds->len; i++)
    {
      gsize size;
      guint8 *seed = g_bytes_unref_to_data (seeds->pdata[i], &size);

      length = GUINT64_TO_LE (size - sizeof length);
      memcpy (seed, &length, sizeof length);
      seeds->pdata[i] = g_bytes_new_take (seed, size);
    }
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  const float values[12] = { 1, 2, 3 };
  const MgSafetensor tensors[] = {
    { (char *) "encoder.0.weight", 4, { 2, 1, 1, 3 }, values, 6 },
    { (char *) "scale", 0, { 0 }, values, 1 },
    { (char *) "µ\"\\", 2, { 3, 4 }, values, 12 },
  };
  const char *const metadata[] = { "manifest", "{\"a\":\n1}", "format", "pt", NULL };

  for (guint n = 0; n <= G_N_ELEMENTS (tensors); n++)
    {
      GFileIOStream *stream = NULL;
      g_autoptr (GFile) file = g_file_new_tmp ("mg-seed-XXXXXX", &stream, NULL);

      g_object_unref (stream);
      g_assert_true (mg_safetensors_write (file, tensors, n, n % 2 == 0 ? metadata : NULL, NULL));
      g_ptr_array_add (seeds, g_file_load_bytes (file, NULL, NULL, NULL));
      g_file_delete (file, NULL, NULL);
    }
  add_broken (seeds, seeds->pdata[G_N_ELEMENTS (tensors)]);
}
