#include "figure/canvas-private.h"

#include "io/atomic-file.h"
#include "io/png-write.h"

#include <string.h>

void
_mg_svg_init (MgSvg *svg)
{
  *svg = (MgSvg){ g_string_new (NULL), g_string_new (NULL), g_ptr_array_new (), NULL };
}

void
_mg_svg_clear (MgSvg *svg)
{
  g_string_free (svg->body, TRUE);
  g_string_free (svg->pictures, TRUE);
  g_ptr_array_unref (svg->embedded);
  g_free (svg->title);
}

/* Digits with a point, whatever the language. */
static void
put_number (GString *out, const char *name, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, " %s=\"%s\"", name, g_ascii_formatd (digits, sizeof digits, "%.5g", value));
}

static void
put_rect (GString *out, const char *element, double x, double y, double width, double height)
{
  g_string_append_printf (out, "<%s", element);
  put_number (out, "x", x);
  put_number (out, "y", y);
  put_number (out, "width", width);
  put_number (out, "height", height);
}

void
_mg_svg_fill (MgSvg *svg,
              double x,
              double y,
              double width,
              double height,
              guint32 colour)
{
  put_rect (svg->body, "rect", x, y, width, height);
  g_string_append_printf (svg->body, " fill=\"#%06x\"/>\n", colour);
}

void
_mg_svg_frame (MgSvg *svg,
               double x,
               double y,
               double width,
               double height,
               double line,
               guint32 colour)
{
  put_rect (svg->body, "rect", x, y, width, height);
  put_number (svg->body, "stroke-width", line);
  g_string_append_printf (svg->body, " fill=\"none\" stroke=\"#%06x\"/>\n", colour);
}

void
_mg_svg_lines (MgSvg *svg,
               const double *points,
               guint n,
               double line,
               guint32 colour)
{
  g_string_append (svg->body, "<polyline points=\"");
  for (guint i = 0; i < 2 * n; i++)
    {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (svg->body, g_ascii_formatd (digits, sizeof digits, "%.2f", points[i]));
      g_string_append_c (svg->body, i % 2 ? ' ' : ',');
    }
  g_string_append_c (svg->body, '"');
  put_number (svg->body, "stroke-width", line);
  g_string_append_printf (svg->body, " fill=\"none\" stroke-linejoin=\"round\" stroke=\"#%06x\"/>\n", colour);
}

void
_mg_svg_text (MgSvg *svg,
              const char *text,
              double x,
              double y,
              const MgTextStyle *style)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  const char *anchor = style->align < 0.25 ? "start" : style->align > 0.75 ? "end"
                                                                           : "middle";

  g_string_append (svg->body, "<text");
  put_number (svg->body, "x", x);
  put_number (svg->body, "y", y);
  put_number (svg->body, "font-size", style->size);
  g_string_append_printf (svg->body, " fill=\"#%06x\" text-anchor=\"%s\"", style->colour, anchor);
  if (style->bold)
    g_string_append (svg->body, " font-weight=\"bold\"");
  if (style->outlined)
    {
      g_string_append (svg->body, " stroke=\"#000000\" stroke-linejoin=\"round\" paint-order=\"stroke\"");
      put_number (svg->body, "stroke-width", style->size / 6);
    }
  if (style->upright)
    {
      char at_x[G_ASCII_DTOSTR_BUF_SIZE], at_y[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (svg->body, " transform=\"rotate(-90 %s %s)\"",
                              g_ascii_formatd (at_x, sizeof at_x, "%.5g", x),
                              g_ascii_formatd (at_y, sizeof at_y, "%.5g", y));
    }
  g_string_append_printf (svg->body, ">%s</text>\n", escaped);
}

/* The number the picture is known by, after it has been put into the file. */
static gboolean
embed (MgSvg *svg, const MgPicture *picture, guint *number, GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *text = NULL;

  if (g_ptr_array_find (svg->embedded, picture, number))
    return TRUE;
  bytes = g_byte_array_new ();
  if (!mg_png_append (bytes, picture->pixels, picture->width, picture->height, error))
    return FALSE;
  text = g_base64_encode (bytes->data, bytes->len);
  *number = svg->embedded->len;
  g_ptr_array_add (svg->embedded, (gpointer) picture);
  g_string_append_printf (svg->pictures,
                          "<image id=\"picture%u\" width=\"%d\" height=\"%d\" image-rendering=\"optimizeSpeed\" "
                          "style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64,%s\"/>\n",
                          *number, picture->width, picture->height, text);
  return TRUE;
}

gboolean
_mg_svg_picture (MgSvg *svg,
                 const MgPicture *picture,
                 const double from[4],
                 const double to[4],
                 GError **error)
{
  guint number;

  if (!embed (svg, picture, &number, error))
    return FALSE;
  put_rect (svg->body, "svg", to[0], to[1], to[2], to[3]);
  g_string_append (svg->body, " preserveAspectRatio=\"none\" viewBox=\"");
  for (int i = 0; i < 4; i++)
    {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append_printf (svg->body, i ? " %s" : "%s", g_ascii_formatd (digits, sizeof digits, "%.7g", from[i]));
    }
  g_string_append_printf (svg->body, "\"><use xlink:href=\"#picture%u\"/></svg>\n", number);
  return TRUE;
}

gboolean
_mg_svg_write (const MgSvg *svg,
               GFile *file,
               double width,
               double height,
               GError **error)
{
  g_autoptr (MgAtomicFile) atomic = mg_atomic_file_new (file, error);
  g_autofree char *title = g_markup_escape_text (svg->title != NULL ? svg->title : "Micrographia", -1);
  g_autoptr (GString) head = g_string_new ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                           "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                                           "xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" "
                                           "font-family=\"sans-serif\"");
  char w[G_ASCII_DTOSTR_BUF_SIZE], h[G_ASCII_DTOSTR_BUF_SIZE];

  if (atomic == NULL)
    return FALSE;
  g_ascii_formatd (w, sizeof w, "%.6g", width);
  g_ascii_formatd (h, sizeof h, "%.6g", height);
  g_string_append_printf (head, " width=\"%spt\" height=\"%spt\" viewBox=\"0 0 %s %s\">\n<title>%s</title>\n<defs>\n",
                          w, h, w, h, title);
  return mg_atomic_file_write (atomic, head->str, head->len, error) &&
         mg_atomic_file_write (atomic, svg->pictures->str, svg->pictures->len, error) &&
         mg_atomic_file_write (atomic, "</defs>\n", strlen ("</defs>\n"), error) &&
         mg_atomic_file_write (atomic, svg->body->str, svg->body->len, error) &&
         mg_atomic_file_write (atomic, "</svg>\n", strlen ("</svg>\n"), error) &&
         mg_atomic_file_commit (atomic, error);
}
