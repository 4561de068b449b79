#include "project/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotate/tile-code.h"
#include "io/atomic-file.h"
#include "project/project.h"

#define MAGIC        "MgJrnl1\n"
#define MAGIC_BYTES  8
#define HEADER_BYTES 32
#define DIGEST_BYTES 20
#define RECORD_BYTES (4 + DIGEST_BYTES) /* length and digest before what they are of */
#define TILE_BYTES   12                 /* plane, tile and number of words before them */
#define COPY_BYTES   (1 << 20)          /* at once */

struct _MgJournal
{
  gatomicrefcount refs;
  GMutex lock;
  GFile *file;
  guint8 header[HEADER_BYTES];
  gint64 size; /* to where it is sound; -1 while that is not known */
};

static void
put_word (guint8 *at,
          guint32 word)
{
  word = GUINT32_TO_LE (word);
  memcpy (at, &word, sizeof word);
}

static guint32
get_word (const guint8 *at)
{
  guint32 word;

  memcpy (&word, at, sizeof word);
  return GUINT32_FROM_LE (word);
}

static void
make_header (guint8 *header,
             int width,
             int height,
             int n_planes)
{
  memset (header, 0, HEADER_BYTES);
  memcpy (header, MAGIC, MAGIC_BYTES);
  put_word (header + 8, (guint32) width);
  put_word (header + 12, (guint32) height);
  put_word (header + 16, (guint32) n_planes);
}

static GFile *
dup_file (GFile *labels)
{
  g_autofree char *path = g_strdup (g_file_peek_path (labels));
  g_autofree char *name = NULL;

  if (g_str_has_suffix (path, ".tif"))
    path[strlen (path) - strlen (".tif")] = '\0';
  name = g_strconcat (path, ".journal", NULL);
  return g_file_new_for_path (name);
}

/**
 * mg_journal_new:
 * @labels: the label image it belongs to; the journal lies beside it
 * @width: pixels of a plane
 * @height: pixels of a plane
 * @n_planes: slices times time points
 *
 * Nothing is read or written yet.
 *
 * Returns: (transfer full): the journal
 */
MgJournal *
mg_journal_new (GFile *labels,
                int width,
                int height,
                int n_planes)
{
  MgJournal *journal = g_new0 (MgJournal, 1);

  g_atomic_ref_count_init (&journal->refs);
  g_mutex_init (&journal->lock);
  journal->file = dup_file (labels);
  make_header (journal->header, width, height, n_planes);
  journal->size = -1;
  return journal;
}

/**
 * mg_journal_ref:
 * @journal: a journal
 *
 * Returns: @journal
 */
MgJournal *
mg_journal_ref (MgJournal *journal)
{
  g_atomic_ref_count_inc (&journal->refs);
  return journal;
}

/**
 * mg_journal_unref:
 * @journal: a journal; its file stays
 */
void
mg_journal_unref (MgJournal *journal)
{
  if (!g_atomic_ref_count_dec (&journal->refs))
    return;
  g_mutex_clear (&journal->lock);
  g_object_unref (journal->file);
  g_free (journal);
}

/* A record's whole length at `at`, or 0 where there is no sound one. */
static gsize
check_record (const guint8 *data,
              gsize size,
              gsize at)
{
  g_autoptr (GChecksum) checksum = NULL;
  guint8 digest[DIGEST_BYTES];
  gsize length, digest_size = sizeof digest;

  if (size - at < RECORD_BYTES)
    return 0;
  length = get_word (data + at);
  if (length > size - at - RECORD_BYTES)
    return 0;
  checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (checksum, data + at + RECORD_BYTES, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_size);
  return memcmp (digest, data + at + 4, DIGEST_BYTES) == 0 ? RECORD_BYTES + length : 0;
}

/* To where the file is sound: what a dying program or a full disk left half
 * written behind that is no edit. */
static gint64
sound_size (const guint8 *data,
            gsize size)
{
  gsize at = HEADER_BYTES, length;

  if (size < HEADER_BYTES)
    return 0;
  while ((length = check_record (data, size, at)) > 0)
    at += length;
  return (gint64) at;
}

