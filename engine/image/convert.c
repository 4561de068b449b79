#include "image/convert.h"

#include <string.h>

#define CONVERT(Type)             \
  {                               \
    const Type *in = src;         \
                                  \
    for (gsize i = 0; i < n; i++) \
      dst[i] = (float) in[i];     \
  }                               \
  break

/**
 * mg_convert_to_float:
 * @type: what @src holds
 * @src: @n samples
 * @dst: (out caller-allocates): @n numbers, the same values, not scaled
 * @n: count
 *
 * Integers above 2^24 and double precision numbers are rounded to the nearest
 * float. Any thread.
 */
void
mg_convert_to_float (MgPixelType type,
                     gconstpointer src,
                     float *dst,
                     gsize n)
{
  switch (type)
    {
    case MG_PIXEL_U8:
      CONVERT (guint8);
    case MG_PIXEL_I8:
      CONVERT (gint8);
    case MG_PIXEL_U16:
      CONVERT (guint16);
    case MG_PIXEL_I16:
      CONVERT (gint16);
    case MG_PIXEL_U32:
      CONVERT (guint32);
    case MG_PIXEL_I32:
      CONVERT (gint32);
    case MG_PIXEL_U64:
      CONVERT (guint64);
    case MG_PIXEL_I64:
      CONVERT (gint64);
    case MG_PIXEL_F32:
      memcpy (dst, src, n * sizeof (float));
      break;
    case MG_PIXEL_F64:
      CONVERT (double);
    }
}
