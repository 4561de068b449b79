#include "io/roi-zip.h"

#include "io/io-private.h"
#include "io/roi.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* No ROI is larger; what unpacks to more is not one. */
#define MAX_ROI_BYTES ((gsize) 16 << 20)
/* All entries together: a hundred million outline points. */
#define MAX_ALL_BYTES ((guint64) 4 << 30)
#define BLOCK_BYTES   (64 << 10)

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

/* Reading of one set. */
typedef struct
{
  GFile *file;
  MgOutlineFunc func;
  gpointer data;
  GByteArray *bytes; /* owned: of the entry in hand */
  MgOutline outline;
  guint64 n_bytes; /* unpacked so far */
  guint n_rois;
} Reading;

static void
reading_clear (Reading *reading)
{
  g_clear_pointer (&reading->bytes, g_byte_array_unref);
  mg_outline_clear (&reading->outline);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

static void
reading_init (Reading *reading, GFile *file, MgOutlineFunc func, gpointer data)
{
  *reading = (Reading){ .file = file, .func = func, .data = data, .bytes = g_byte_array_new () };
  mg_outline_init (&reading->outline);
}

static gboolean
set_damaged (Reading *reading, Archive *archive, GError **error)
{
  const char *text = archive_error_string (archive);

  _mg_io_set_error (error, MG_ERROR_FORMAT, reading->file,
                    "the ZIP file is damaged or was cut short (%s); save it again in ImageJ's ROI Manager",
                    text != NULL ? text : "no reason given");
  return FALSE;
}

/* Unpacks the entry in hand, up to the size that a ROI can have. */
static gboolean
unpack (Reading *reading, Archive *archive, const char *name, GError **error)
{
  gssize n;

  g_byte_array_set_size (reading->bytes, 0);
  do
    {
      gsize at = reading->bytes->len;

      g_byte_array_set_size (reading->bytes, (guint) (at + BLOCK_BYTES));
      n = archive_read_data (archive, reading->bytes->data + at, BLOCK_BYTES);
      if (n < 0)
        return set_damaged (reading, archive, error);
      g_byte_array_set_size (reading->bytes, (guint) (at + (gsize) n));
      reading->n_bytes += (guint64) n;
      if (reading->bytes->len > MAX_ROI_BYTES || reading->n_bytes > MAX_ALL_BYTES)
        {
          _mg_io_set_error (error, MG_ERROR_TOO_LARGE, reading->file,
                            "“%s” in it unpacks to more than ROIs ever take, so it was not read", name);
          return FALSE;
        }
    }
  while (n > 0);
  return TRUE;
}

/* "0012-0034.roi" → "0012-0034": the name that ROIs without one have */
static char *
entry_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  return base[0] == '.' ? g_steal_pointer (&base) : g_strndup (base, strlen (base) - strlen (".roi"));
}

static gboolean
take_roi (Reading *reading, const char *path, GError **error)
{
  const char *why;

  if (!mg_roi_decode (reading->bytes->data, reading->bytes->len, &reading->outline, &why))
    {
      if (path != NULL)
        _mg_io_set_error (error, MG_ERROR_FORMAT, reading->file, "the ROI “%s” in it is damaged: %s", path, why);
      else
        _mg_io_set_error (error, MG_ERROR_FORMAT, reading->file, "this is not a ROI of ImageJ, or it is damaged: %s", why);
      return FALSE;
    }
  if (path != NULL && (reading->outline.name == NULL || reading->outline.name[0] == '\0'))
    {
      g_free (reading->outline.name);
      reading->outline.name = entry_name (path);
    }
  reading->n_rois++;
  return reading->func (&reading->outline, reading->data, error);
}

static gboolean
read_entries (Reading *reading, Archive *archive, GCancellable *cancellable, GError **error)
{
  struct archive_entry *entry;
  int status;

  while ((status = archive_read_next_header (archive, &entry)) != ARCHIVE_EOF)
    {
      const char *path = archive_entry_pathname_utf8 (entry);
      g_autofree char *name = path != NULL ? g_utf8_make_valid (path, -1) : g_strdup ("?.roi");

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (status < ARCHIVE_WARN)
        return set_damaged (reading, archive, error);
      if (archive_entry_filetype (entry) == AE_IFDIR || !g_str_has_suffix (name, ".roi"))
        continue;
      if (!unpack (reading, archive, name, error) || !take_roi (reading, name, error))
        return FALSE;
    }
  if (reading->n_rois > 0)
    return TRUE;
  _mg_io_set_error (error, MG_ERROR_DATA, reading->file,
                    "there is no ROI in this ZIP file (save the ROIs from ImageJ's ROI Manager)");
  return FALSE;
}

/**
 * mg_roi_zip_read:
 * @file: a RoiSet.zip
 * @func: called for every ROI, in the file's order
 * @cancellable: (nullable)
 *
 * Memory is that of the largest ROI, whatever the file unpacks to. Any thread.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_roi_zip_read (GFile *file,
                 MgOutlineFunc func,
                 gpointer data,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (Archive) archive = archive_read_new ();
  g_auto (Reading) reading;

  reading_init (&reading, file, func, data);
  if (path == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_UNSUPPORTED, file, "ZIP files are only read from folders of this computer");
      return FALSE;
    }
  /* by its directory, which stands at the end: a file that was cut short anywhere has none */
  archive_read_support_format_zip_seekable (archive);
  if (archive_read_open_filename (archive, path, BLOCK_BYTES) < ARCHIVE_WARN)
    return set_damaged (&reading, archive, error);
  return read_entries (&reading, archive, cancellable, error);
}

/**
 * mg_roi_file_read:
 * @file: a .roi file
 * @func: called once
 * @cancellable: (nullable)
 *
 * Any thread.
 *
 * Returns: FALSE with an error naming the file
 */
gboolean
mg_roi_file_read (GFile *file,
                  MgOutlineFunc func,
                  gpointer data,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_auto (Reading) reading;
  gsize n = 0;

  reading_init (&reading, file, func, data);
  if (stream == NULL)
    {
      _mg_io_prefix_error (error, file);
      return FALSE;
    }
  g_byte_array_set_size (reading.bytes, MAX_ROI_BYTES);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), reading.bytes->data, MAX_ROI_BYTES, &n, cancellable, error))
    {
      _mg_io_prefix_error (error, file);
      return FALSE;
    }
  g_byte_array_set_size (reading.bytes, (guint) n);
  return take_roi (&reading, NULL, error);
}
