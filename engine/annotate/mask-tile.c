#include "annotate/mask-tile.h"

#include "annotate/tile-code.h"

#include <string.h>

static gsize
bytes_for (int n_few)
{
  gsize n_words = n_few == 0 ? MG_TILE_PIXELS : n_few == 1 ? 1
                                                           : MG_TILE_MAX_FEW + MG_TILE_PIXELS / sizeof (guint32);

  return sizeof (MgMaskTile) + n_words * sizeof (guint32);
}

/* The pixels of a tile with a table of several labels. */
static guint8 *
places (const MgMaskTile *tile)
{
  return (guint8 *) (tile->words + MG_TILE_MAX_FEW);
}

static void
init (MgMaskTile *tile,
      int n_few)
{
  tile->refs = 1;
  tile->n_few = n_few;
}

static const MgMaskTile *
plain (const MgMaskTile *tile)
{
  return tile != NULL && tile->n_few == MG_TILE_PACKED ? mg_mask_tile_open (tile) : tile;
}

/* Labels in the order in which they were met. */
typedef struct
{
  guint n;
  guint32 labels[MG_TILE_MAX_FEW];
} Table;

/* A label's place in the table, MG_TILE_MAX_FEW where there is none left. */
static guint
table_place (Table *table,
             guint32 label)
{
  for (guint i = table->n; i-- > 0;)
    if (table->labels[i] == label)
      return i;
  if (table->n < MG_TILE_MAX_FEW)
    table->labels[table->n++] = label;
  else
    return MG_TILE_MAX_FEW;
  return table->n - 1;
}

/* Writes the places of all labels; FALSE when there are too many. */
static gboolean
find_places (const guint32 *px,
             gsize stride,
             int width,
             int height,
             Table *table,
             guint8 *out)
{
  for (int y = 0; y < height; y++)
    for (int x = 0, x0 = 0; x < width; x0 = x)
      {
        guint32 label = px[y * stride + x];
        guint place = table_place (table, label);

        if (place == MG_TILE_MAX_FEW)
          return FALSE;
        while (x < width && px[y * stride + x] == label)
          x++;
        memset (out + y * MG_MASK_TILE_PX + x0, (int) place, x - x0);
      }
  return TRUE;
}

/**
 * mg_mask_tile_try_new:
 * @px: (array): labels
 * @stride: labels from one row of them to the next
 * @width: up to %MG_MASK_TILE_PX
 * @height: up to %MG_MASK_TILE_PX; what a smaller part leaves is background
 *
 * Returns: (transfer full) (nullable): a tile as small as they allow; %NULL where
 *   there is no memory for it
 */
MgMaskTile *
mg_mask_tile_try_new (const guint32 *px,
                      gsize stride,
                      int width,
                      int height)
{
  gboolean whole = width == MG_MASK_TILE_PX && height == MG_MASK_TILE_PX;
  guint8 out[MG_TILE_PIXELS];
  Table table = { .n = 0 };
  MgMaskTile *tile;
  gboolean few;

  if (!whole)
    {
      table_place (&table, 0);
      memset (out, 0, sizeof out);
    }
  few = find_places (px, stride, width, height, &table, out);
  tile = g_try_malloc (bytes_for (few ? (int) table.n : 0));
  if (tile == NULL)
    return NULL;
  init (tile, few ? (int) table.n : 0);
  if (few)
    {
      memcpy (tile->words, table.labels, table.n * sizeof *tile->words);
      if (table.n > 1)
        memcpy (places (tile), out, sizeof out);
      return tile;
    }
  if (!whole)
    memset (tile->words, 0, MG_TILE_PIXELS * sizeof *tile->words);
  for (int y = 0; y < height; y++)
    memcpy (tile->words + y * MG_MASK_TILE_PX, px + y * stride, width * sizeof *px);
  return tile;
}

/**
 * mg_mask_tile_new_uniform:
 * @label: of all its pixels
 *
 * Returns: (transfer full): a tile
 */
MgMaskTile *
mg_mask_tile_new_uniform (guint32 label)
{
  MgMaskTile *tile = g_malloc (bytes_for (1));

  init (tile, 1);
  tile->words[0] = label;
  return tile;
}

