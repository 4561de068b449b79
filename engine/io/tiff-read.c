#include "io/tiff-read.h"

#include "base/mem.h"
#include "image/convert.h"
#include "io/half.h"
#include "io/io-private.h"
#include "io/tiff-levels.h"
#include "io/tiff-meta.h"
#include "io/tiff-set.h"

#include <string.h>

/* Decoded strips and tiles kept for one file */
#define CACHE_BYTES ((gsize) 64 << 20)

/* One plane: a page, or, `shift` bytes further on, pixels without tags of
 * their own. */
typedef struct
{
  gint32 page;  /* -1: missing, read as zeros */
  guint32 file; /* of the set; 0 is this one */
  guint64 shift;
} Plane;

typedef struct
{
  MgTiffSource *source;
  MgTileCache *cache;
  GArray *pages;  /* of MgTiffPage */
  GArray *planes; /* of Plane, C fastest, then Z, then T */
  MgTiffSet *set; /* (nullable): the files that other planes are in */
  GArray *levels; /* of MgTiffLevel: reduced copies that the file has */
  guint n_kept;   /* samples of a page that are channels */
  int n_planes_c, n_z;
} TiffImage;

/**
 * mg_tiff_is_tiff:
 * @head: the first bytes of a file
 *
 * Returns: whether it begins as TIFF or BigTIFF files do
 */
gboolean
mg_tiff_is_tiff (const guint8 *head,
                 gsize size)
{
  static const char *const starts[] = { "II*\0", "MM\0*", "II+\0", "MM\0+" };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    if (size >= 4 && memcmp (head, starts[i], 4) == 0)
      return TRUE;
  return FALSE;
}

static void
tiff_image_free (gpointer data)
{
  TiffImage *tiff = data;

  g_clear_pointer (&tiff->source, _mg_tiff_source_free);
  g_clear_pointer (&tiff->cache, mg_tile_cache_free);
  g_clear_pointer (&tiff->pages, g_array_unref);
  g_clear_pointer (&tiff->planes, g_array_unref);
  g_clear_pointer (&tiff->set, _mg_tiff_set_free);
  g_clear_pointer (&tiff->levels, g_array_unref);
  g_free (tiff);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TiffImage, tiff_image_free)

static void
fill_zero (gsize row_bytes, int rows, gpointer dst, gsize stride)
{
  for (int y = 0; y < rows; y++)
    memset ((guint8 *) dst + y * stride, 0, row_bytes);
}

/* Samples as they are stored: of this file, or of another of its set. */
static gboolean
read_stored (TiffImage *tiff, const MgTiffPage *page, const Plane *plane, guint sample, const MgRect *rect,
             gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  if (plane->file > 0)
    return _mg_tiff_set_read (tiff->set, plane->file, (guint) plane->page, page, sample, rect, dst, stride, cancellable, error);
  return _mg_tiff_read_samples (tiff->source, tiff->cache, page, plane->shift, sample, rect, dst, stride, cancellable, error);
}

/* Row by row through another type, so that any rectangle takes little memory */
static gboolean
read_float (TiffImage *tiff, const MgTiffPage *page, const Plane *plane, guint sample, const MgRect *rect,
            gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  gsize row_bytes = rect->width * _mg_tiff_page_sample_bytes (page);
  g_autofree guint8 *row = g_try_malloc (row_bytes);

  if (row == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, tiff->source->file, "not enough memory for a row of it");
      return FALSE;
    }
  for (int y = 0; y < rect->height; y++)
    {
      MgRect line = { rect->x, rect->y + y, rect->width, 1 };
      float *out = (float *) ((guint8 *) dst + y * stride);

      if (!read_stored (tiff, page, plane, sample, &line, row, row_bytes, cancellable, error))
        return FALSE;
      if (page->half)
        _mg_half_to_float ((const guint16 *) row, out, rect->width);
      else
        mg_convert_to_float (page->stored, row, out, rect->width);
    }
  return TRUE;
}

static const Plane *
get_plane (TiffImage *tiff, int c, int z, int t)
{
  return &g_array_index (tiff->planes, Plane, ((gsize) t * tiff->n_z + z) * tiff->n_planes_c + c / tiff->n_kept);
}