static gboolean
set_error (MgJournal *journal,
           GError **error)
{
  mg_file_set_write_error (error, journal->file, errno);
  return FALSE;
}

/* Knows journal->size; a file of another image, or of none, is begun anew. */
static gboolean
find_size (MgJournal *journal)
{
  g_autofree char *data = NULL;
  gsize size;

  if (journal->size < 0)
    {
      journal->size = 0;
      if (g_file_load_contents (journal->file, NULL, &data, &size, NULL, NULL) && size >= HEADER_BYTES &&
          memcmp (data, journal->header, HEADER_BYTES) == 0)
        journal->size = sound_size ((const guint8 *) data, size);
    }
  return journal->size > 0;
}

static gboolean
write_all (int fd,
           const guint8 *data,
           gsize size,
           gint64 at)
{
  while (size > 0)
    {
      gssize n = pwrite (fd, data, size, at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      at += n;
      size -= (gsize) n;
    }
  return TRUE;
}

static void
add_tile (GByteArray *record,
          const MgTouchedTile *tile)
{
  guint32 words[MG_TILE_PIXELS];
  guint n = tile->tile != NULL ? mg_tile_pack (tile->tile, words, MG_TILE_PIXELS / 2) : 0;
  gsize at = record->len;

  if (tile->tile != NULL && n == 0)
    {
      n = MG_TILE_PIXELS;
      mg_mask_tile_read (tile->tile, 0, n, words);
    }
  g_byte_array_set_size (record, (guint) (at + TILE_BYTES + n * 4));
  put_word (record->data + at, (guint32) tile->plane);
  put_word (record->data + at + 4, tile->index);
  put_word (record->data + at + 8, n);
  for (guint i = 0; i < n; i++)
    put_word (record->data + at + TILE_BYTES + i * 4, words[i]);
}

/* One record of all tiles: an edit is there whole or not at all. */
static GByteArray *
make_record (MgTouched *touched)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  GByteArray *record = g_byte_array_new ();
  gsize digest_size = DIGEST_BYTES;

  g_byte_array_set_size (record, RECORD_BYTES);
  for (guint i = 0; i < mg_touched_get_n (touched); i++)
    {
      MgTouchedTile tile = mg_touched_get (touched, i);

      add_tile (record, &tile);
    }
  put_word (record->data, record->len - RECORD_BYTES);
  g_checksum_update (checksum, record->data + RECORD_BYTES, record->len - RECORD_BYTES);
  g_checksum_get_digest (checksum, record->data + 4, &digest_size);
  return record;
}

