#include "io/tiff-private.h"

#include <string.h>

static inline guint64
read_bits (const guint8 *src, gsize bit, guint bits)
{
  guint64 value = 0;

  /* most significant bit first, whatever the file's byte order */
  while (bits > 0)
    {
      guint skip = bit % 8, take = MIN (8 - skip, bits);

      value = value << take | ((guint64) (src[bit / 8] >> (8 - skip - take)) & ((1u << take) - 1));
      bit += take;
      bits -= take;
    }
  return value;
}

static inline void
store (gpointer dst, gsize i, gsize size, guint64 value)
{
  switch (size)
    {
    case 1:
      ((guint8 *) dst)[i] = (guint8) value;
      break;
    case 2:
      ((guint16 *) dst)[i] = (guint16) value;
      break;
    case 4:
      ((guint32 *) dst)[i] = (guint32) value;
      break;
    default:
      ((guint64 *) dst)[i] = value;
    }
}

static guint64
read_triple (const guint8 *src, gboolean big_endian)
{
  return big_endian ? (guint64) src[0] << 16 | src[1] << 8 | src[2]
                    : (guint64) src[2] << 16 | src[1] << 8 | src[0];
}

static guint64
extend_sign (guint64 value, guint bits)
{
  guint64 top = G_GUINT64_CONSTANT (1) << (bits - 1);

  return (value ^ top) - top;
}

static void
swap (gpointer data, gsize n, gsize size)
{
  if (size == 2)
    for (gsize i = 0; i < n; i++)
      ((guint16 *) data)[i] = GUINT16_SWAP_LE_BE (((guint16 *) data)[i]);
  else if (size == 4)
    for (gsize i = 0; i < n; i++)
      ((guint32 *) data)[i] = GUINT32_SWAP_LE_BE (((guint32 *) data)[i]);
  else if (size == 8)
    for (gsize i = 0; i < n; i++)
      ((guint64 *) data)[i] = GUINT64_SWAP_LE_BE (((guint64 *) data)[i]);
}

/* Several to a byte, as masks and scanned pages are. */
static void
unpack_small (const guint8 *src,
              gsize first_bit,
              guint bits,
              guint8 *dst,
              gsize n)
{
  guint mask = (1u << bits) - 1;

  for (gsize i = 0, bit = first_bit; i < n; i++, bit += bits)
    dst[i] = (guint8) (src[bit / 8] >> (8 - bits - bit % 8) & mask);
}

/* `n` samples of page->bits each, the first one `first_bit` bits into `src`,
 * as whole samples of the machine's byte order. With `host_order` libtiff has
 * swapped bytes already. */
void
_mg_tiff_unpack (const guint8 *src,
                 gsize first_bit,
                 const MgTiffPage *page,
                 gboolean host_order,
                 gpointer dst,
                 gsize n)
{
  guint bits = page->bits;
  gsize size = mg_pixel_type_size (page->stored);
  gboolean is_signed = page->format == SAMPLEFORMAT_INT;
  gboolean big_endian = host_order ? G_BYTE_ORDER == G_BIG_ENDIAN : page->big_endian;

  if (bits == 8 * size)
    {
      memcpy (dst, src + first_bit / 8, n * size);
      if (!host_order && page->swapped)
        swap (dst, n, size);
      return;
    }
  if (8 % bits == 0 && first_bit % bits == 0 && !is_signed)
    {
      unpack_small (src, first_bit, bits, dst, n);
      return;
    }
  for (gsize i = 0; i < n; i++)
    {
      guint64 value = bits == 24 ? read_triple (src + first_bit / 8 + 3 * i, big_endian)
                                 : read_bits (src, first_bit + i * bits, bits);

      store (dst, i, size, is_signed ? extend_sign (value, bits) : value);
    }
}
