#include "fuzz.h"

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
