#include "io/roi.h"

#include "io/roi-shape.h"

#include <math.h>
#include <string.h>

/* Offsets of the header's fields; all numbers are big-endian. */
enum
{
  AT_VERSION = 4,
  AT_TYPE = 6,
  AT_TOP = 8,
  AT_LEFT = 10,
  AT_BOTTOM = 12,
  AT_RIGHT = 14,
  AT_N_POINTS = 16,
  AT_LINE = 18, /* four floats; or, first, the number of points above 65 535 */
  AT_SHAPE_SIZE = 36,
  AT_SUBTYPE = 48,
  AT_OPTIONS = 50,
  AT_ASPECT = 52,
  AT_ARC = 54,
  AT_POSITION = 56,
  AT_HEADER2 = 60,
  HEADER_BYTES = 64,
};

/* In the second header. */
enum
{
  AT_SLICE = 8,
  AT_FRAME = 12,
  AT_NAME = 16,
  AT_NAME_LENGTH = 20,
  HEADER2_BYTES = 64,
};

enum
{
  TYPE_POLYGON = 0,
  TYPE_RECT = 1,
  TYPE_OVAL = 2,
  TYPE_FREEHAND = 7,
  TYPE_TRACED = 8,
  TYPE_LAST = 10,
};

enum
{
  SUBTYPE_TEXT = 1,
  SUBTYPE_ELLIPSE = 3,
  SUBTYPE_IMAGE = 4,
  SUBTYPE_ROTATED_RECT = 5,
};

#define OPTION_SUBPIXEL 128
#define VERSION         228
#define MAX_NAME        4096

/* ImageJ takes 16-bit coordinates below -5000 for numbers above 32 767. */
#define MAX_SHORT 60535

/* The file's bytes; what lies behind the end reads as 0. */
typedef struct
{
  const guint8 *data;
  gsize size;
} Bytes;

static guint
get_u16 (const Bytes *in, gsize at)
{
  return at + 2 <= in->size ? (guint) in->data[at] << 8 | in->data[at + 1] : 0;
}

static gint32
get_i32 (const Bytes *in, gsize at)
{
  return (gint32) (get_u16 (in, at) << 16 | get_u16 (in, at + 2));
}

static int
get_short (const Bytes *in, gsize at)
{
  int value = (gint16) get_u16 (in, at);

  return value < -5000 ? value + 65536 : value;
}

