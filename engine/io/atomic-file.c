#include "io/atomic-file.h"

#include "io/io-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _MgAtomicFile
{
  GFile *file;
  char *target;    /* where a link leads, so that the link itself stays */
  char *temporary; /* a name beside it */
  gboolean named;  /* there is a file of that name */
  int fd;
};

/**
 * mg_file_set_write_error:
 * @file: what could not be written
 * @code: errno of what failed
 *
 * A sentence that names the file and says what to do.
 */
void
mg_file_set_write_error (GError **error,
                         GFile *file,
                         int code)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *place = g_file_get_parse_name (folder != NULL ? folder : file);

  switch (code)
    {
    case ENOSPC:
    case EDQUOT:
      _mg_io_set_error (error, MG_ERROR_FAILED, file,
                        "the disk is full, so it was not saved (make room there and try again)");
      break;
    case EFBIG:
      _mg_io_set_error (error, MG_ERROR_FAILED, file,
                        "the file would be larger than this disk or account allows, so it was not saved");
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      _mg_io_set_error (error, MG_ERROR_FAILED, file,
                        "the folder %s cannot be written to (choose another folder, or change its permissions)", place);
      break;
    case ENOENT:
    case ENOTDIR:
      _mg_io_set_error (error, MG_ERROR_FAILED, file, "there is no folder %s to save it in", place);
      break;
    default:
      _mg_io_set_error (error, MG_ERROR_FAILED, file, "it could not be saved: %s", g_strerror (code));
    }
}

/* What a symbolic link leads to, or the path itself. */
static char *
follow_link (const char *path)
{
  g_autofree char *real = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return g_strdup (path);
  real = realpath (path, NULL);
  return g_strdup (real != NULL ? real : path);
}

/* A new file keeps the permissions of the one it takes the place of. */
static void
set_mode (int fd, const char *target)
{
  struct stat old;
  mode_t mode;

  if (stat (target, &old) == 0 && S_ISREG (old.st_mode))
    mode = old.st_mode & 0777;
  else
    {
      /* the only way to read the mask sets it; a file made meanwhile by another
       * thread is private for an instant, never too open */
      mode_t mask = umask (077);

      umask (mask);
      mode = 0666 & ~mask;
    }
  fchmod (fd, mode);
}

/* Of a program that is killed a file without a name leaves nothing. */
static int
open_temporary (const char *folder, char *temporary, gboolean *named)
{
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  *named = fd < 0 && errno != ENOSPC && errno != EACCES && errno != EROFS;
  return *named ? g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600) : fd;
}

/* What is complete gets its temporary name, which can then take the target's place. */
static gboolean
give_name (MgAtomicFile *atomic)
{
  g_autofree char *unnamed = g_strdup_printf ("/proc/self/fd/%d", atomic->fd);
  gsize length = strlen (atomic->temporary);

  while (!atomic->named)
    {
      g_autofree char *end = g_strdup_printf ("%06x", g_random_int () & 0xffffff);

      memcpy (atomic->temporary + length - strlen (end), end, strlen (end));
      atomic->named = linkat (AT_FDCWD, unnamed, AT_FDCWD, atomic->temporary, AT_SYMLINK_FOLLOW) == 0;
      if (!atomic->named && errno != EEXIST)
        return FALSE;
    }
  return TRUE;
}

/**
 * mg_atomic_file_new:
 * @file: the target, in a folder that exists
 *
 * Opens a file to be in the place of @file. One thread at a time may use it.
 *
 * Returns: (transfer full): %NULL when the folder cannot be written to
 */
MgAtomicFile *
mg_atomic_file_new (GFile *file,
                    GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *target = NULL, *folder = NULL, *base = NULL, *temporary = NULL;
  MgAtomicFile *atomic;
  gboolean named;
  int fd;

  if (path == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_UNSUPPORTED, file, "only folders of this computer can be saved to");
      return NULL;
    }
  target = follow_link (path);
  if (g_file_test (target, G_FILE_TEST_IS_DIR))
    {
      _mg_io_set_error (error, MG_ERROR_USAGE, file, "this is a folder, not a file to save to");
      return NULL;
    }
  folder = g_path_get_dirname (target);
  base = g_path_get_basename (target);
  /* a name is at most 255 bytes, so the temporary one holds only its start */
  temporary = g_strdup_printf ("%s/.%.200s.XXXXXX", folder, base);
  fd = open_temporary (folder, temporary, &named);
  if (fd < 0)
    {
      mg_file_set_write_error (error, file, errno);
      return NULL;
    }
  set_mode (fd, target);
  atomic = g_new0 (MgAtomicFile, 1);
  *atomic = (MgAtomicFile){ g_object_ref (file), g_steal_pointer (&target), g_steal_pointer (&temporary), named, fd };
  return atomic;
}

