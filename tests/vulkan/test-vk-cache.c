#include "vulkan/vk-test.h"

#include "compute/vulkan/vk-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* The pipeline cache on disk: any doubt about the file is a miss. */

static void
expect (const char *path, GBytes *header, const char *wanted)
{
  g_autoptr (GBytes) got = mg_vk_cache_load (path, header);

  if (wanted == NULL)
    g_assert_null (got);
  else
    g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), wanted, strlen (wanted));
}

/* Without waiting for the disk. */
static void
overwrite (const char *path, const char *text, gsize size)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, (gssize) size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("mg-cache-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "sub", "cache", NULL);
  g_autofree char *sub = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) header = g_bytes_new_static ("this device", 11);
  g_autoptr (GBytes) other = g_bytes_new_static ("that device", 11);
  gsize size;

  expect (path, header, NULL);
  g_assert_true (mg_vk_cache_save (path, header, "pipelines", 9, &error));
  expect (path, header, "pipelines");
  expect (path, other, NULL);
  g_assert_true (g_file_get_contents (path, &text, &size, &error));
  /* any byte changed, any length cut */
  for (gsize i = 0; i < size; i++)
    {
      text[i] ^= 0x10;
      overwrite (path, text, size);
      expect (path, header, NULL);
      text[i] ^= 0x10;
      overwrite (path, text, i);
      expect (path, header, NULL);
    }
  overwrite (path, text, size);
  expect (path, header, "pipelines");
  g_unlink (path);
  g_rmdir (sub);
  g_rmdir (folder);
}

static char *
cache_file (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "micrographia", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = dir == NULL ? NULL : g_dir_read_name (dir);

  return name == NULL ? NULL : g_build_filename (folder, name, NULL);
}

static void
step_once (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgBackend) backend = vk_test_open ();
  g_autoptr (MgProgram) program = NULL;

  g_assert_nonnull (backend);
  program = vk_test_step (backend, 16, 4);
  g_assert_true (mg_program_run (program, NULL, &error));
}

/* Written when a backend closes, read when the next one opens; rubbish in its
 * place changes nothing but is replaced. */
static void
test_backend (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL, *good = NULL, *again = NULL;
  g_autoptr (MgBackend) backend = NULL;
  gsize size, size_again;

  g_setenv ("MG_DEBUG", "vk-validate", TRUE);
  backend = vk_test_open ();
  if (backend == NULL)
    return;
  g_assert_null (cache_file ());
  step_once ();
  path = cache_file ();
  g_assert_nonnull (path);
  g_assert_true (g_file_get_contents (path, &good, &size, &error));
  step_once ();
  overwrite (path, "rubbish", strlen ("rubbish"));
  step_once ();
  g_assert_true (g_file_get_contents (path, &again, &size_again, &error));
  g_assert_cmpuint (size_again, >, strlen ("rubbish"));
  memset (good + size / 2, 0, size / 2);
  overwrite (path, good, size);
  step_once ();
}

int
main (int argc, char *argv[])
{
  g_autofree char *home = g_dir_make_tmp ("mg-vulkan-XXXXXX", NULL);
  g_autofree char *path = NULL, *folder = g_build_filename (home, "micrographia", NULL);
  int result;

  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vulkan/cache/file", test_file);
  g_test_add_func ("/vulkan/cache/backend", test_backend);
  result = vk_test_run ();
  path = cache_file ();
  if (path != NULL)
    g_unlink (path);
  g_rmdir (folder);
  g_rmdir (home);
  return result;
}