static gboolean
tiff_image_read (gpointer data, int c, int z, int t, const MgRect *rect,
                 gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  TiffImage *tiff = data;
  const MgTiffPage *page = &g_array_index (tiff->pages, MgTiffPage, 0);
  const Plane *plane = get_plane (tiff, c, z, t);
  guint sample = c % tiff->n_kept;

  if (plane->page < 0)
    {
      fill_zero (rect->width * (page->half ? sizeof (float) : mg_pixel_type_size (page->stored)), rect->height, dst, stride);
      return TRUE;
    }
  if (plane->file == 0)
    page = &g_array_index (tiff->pages, MgTiffPage, plane->page);
  if (page->half)
    return read_float (tiff, page, plane, sample, rect, dst, stride, cancellable, error);
  return read_stored (tiff, page, plane, sample, rect, dst, stride, cancellable, error);
}

static const MgTiffLevel *
find_level (TiffImage *tiff, int level)
{
  for (guint i = 0; i < tiff->levels->len; i++)
    if (g_array_index (tiff->levels, MgTiffLevel, i).level == level)
      return &g_array_index (tiff->levels, MgTiffLevel, i);
  return NULL;
}

static gboolean
tiff_image_has_level (gpointer data, int level)
{
  return find_level (data, level) != NULL;
}

/* A copy may lack the last column or row, where rounded down: then the last
 * but one stands for it. */
static gboolean
tiff_image_read_level (gpointer data, int level, int c, int z, int t, const MgRect *rect,
                       float *dst, gsize stride, gboolean *draft, GCancellable *cancellable, GError **error)
{
  TiffImage *tiff = data;
  const MgTiffLevel *found = find_level (tiff, level);
  const Plane *plane = get_plane (tiff, c, z, t);
  MgRect there = { 0, 0, (int) found->width, (int) found->height };
  MgTiffPage reduced;

  if (plane->page < 0)
    {
      fill_zero (rect->width * sizeof (float), rect->height, dst, stride);
      return TRUE;
    }
  if (!_mg_tiff_level_page (tiff->source, tiff->pages, found, &g_array_index (tiff->pages, MgTiffPage, plane->page), &reduced, error))
    return FALSE;
  there.x = MIN (rect->x, there.width - 1);
  there.y = MIN (rect->y, there.height - 1);
  there.width = MIN (rect->width, there.width - there.x);
  there.height = MIN (rect->height, there.height - there.y);
  if (!read_float (tiff, &reduced, &(Plane){ 0 }, c % tiff->n_kept, &there, dst, stride, cancellable, error))
    return FALSE;
  for (int y = 0; y < there.height; y++)
    for (int x = there.width; x < rect->width; x++)
      ((float *) ((guint8 *) dst + y * stride))[x] = ((float *) ((guint8 *) dst + y * stride))[x - 1];
  for (int y = there.height; y < rect->height; y++)
    memcpy ((guint8 *) dst + y * stride, (guint8 *) dst + (y - 1) * stride, rect->width * sizeof (float));
  return TRUE;
}

/* Reads all pages' tags. A damaged page after the first ends or leaves a hole
 * in the list, and is told of. */
static gboolean
scan_pages (TiffImage *tiff, GPtrArray *notes, GCancellable *cancellable, GError **error)
{
  MgTiffSource *source = tiff->source;
  MgTiffPage page;

  if (!_mg_tiff_page_parse (source, FALSE, &page, error))
    return FALSE;
  g_array_append_val (tiff->pages, page);
  while (!TIFFLastDirectory (source->tif))
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_clear_pointer (&source->message, g_free);
      if (!TIFFReadDirectory (source->tif))
        {
          g_ptr_array_add (notes, g_strdup_printf ("the file is damaged after page %u; later pages are left out", tiff->pages->len));
          break;
        }
      source->current_ifd = TIFFCurrentDirOffset (source->tif);
      if (!_mg_tiff_page_parse (source, FALSE, &page, NULL))
        page.width = 0; /* like no other page */
      g_array_append_val (tiff->pages, page);
    }
  source->current_ifd = 0;
  g_clear_pointer (&source->message, g_free);
  return _mg_tiff_source_select (source, g_array_index (tiff->pages, MgTiffPage, 0).ifd, error);
}

