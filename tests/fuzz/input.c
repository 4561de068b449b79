#include "fuzz.h"

#include "support/folder.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* An input as a file without a disk. */
GFile *
fuzz_as_file (const guint8 *data,
              gsize size,
              int *fd)
{
  g_autofree char *path = NULL;

  *fd = memfd_create ("input", MFD_CLOEXEC);
  g_assert_cmpint (*fd, >=, 0);
  g_assert_cmpint (write (*fd, data, size), ==, size);
  path = g_strdup_printf ("/proc/self/fd/%d", *fd);
  return g_file_new_for_path (path);
}

static char *folder;

static void
remove_folder (void)
{
  test_remove_folder (folder);
  g_clear_pointer (&folder, g_free);
}

/* The same for readers that look beside another file: a link of this name, in a
 * folder of the program's own. */
GFile *
fuzz_as_named_file (const char *name,
                    const guint8 *data,
                    gsize size,
                    int *fd)
{
  g_autoptr (GFile) file = fuzz_as_file (data, size, fd);
  g_autofree char *path = NULL;
  g_autofree char *parent = NULL;

  if (folder == NULL)
    {
      folder = g_dir_make_tmp ("mg-fuzz-XXXXXX", NULL);
      atexit (remove_folder);
    }
  path = g_build_filename (folder, name, NULL);
  parent = g_path_get_dirname (path);
  g_mkdir_with_parents (parent, 0700);
  g_unlink (path);
  g_assert_cmpint (symlink (g_file_peek_path (file), path), ==, 0);
  return g_file_new_for_path (path);
}

void
fuzz_add_texts (GPtrArray *seeds,
                const char *const *texts,
                guint n)
{
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (seeds, g_bytes_new (texts[i], strlen (texts[i])));
}

void
fuzz_add_broken_json (GPtrArray *seeds,
                      gconstpointer head,
                      gsize head_size,
                      const char *text)
{
  static const struct
  {
    const char *before, *after;
    gsize n_cut; /* of the text's end */
  } ways[] = { { "8", "", 0 }, { "", "8", 0 }, { "", "nul", 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      GByteArray *seed = g_byte_array_new ();

      g_byte_array_append (seed, head, (guint) head_size);
      g_byte_array_append (seed, (const guint8 *) ways[i].before, (guint) strlen (ways[i].before));
      g_byte_array_append (seed, (const guint8 *) text, (guint) (strlen (text) - ways[i].n_cut));
      g_byte_array_append (seed, (const guint8 *) ways[i].after, (guint) strlen (ways[i].after));
      g_ptr_array_add (seeds, g_byte_array_free_to_bytes (seed));
    }
}
