#include "io/tiff-levels.h"

/* Which power of two a reduced copy is smaller by, 0 for none. Programs round
 * either way. */
static int
find_level (const MgTiffPage *page, const MgTiffPage *reduced)
{
  for (int level = 1; level < MG_TIFF_MAX_LEVELS; level++)
    {
      gint64 width = page->width >> level, height = page->height >> level;

      if (width < 1 || height < 1)
        return 0;
      if (reduced->width >= width && reduced->width <= width + 1 && reduced->height >= height && reduced->height <= height + 1)
        return level;
    }
  return 0;
}

static gboolean
is_same_kind (const MgTiffPage *a, const MgTiffPage *b)
{
  return a->samples == b->samples && a->n_alpha == b->n_alpha && a->bits == b->bits && a->stored == b->stored && a->half == b->half;
}

static void
add (GArray *levels, const MgTiffPage *page, const MgTiffPage *reduced, gboolean chained, guint number)
{
  const MgTiffLevel found = { find_level (page, reduced), chained, number, reduced->width, reduced->height };

  if (found.level == 0 || !is_same_kind (page, reduced))
    return;
  for (guint i = 0; i < levels->len; i++)
    if (g_array_index (levels, MgTiffLevel, i).level == found.level)
      return;
  g_array_append_val (levels, found);
}

/* Reads the sub-page `number` of a page; the page is not the current one
 * afterwards. */
static gboolean
parse_sub_page (MgTiffSource *source, const MgTiffPage *page, guint number, MgTiffPage *reduced, GError **error)
{
  guint16 n = 0;
  guint64 *offsets = NULL;

  if (!_mg_tiff_source_select (source, page->ifd, error))
    return FALSE;
  if (!TIFFGetField (source->tif, TIFFTAG_SUBIFD, &n, &offsets) || number >= n)
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT, "a page lacks a reduced copy that the first one has");
      return FALSE;
    }
  return _mg_tiff_source_select (source, offsets[number], error) && _mg_tiff_page_parse (source, FALSE, reduced, error);
}

/* Finds the reduced copies of the first page: its sub-pages, as OME-TIFF and
 * others have them, and, when it is the only plane, other pages of the file, as
 * slide scanners write them. Call with the mutex held. */
void
_mg_tiff_levels_find (MgTiffSource *source,
                      const GArray *pages,
                      gboolean chained_too,
                      GArray *levels)
{
  const MgTiffPage *first = &g_array_index (pages, MgTiffPage, 0);
  MgTiffPage reduced;
  guint16 n = 0;
  guint64 *offsets = NULL;

  if (_mg_tiff_source_select (source, first->ifd, NULL) && !TIFFGetField (source->tif, TIFFTAG_SUBIFD, &n, &offsets))
    n = 0;
  for (guint i = 0; i < MIN (n, MG_TIFF_MAX_LEVELS); i++)
    if (parse_sub_page (source, first, i, &reduced, NULL))
      add (levels, first, &reduced, FALSE, i);
  for (guint i = 1; i < pages->len && chained_too; i++)
    if (g_array_index (pages, MgTiffPage, i).width > 0)
      add (levels, first, &g_array_index (pages, MgTiffPage, i), TRUE, i);
  g_clear_pointer (&source->message, g_free);
  _mg_tiff_source_select (source, first->ifd, NULL);
}

/* The reduced copy of a page at one level. Any thread. */
gboolean
_mg_tiff_level_page (MgTiffSource *source,
                     const GArray *pages,
                     const MgTiffLevel *level,
                     const MgTiffPage *page,
                     MgTiffPage *reduced,
                     GError **error)
{
  gboolean ok;

  if (level->chained)
    {
      *reduced = g_array_index (pages, MgTiffPage, level->number);
      return TRUE;
    }
  g_mutex_lock (&source->mutex);
  ok = parse_sub_page (source, page, level->number, reduced, error);
  g_mutex_unlock (&source->mutex);
  if (ok && (reduced->width != level->width || reduced->height != level->height || !is_same_kind (page, reduced)))
    {
      _mg_tiff_source_set_error (source, error, MG_ERROR_FORMAT, "the reduced copies of its pages are of different sizes");
      return FALSE;
    }
  return ok;
}