/**
 * mg_mask_tile_copy:
 * @tile: (nullable): a tile
 *
 * Returns: (transfer full): one of the same labels, of one reference
 */
MgMaskTile *
mg_mask_tile_copy (const MgMaskTile *tile)
{
  int n_few;
  gsize bytes;
  MgMaskTile *copy;

  tile = plain (tile);
  n_few = tile != NULL ? tile->n_few : 1;
  bytes = bytes_for (n_few);
  copy = g_malloc (bytes);
  init (copy, n_few);
  if (tile != NULL)
    memcpy (copy->words, tile->words, bytes - sizeof *tile);
  else
    copy->words[0] = 0;
  return copy;
}

/**
 * mg_mask_tile_ref:
 * @tile: (nullable): a tile
 *
 * Returns: (nullable): @tile
 */
MgMaskTile *
mg_mask_tile_ref (MgMaskTile *tile)
{
  if (tile != NULL)
    g_atomic_int_inc (&tile->refs);
  return tile;
}

/**
 * mg_mask_tile_unref:
 * @tile: (nullable) (transfer full): a tile
 */
void
mg_mask_tile_unref (MgMaskTile *tile)
{
  if (tile == NULL || !g_atomic_int_dec_and_test (&tile->refs))
    return;
  if (tile->n_few == MG_TILE_PACKED)
    mg_mask_tile_free_packed (tile);
  else
    g_free (tile);
}

/**
 * mg_mask_tile_get_bytes:
 * @tile: (nullable): a tile
 *
 * Returns: the memory it takes
 */
gsize
mg_mask_tile_get_bytes (const MgMaskTile *tile)
{
  if (tile != NULL && tile->n_few == MG_TILE_PACKED)
    return mg_mask_tile_get_packed_bytes (tile);
  return tile != NULL ? bytes_for (tile->n_few) : 0;
}

/**
 * mg_mask_tile_is_background:
 * @tile: (nullable): a tile that mg_mask_tile_try_new() gave
 *
 * Returns: whether it has no label; %FALSE does not say that it has one once it
 *   was written
 */
gboolean
mg_mask_tile_is_background (const MgMaskTile *tile)
{
  return tile == NULL || (tile->n_few == 1 && tile->words[0] == 0);
}

/**
 * mg_mask_tile_get_labels:
 * @tile: (nullable): a tile
 * @n: (out): how many they are
 *
 * Looks at no pixel.
 *
 * Returns: (array length=n) (nullable): all labels that it may have; %NULL where
 *   only the pixels tell
 */
const guint32 *
mg_mask_tile_get_labels (const MgMaskTile *tile,
                         guint *n)
{
  static const guint32 background;

  if (tile != NULL && tile->n_few == MG_TILE_PACKED)
    return mg_mask_tile_get_packed_labels (tile, n);
  *n = tile == NULL ? 1 : (guint) tile->n_few;
  if (tile == NULL)
    return &background;
  return *n > 0 ? tile->words : NULL;
}

/**
 * mg_mask_tile_may_have:
 * @tile: (nullable): a tile
 * @label: not 0
 *
 * Looks at no pixel.
 *
 * Returns: %FALSE only where no pixel has the label
 */
gboolean
mg_mask_tile_may_have (const MgMaskTile *tile,
                       guint32 label)
{
  guint n;
  const guint32 *labels = mg_mask_tile_get_labels (tile, &n);

  for (guint i = 0; i < n; i++)
    if (labels[i] == label)
      return TRUE;
  return labels == NULL;
}

/**
 * mg_mask_tile_get_packed:
 * @tile: a packed tile
 * @at: a pixel
 *
 * Returns: its label
 */
guint32
mg_mask_tile_get_packed (const MgMaskTile *tile,
                         guint at)
{
  return mg_mask_tile_get (mg_mask_tile_open (tile), at);
}

static guint
run_of_places (const guint8 *at,
               guint max)
{
  guint64 same = at[0] * G_GUINT64_CONSTANT (0x0101010101010101), eight;
  guint n = 0;

  for (; n + 8 <= max; n += 8)
    {
      memcpy (&eight, at + n, sizeof eight);
      eight = GUINT64_FROM_LE (eight) ^ same;
      if (eight != 0)
        return n + (guint) __builtin_ctzll (eight) / 8;
    }
  while (n < max && at[n] == at[0])
    n++;
  return n;
}

