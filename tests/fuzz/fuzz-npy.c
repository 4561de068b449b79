#include "fuzz.h"

#include "io/npy.h"
#include "support/seg-npy.h"

#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  int fd;
  g_autoptr (GFile) file = fuzz_as_file (data, size, &fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (MgLabels) labels = mg_npy_read_labels (file, 1, NULL, &error);

  g_assert_true ((labels == NULL) == (error != NULL));
  close (fd);
  return 0;
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const guint16 masks[6] = { 0, 1, 2, 2, 0, 700 };
  GByteArray *plain = g_byte_array_new ();

  for (int protocol = 2; protocol <= 5; protocol++)
    {
      SegNpy seg = { protocol, protocol % 2 == 0 ? "numpy.core" : "numpy._core", "u2", protocol == 3, { 2, 3 }, masks, sizeof masks };

      g_ptr_array_add (seeds, g_byte_array_free_to_bytes (seg_npy_make (&seg)));
    }
  seg_npy_header (plain, "{'descr': '<u2', 'fortran_order': True, 'shape': (2, 3), }");
  g_byte_array_append (plain, (const guint8 *) masks, sizeof masks);
  g_ptr_array_add (seeds, g_byte_array_free_to_bytes (plain));
}