/**
 * mg_atomic_file_get_fd:
 *
 * Returns: the open temporary file, readable, writable and seekable; stays
 *   @atomic's. mg_atomic_file_set_error() words a failed write of one's own
 */
int
mg_atomic_file_get_fd (MgAtomicFile *atomic)
{
  return atomic->fd;
}

/**
 * mg_atomic_file_set_error:
 * @code: errno of a failed write to the descriptor
 *
 * Sets @error to the sentence that mg_atomic_file_write() would give.
 */
void
mg_atomic_file_set_error (MgAtomicFile *atomic,
                          int code,
                          GError **error)
{
  mg_file_set_write_error (error, atomic->file, code);
}

/**
 * mg_atomic_file_write:
 * @data: @size bytes, written where the last write ended
 *
 * Returns: FALSE when the disk is full or failing
 */
gboolean
mg_atomic_file_write (MgAtomicFile *atomic,
                      gconstpointer data,
                      gsize size,
                      GError **error)
{
  const char *from = data;

  while (size > 0)
    {
      gssize n = write (atomic->fd, from, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          mg_file_set_write_error (error, atomic->file, errno);
          return FALSE;
        }
      from += n;
      size -= n;
    }
  return TRUE;
}

static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  /* some file systems cannot; the file's own bytes are already safe */
  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

/**
 * mg_atomic_file_flush:
 *
 * Sees what was written so far on the disk, as mg_atomic_file_commit() does.
 *
 * Returns: FALSE when the disk is full or failing
 */
gboolean
mg_atomic_file_flush (MgAtomicFile *atomic,
                      GError **error)
{
  if (fsync (atomic->fd) == 0 || errno == EINVAL || errno == ENOTSUP)
    return TRUE;
  mg_file_set_write_error (error, atomic->file, errno);
  return FALSE;
}

/**
 * mg_atomic_file_put_in_place:
 *
 * Gives it the target's name, in place of what had it, without waiting for the
 * disk. Once only.
 *
 * Returns: FALSE when it did not get there; the old file is then untouched
 */
gboolean
mg_atomic_file_put_in_place (MgAtomicFile *atomic,
                             GError **error)
{
  int fd = atomic->fd;

  g_return_val_if_fail (fd >= 0, FALSE);
  if (give_name (atomic))
    {
      atomic->fd = -1;
      if (close (fd) == 0 && rename (atomic->temporary, atomic->target) == 0)
        {
          atomic->named = FALSE;
          return TRUE;
        }
    }
  mg_file_set_write_error (error, atomic->file, errno);
  return FALSE;
}

/**
 * mg_atomic_file_commit:
 *
 * Flushes what was written to the disk and gives it the target's name, in
 * place of what had it. Once only.
 *
 * Returns: FALSE when it did not get there; the old file is then untouched
 */
gboolean
mg_atomic_file_commit (MgAtomicFile *atomic,
                       GError **error)
{
  if (!mg_atomic_file_flush (atomic, error) || !mg_atomic_file_put_in_place (atomic, error))
    return FALSE;
  sync_folder (atomic->target);
  return TRUE;
}

/**
 * mg_atomic_file_free:
 * @atomic: (transfer full): without a commit, its temporary file goes too
 */
void
mg_atomic_file_free (MgAtomicFile *atomic)
{
  if (atomic->fd >= 0)
    close (atomic->fd);
  if (atomic->named)
    unlink (atomic->temporary);
  g_free (atomic->temporary);
  g_free (atomic->target);
  g_object_unref (atomic->file);
  g_free (atomic);
}

/**
 * mg_file_replace_text:
 * @file: the target, in a folder that exists
 * @text: its new content
 *
 * Returns: FALSE when it was not written; an old file is then untouched
 */
gboolean
mg_file_replace_text (GFile *file,
                      const char *text,
                      GError **error)
{
  g_autoptr (MgAtomicFile) atomic = mg_atomic_file_new (file, error);

  return atomic != NULL && mg_atomic_file_write (atomic, text, strlen (text), error) &&
         mg_atomic_file_commit (atomic, error);
}