/* Written but not flushed: what a program wrote stays when it is killed. */
static gboolean
append (MgJournal *journal,
        const GByteArray *record,
        GError **error)
{
  gboolean old = find_size (journal), well;
  int fd = g_open (g_file_peek_path (journal->file), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  struct stat info;
  gint64 size;
  int code;

  if (fd < 0)
    return set_error (journal, error);
  old = old && fstat (fd, &info) == 0 && info.st_size >= journal->size; /* nobody took it away */
  size = old ? journal->size : HEADER_BYTES;
  well = (old || (ftruncate (fd, 0) == 0 && write_all (fd, journal->header, HEADER_BYTES, 0))) &&
         write_all (fd, record->data, record->len, size) && ftruncate (fd, size + record->len) == 0;
  code = errno;
  if (!well && ftruncate (fd, old ? journal->size : 0) < 0)
    journal->size = -1;
  if (close (fd) < 0 && well) /* a disk of the network says it only now */
    {
      code = errno;
      journal->size = -1;
      well = FALSE;
    }
  errno = code;
  if (!well)
    return set_error (journal, error);
  journal->size = size + record->len;
  return TRUE;
}

/**
 * mg_journal_append:
 * @journal: a journal
 * @touched: what an edit left
 *
 * Writes tiles to the end, without waiting for the disk: they outlast the
 * program at once, and the computer's end after mg_journal_sync().
 *
 * Returns: %FALSE when that could not be done: nothing of them is kept then
 */
gboolean
mg_journal_append (MgJournal *journal,
                   MgTouched *touched,
                   GError **error)
{
  g_autoptr (GByteArray) record = make_record (touched);
  gboolean well;

  if (!mg_project_reach_folder_for (journal->file, error))
    return FALSE;
  g_mutex_lock (&journal->lock);
  well = append (journal, record, error);
  g_mutex_unlock (&journal->lock);
  return well;
}

/**
 * mg_journal_sync:
 * @journal: a journal
 *
 * Sees everything appended before on the disk. Appending goes on meanwhile: a
 * busy disk may take a second for this.
 *
 * Returns: %FALSE when the disk could not keep it; it is to be appended again
 */
gboolean
mg_journal_sync (MgJournal *journal,
                 GError **error)
{
  int fd = g_open (g_file_peek_path (journal->file), O_RDWR | O_CLOEXEC, 0), code;
  gboolean well;

  if (fd < 0)
    return errno == ENOENT || set_error (journal, error); /* all of it was cut */
  well = fdatasync (fd) == 0 || errno == EINVAL || errno == ENOTSUP;
  code = errno;
  close (fd);
  errno = code;
  return well || set_error (journal, error);
}

/**
 * mg_journal_get_size:
 * @journal: a journal
 *
 * Returns: its bytes, for mg_journal_cut(); 0 where there is none
 */
gint64
mg_journal_get_size (MgJournal *journal)
{
  gint64 size;

  g_mutex_lock (&journal->lock);
  find_size (journal);
  size = journal->size;
  g_mutex_unlock (&journal->lock);
  return size;
}

static gboolean
copy (MgJournal *journal,
      gint64 from,
      gint64 to,
      MgAtomicFile *atomic,
      GError **error)
{
  g_autofree guint8 *block = g_malloc (COPY_BYTES);
  int fd = g_open (g_file_peek_path (journal->file), O_RDONLY | O_CLOEXEC, 0);
  gssize n = 0;

  if (fd < 0)
    return set_error (journal, error);
  for (errno = EIO; from < to && (n = pread (fd, block, (gsize) MIN (to - from, COPY_BYTES), from)) > 0; from += n)
    if (!mg_atomic_file_write (atomic, block, (gsize) n, error))
      break;
  close (fd);
  if (from < to && n <= 0)
    set_error (journal, error);
  return from >= to;
}

/* Under the lock: what came since the copy was made, and the copy's new name. */
static gboolean
put_copy (MgJournal *journal,
          gint64 size,
          gint64 copied,
          MgAtomicFile *atomic,
          GError **error)
{
  if (!copy (journal, copied, journal->size, atomic, error) || !mg_atomic_file_put_in_place (atomic, error))
    return FALSE;
  journal->size += HEADER_BYTES - size;
  return TRUE;
}

/**
 * mg_journal_cut:
 * @journal: a journal
 * @size: of mg_journal_get_size(), when what was written to the label image was taken
 *
 * Forgets what the label image holds by now. What was appended since stays, and
 * appending waits only for a change of names, never for the disk.
 *
 * Returns: %FALSE when that could not be done; the journal is as it was then,
 *   and no harm: it says of each tile what it last was
 */
gboolean
mg_journal_cut (MgJournal *journal,
                gint64 size,
                GError **error)
{
  g_autoptr (MgAtomicFile) atomic = NULL;
  gint64 copied = mg_journal_get_size (journal);
  gboolean well;

  if (copied > size)
    {
      atomic = mg_atomic_file_new (journal->file, error);
      if (atomic == NULL || !mg_atomic_file_write (atomic, journal->header, HEADER_BYTES, error) ||
          !copy (journal, size, copied, atomic, error) || !mg_atomic_file_flush (atomic, error))
        return FALSE;
    }
  g_mutex_lock (&journal->lock);
  find_size (journal);
  if (atomic != NULL)
    well = put_copy (journal, size, copied, atomic, error);
  else if (journal->size > size)
    well = TRUE; /* an edit came this moment: the next time */
  else
    {
      journal->size = 0;
      well = g_unlink (g_file_peek_path (journal->file)) == 0 || errno == ENOENT || set_error (journal, error);
    }
  g_mutex_unlock (&journal->lock);
  return well && (atomic == NULL || mg_journal_sync (journal, error));
}

/**
 * mg_journal_exists:
 * @labels: a label image
 *
 * Returns: whether something painted may not be in it yet
 */
gboolean
mg_journal_exists (GFile *labels)
{
  g_autoptr (GFile) file = dup_file (labels);

  return g_file_query_exists (file, NULL);
}

/* The labels of one tile, or what it is run-length coded by. */
static MgMaskTile *
make_tile (const guint32 *words,
           guint n,
           GError **error)
{
  MgMaskTile *tile;

  if (n < MG_TILE_PIXELS)
    return mg_tile_unpack (words, n);
  tile = mg_mask_tile_try_new (words, MG_MASK_TILE_PX, MG_MASK_TILE_PX, MG_MASK_TILE_PX);
  if (tile == NULL)
    g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY, "not enough memory for the labels");
  return tile;
}

