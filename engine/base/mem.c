#include "base/mem.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* From here on malloc gives a mapping of its own, whatever was freed before
 * (DEFAULT_MMAP_THRESHOLD_MAX of glibc). */
#define OWN_MAPPING (32u << 20)

/* What is given back to the system at once. */
#define SLICE (4u << 20)

/**
 * mg_size_mul:
 * @a: a count
 * @b: a count
 * @out: (out): their product
 *
 * Returns: FALSE when the product does not fit.
 */
gboolean
mg_size_mul (gsize a,
             gsize b,
             gsize *out)
{
  return !__builtin_mul_overflow (a, b, out);
}

/* The whole pages of a block that has a mapping of its own, none for others. */
static void
find_pages (const guint8 *data, gsize size, gsize *before, gsize *whole)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);

  *before = -(gsize) (guintptr) data & (page - 1);
  *whole = size >= OWN_MAPPING ? (size - *before) & ~(page - 1) : 0;
}

/* Pages of a large block are handed back to be zero once they are touched: a
 * gigabyte would take half a second at once, which nobody could stop. */
static void
fill_with_zeros (guint8 *data, gsize size)
{
  gsize before, whole;

  find_pages (data, size, &before, &whole);
  if (whole == 0 || madvise (data + before, whole, MADV_DONTNEED) != 0)
    {
      memset (data, 0, size);
      return;
    }
  memset (data, 0, before);
  memset (data + before + whole, 0, size - before - whole);
}

/**
 * mg_try_alloc:
 * @size: bytes wanted
 * @what: what they are for, for the message ("the image")
 *
 * Zero-filled memory aligned to %MG_ALIGN_BYTES, for data whose size a person
 * or a file decides. Any thread.
 *
 * Returns: (transfer full): free with mg_free_aligned(); %NULL with
 *   %MG_ERROR_NO_MEMORY when there is not enough
 */
gpointer
mg_try_alloc (gsize size,
              const char *what,
              GError **error)
{
  gsize padded;
  gpointer data = NULL;

  if (!__builtin_add_overflow (MAX (size, 1), MG_ALIGN_BYTES - 1, &padded) && padded < G_MAXSSIZE)
    {
      padded &= ~(gsize) (MG_ALIGN_BYTES - 1);
      data = aligned_alloc (MG_ALIGN_BYTES, padded);
    }
  if (data == NULL)
    {
      g_autofree char *text = g_format_size (size);

      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
                   "not enough memory for %s (%s)", what, text);
      return NULL;
    }
  fill_with_zeros (data, padded);
  return data;
}

/**
 * mg_free_aligned:
 * @data: (nullable): from mg_try_alloc()
 *
 * A large block is given back in slices: while a whole one goes, 80 ms for a
 * gigabyte, no other thread gets a mapping, the main thread's drawing neither.
 */
void
mg_free_aligned (gpointer data)
{
  gsize before, whole;

  find_pages (data, data != NULL ? malloc_usable_size (data) : 0, &before, &whole);
  for (gsize at = 0; at < whole; at += SLICE)
    madvise ((guint8 *) data + before + at, MIN (SLICE, whole - at), MADV_DONTNEED);
  free (data);
}

static guint64
read_number (const char *path, const char *after)
{
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return G_MAXUINT64;
  at = strstr (text, after);
  if (at == NULL)
    return G_MAXUINT64;
  at += strlen (after);
  while (g_ascii_isspace (*at))
    at++;
  return g_ascii_isdigit (*at) ? g_ascii_strtoull (at, NULL, 10) : G_MAXUINT64;
}

/**
 * mg_memory_available:
 *
 * How much memory can be taken without swapping: what the kernel says, within
 * the limit of the container. Tile and batch sizes are chosen by it, because
 * Linux grants more than there is and ends the program later. Any thread.
 *
 * Returns: bytes
 */
guint64
mg_memory_available (void)
{
  guint64 kibibytes = read_number ("/proc/meminfo", "MemAvailable:");
  guint64 limit = read_number ("/sys/fs/cgroup/memory.max", "");
  guint64 used = read_number ("/sys/fs/cgroup/memory.current", "");
  guint64 bytes = kibibytes == G_MAXUINT64 ? (guint64) 1 << 30 : kibibytes * 1024;

  if (limit != G_MAXUINT64 && used != G_MAXUINT64)
    bytes = MIN (bytes, limit > used ? limit - used : 0);
  return bytes;
}
