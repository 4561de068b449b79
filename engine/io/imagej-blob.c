#include "io/imagej-blob.h"

#include <string.h>

#define TAG_BYTE_COUNTS 50838
#define TAG_METADATA    50839

#define ENTRY_BYTES 8

/* Each slice of a stack may have a label of its own. */
#define MAX_ITEMS (1u << 24)

static guint32
read_u32 (const guint8 *at, gboolean big_endian)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return big_endian ? GUINT32_FROM_BE (value) : GUINT32_FROM_LE (value);
}

/* The letters of a kind are those of a number, so in the file's byte order. */
static void
read_kind (const guint8 *at, gboolean big_endian, char *kind)
{
  for (int i = 0; i < 4; i++)
    kind[i] = (char) at[big_endian ? i : 3 - i];
  kind[4] = '\0';
}

/* Reads the current page's IJMetadata (tags 50838 and 50839, ImageJ's
 * TiffEncoder): a header that says how many items of which kind there are, then
 * the items, whose sizes are in the other tag.
 *
 * Returns: (transfer full) (nullable): of MgImageJItem; NULL where there is none
 *   or it makes no sense */
GArray *
_mg_imagej_blob_read (TIFF *tif,
                      gboolean *big_endian)
{
  guint32 n_counts = 0, size = 0, at, next = 1;
  const guint32 *counts = NULL;
  const guint8 *data = NULL;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (MgImageJItem));

  if (!TIFFGetField (tif, TAG_BYTE_COUNTS, &n_counts, &counts) || n_counts < 2 ||
      !TIFFGetField (tif, TAG_METADATA, &size, &data) || counts[0] > size || counts[0] < 4 + ENTRY_BYTES)
    return NULL;
  *big_endian = memcmp (data, "IJIJ", 4) == 0;
  if (!*big_endian && memcmp (data, "JIJI", 4) != 0)
    return NULL;
  at = counts[0];
  for (guint32 entry = 4; entry + ENTRY_BYTES <= counts[0]; entry += ENTRY_BYTES)
    for (guint32 n = read_u32 (data + entry + 4, *big_endian); n > 0; n--, next++)
      {
        MgImageJItem item = { .data = data + at };

        if (next >= n_counts || next > MAX_ITEMS || counts[next] > size - at)
          return NULL;
        item.size = counts[next];
        read_kind (data + entry, *big_endian, item.kind);
        g_array_append_val (items, item);
        at += counts[next];
      }
  return g_steal_pointer (&items);
}
