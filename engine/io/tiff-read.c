#include "io/tiff-read.h"

#include "base/mem.h"
#include "io/half.h"
#include "io/io-private.h"
#include "io/tiff-meta.h"

#include <string.h>

/* Decoded strips and tiles kept for one file */
#define CACHE_BYTES ((gsize) 64 << 20)

/* One plane: a page, or, `shift` bytes further on, pixels without tags of
 * their own. */
typedef struct
{
  gint32 page; /* -1: missing, read as zeros */
  guint64 shift;
} Plane;

typedef struct
{
  MgTiffSource *source;
  MgTileCache *cache;
  GArray *pages;  /* of MgTiffPage */
  GArray *planes; /* of Plane, C fastest, then Z, then T */
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
  g_free (tiff);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TiffImage, tiff_image_free)

static void
fill_zero (gsize row_bytes, int rows, gpointer dst, gsize stride)
{
  for (int y = 0; y < rows; y++)
    memset ((guint8 *) dst + y * stride, 0, row_bytes);
}

/* Sixteen-bit floats, row by row, so that any rectangle takes little memory */
static gboolean
read_half (TiffImage *tiff, const MgTiffPage *page, guint64 shift, guint sample, const MgRect *rect,
           gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  g_autofree guint16 *row = g_try_new (guint16, rect->width);

  if (row == NULL)
    {
      _mg_io_set_error (error, MG_ERROR_NO_MEMORY, tiff->source->file, "not enough memory for a row of it");
      return FALSE;
    }
  for (int y = 0; y < rect->height; y++)
    {
      MgRect line = { rect->x, rect->y + y, rect->width, 1 };

      if (!_mg_tiff_read_samples (tiff->source, tiff->cache, page, shift, sample, &line, row,
                                  rect->width * sizeof *row, cancellable, error))
        return FALSE;
      _mg_half_to_float (row, (float *) ((guint8 *) dst + y * stride), rect->width);
    }
  return TRUE;
}

static gboolean
tiff_image_read (gpointer data, int c, int z, int t, const MgRect *rect,
                 gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  TiffImage *tiff = data;
  const MgTiffPage *first = &g_array_index (tiff->pages, MgTiffPage, 0), *page;
  const Plane *plane = &g_array_index (tiff->planes, Plane, ((gsize) t * tiff->n_z + z) * tiff->n_planes_c + c / tiff->n_kept);
  guint sample = c % tiff->n_kept;

  if (plane->page < 0)
    {
      fill_zero (rect->width * (first->half ? sizeof (float) : mg_pixel_type_size (first->stored)), rect->height, dst, stride);
      return TRUE;
    }
  page = &g_array_index (tiff->pages, MgTiffPage, plane->page);
  if (page->half)
    return read_half (tiff, page, plane->shift, sample, rect, dst, stride, cancellable, error);
  return _mg_tiff_read_samples (tiff->source, tiff->cache, page, plane->shift, sample, rect, dst, stride, cancellable, error);
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
      g_ptr_array_add (notes, g_strdup_printf ("its ImageJ description speaks of %" G_GINT64_FORMAT " planes, but only the first is there", planes));
      planes = layout->n_c = layout->n_z = layout->n_t = 1;
    }
  for (gint64 i = 0; i < planes; i++)
    {
      Plane plane = { 0, i * bytes };

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
  guint n = layout->page_of != NULL ? layout->page_of->len : tiff->pages->len;

  for (guint i = 0; i < n; i++)
    {
      Plane plane = { layout->page_of != NULL ? g_array_index (layout->page_of, gint32, i) : (gint32) i, 0 };

      if (plane.page >= 0)
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
  if (n_unlike > 0)
    g_ptr_array_add (notes, g_strdup_printf ("%u of its %u pages are of another size or type than the first and are left out", n_unlike, tiff->pages->len));
  if (!told)
    {
      layout->n_c = layout->n_t = 1;
      layout->n_z = (int) tiff->planes->len;
    }
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
  info->is_rgb = layout.n_c == 1 && tiff->n_kept >= 3 &&
                 (page->photometric == PHOTOMETRIC_RGB || page->way == MG_TIFF_RGBA);
  info->axes = make_axes (&layout, page);
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
  static const MgImageSource source = { tiff_image_read, tiff_image_free };
  g_autoptr (TiffImage) tiff = g_new0 (TiffImage, 1);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  MgImageInfo info = { .name = _mg_io_base_name (file) };
  MgImage *image = NULL;

  tiff->source = _mg_tiff_source_open (file, cancellable, error);
  tiff->cache = mg_tile_cache_new (CACHE_BYTES);
  tiff->pages = g_array_new (FALSE, FALSE, sizeof (MgTiffPage));
  tiff->planes = g_array_new (FALSE, FALSE, sizeof (Plane));
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