/* ImageJ's large stacks: as many planes as the file has bytes for. */
static void
plan_one_tag_set (TiffImage *tiff, MgTiffLayout *layout, GPtrArray *notes)
{
  const MgTiffPage *page = &g_array_index (tiff->pages, MgTiffPage, 0);
  guint64 bytes = ((guint64) page->width * page->samples * page->bits + 7) / 8 * page->height;
  gint64 planes = (gint64) layout->n_c * layout->n_z * layout->n_t;

  if (page->only_strip == 0 || page->only_strip > tiff->source->size ||
      (tiff->source->size - page->only_strip) / bytes < (guint64) planes)
    {
      g_ptr_array_add (notes, g_strdup_printf ("its description speaks of %" G_GINT64_FORMAT " planes, but only the first is there", planes));
      planes = layout->n_c = layout->n_z = layout->n_t = 1;
    }
  for (gint64 i = 0; i < planes; i++)
    {
      gint64 place = layout->place_of != NULL && i < layout->place_of->len ? g_array_index (layout->place_of, MgTiffPlace, i).page : i;
      Plane plane = { .shift = place * bytes };

      g_array_append_val (tiff->planes, plane);
    }
}

/* A description's table of pages, or the pages one after the other. */
static void
plan_pages (TiffImage *tiff, MgTiffLayout *layout, GPtrArray *notes)
{
  const MgTiffPage *first = &g_array_index (tiff->pages, MgTiffPage, 0);
  guint n_unlike = 0;
  gboolean told = layout->n_c > 0;
  guint n = layout->place_of != NULL ? layout->place_of->len : tiff->pages->len;

  for (guint i = 0; i < n; i++)
    {
      Plane plane = { .page = (gint32) i };

      if (layout->place_of != NULL)
        {
          const MgTiffPlace *place = &g_array_index (layout->place_of, MgTiffPlace, i);

          plane = (Plane){ place->page, place->page < 0 ? 0 : place->file, 0 };
        }
      if (plane.page >= 0 && plane.file == 0)
        {
          const MgTiffPage *page = &g_array_index (tiff->pages, MgTiffPage, plane.page);

          /* thumbnails, masks and reduced copies are no planes */
          if (!told && (page->subfile & ~first->subfile & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0)
            continue;
          if (!_mg_tiff_page_alike (first, page))
            {
              n_unlike++;
              plane.page = -1;
              if (!told)
                continue;
            }
        }
      g_array_append_val (tiff->planes, plane);
    }
  if (!told)
    {
      layout->n_c = layout->n_t = 1;
      layout->n_z = (int) tiff->planes->len;
    }
  if (layout->files != NULL)
    tiff->set = _mg_tiff_set_new (tiff->source->file, g_steal_pointer (&layout->files));
  else
    _mg_tiff_levels_find (tiff->source, tiff->pages, tiff->planes->len == 1, tiff->levels);
  for (guint i = 0; i < tiff->levels->len; i++)
    n_unlike -= !told && g_array_index (tiff->levels, MgTiffLevel, i).chained &&
                (g_array_index (tiff->pages, MgTiffPage, g_array_index (tiff->levels, MgTiffLevel, i).number).subfile & FILETYPE_REDUCEDIMAGE) == 0;
  if (n_unlike > 0)
    g_ptr_array_add (notes, g_strdup_printf ("%u of its %u pages are of another size or type than the first and are left out", n_unlike, tiff->pages->len));
}

/* As the file says them, slowest first; I for pages that nothing is said of,
 * S for samples side by side. */
static char *
make_axes (const MgTiffLayout *layout, const MgTiffPage *page)
{
  GString *axes = g_string_new (NULL);

  if (layout->order[0] == '\0' && layout->n_z > 1)
    g_string_append_c (axes, 'I');
  for (int i = (int) strlen (layout->order) - 1; i >= 0; i--)
    if ((layout->order[i] == 'C' ? layout->n_c : layout->order[i] == 'Z' ? layout->n_z
                                                                         : layout->n_t) > 1)
      g_string_append_c (axes, layout->order[i]);
  if (page->samples > 1 && page->planar)
    g_string_append_c (axes, 'S');
  g_string_append (axes, "YX");
  if (page->samples > 1 && !page->planar)
    g_string_append_c (axes, 'S');
  return g_string_free (axes, FALSE);
}

static void
note_colours (const MgTiffPage *page, gboolean imagej, GPtrArray *notes)
{
  if (page->photometric == PHOTOMETRIC_MINISWHITE)
    g_ptr_array_add (notes, g_strdup ("white is stored as zero (MinIsWhite); the values are kept as stored"));
  else if (page->photometric == PHOTOMETRIC_PALETTE && !imagej)
    g_ptr_array_add (notes, g_strdup ("it has a colour palette; the values are the numbers of its colours"));
  else if (page->way == MG_TIFF_RGBA)
    g_ptr_array_add (notes, g_strdup ("its colours were turned into 8-bit RGB"));
  else if (page->photometric == PHOTOMETRIC_SEPARATED || page->photometric == PHOTOMETRIC_CIELAB)
    g_ptr_array_add (notes, g_strdup ("its colours are not RGB; their parts are shown as channels"));
  if (page->n_alpha > 0)
    g_ptr_array_add (notes, g_strdup ("its transparency is left out"));
}

static gboolean
describe (TiffImage *tiff, MgImageInfo *info, GPtrArray *notes, GError **error)
{
  const MgTiffPage *page = &g_array_index (tiff->pages, MgTiffPage, 0);
  g_auto (MgTiffLayout) layout = { 0 };
  gsize channels;

  tiff->n_kept = MAX (page->samples - page->n_alpha, 1);
  info->n_channels = page->samples;
  _mg_tiff_meta_read (tiff->source, tiff->pages->len, info, &layout, notes);
  if (layout.one_tag_set)
    plan_one_tag_set (tiff, &layout, notes);
  else
    plan_pages (tiff, &layout, notes);
  if (!mg_size_mul (tiff->n_kept, layout.n_c, &channels) || channels > G_MAXINT)
    {
      _mg_io_set_error (error, MG_ERROR_TOO_LARGE, tiff->source->file, "it has more channels than can be opened");
      return FALSE;
    }
  tiff->n_planes_c = layout.n_c;
  tiff->n_z = layout.n_z;
  info->width = (int) page->width;
  info->height = (int) page->height;
  info->n_channels = (int) channels;
  info->n_z = layout.n_z;
  info->n_t = layout.n_t;
  info->type = page->half ? MG_PIXEL_F32 : page->stored;
  if (page->bits != 8 * mg_pixel_type_size (page->stored))
    info->bits = page->bits;
  else if (info->bits >= page->bits)
    info->bits = 0;
  info->block_width = (int) page->chunk_width;
  info->block_height = page->way == MG_TIFF_DIRECT && !page->tiled ? 1 : (int) page->chunk_height;
  info->in_sequence = page->way == MG_TIFF_BANDS && page->compression != COMPRESSION_NONE;
  info->is_rgb = layout.n_c == 1 && tiff->n_kept >= 3 &&
                 (page->photometric == PHOTOMETRIC_RGB || page->way == MG_TIFF_RGBA);
  info->axes = make_axes (&layout, page);
  _mg_tiff_display_read (tiff->source->tif, page, &layout, info);
  note_colours (page, layout.imagej, notes);
  return TRUE;
}

/**
 * mg_tiff_load:
 * @file: a TIFF or BigTIFF file
 * @cancellable: (nullable)
 *
 * Opens a file; its pixels are read when they are asked for, so this takes no
 * longer for a large image than for a small one. Pages of the same size and
 * type become planes as an ImageJ or OME description says, else slices. Any
 * thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgImage *
mg_tiff_load (GFile *file,
              GCancellable *cancellable,
              GError **error)
{
  static const MgImageSource source = { tiff_image_read, tiff_image_free, tiff_image_has_level, tiff_image_read_level };
  g_autoptr (TiffImage) tiff = g_new0 (TiffImage, 1);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  MgImageInfo info = { .name = _mg_io_base_name (file) };
  MgImage *image = NULL;

  tiff->source = _mg_tiff_source_open (file, cancellable, error);
  tiff->cache = mg_tile_cache_new (CACHE_BYTES);
  tiff->pages = g_array_new (FALSE, FALSE, sizeof (MgTiffPage));
  tiff->planes = g_array_new (FALSE, FALSE, sizeof (Plane));
  tiff->levels = g_array_new (FALSE, FALSE, sizeof (MgTiffLevel));
  if (tiff->source != NULL && scan_pages (tiff, notes, cancellable, error) &&
      describe (tiff, &info, notes, error))
    {
      g_ptr_array_add (notes, NULL);
      info.notes = notes->len > 1 ? g_strdupv ((char **) notes->pdata) : NULL;
      image = mg_image_new_from_source (&info, &source, g_steal_pointer (&tiff), error);
    }
  mg_image_info_clear (&info);
  return image;
}
