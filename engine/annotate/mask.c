#include "annotate/mask-private.h"

#include <string.h>

#include "base/mem.h"

#define TILE MG_MASK_TILE_PX

/**
 * mg_mask_new:
 * @width: pixels, positive
 * @height: pixels, positive
 *
 * Returns: (transfer full): a mask that is all background; it holds no pixels
 *   until some are painted
 */
MgMask *
mg_mask_new (int width,
             int height)
{
  g_return_val_if_fail (width > 0 && height > 0, NULL);

  MgMask *mask = g_new0 (MgMask, 1);

  mask->width = width;
  mask->height = height;
  mask->tiles_x = (int) (((gint64) width + TILE - 1) / TILE);
  mask->tiles_y = (int) (((gint64) height + TILE - 1) / TILE);
  mask->tiles = g_new0 (MgMaskTile *, (gsize) mask->tiles_x * mask->tiles_y);
  return mask;
}

/* Sets rect to the pixels of the mask that a tile holds. */
void
_mg_mask_tile_rect (MgMask *mask,
                    guint index,
                    MgRect *rect)
{
  int x = (int) (index % mask->tiles_x) * TILE, y = (int) (index / mask->tiles_x) * TILE;

  *rect = (MgRect){ x, y, MIN (TILE, mask->width - x), MIN (TILE, mask->height - y) };
}

/* Fills a row of tiles that has no labels yet; rows begins with its first
 * pixel and has no gaps. */
gboolean
_mg_mask_fill_band (MgMask *mask,
                    int tile_row,
                    const guint32 *rows,
                    GError **error)
{
  for (int column = 0; column < mask->tiles_x; column++)
    {
      guint index = (guint) (tile_row * mask->tiles_x + column);
      MgMaskTile *tile;
      MgRect rect;

      _mg_mask_tile_rect (mask, index, &rect);
      tile = mg_mask_tile_try_new (rows + rect.x, mask->width, rect.width, rect.height);
      if (tile == NULL)
        {
          g_set_error (error, MG_ERROR, MG_ERROR_NO_MEMORY,
                       "not enough memory for labels of %d × %d pixels", mask->width, mask->height);
          return FALSE;
        }
      if (mg_mask_tile_is_background (tile))
        g_clear_pointer (&tile, mg_mask_tile_unref);
      mask->tiles[index] = tile;
    }
  return TRUE;
}

/**
 * mg_mask_new_from_labels:
 * @labels: a label raster
 *
 * Returns: (transfer full): a mask of the same size and labels; %NULL with
 *   %MG_ERROR_NO_MEMORY
 */
MgMask *
mg_mask_new_from_labels (MgLabels *labels,
                         GError **error)
{
  int width = mg_labels_get_width (labels);
  g_autoptr (MgMask) mask = mg_mask_new (width, mg_labels_get_height (labels));

  for (int row = 0; row < mask->tiles_y; row++)
    if (!_mg_mask_fill_band (mask, row, mg_labels_get_data (labels) + (gsize) row * TILE * width, error))
      return NULL;
  return g_steal_pointer (&mask);
}

/**
 * mg_mask_snapshot:
 * @mask: a mask
 *
 * What the mask is now, unmoved by later edits: costs one pointer a tile,
 * shares all pixels. Call on the mask's thread.
 *
 * Returns: (transfer full): a mask of its own, to be read and freed on any
 *   one thread
 */
MgMask *
mg_mask_snapshot (MgMask *mask)
{
  gsize n = (gsize) mask->tiles_x * mask->tiles_y;
  MgMask *copy = g_new0 (MgMask, 1);

  copy->width = mask->width;
  copy->height = mask->height;
  copy->tiles_x = mask->tiles_x;
  copy->tiles_y = mask->tiles_y;
  copy->tiles = g_new (MgMaskTile *, n);
  for (gsize i = 0; i < n; i++)
    copy->tiles[i] = mg_mask_tile_ref (mask->tiles[i]);
  return copy;
}

