#include "io/tiff-set.h"

#include "io/io-private.h"

#include <string.h>

/* Time series of a file for every plane have thousands. */
#define MAX_OPEN 8

/* Decoded strips and tiles kept for each */
#define CACHE_BYTES ((gsize) 16 << 20)

typedef struct
{
  gatomicrefcount refs;
  guint file; /* which of the names */
  MgTiffSource *source;
  MgTileCache *cache;
  GArray *ifds; /* of guint64, of the pages gone over so far; guarded by the source's mutex */
} OpenFile;

struct _MgTiffSet
{
  GFile *folder;
  GPtrArray *names; /* index 0 is the first file itself, not opened here */
  GMutex mutex;
  GPtrArray *open; /* of OpenFile, last used last; guarded by mutex */
};

static void
open_file_unref (gpointer data)
{
  OpenFile *open = data;

  if (!g_atomic_ref_count_dec (&open->refs))
    return;
  _mg_tiff_source_free (open->source);
  mg_tile_cache_free (open->cache);
  g_array_unref (open->ifds);
  g_free (open);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenFile, open_file_unref)

/* A description must not lead to files elsewhere. */
static GFile *
get_sibling (GFile *folder, const char *name)
{
  if (name[0] == '\0' || name[0] == '.' || strpbrk (name, "/\\") != NULL)
    return NULL;
  return g_file_get_child (folder, name);
}

/* Whether `name` is a file beside the first one. */
gboolean
_mg_tiff_set_has (GFile *first,
                  const char *name)
{
  g_autoptr (GFile) folder = g_file_get_parent (first);
  g_autoptr (GFile) file = folder != NULL ? get_sibling (folder, name) : NULL;

  return file != NULL && g_file_query_exists (file, NULL);
}

/* `names` (transfer full): base names; number 0 is `first` */
MgTiffSet *
_mg_tiff_set_new (GFile *first,
                  GPtrArray *names)
{
  MgTiffSet *set = g_new0 (MgTiffSet, 1);

  set->folder = g_file_get_parent (first);
  set->names = names;
  set->open = g_ptr_array_new_with_free_func (open_file_unref);
  g_mutex_init (&set->mutex);
  return set;
}

void
_mg_tiff_set_free (MgTiffSet *set)
{
  g_ptr_array_unref (set->open);
  g_ptr_array_unref (set->names);
  g_clear_object (&set->folder);
  g_mutex_clear (&set->mutex);
  g_free (set);
}

static OpenFile *
open_one (MgTiffSet *set, guint number, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = get_sibling (set->folder, set->names->pdata[number]);
  MgTiffSource *source = file != NULL ? _mg_tiff_source_open (file, cancellable, error) : NULL;
  OpenFile *open;

  if (source == NULL)
    return NULL;
  open = g_new0 (OpenFile, 1);
  g_atomic_ref_count_init (&open->refs);
  open->file = number;
  open->source = source;
  open->cache = mg_tile_cache_new (CACHE_BYTES);
  open->ifds = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_array_append_val (open->ifds, source->current_ifd);
  return open;
}

/* Opening holds the lock: two threads rarely want two files of a set at once. */
static OpenFile *
get_open (MgTiffSet *set, guint file, GCancellable *cancellable, GError **error)
{
  OpenFile *open = NULL;

  g_mutex_lock (&set->mutex);
  for (guint i = 0; i < set->open->len && open == NULL; i++)
    if (((OpenFile *) set->open->pdata[i])->file == file)
      open = g_ptr_array_steal_index (set->open, i);
  if (open == NULL)
    open = open_one (set, file, cancellable, error);
  if (open != NULL)
    {
      if (set->open->len >= MAX_OPEN)
        g_ptr_array_remove_index (set->open, 0);
      g_ptr_array_add (set->open, open);
      g_atomic_ref_count_inc (&open->refs);
    }
  g_mutex_unlock (&set->mutex);
  return open;
}

/* Makes page `number` the current one, going on from the last one known. */
static gboolean
select_page (OpenFile *open, guint number, GError **error)
{
  MgTiffSource *source = open->source;

  if (number < open->ifds->len)
    return _mg_tiff_source_select (source, g_array_index (open->ifds, guint64, number), error);
  if (!_mg_tiff_source_select (source, g_array_index (open->ifds, guint64, open->ifds->len - 1), error))
    return FALSE;
  while (open->ifds->len <= number)
    {
      guint64 ifd;

      source->next_row = 0;
      if (TIFFLastDirectory (source->tif) || !TIFFReadDirectory (source->tif))
        {
          source->current_ifd = 0;
          _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT,
                                     "it has no page %u, which the description of the image's set speaks of", number + 1);
          return FALSE;
        }
      ifd = source->current_ifd = TIFFCurrentDirOffset (source->tif);
      g_array_append_val (open->ifds, ifd);
    }
  return TRUE;
}

/* One sample of a region of page `page` of file `file`, which has to be like
 * the set's first. */
gboolean
_mg_tiff_set_read (MgTiffSet *set,
                   guint file,
                   guint page,
                   const MgTiffPage *like,
                   guint sample,
                   const MgRect *rect,
                   gpointer dst,
                   gsize stride,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (OpenFile) open = get_open (set, file, cancellable, error);
  MgTiffPage found;
  gboolean ok;

  if (open == NULL)
    return FALSE;
  g_mutex_lock (&open->source->mutex);
  ok = select_page (open, page, error) && _mg_tiff_page_parse (open->source, FALSE, &found, error);
  g_mutex_unlock (&open->source->mutex);
  if (ok && !_mg_tiff_page_alike (like, &found))
    {
      _mg_io_set_error (error, MG_ERROR_DATA, open->source->file,
                        "it is of another size or type than the other files of its set (export the set again)");
      return FALSE;
    }
  return ok && _mg_tiff_read_samples (open->source, open->cache, &found, 0, sample, rect, dst, stride, cancellable, error);
}
