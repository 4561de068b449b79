#include "base/scratch.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Lies this far in front of the data, so that they are aligned in either case. */
#define HEADER_BYTES 4096

typedef struct
{
  gsize mapped; /* bytes, with the header; 0: on the heap */
} Header;

static Header *
get_header (gpointer data)
{
  return (Header *) ((guint8 *) data - HEADER_BYTES);
}

/* The file is gone when nothing maps it any more, whatever happens. */
static int
open_nameless (GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "micrographia", NULL);
  g_autofree char *path = g_build_filename (folder, "scratch.XXXXXX", NULL);
  int fd;

  g_mkdir_with_parents (folder, 0700);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      int code = errno;

      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: large results cannot be kept there: %s", folder, g_strerror (code));
      return -1;
    }
  g_unlink (path);
  return fd;
}

/* All of the file is on the disk from the start: a disk that filled up later
 * would end the program. Returns an errno. */
static int
reserve (int fd, gsize size)
{
  struct statvfs disk;

  if (size > (gsize) G_MAXINT64)
    return EFBIG;
  /* where the system cannot reserve, it writes until the disk is full */
  if (fstatvfs (fd, &disk) == 0 && size / disk.f_frsize > disk.f_bavail)
    return ENOSPC;
  return posix_fallocate (fd, 0, (off_t) size);
}

static Header *
map_file (gsize size, const char *what, GError **error)
{
  int fd = open_nameless (error), code;
  Header *header = MAP_FAILED;

  if (fd < 0)
    return NULL;
  code = reserve (fd, size);
  if (code == 0)
    {
      header = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
      code = errno;
    }
  close (fd);
  if (header == MAP_FAILED)
    {
      g_autofree char *text = g_format_size (size);

      g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY, "%s: no room for %s (%s): %s", g_get_user_cache_dir (), what, text,
                   g_strerror (code));
      return NULL;
    }
  header->mapped = size;
  return header;
}

/**
 * mg_scratch_alloc:
 * @size: bytes wanted
 * @in_memory: more than this goes to a file
 * @what: what they are for, for the message ("the restored image")
 *
 * Zeros, aligned to %MG_ALIGN_BYTES. Any thread.
 *
 * Returns: (transfer full): free with mg_scratch_free(); %NULL with an error when
 *   neither memory nor disk have room
 */
gpointer
mg_scratch_alloc (gsize size,
                  gsize in_memory,
                  const char *what,
                  GError **error)
{
  gsize all = size > G_MAXSIZE - HEADER_BYTES ? G_MAXSIZE : size + HEADER_BYTES;
  Header *header = size <= in_memory ? mg_try_alloc (all, what, error) : map_file (all, what, error);

  return header == NULL ? NULL : (guint8 *) header + HEADER_BYTES;
}

/**
 * mg_scratch_free:
 * @data: (nullable): from mg_scratch_alloc()
 */
void
mg_scratch_free (gpointer data)
{
  Header *header;

  if (data == NULL)
    return;
  header = get_header (data);
  if (header->mapped > 0)
    munmap (header, header->mapped);
  else
    mg_free_aligned (header);
}

/**
 * mg_scratch_settle:
 * @data: from mg_scratch_alloc()
 * @begin: first byte of what was written
 * @end: one past the last
 *
 * What was written is not needed soon: whole pages of it leave the program's
 * memory, and come back from the file when they are read. Any thread.
 */
void
mg_scratch_settle (gpointer data,
                   gsize begin,
                   gsize end)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE), first, last;
  Header *header = get_header (data);

  if (header->mapped == 0)
    return;
  first = (begin + HEADER_BYTES + page - 1) / page * page;
  last = (end + HEADER_BYTES) / page * page;
  if (last > first)
    madvise ((guint8 *) header + first, last - first, MADV_DONTNEED);
}