/**
 * mg_mask_tile_run:
 * @tile: (nullable): a tile
 * @at: a pixel
 * @max: how far to look, at least 1
 * @label: (out): its label
 *
 * What everything that looks at labels one after the other is made of.
 *
 * Returns: how many pixels from there on have that label
 */
guint
mg_mask_tile_run (const MgMaskTile *tile,
                  guint at,
                  guint max,
                  guint32 *label)
{
  guint n = 1;

  tile = plain (tile);
  *label = mg_mask_tile_get (tile, at);
  if (tile == NULL || tile->n_few == 1)
    return max;
  if (tile->n_few > 1)
    return run_of_places (places (tile) + at, max);
  while (n < max && tile->words[at + n] == *label)
    n++;
  return n;
}

/**
 * mg_mask_tile_read:
 * @tile: (nullable): a tile
 * @at: a pixel
 * @n: how many from there on
 * @dst: (out): their labels
 */
void
mg_mask_tile_read (const MgMaskTile *tile,
                   guint at,
                   guint n,
                   guint32 *dst)
{
  tile = plain (tile);
  if (tile == NULL)
    memset (dst, 0, n * sizeof *dst);
  else if (tile->n_few == 0)
    memcpy (dst, tile->words + at, n * sizeof *dst);
  else if (tile->n_few == 1)
    for (guint i = 0; i < n; i++)
      dst[i] = tile->words[0];
  else
    for (guint i = 0; i < n; i++)
      dst[i] = tile->words[places (tile)[at + i]];
}

/* Puts a tile of another kind in the place of one. */
static void
replace (MgMaskTile **tile,
         int n_few)
{
  MgMaskTile *old = *tile;

  *tile = g_malloc (bytes_for (n_few));
  init (*tile, n_few);
  if (n_few == 0)
    mg_mask_tile_read (old, 0, MG_TILE_PIXELS, (*tile)->words);
  else
    {
      (*tile)->words[0] = old->words[0];
      memset (places (*tile), 0, MG_TILE_PIXELS);
    }
  g_free (old);
}

/* Forgets the labels of a table that no pixel has any more. */
static void
tidy (MgMaskTile *tile)
{
  guint8 *at = places (tile), moved[MG_TILE_MAX_FEW] = { 0 };
  guint n = 0;

  for (guint i = 0; i < MG_TILE_PIXELS; i++)
    moved[at[i]] = 1;
  for (int i = 0; i < tile->n_few; i++)
    if (moved[i])
      {
        tile->words[n] = tile->words[i];
        moved[i] = (guint8) n++;
      }
  for (guint i = 0; i < MG_TILE_PIXELS; i++)
    at[i] = moved[at[i]];
  tile->n_few = (int) n;
}

/* The place of a label in a tile's table, where that has or gets room for it. */
static guint
make_place (MgMaskTile **tile,
            guint32 label)
{
  for (guint i = (guint) (*tile)->n_few; i-- > 0;)
    if ((*tile)->words[i] == label)
      return i;
  if ((*tile)->n_few == MG_TILE_MAX_FEW)
    tidy (*tile);
  if ((*tile)->n_few == MG_TILE_MAX_FEW)
    replace (tile, 0);
  else if ((*tile)->n_few == 1)
    replace (tile, 2);
  else if ((*tile)->n_few > 1)
    (*tile)->n_few++;
  if ((*tile)->n_few == 0)
    return 0;
  (*tile)->words[(*tile)->n_few - 1] = label;
  return (guint) (*tile)->n_few - 1;
}

/**
 * mg_mask_tile_fill:
 * @tile: (inout): a tile of one reference; another may take its place
 * @at: a pixel
 * @n: how many from there on
 * @label: what they become
 */
void
mg_mask_tile_fill (MgMaskTile **tile,
                   guint at,
                   guint n,
                   guint32 label)
{
  guint place = make_place (tile, label);

  if ((*tile)->n_few > 1)
    memset (places (*tile) + at, (int) place, n);
  for (guint i = 0; (*tile)->n_few == 0 && i < n; i++)
    (*tile)->words[at + i] = label;
}