static double
get_float (const Bytes *in, gsize at)
{
  gint32 bits = get_i32 (in, at);
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static gboolean
points_are_finite (const MgOutline *outline)
{
  for (guint i = 0; i < outline->points->len; i++)
    {
      const MgPoint *point = &g_array_index (outline->points, MgPoint, i);

      if (!isfinite (point->x) || !isfinite (point->y))
        return FALSE;
    }
  return TRUE;
}

/* The path of a composite ROI: java.awt.geom's segments as floats. */
static const char *
decode_composite (const Bytes *in, MgOutline *outline)
{
  static const guint n_values[] = { 2, 2, 4, 6, 0 };
  gsize n = (gsize) get_i32 (in, AT_SHAPE_SIZE), i = 0;

  if (n > (in->size - HEADER_BYTES) / 4)
    return "its outline is cut off";
  while (i < n)
    {
      double op = get_float (in, HEADER_BYTES + 4 * i++), at[6];
      guint segment;

      if (!(op >= 0 && op < G_N_ELEMENTS (n_values)))
        return "its outline has parts of no known kind";
      segment = (guint) op;
      if (i + n_values[segment] > n)
        return "its outline is cut off";
      for (guint k = 0; k < n_values[segment]; k++)
        if (!isfinite (at[k] = get_float (in, HEADER_BYTES + 4 * i++)))
          return "its outline has coordinates that are no numbers";
      if (segment == 0)
        mg_outline_end_ring (outline);
      if (segment >= 2 && segment <= 3)
        _mg_roi_shape_curve (outline, at, segment);
      else if (segment < 2)
        mg_outline_add_point (outline, at[0], at[1]);
      else
        mg_outline_end_ring (outline);
    }
  mg_outline_end_ring (outline);
  return NULL;
}

static const char *
decode_points (const Bytes *in, MgOutline *outline)
{
  gsize n = get_u16 (in, AT_N_POINTS), at = HEADER_BYTES;
  gboolean subpixel = (get_u16 (in, AT_OPTIONS) & OPTION_SUBPIXEL) != 0 && get_u16 (in, AT_VERSION) >= 222;
  int left = get_short (in, AT_LEFT), top = get_short (in, AT_TOP);

  if (n == 0)
    n = (gsize) MAX (get_i32 (in, AT_LINE), 0);
  if (n > (in->size - HEADER_BYTES) / (subpixel ? 12 : 4))
    return "its outline is cut off";
  if (subpixel)
    for (gsize i = 0; i < n; i++)
      mg_outline_add_point (outline, get_float (in, at + 4 * n + 4 * i), get_float (in, at + 8 * n + 4 * i));
  else
    for (gsize i = 0; i < n; i++)
      mg_outline_add_point (outline, left + MAX (get_short (in, at + 2 * i), 0),
                            top + MAX (get_short (in, at + 2 * n + 2 * i), 0));
  mg_outline_end_ring (outline);
  return NULL;
}

static void
decode_box (const Bytes *in, guint type, MgOutline *outline)
{
  double x = get_short (in, AT_LEFT), y = get_short (in, AT_TOP);
  double width = get_short (in, AT_RIGHT) - x, height = get_short (in, AT_BOTTOM) - y;

  if ((get_u16 (in, AT_OPTIONS) & OPTION_SUBPIXEL) != 0 && get_u16 (in, AT_VERSION) >= 223)
    {
      x = get_float (in, AT_LINE);
      y = get_float (in, AT_LINE + 4);
      width = get_float (in, AT_LINE + 8);
      height = get_float (in, AT_LINE + 12);
    }
  if (!(width > 0 && height > 0))
    return;
  if (type == TYPE_OVAL)
    _mg_roi_shape_rounded (outline, x, y, width, height, width, height);
  else
    _mg_roi_shape_rounded (outline, x, y, width, height, MAX (get_short (in, AT_ARC), 0), MAX (get_short (in, AT_ARC), 0));
}

/* What a rotated shape is drawn along; FALSE where the numbers are none. */
static gboolean
decode_rotated (const Bytes *in, guint subtype, MgOutline *outline)
{
  double line[4], aspect = get_float (in, AT_ASPECT);

  for (int i = 0; i < 4; i++)
    if (!isfinite (line[i] = get_float (in, AT_LINE + 4 * i)))
      return FALSE;
  if (!(aspect > 0) || !isfinite (aspect))
    return FALSE;
  if (subtype == SUBTYPE_ELLIPSE)
    _mg_roi_shape_ellipse (outline, line, aspect);
  else
    _mg_roi_shape_rotated_rect (outline, line, aspect);
  return TRUE;
}

static void
decode_header2 (const Bytes *in, MgOutline *outline)
{
  gsize at = (gsize) MAX (get_i32 (in, AT_HEADER2), 0), name, length;
  g_autofree gunichar2 *text = NULL;

  outline->slice = MAX (get_i32 (in, AT_POSITION), 0);
  if (at < HEADER_BYTES || at > in->size || in->size - at < HEADER2_BYTES - 12)
    return;
  if (get_i32 (in, at + AT_SLICE) > 0)
    outline->slice = get_i32 (in, at + AT_SLICE);
  outline->frame = MAX (get_i32 (in, at + AT_FRAME), 0);
  name = (gsize) MAX (get_i32 (in, at + AT_NAME), 0);
  length = (gsize) CLAMP (get_i32 (in, at + AT_NAME_LENGTH), 0, MAX_NAME);
  if (length == 0 || name < HEADER_BYTES || name > in->size || (in->size - name) / 2 < length)
    return;
  text = g_new (gunichar2, length);
  for (gsize i = 0; i < length; i++)
    text[i] = (gunichar2) get_u16 (in, name + 2 * i);
  outline->name = g_utf16_to_utf8 (text, (glong) length, NULL, NULL, NULL);
}

/**
 * mg_roi_decode:
 * @data: the bytes of a .roi file
 * @outline: set to what is in it; without rings where it is a point, a line
 *   or a text
 * @why: (out): what is wrong with it, a static half sentence
 *
 * Rectangles, rounded or turned, ovals, ellipses, polygons, free hand, traced
 * and composite ROIs, in whole pixels or finer. A fitted spline is its control
 * polygon. Any thread.
 *
 * Returns: FALSE when it is damaged or of an unknown kind
 */
gboolean
mg_roi_decode (const guint8 *data,
               gsize size,
               MgOutline *outline,
               const char **why)
{
  Bytes in = { data, size };
  guint type = size > AT_TYPE ? data[AT_TYPE] : 0, subtype = get_u16 (&in, AT_SUBTYPE);

  mg_outline_reset (outline);
  *why = NULL;
  if (size < HEADER_BYTES || memcmp (data, "Iout", 4) != 0)
    *why = "it does not begin as ImageJ's ROIs do";
  else if (type > TYPE_LAST)
    *why = "it is of a kind that is not known";
  if (*why != NULL)
    return FALSE;
  decode_header2 (&in, outline);
  outline->is_area = subtype != SUBTYPE_TEXT && subtype != SUBTYPE_IMAGE;
  if (!outline->is_area)
    return TRUE;
  if (get_i32 (&in, AT_SHAPE_SIZE) > 0)
    *why = decode_composite (&in, outline);
  else if (type == TYPE_RECT || type == TYPE_OVAL)
    decode_box (&in, type, outline);
  else if (type == TYPE_POLYGON || type == TYPE_FREEHAND || type == TYPE_TRACED)
    {
      if ((subtype != SUBTYPE_ELLIPSE && subtype != SUBTYPE_ROTATED_RECT) || !decode_rotated (&in, subtype, outline))
        *why = decode_points (&in, outline);
    }
  else
    outline->is_area = FALSE;
  if (*why == NULL && !points_are_finite (outline))
    *why = "its outline has coordinates that are no numbers";
  return *why == NULL;
}

static void
put_u16 (GByteArray *out, guint value)
{
  const guint8 bytes[2] = { (guint8) (value >> 8), (guint8) value };

  g_byte_array_append (out, bytes, 2);
}

static void
set_u16 (GByteArray *out, gsize at, guint value)
{
  out->data[at] = (guint8) (value >> 8);
  out->data[at + 1] = (guint8) value;
}

static void
set_u32 (GByteArray *out, gsize at, guint32 value)
{
  set_u16 (out, at, value >> 16);
  set_u16 (out, at + 2, value & 0xffff);
}

static void
put_float (GByteArray *out, double number)
{
  float value = (float) number;
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  put_u16 (out, bits >> 16);
  put_u16 (out, bits & 0xffff);
}

static void
encode_path (const MgOutline *outline, GByteArray *out)
{
  guint i = 0;

  for (guint ring = 0; ring < outline->ends->len; ring++)
    {
      guint end = g_array_index (outline->ends, guint, ring), start = i;

      for (; i < end; i++)
        {
          const MgPoint *point = &g_array_index (outline->points, MgPoint, i);

          put_float (out, i == start ? 0 : 1);
          put_float (out, point->x);
          put_float (out, point->y);
        }
      put_float (out, 4);
    }
  set_u32 (out, AT_SHAPE_SIZE, (out->len - HEADER_BYTES) / 4);
}

static void
encode_points (const MgOutline *outline, int left, int top, GByteArray *out)
{
  guint n = outline->points->len;

  for (guint i = 0; i < n; i++)
    put_u16 (out, (guint) (g_array_index (outline->points, MgPoint, i).x - left));
  for (guint i = 0; i < n; i++)
    put_u16 (out, (guint) (g_array_index (outline->points, MgPoint, i).y - top));
  if (n <= G_MAXUINT16)
    set_u16 (out, AT_N_POINTS, n);
  else
    set_u32 (out, AT_LINE, n);
}

static void
encode_header2 (const MgOutline *outline, GByteArray *out)
{
  gsize at = out->len;
  glong length = 0;
  g_autofree gunichar2 *name = outline->name != NULL ? g_utf8_to_utf16 (outline->name, -1, NULL, &length, NULL) : NULL;

  set_u32 (out, AT_HEADER2, (guint32) at);
  set_u32 (out, AT_POSITION, (guint32) outline->slice);
  g_byte_array_set_size (out, (guint) (at + HEADER2_BYTES));
  memset (out->data + at, 0, HEADER2_BYTES);
  set_u32 (out, at + AT_SLICE, (guint32) outline->slice);
  set_u32 (out, at + AT_FRAME, (guint32) outline->frame);
  if (name == NULL)
    return;
  set_u32 (out, at + AT_NAME, (guint32) out->len);
  set_u32 (out, at + AT_NAME_LENGTH, (guint32) length);
  for (glong i = 0; i < length; i++)
    put_u16 (out, name[i]);
}

/**
 * mg_roi_encode:
 * @outline: rings of whole coordinates, none below 0
 * @out: filled with the bytes of a .roi file
 *
 * One ring becomes a traced ROI, several a composite one, which keeps holes
 * and parts; so does one that lies beyond what 16 bits hold. Any thread.
 *
 * Returns: FALSE when it has no rings
 */
gboolean
mg_roi_encode (const MgOutline *outline,
               GByteArray *out)
{
  double left = G_MAXINT, top = G_MAXINT, right = 0, bottom = 0;
  gboolean composite;

  for (guint i = 0; i < outline->points->len; i++)
    {
      const MgPoint *point = &g_array_index (outline->points, MgPoint, i);

      left = MIN (left, point->x);
      top = MIN (top, point->y);
      right = MAX (right, point->x);
      bottom = MAX (bottom, point->y);
    }
  if (outline->ends->len == 0)
    return FALSE;
  composite = outline->ends->len > 1 || right > MAX_SHORT || bottom > MAX_SHORT;
  g_byte_array_set_size (out, HEADER_BYTES);
  memset (out->data, 0, HEADER_BYTES);
  memcpy (out->data, "Iout", 4);
  set_u16 (out, AT_VERSION, VERSION);
  out->data[AT_TYPE] = composite ? TYPE_RECT : TYPE_TRACED;
  set_u16 (out, AT_TOP, (guint) MIN (top, MAX_SHORT));
  set_u16 (out, AT_LEFT, (guint) MIN (left, MAX_SHORT));
  set_u16 (out, AT_BOTTOM, (guint) MIN (bottom, MAX_SHORT));
  set_u16 (out, AT_RIGHT, (guint) MIN (right, MAX_SHORT));
  if (composite)
    encode_path (outline, out);
  else
    encode_points (outline, (int) left, (int) top, out);
  encode_header2 (outline, out);
  return TRUE;
}