static void
change_clear (gpointer data)
{
  mg_mask_tile_unref (((MgMaskChange *) data)->before);
}

/**
 * mg_mask_free:
 * @mask: (nullable): a mask
 */
void
mg_mask_free (MgMask *mask)
{
  if (mask == NULL)
    return;
  for (gsize i = 0; i < (gsize) mask->tiles_x * mask->tiles_y; i++)
    mg_mask_tile_unref (mask->tiles[i]);
  g_clear_pointer (&mask->journal, g_array_unref);
  g_free (mask->slots);
  g_free (mask->tiles);
  g_free (mask);
}

/**
 * mg_mask_get_width:
 *
 * Returns: pixels
 */
int
mg_mask_get_width (MgMask *mask)
{
  return mask->width;
}

/**
 * mg_mask_get_height:
 *
 * Returns: pixels
 */
int
mg_mask_get_height (MgMask *mask)
{
  return mask->height;
}

/**
 * mg_mask_get:
 * @x: column
 * @y: row
 *
 * Returns: the label there; 0 for background and outside the mask
 */
guint32
mg_mask_get (MgMask *mask,
             int x,
             int y)
{
  if (x < 0 || y < 0 || x >= mask->width || y >= mask->height)
    return 0;

  return mg_mask_tile_get (mask->tiles[(gsize) (y / TILE) * mask->tiles_x + x / TILE], (y % TILE) * TILE + x % TILE);
}

static void
read_row (MgMask *mask,
          int y,
          int x0,
          int x1,
          guint32 *dst)
{
  MgMaskTile **row = mask->tiles + (gsize) (y / TILE) * mask->tiles_x;

  for (int x = x0; x < x1;)
    {
      int n = MIN (TILE - x % TILE, x1 - x);

      mg_mask_tile_read (row[x / TILE], (y % TILE) * TILE + x % TILE, n, dst + (x - x0));
      x += n;
    }
}

/**
 * mg_mask_read:
 * @rect: the part to read; what lies outside the mask is background
 * @dst: (out): its labels
 * @stride: bytes from one row of @dst to the next
 */
void
mg_mask_read (MgMask *mask,
              const MgRect *rect,
              guint32 *dst,
              gsize stride)
{
  MgRect whole = { 0, 0, mask->width, mask->height }, in;
  gboolean inside = mg_rect_intersect (rect, &whole, &in);

  for (int i = 0; i < rect->height; i++)
    {
      guint32 *row = (guint32 *) ((guint8 *) dst + i * stride);
      int y = rect->y + i;

      if (!inside || in.width < rect->width || y < in.y || y >= in.y + in.height)
        memset (row, 0, rect->width * sizeof *row);
      if (inside && y >= in.y && y < in.y + in.height)
        read_row (mask, y, in.x, in.x + in.width, row + (in.x - rect->x));
    }
}

/**
 * mg_mask_sample_row:
 * @y: row
 * @columns: (array length=n): columns in any order; quickest when they ascend
 * @dst: (out): the labels there; 0 outside the mask
 */
void
mg_mask_sample_row (MgMask *mask,
                    int y,
                    const int *columns,
                    gsize n,
                    guint32 *dst)
{
  MgMaskTile **row;

  if (y < 0 || y >= mask->height)
    {
      memset (dst, 0, n * sizeof *dst);
      return;
    }
  row = mask->tiles + (gsize) (y / TILE) * mask->tiles_x;
  for (gsize i = 0; i < n; i++)
    {
      guint x = (guint) columns[i];

      dst[i] = x < (guint) mask->width ? mg_mask_tile_get (row[x / TILE], (y % TILE) * TILE + x % TILE) : 0;
    }
}

/**
 * mg_mask_to_training_labels:
 *
 * Returns: (transfer full): the whole mask as a plain raster, ignored pixels as
 *   %MG_LABEL_IGNORED; %NULL with %MG_ERROR_NO_MEMORY
 */
