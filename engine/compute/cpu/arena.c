#include "compute/cpu/cpu-private.h"

#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((gsize) 2 << 20)

/* MemAvailable of the kernel; G_MAXSIZE where there is no such file */
static gsize
available_bytes (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return G_MAXSIZE;
  line = strstr (text, "MemAvailable:");
  if (line == NULL)
    return G_MAXSIZE;
  return (gsize) g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) * 1024;
}

static gsize
mapped_size (gsize size)
{
  /* small ones would waste most of a huge page */
  gsize page = size >= HUGE_PAGE ? HUGE_PAGE : 4096;

  return mg_cpu_round_up (MAX (size, 1), page);
}

/* Maps size bytes on huge pages where the system has them and touches each, so
 * that no step ever waits for a page. Asks first how much memory there is: the
 * system would promise more and kill the program when it is used. */
float *
mg_cpu_arena_new (gsize size,
                  GError **error)
{
  gsize mapped = size < G_MAXSSIZE ? mapped_size (size) : G_MAXSIZE;
  gsize with_slack = mapped + HUGE_PAGE;
  guint8 *memory = MAP_FAILED;

  if (mapped != G_MAXSIZE && mapped < available_bytes ())
    memory = mmap (NULL, with_slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    {
      g_autofree char *text = g_format_size (size);

      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
                   "the network needs %s of memory, which this computer does not have free; a smaller batch or patch needs less",
                   text);
      return NULL;
    }

  /* huge pages start at multiples of their size: give the slack back */
  gsize before = (gsize) (-(guintptr) memory & (HUGE_PAGE - 1));

  if (before > 0)
    munmap (memory, before);
  memory += before;
  if (with_slack - before > mapped)
    munmap (memory + mapped, with_slack - before - mapped);
#ifdef MADV_HUGEPAGE
  madvise (memory, mapped, MADV_HUGEPAGE);
#endif
  memset (memory, 0, mapped);
  return (float *) memory;
}

void
mg_cpu_arena_free (float *arena,
                   gsize size)
{
  if (arena != NULL)
    munmap (arena, mapped_size (size));
}