/* One record's tiles; FALSE for what mg_journal_append() never writes. */
static gboolean
replay_record (const guint8 *data,
               gsize size,
               MgMaskStack *stack,
               GError **error)
{
  g_autofree guint32 *words = g_new (guint32, MG_TILE_PIXELS);

  for (gsize at = 0; at < size;)
    {
      guint32 plane, index, n;
      MgMaskTile *tile = NULL;

      if (size - at < TILE_BYTES)
        return FALSE;
      plane = get_word (data + at);
      index = get_word (data + at + 4);
      n = get_word (data + at + 8);
      at += TILE_BYTES;
      if (plane >= (guint32) mg_mask_stack_get_n_planes (stack) || index >= mg_mask_stack_get_n_tiles (stack) ||
          n > MG_TILE_PIXELS || size - at < (gsize) n * 4)
        return FALSE;
      for (guint i = 0; i < n; i++)
        words[i] = get_word (data + at + i * 4);
      at += (gsize) n * 4;
      if (n > 0 && (tile = make_tile (words, n, error)) == NULL)
        return FALSE;
      mg_mask_stack_set_tile (stack, (int) plane, index, tile);
    }
  return TRUE;
}

/**
 * mg_journal_replay:
 * @labels: the label image
 * @stack: what it holds; gets what was painted after that
 * @n_edits: (out): how many records there were
 *
 * Returns: %FALSE with an error naming the journal where it cannot be read or
 *   belongs to an image of another size; a file that ends in the middle of an
 *   edit is sound up to there
 */
gboolean
mg_journal_replay (GFile *labels,
                   MgMaskStack *stack,
                   guint *n_edits,
                   GError **error)
{
  g_autoptr (GFile) file = dup_file (labels);
  g_autofree char *data = NULL;
  guint8 header[HEADER_BYTES];
  gsize size, length;
  g_autoptr (GError) local = NULL;

  *n_edits = 0;
  if (!g_file_load_contents (file, NULL, &data, &size, NULL, &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
          g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (size < HEADER_BYTES)
    return TRUE; /* died before the first edit was there */
  make_header (header, mg_mask_stack_get_width (stack), mg_mask_stack_get_height (stack),
               mg_mask_stack_get_n_planes (stack));
  if (memcmp (data, header, HEADER_BYTES) != 0)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_DATA,
                   "“%s” was painted on an image of another size; move it away to go on without it",
                   g_file_peek_path (file));
      return FALSE;
    }
  for (gsize at = HEADER_BYTES; (length = check_record ((guint8 *) data, size, at)) > 0; at += length, ++*n_edits)
    if (!replay_record ((guint8 *) data + at + RECORD_BYTES, length - RECORD_BYTES, stack, &local))
      {
        if (local != NULL)
          g_propagate_error (error, g_steal_pointer (&local));
        else
          g_set_error (error, MG_ERROR, MG_ERROR_FORMAT, "“%s” is damaged; move it away to go on without it",
                       g_file_peek_path (file));
        return FALSE;
      }
  return TRUE;
}
