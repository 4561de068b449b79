#include "io/tiff-private.h"

#include "io/io-private.h"

#include <errno.h>
#include <gio/gfiledescriptorbased.h>
#include <unistd.h>

static gssize
read_some (MgTiffSource *source, guint64 offset, gpointer dst, gsize size, GError **error)
{
  gssize n = -1;

  if (source->fd >= 0)
    {
      do
        n = pread (source->fd, dst, size, (off_t) offset);
      while (n < 0 && errno == EINTR);
      if (n < 0)
        g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return n;
    }
  g_mutex_lock (&source->stream_mutex);
  if (g_seekable_seek (G_SEEKABLE (source->stream), (goffset) offset, G_SEEK_SET, NULL, error))
    n = g_input_stream_read (source->stream, dst, size, NULL, error);
  g_mutex_unlock (&source->stream_mutex);
  return n;
}

/* Bytes of the file, as many as there are; negative on an error. */
static gssize
read_all (MgTiffSource *source, guint64 offset, gpointer dst, gsize size, GError **error)
{
  gsize done = 0;

  if (offset > G_MAXINT64 - size)
    return 0;
  while (done < size)
    {
      gssize n = read_some (source, offset + done, (guint8 *) dst + done, size - done, error);

      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += n;
    }
  return (gssize) done;
}

/* Exactly `size` bytes, from any thread. */
gboolean
_mg_tiff_source_pread (MgTiffSource *source,
                       guint64 offset,
                       gpointer dst,
                       gsize size,
                       GError **error)
{
  g_autoptr (GError) local = NULL;
  gssize n = read_all (source, offset, dst, size, &local);

  if (n == (gssize) size)
    return TRUE;
  if (n < 0)
    _mg_io_set_error (error, MG_ERROR_FAILED, source->file, "it cannot be read: %s", local->message);
  else
    _mg_io_set_error (error, MG_ERROR_FORMAT, source->file,
                      "the file ends before all of its pixels (it was cut short; copy or export it again)");
  return FALSE;
}

static tmsize_t
client_read (thandle_t handle, void *buffer, tmsize_t size)
{
  MgTiffSource *source = handle;
  gssize n = read_all (source, source->position, buffer, size, NULL);

  if (n > 0)
    source->position += n;
  return n;
}

static tmsize_t
client_write (thandle_t handle, void *buffer, tmsize_t size)
{
  return -1;
}

static toff_t
client_seek (thandle_t handle, toff_t offset, int whence)
{
  MgTiffSource *source = handle;

  if (whence == SEEK_CUR)
    offset += source->position;
  else if (whence == SEEK_END)
    offset += source->size;
  source->position = offset;
  return offset;
}

static toff_t
client_size (thandle_t handle)
{
  return ((MgTiffSource *) handle)->size;
}

static int
client_close (thandle_t handle)
{
  return 0;
}

static int
keep_message (TIFF *tif, void *user_data, const char *module, const char *format, va_list args)
{
  MgTiffSource *source = user_data;

  if (source->message == NULL)
    {
      source->message = g_strdup_vprintf (format, args);
      g_strdelimit (source->message, "\r\n", ' ');
    }
  return 1;
}

/* Old files are full of small oddities; a warning never changes what is read. */
static int
ignore_message (TIFF *tif, void *user_data, const char *module, const char *format, va_list args)
{
  return 1;
}

/* "FILE: sentence (what libtiff said)"; the message is used up. */
void
_mg_tiff_source_set_error (MgTiffSource *source,
                           GError **error,
                           MgError code,
                           const char *format,
                           ...)
{
  g_autofree char *text = NULL;
  g_autofree char *message = g_steal_pointer (&source->message);
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (message != NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (message, -1);

      _mg_io_set_error (error, code, source->file, "%s (%s)", text, valid);
    }
  else
    _mg_io_set_error (error, code, source->file, "%s", text);
}

static gboolean
open_stream (MgTiffSource *source, GCancellable *cancellable, GError **error)
{
  GFileInputStream *stream = g_file_read (source->file, cancellable, error);

  if (stream == NULL)
    return FALSE;
  source->stream = G_INPUT_STREAM (stream);
  if (G_IS_FILE_DESCRIPTOR_BASED (stream))
    source->fd = g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (stream));
  if (!g_seekable_can_seek (G_SEEKABLE (stream)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "this place cannot be read from the middle (copy the file to this computer first)");
      return FALSE;
    }
  if (!g_seekable_seek (G_SEEKABLE (stream), 0, G_SEEK_END, cancellable, error))
    return FALSE;
  source->size = g_seekable_tell (G_SEEKABLE (stream));
  return TRUE;
}

/* Opens a file and reads its first page's tags. */
MgTiffSource *
_mg_tiff_source_open (GFile *file,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (MgTiffSource) source = g_new0 (MgTiffSource, 1);
  TIFFOpenOptions *options;

  source->file = g_object_ref (file);
  source->fd = -1;
  g_mutex_init (&source->mutex);
  g_mutex_init (&source->stream_mutex);
  if (!open_stream (source, cancellable, error))
    {
      _mg_io_prefix_error (error, file);
      return NULL;
    }
  options = TIFFOpenOptionsAlloc ();
  TIFFOpenOptionsSetMaxSingleMemAlloc (options, MG_TIFF_MAX_ALLOC_BYTES);
  TIFFOpenOptionsSetErrorHandlerExtR (options, keep_message, source);
  TIFFOpenOptionsSetWarningHandlerExtR (options, ignore_message, source);
  /* m: no memory map, a file may shrink under it; c: strips as the file has
   * them; O: their offsets are read when they are asked for */
  source->tif = TIFFClientOpenExt ("TIFF", "rmcO", source, client_read, client_write, client_seek,
                                   client_close, client_size, NULL, NULL, options);
  TIFFOpenOptionsFree (options);
  if (source->tif == NULL)
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT,
                                 "this is not a TIFF file that can be read, or it is damaged");
      return NULL;
    }
  g_clear_pointer (&source->message, g_free);
  source->current_ifd = TIFFCurrentDirOffset (source->tif);
  return g_steal_pointer (&source);
}

void
_mg_tiff_source_free (MgTiffSource *source)
{
  if (source->tif != NULL)
    TIFFClose (source->tif);
  g_clear_object (&source->stream);
  g_clear_object (&source->file);
  g_mutex_clear (&source->mutex);
  g_mutex_clear (&source->stream_mutex);
  g_free (source->message);
  g_free (source);
}

/* Makes a page the handle's current one. Call with the mutex held. */
gboolean
_mg_tiff_source_select (MgTiffSource *source,
                        guint64 ifd,
                        GError **error)
{
  if (source->current_ifd == ifd)
    return TRUE;
  g_clear_pointer (&source->message, g_free);
  source->current_ifd = 0;
  source->next_row = 0;
  if (!TIFFSetSubDirectory (source->tif, ifd))
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT, "one of its pages is damaged");
      return FALSE;
    }
  source->current_ifd = ifd;
  return TRUE;
}
