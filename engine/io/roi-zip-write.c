#include "io/roi-zip.h"

#include "io/atomic-file.h"
#include "io/io-private.h"
#include "io/roi.h"

#include <archive.h>
#include <archive_entry.h>

#define BLOCK_BYTES (256 << 10)

struct _MgRoiZipWriter
{
  GFile *file;
  MgAtomicFile *atomic;
  struct archive *archive;
  struct archive_entry *entry; /* used again for each */
  GByteArray *bytes;
  GError *error; /* (nullable): of a failed write */
  guint n;
};

static la_ssize_t
write_block (struct archive *archive, void *data, const void *bytes, size_t size)
{
  MgRoiZipWriter *writer = data;

  return writer->error == NULL && mg_atomic_file_write (writer->atomic, bytes, size, &writer->error) ? (la_ssize_t) size : -1;
}

static gboolean
fail (MgRoiZipWriter *writer, GError **error)
{
  if (writer->error != NULL)
    g_propagate_error (error, g_steal_pointer (&writer->error));
  else
    _mg_io_set_error (error, MG_ERROR_FAILED, writer->file, "it could not be saved: %s",
                      archive_error_string (writer->archive));
  return FALSE;
}

/**
 * mg_roi_zip_writer_new:
 * @file: the target; replaced whole by mg_roi_zip_writer_commit(), or not at all
 *
 * The same ROIs give the same bytes: entries bear no time.
 *
 * Returns: (transfer full): %NULL when the folder cannot be written to
 */
MgRoiZipWriter *
mg_roi_zip_writer_new (GFile *file,
                       GError **error)
{
  g_autoptr (MgAtomicFile) atomic = mg_atomic_file_new (file, error);
  g_autoptr (MgRoiZipWriter) writer = NULL;

  if (atomic == NULL)
    return NULL;
  writer = g_new0 (MgRoiZipWriter, 1);
  writer->file = g_object_ref (file);
  writer->atomic = g_steal_pointer (&atomic);
  writer->archive = archive_write_new ();
  writer->entry = archive_entry_new ();
  writer->bytes = g_byte_array_new ();
  archive_write_set_format_zip (writer->archive);
  archive_write_set_bytes_per_block (writer->archive, BLOCK_BYTES);
  archive_write_set_bytes_in_last_block (writer->archive, 1);
  if (archive_write_open (writer->archive, writer, NULL, write_block, NULL) == ARCHIVE_OK)
    return g_steal_pointer (&writer);
  fail (writer, error);
  return NULL;
}

/**
 * mg_roi_zip_writer_add:
 * @outline: as mg_roi_encode() takes it; its name is that of the entry, where
 *   it has none the entry's number is
 *
 * Returns: FALSE when the disk is full or failing
 */
gboolean
mg_roi_zip_writer_add (MgRoiZipWriter *writer,
                       const MgOutline *outline,
                       GError **error)
{
  g_autofree char *path = outline->name != NULL ? g_strconcat (outline->name, ".roi", NULL)
                                                : g_strdup_printf ("%u.roi", writer->n + 1);

  if (!mg_roi_encode (outline, writer->bytes))
    return TRUE;
  writer->n++;
  archive_entry_clear (writer->entry);
  archive_entry_set_pathname_utf8 (writer->entry, path);
  archive_entry_set_filetype (writer->entry, AE_IFREG);
  archive_entry_set_perm (writer->entry, 0644);
  archive_entry_set_size (writer->entry, writer->bytes->len);
  if (archive_write_header (writer->archive, writer->entry) < ARCHIVE_WARN ||
      archive_write_data (writer->archive, writer->bytes->data, writer->bytes->len) < 0)
    return fail (writer, error);
  return TRUE;
}

/**
 * mg_roi_zip_writer_commit:
 *
 * Gives the file its name. Once only.
 *
 * Returns: FALSE when it did not get there; the old file is then untouched
 */
gboolean
mg_roi_zip_writer_commit (MgRoiZipWriter *writer,
                          GError **error)
{
  if (archive_write_close (writer->archive) != ARCHIVE_OK || writer->error != NULL)
    return fail (writer, error);
  return mg_atomic_file_commit (writer->atomic, error);
}

/**
 * mg_roi_zip_writer_free:
 * @writer: (transfer full): without a commit nothing is left behind
 */
void
mg_roi_zip_writer_free (MgRoiZipWriter *writer)
{
  /* an archive that was not closed writes its end while it is freed */
  archive_write_fail (writer->archive);
  archive_write_free (writer->archive);
  archive_entry_free (writer->entry);
  g_byte_array_unref (writer->bytes);
  mg_atomic_file_free (writer->atomic);
  g_clear_error (&writer->error);
  g_object_unref (writer->file);
  g_free (writer);
}
