#include "annotate/tile-code.h"

/**
 * mg_tile_pack:
 * @px: a tile's MG_TILE_PIXELS labels
 * @words: (out): run lengths and labels in turn
 * @max_words: room in @words
 *
 * Returns: how many words were written; 0 where there was no room for all
 */
guint
mg_tile_pack (const guint32 *px,
              guint32 *words,
              guint max_words)
{
  guint n = 0;

  for (guint i = 0, begin = 0; i < MG_TILE_PIXELS; begin = i)
    {
      guint32 label = px[i];

      while (i < MG_TILE_PIXELS && px[i] == label)
        i++;
      if (n + 2 > max_words)
        return 0;
      words[n++] = i - begin;
      words[n++] = label;
    }
  return n;
}

/**
 * mg_tile_unpack:
 * @words: of mg_tile_pack(), or of a file
 * @n_words: how many
 * @px: (out): MG_TILE_PIXELS labels
 *
 * Returns: %FALSE where the runs do not make exactly one tile
 */
gboolean
mg_tile_unpack (const guint32 *words,
                guint n_words,
                guint32 *px)
{
  guint at = 0;

  for (guint i = 0; i + 1 < n_words; i += 2)
    {
      if (words[i] > MG_TILE_PIXELS - at)
        return FALSE;
      for (guint32 n = 0; n < words[i]; n++)
        px[at++] = words[i + 1];
    }
  return at == MG_TILE_PIXELS && n_words % 2 == 0;
}
