#include "fuzz.h"

#include "interchange/export.h"
#include "io/roi-zip.h"

#include <unistd.h>

const char *const fuzz_shared_folder = NULL;

static gboolean
count (const MgOutline *outline, gpointer data, GError **error)
{
  *(guint *) data += 1 + outline->points->len;
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  int fd;
  g_autoptr (GFile) file = fuzz_as_file (data, size, &fd);
  g_autoptr (GError) error = NULL;
  guint n = 0;
  gboolean ok = mg_roi_zip_read (file, count, &n, NULL, &error);

  g_assert_true (ok == (error == NULL));
  g_assert_true (!ok || n > 0);
  close (fd);
  return 0;
}

/* Deflated, as it is written here, and stored. */
void
fuzz_add_seeds (GPtrArray *seeds)
{
  static const guint32 data[24] = { 1, 1, 1, 0, 2, 0, 1, 0, 1, 2, 0, 2, 1, 1, 1, 0, 3, 0, 0, 0, 0, 3, 0, 4 };
  g_autoptr (MgLabels) labels = mg_labels_new_take (6, 4, (guint32 *) data, NULL);
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_tmp_dir (), "mg-seed.zip", NULL);
  MgExportSource source = { .labels = labels };

  g_assert_true (mg_export (file, MG_EXPORT_IMAGEJ, &source, NULL, NULL, NULL));
  g_ptr_array_add (seeds, g_file_load_bytes (file, NULL, NULL, NULL));
  g_file_delete (file, NULL, NULL);
}