MgLabels *
mg_mask_to_training_labels (MgMask *mask,
                            GError **error)
{
  MgRect whole = { 0, 0, mask->width, mask->height };
  gsize size;

  if (!mg_size_mul (mask->width, mask->height, &size) ||
      !mg_size_mul (size, sizeof (guint32), &size))
    size = G_MAXSIZE;

  guint32 *data = mg_try_alloc (size, "the labels", error);

  if (data == NULL)
    return NULL;
  mg_mask_read (mask, &whole, data, mask->width * sizeof *data);
  return mg_labels_new_take (mask->width, mask->height, data, mg_free_aligned);
}

/**
 * mg_mask_to_labels:
 *
 * Returns: (transfer full): the instances as a plain raster, without what is
 *   ignored; %NULL with %MG_ERROR_NO_MEMORY
 */
MgLabels *
mg_mask_to_labels (MgMask *mask,
                   GError **error)
{
  MgLabels *labels = mg_mask_to_training_labels (mask, error);
  gsize n = (gsize) mask->width * mask->height;

  if (labels == NULL)
    return NULL;

  /* nobody else has it yet */
  guint32 *data = (guint32 *) mg_labels_get_data (labels);

  for (gsize i = 0; i < n; i++)
    data[i] = data[i] == MG_LABEL_IGNORED ? 0 : data[i];
  return labels;
}

/* Starts keeping what tiles were before they are written. */
void
_mg_mask_begin (MgMask *mask)
{
  g_return_if_fail (mask->journal == NULL);

  mask->journal = g_array_new (FALSE, FALSE, sizeof (MgMaskChange));
  g_array_set_clear_func (mask->journal, change_clear);
  if (mask->slots == NULL)
    mask->slots = g_new0 (guint32, (gsize) mask->tiles_x * mask->tiles_y);
}

/* Ends it; returns (transfer full) the tiles as they were. */
GArray *
_mg_mask_end (MgMask *mask)
{
  for (guint i = 0; i < mask->journal->len; i++)
    mask->slots[g_array_index (mask->journal, MgMaskChange, i).index] = 0;
  return g_steal_pointer (&mask->journal);
}

static void
note_tile (MgMask *mask,
           guint index)
{
  MgMaskChange change = { index, mask->tiles[index] };

  if (mask->slots[index] != 0)
    return;
  mg_mask_tile_ref (change.before);
  g_array_append_val (mask->journal, change);
  mask->slots[index] = mask->journal->len;
}

/* A tile for writing, noted in the journal and copied where others share it.
 * Only between _mg_mask_begin() and _mg_mask_end(). */
MgMaskTile **
_mg_mask_write_tile (MgMask *mask,
                     guint index)
{
  MgMaskTile **tile = &mask->tiles[index], *old = *tile;

  note_tile (mask, index);
  if (old == NULL || old->n_few == MG_TILE_PACKED || g_atomic_int_get (&old->refs) > 1)
    {
      *tile = mg_mask_tile_copy (old);
      mg_mask_tile_unref (old);
    }
  return tile;
}

/* Puts another, (transfer full) (nullable), in the place of a tile, as part of an edit. */
void
_mg_mask_set_tile (MgMask *mask,
                   guint index,
                   MgMaskTile *tile)
{
  if (mask->tiles[index] == tile)
    return;
  note_tile (mask, index);
  mg_mask_tile_unref (mask->tiles[index]);
  mask->tiles[index] = tile;
}

/* Exchanges a tile with one kept elsewhere; what undo is made of. */
void
_mg_mask_swap_tile (MgMask *mask,
                    guint index,
                    MgMaskTile **tile)
{
  MgMaskTile *now = mask->tiles[index];

  mask->tiles[index] = *tile;
  *tile = now;
}

MgMaskTile *
_mg_mask_peek_tile (MgMask *mask,
                    guint index,
                    gboolean before)
{
  if (before && mask->slots != NULL && mask->slots[index] != 0)
    return g_array_index (mask->journal, MgMaskChange, mask->slots[index] - 1).before;
  return mask->tiles[index];
}
