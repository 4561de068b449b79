#include "image/convert.h"

#include <math.h>
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

/* NaN becomes the lowest value; limits are exact in double where the type is
 * narrower, and inside of it where it is not. */
#define ROUND(Type, low, high)                                               \
  {                                                                          \
    Type *out = dst;                                                         \
    double top = bits > 0 ? MIN ((double) (high), ldexp (1, (int) bits) - 1) \
                          : (double) (high);                                 \
                                                                             \
    for (gsize i = 0; i < n; i++)                                            \
      {                                                                      \
        double value = src[i] >= (double) (low) ? src[i] : (double) (low);   \
                                                                             \
        out[i] = (Type) rint (MIN (value, top));                             \
      }                                                                      \
  }                                                                          \
  break

/* Largest doubles below 2^63 and 2^64. */
#define TOP_I64 9223372036854774784.0
#define TOP_U64 18446744073709549568.0

/**
 * mg_convert_from_float:
 * @type: what @dst holds
 * @bits: significant bits of integers, 0: all
 * @src: @n numbers
 * @dst: (out caller-allocates): @n samples: rounded, and cut off at the type's ends
 * @n: count
 *
 * Any thread.
 */
void
mg_convert_from_float (MgPixelType type,
                       guint bits,
                       const float *src,
                       gpointer dst,
                       gsize n)
{
  switch (type)
    {
    case MG_PIXEL_U8:
      ROUND (guint8, 0, G_MAXUINT8);
    case MG_PIXEL_I8:
      ROUND (gint8, G_MININT8, G_MAXINT8);
    case MG_PIXEL_U16:
      ROUND (guint16, 0, G_MAXUINT16);
    case MG_PIXEL_I16:
      ROUND (gint16, G_MININT16, G_MAXINT16);
    case MG_PIXEL_U32:
      ROUND (guint32, 0, G_MAXUINT32);
    case MG_PIXEL_I32:
      ROUND (gint32, G_MININT32, G_MAXINT32);
    case MG_PIXEL_U64:
      ROUND (guint64, 0, TOP_U64);
    case MG_PIXEL_I64:
      ROUND (gint64, -TOP_I64, TOP_I64);
    case MG_PIXEL_F32:
      memcpy (dst, src, n * sizeof (float));
      break;
    case MG_PIXEL_F64:
      for (gsize i = 0; i < n; i++)
        ((double *) dst)[i] = src[i];
      break;
    }
}
