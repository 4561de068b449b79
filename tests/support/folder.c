#include "support/folder.h"

#include <glib/gstdio.h>

void
test_remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        test_remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
test_set_bytes (GFile *file,
                gconstpointer bytes,
                gsize size)
{
  FILE *out;

  g_unlink (g_file_peek_path (file));
  out = fopen (g_file_peek_path (file), "wb");
  g_assert_cmpuint (fwrite (bytes, 1, size, out), ==, size);
  g_assert_cmpint (fclose (out), ==, 0);
}
