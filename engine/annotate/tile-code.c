#include "annotate/tile-code.h"

#include <string.h>

/* What a packed tile holds in the place of its pixels. */
typedef struct
{
  MgMaskTile *plain; /* owned, (nullable), atomic: unpacked, once somebody looked */
  guint n_words;
  guint n_labels;  /* 0 where they were not known */
  guint32 words[]; /* run lengths and labels in turn; then all labels, each once */
} Packed;

static Packed *
packed_of (const MgMaskTile *tile)
{
  return (Packed *) (gpointer) tile->words;
}

/**
 * mg_tile_pack:
 * @tile: a tile
 * @words: (out): run lengths and labels in turn
 * @max_words: room in @words
 *
 * Returns: how many words were written; 0 where there was no room for all
 */
guint
mg_tile_pack (const MgMaskTile *tile,
              guint32 *words,
              guint max_words)
{
  guint n = 0;

  if (tile->n_few == MG_TILE_PACKED)
    {
      n = packed_of (tile)->n_words;
      memcpy (words, packed_of (tile)->words, MIN (n, max_words) * sizeof *words);
      return n <= max_words ? n : 0;
    }
  for (guint i = 0; i < MG_TILE_PIXELS;)
    {
      guint32 label;
      guint run = mg_mask_tile_run (tile, i, MG_TILE_PIXELS - i, &label);

      if (n + 2 > max_words)
        return 0;
      words[n++] = run;
      words[n++] = label;
      i += run;
    }
  return n;
}

/**
 * mg_tile_unpack:
 * @words: of mg_tile_pack(), or of a file
 * @n_words: how many
 *
 * Returns: (transfer full) (nullable): the tile; %NULL where the runs do not make
 *   exactly one
 */
MgMaskTile *
mg_tile_unpack (const guint32 *words,
                guint n_words)
{
  MgMaskTile *tile = mg_mask_tile_copy (NULL);
  guint at = 0;

  for (guint i = 0; i + 1 < n_words && words[i] <= MG_TILE_PIXELS - at; at += words[i], i += 2)
    mg_mask_tile_fill (&tile, at, words[i], words[i + 1]);
  if (at != MG_TILE_PIXELS || n_words % 2 != 0)
    g_clear_pointer (&tile, mg_mask_tile_unref);
  return tile;
}

/**
 * mg_mask_tile_new_packed:
 * @tile: (nullable): a tile
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): one of the same labels that takes at most
 *   half of the memory; %NULL where there is none, or nothing to pack
 */
MgMaskTile *
mg_mask_tile_new_packed (const MgMaskTile *tile)
{
  guint32 words[MG_TILE_PIXELS / 2];
  const guint32 *labels;
  MgMaskTile *packed;
  guint n, n_labels;

  if (tile == NULL || (tile->n_few == MG_TILE_PACKED && g_atomic_pointer_get (&packed_of (tile)->plain) == NULL))
    return NULL;
  labels = mg_mask_tile_get_labels (tile, &n_labels);
  n = (guint) (mg_mask_tile_get_bytes (tile) / sizeof *words / 2);
  n = n > n_labels ? mg_tile_pack (tile, words, n - n_labels) : 0;
  if (n == 0)
    return NULL;
  packed = g_malloc (sizeof *packed + sizeof (Packed) + (n + n_labels) * sizeof *words);
  packed->refs = 1;
  packed->n_few = MG_TILE_PACKED;
  packed_of (packed)->plain = NULL;
  packed_of (packed)->n_words = n;
  packed_of (packed)->n_labels = n_labels;
  memcpy (packed_of (packed)->words, words, n * sizeof *words);
  for (guint i = 0; i < n_labels; i++)
    packed_of (packed)->words[n + i] = labels[i];
  return packed;
}

/**
 * mg_mask_tile_open:
 * @tile: a packed tile
 *
 * Any thread, several at once too.
 *
 * Returns: (transfer none): the same labels, not packed; lives as long as @tile
 */
const MgMaskTile *
mg_mask_tile_open (const MgMaskTile *tile)
{
  Packed *packed = packed_of (tile);
  MgMaskTile *plain = g_atomic_pointer_get (&packed->plain);

  if (plain != NULL)
    return plain;
  plain = mg_tile_unpack (packed->words, packed->n_words);
  if (g_atomic_pointer_compare_and_exchange (&packed->plain, NULL, plain))
    return plain;
  mg_mask_tile_unref (plain); /* another thread was first */
  return g_atomic_pointer_get (&packed->plain);
}

/**
 * mg_mask_tile_get_packed_labels:
 * @tile: a packed tile
 * @n: (out): how many
 *
 * Returns: (array length=n) (nullable): all labels that it may have, where that is
 *   known without its pixels
 */
const guint32 *
mg_mask_tile_get_packed_labels (const MgMaskTile *tile,
                                guint *n)
{
  const Packed *packed = packed_of (tile);

  *n = packed->n_labels;
  return *n > 0 ? packed->words + packed->n_words : NULL;
}

/**
 * mg_mask_tile_get_packed_bytes:
 * @tile: a packed tile
 *
 * Returns: the memory it takes now
 */
gsize
mg_mask_tile_get_packed_bytes (const MgMaskTile *tile)
{
  Packed *packed = packed_of (tile);

  return sizeof *tile + sizeof *packed + (packed->n_words + packed->n_labels) * sizeof *packed->words +
         mg_mask_tile_get_bytes (g_atomic_pointer_get (&packed->plain));
}

/**
 * mg_mask_tile_free_packed:
 * @tile: (transfer full): a packed tile that nobody else has
 */
void
mg_mask_tile_free_packed (MgMaskTile *tile)
{
  mg_mask_tile_unref (packed_of (tile)->plain);
  g_free (tile);
}
