#include "fuzz.h"

#include "io/safetensors.h"

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

GPtrArray *
fuzz_make_seeds (void)
{
  const float values[12] = { 1, 2, 3 };
  const MgSafetensor tensors[] = {
    { (char *) "encoder.0.weight", 4, { 2, 1, 1, 3 }, values, 6 },
    { (char *) "scale", 0, { 0 }, values, 1 },
    { (char *) "µ\"\\", 2, { 3, 4 }, values, 12 },
  };
  const char *const metadata[] = { "manifest", "{\"a\":\n1}", "format", "pt", NULL };
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint n = 0; n <= G_N_ELEMENTS (tensors); n++)
    {
      GFileIOStream *stream = NULL;
      g_autoptr (GFile) file = g_file_new_tmp ("mg-seed-XXXXXX", &stream, NULL);

      g_object_unref (stream);
      g_assert_true (mg_safetensors_write (file, tensors, n, n % 2 == 0 ? metadata : NULL, NULL));
      g_ptr_array_add (seeds, g_file_load_bytes (file, NULL, NULL, NULL));
      g_file_delete (file, NULL, NULL);
    }
  return seeds;
}
