#include "annotate/tile-code.h"

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
