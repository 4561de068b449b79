#include "figure/canvas-private.h"

#include "io/atomic-file.h"
#include "io/png-write.h"
#include "io/tiff-write.h"

#include <cairo-pdf.h>
#include <math.h>

#define FONT         "sans"
#define LINE_SPACING 1.35

typedef enum
{
  KIND_PNG,
  KIND_TIFF,
  KIND_SVG,
  KIND_PDF,
} Kind;

static const struct
{
  const char *suffix;
  Kind kind;
} suffixes[] = {
  { ".png", KIND_PNG },
  { ".tif", KIND_TIFF },
  { ".tiff", KIND_TIFF },
  { ".svg", KIND_SVG },
  { ".pdf", KIND_PDF },
};

struct _MgCanvas
{
  GFile *file; /* (nullable) */
  Kind kind;
  double width, height, dpi;
  double scale;             /* device units a point */
  MgPicture picture;        /* PNG and TIFF */
  cairo_surface_t *surface; /* of the picture or the PDF; for SVG one that only measures text */
  cairo_t *cr;
  GHashTable *surfaces; /* MgPicture → cairo_surface_t */
  GPtrArray *pictures;  /* MgPicture, owned */
  MgSvg svg;
  MgAtomicFile *atomic; /* PDF */
  GError *error;        /* the first one of writing the PDF */
};

static gboolean
find_kind (GFile *file, Kind *kind, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (lower, suffixes[i].suffix))
      {
        *kind = suffixes[i].kind;
        return TRUE;
      }
  g_set_error (error, MG_ERROR, MG_ERROR_USAGE,
               "%s: figures are written as PNG, TIFF, SVG or PDF (end the name in .png, .tif, .svg or .pdf)", name);
  return FALSE;
}

static cairo_status_t
write_bytes (void *closure, const unsigned char *data, unsigned int size)
{
  MgCanvas *canvas = closure;

  return canvas->error == NULL && mg_atomic_file_write (canvas->atomic, data, size, &canvas->error) ? CAIRO_STATUS_SUCCESS
                                                                                                    : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t *
make_surface (const MgPicture *picture)
{
  return cairo_image_surface_create_for_data ((unsigned char *) picture->pixels, CAIRO_FORMAT_RGB24,
                                              picture->width, picture->height, picture->width * 4);
}

static void
picture_free (gpointer data)
{
  _mg_picture_clear (data);
  g_free (data);
}

static void
start_drawing (MgCanvas *canvas)
{
  cairo_font_options_t *options = cairo_font_options_create ();

  canvas->cr = cairo_create (canvas->surface);
  cairo_scale (canvas->cr, canvas->scale, canvas->scale);
  /* the same places whatever the resolution */
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options (canvas->cr, options);
  cairo_font_options_destroy (options);
  cairo_set_line_join (canvas->cr, CAIRO_LINE_JOIN_ROUND);
  canvas->surfaces = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) cairo_surface_destroy);
  canvas->pictures = g_ptr_array_new_with_free_func (picture_free);
}

/* Where the drawing goes, white to begin with. */
static gboolean
open_surface (MgCanvas *canvas, GError **error)
{
  switch (canvas->kind)
    {
    case KIND_PDF:
      canvas->atomic = mg_atomic_file_new (canvas->file, error);
      if (canvas->atomic == NULL)
        return FALSE;
      canvas->surface = cairo_pdf_surface_create_for_stream (write_bytes, canvas, canvas->width, canvas->height);
      cairo_pdf_surface_set_metadata (canvas->surface, CAIRO_PDF_METADATA_CREATOR, "Micrographia " MG_VERSION);
      break;
    case KIND_SVG:
      _mg_svg_init (&canvas->svg);
      canvas->surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
      break;
    case KIND_PNG:
    case KIND_TIFF:
    default:
      canvas->scale = canvas->dpi / MG_POINTS_PER_INCH;
      if (!_mg_picture_init (&canvas->picture, round (canvas->width * canvas->scale), round (canvas->height * canvas->scale), error))
        return FALSE;
      canvas->surface = make_surface (&canvas->picture);
      break;
    }
  start_drawing (canvas);
  /* a little more: the last row of pixels may reach beyond the page */
  _mg_canvas_fill (canvas, 0, 0, canvas->width + 1, canvas->height + 1, 0xffffff);
  return TRUE;
}

MgCanvas *
_mg_canvas_new (GFile *file,
                double width,
                double height,
                double dpi,
                GError **error)
{
  g_autoptr (MgCanvas) canvas = g_new0 (MgCanvas, 1);

  canvas->file = g_object_ref (file);
  canvas->width = width;
  canvas->height = height;
  canvas->dpi = dpi;
  canvas->scale = 1;
  if (!find_kind (file, &canvas->kind, error))
    return NULL;
  if (!open_surface (canvas, error))
    {
      g_autofree char *name = g_file_get_parse_name (file);

      if (canvas->kind != KIND_PDF)
        g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  return g_steal_pointer (&canvas);
}

MgCanvas *
_mg_canvas_new_for_picture (MgPicture *picture)
{
  MgCanvas *canvas = g_new0 (MgCanvas, 1);

  canvas->width = picture->width;
  canvas->height = picture->height;
  canvas->scale = 1;
  canvas->surface = make_surface (picture);
  start_drawing (canvas);
  return canvas;
}

void
_mg_canvas_free (MgCanvas *canvas)
{
  g_clear_pointer (&canvas->cr, cairo_destroy);
  g_clear_pointer (&canvas->surface, cairo_surface_destroy);
  g_clear_pointer (&canvas->surfaces, g_hash_table_unref);
  g_clear_pointer (&canvas->pictures, g_ptr_array_unref);
  _mg_picture_clear (&canvas->picture);
  if (canvas->svg.body != NULL)
    _mg_svg_clear (&canvas->svg);
  g_clear_pointer (&canvas->atomic, mg_atomic_file_free);
  g_clear_error (&canvas->error);
  g_clear_object (&canvas->file);
  g_free (canvas);
}

static gboolean
finish_pdf (MgCanvas *canvas, GError **error)
{
  cairo_status_t status;

  cairo_show_page (canvas->cr);
  cairo_surface_finish (canvas->surface);
  status = cairo_surface_status (canvas->surface);
  if (canvas->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&canvas->error));
      return FALSE;
    }
  if (status != CAIRO_STATUS_SUCCESS || cairo_status (canvas->cr) != CAIRO_STATUS_SUCCESS)
    {
      g_autofree char *name = g_file_get_parse_name (canvas->file);

      g_set_error (error, MG_ERROR, MG_ERROR_FAILED, "%s: the page could not be made: %s", name,
                   cairo_status_to_string (status != CAIRO_STATUS_SUCCESS ? status : cairo_status (canvas->cr)));
      return FALSE;
    }
  return mg_atomic_file_commit (canvas->atomic, error);
}

gboolean
_mg_canvas_finish (MgCanvas *canvas,
                   GError **error)
{
  const MgPicture *picture = &canvas->picture;

  g_return_val_if_fail (canvas->file != NULL, FALSE);

  cairo_surface_flush (canvas->surface);
  switch (canvas->kind)
    {
    case KIND_PNG:
      return mg_png_write (canvas->file, picture->pixels, picture->width, picture->height, canvas->dpi, error);
    case KIND_TIFF:
      return mg_tiff_write_picture (canvas->file, picture->pixels, picture->width, picture->height, canvas->dpi, error);
    case KIND_SVG:
      return _mg_svg_write (&canvas->svg, canvas->file, canvas->width, canvas->height, error);
    case KIND_PDF:
    default:
      return finish_pdf (canvas, error);
    }
}

gboolean
_mg_canvas_is_vector (MgCanvas *canvas)
{
  return canvas->kind == KIND_SVG || canvas->kind == KIND_PDF;
}

void
_mg_canvas_set_title (MgCanvas *canvas,
                      const char *title)
{
  if (canvas->kind == KIND_SVG)
    canvas->svg.title = g_strdup (title);
  else if (canvas->kind == KIND_PDF)
    cairo_pdf_surface_set_metadata (canvas->surface, CAIRO_PDF_METADATA_TITLE, title);
}

static void
set_colour (cairo_t *cr, guint32 colour)
{
  cairo_set_source_rgb (cr, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0, (colour & 0xff) / 255.0);
}

void
_mg_canvas_fill (MgCanvas *canvas,
                 double x,
                 double y,
                 double width,
                 double height,
                 guint32 colour)
{
  if (canvas->kind == KIND_SVG)
    {
      _mg_svg_fill (&canvas->svg, x, y, width, height, colour);
      return;
    }
  set_colour (canvas->cr, colour);
  cairo_rectangle (canvas->cr, x, y, width, height);
  cairo_fill (canvas->cr);
}

void
_mg_canvas_frame (MgCanvas *canvas,
                  double x,
                  double y,
                  double width,
                  double height,
                  double line,
                  guint32 colour)
{
  if (canvas->kind == KIND_SVG)
    {
      _mg_svg_frame (&canvas->svg, x, y, width, height, line, colour);
      return;
    }
  set_colour (canvas->cr, colour);
  cairo_set_line_width (canvas->cr, line);
  cairo_rectangle (canvas->cr, x, y, width, height);
  cairo_stroke (canvas->cr);
}

void
_mg_canvas_lines (MgCanvas *canvas,
                  const double *points,
                  guint n,
                  double line,
                  guint32 colour)
{
  if (canvas->kind == KIND_SVG)
    {
      _mg_svg_lines (&canvas->svg, points, n, line, colour);
      return;
    }
  set_colour (canvas->cr, colour);
  cairo_set_line_width (canvas->cr, line);
  cairo_new_path (canvas->cr); /* text leaves its end behind */
  for (guint i = 0; i < n; i++)
    cairo_line_to (canvas->cr, points[2 * i], points[2 * i + 1]);
  cairo_stroke (canvas->cr);
}

/* Text as every format takes it: names of files may hold anything. */
static char *
make_clean (const char *text)
{
  char *clean = g_utf8_make_valid (text, -1);

  for (char *p = clean; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = ' ';
  return clean;
}

static double
measure (MgCanvas *canvas, const char *clean, const MgTextStyle *style)
{
  cairo_text_extents_t extents;

  cairo_select_font_face (canvas->cr, FONT, CAIRO_FONT_SLANT_NORMAL, style->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (canvas->cr, style->size);
  cairo_text_extents (canvas->cr, clean, &extents);
  return extents.x_advance;
}

double
_mg_canvas_text_width (MgCanvas *canvas,
                       const char *text,
                       const MgTextStyle *style)
{
  g_autofree char *clean = make_clean (text);

  return measure (canvas, clean, style);
}

static void
draw_text (MgCanvas *canvas, const char *clean, double x, double y, const MgTextStyle *style)
{
  cairo_t *cr = canvas->cr;
  double width = measure (canvas, clean, style);

  cairo_save (cr);
  cairo_translate (cr, x, y);
  if (style->upright)
    cairo_rotate (cr, -G_PI / 2);
  cairo_move_to (cr, -style->align * width, 0);
  if (style->outlined)
    {
      cairo_text_path (cr, clean);
      set_colour (cr, 0);
      cairo_set_line_width (cr, style->size / 6);
      cairo_stroke (cr);
      cairo_move_to (cr, -style->align * width, 0);
    }
  set_colour (cr, style->colour);
  cairo_show_text (cr, clean);
  cairo_restore (cr);
}

void
_mg_canvas_text (MgCanvas *canvas,
                 const char *text,
                 double x,
                 double y,
                 const MgTextStyle *style)
{
  g_autofree char *clean = make_clean (text);

  if (canvas->kind == KIND_SVG)
    _mg_svg_text (&canvas->svg, clean, x, y, style);
  else
    draw_text (canvas, clean, x, y, style);
}

void
_mg_canvas_text_in (MgCanvas *canvas,
                    const char *text,
                    double x,
                    double y,
                    double width,
                    const MgTextStyle *style)
{
  g_autofree char *shown = make_clean (text);
  glong n = g_utf8_strlen (shown, -1), left = n;

  while (left > 2 && measure (canvas, shown, style) > width)
    {
      g_autofree char *clean = make_clean (text);
      g_autofree char *begin = NULL;

      left--;
      begin = g_utf8_substring (clean, 0, left - left / 2);
      g_free (shown);
      shown = g_strconcat (begin, "…", g_utf8_offset_to_pointer (clean, n - left / 2), NULL);
    }
  _mg_canvas_text (canvas, shown, x, y, style);
}

double
_mg_canvas_paragraph (MgCanvas *canvas,
                      const char *text,
                      double x,
                      double y,
                      double width,
                      const MgTextStyle *style)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (GString) line = g_string_new (NULL);
  double height = 0;

  for (char **word = words; *word != NULL; word++)
    {
      g_autofree char *longer = g_strconcat (line->str, line->len > 0 ? " " : "", *word, NULL);

      if (line->len > 0 && _mg_canvas_text_width (canvas, longer, style) > width)
        {
          _mg_canvas_text (canvas, line->str, x, y + height + style->size, style);
          height += LINE_SPACING * style->size;
          g_string_assign (line, *word);
        }
      else
        g_string_assign (line, longer);
    }
  _mg_canvas_text_in (canvas, line->str, x, y + height + style->size, width, style);
  return height + LINE_SPACING * style->size;
}

MgPicture *
_mg_canvas_make_picture (MgCanvas *canvas,
                         double width,
                         double height,
                         GError **error)
{
  MgPicture *picture = g_new0 (MgPicture, 1);

  g_ptr_array_add (canvas->pictures, picture);
  return _mg_picture_init (picture, width, height, error) ? picture : NULL;
}

/* One surface for each picture: a PDF then holds it once. */
static cairo_surface_t *
get_surface (MgCanvas *canvas, const MgPicture *picture)
{
  cairo_surface_t *surface = g_hash_table_lookup (canvas->surfaces, picture);

  if (surface == NULL)
    {
      surface = make_surface (picture);
      g_hash_table_insert (canvas->surfaces, (gpointer) picture, surface);
    }
  return surface;
}

gboolean
_mg_canvas_picture (MgCanvas *canvas,
                    const MgPicture *picture,
                    double from_x,
                    double from_y,
                    double from_width,
                    double from_height,
                    double x,
                    double y,
                    double width,
                    double height,
                    GError **error)
{
  double scale_x = width / from_width, scale_y = height / from_height;
  cairo_t *cr = canvas->cr;

  if (canvas->kind == KIND_SVG)
    return _mg_svg_picture (&canvas->svg, picture, (const double[]){ from_x, from_y, from_width, from_height },
                            (const double[]){ x, y, width, height }, error);
  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, scale_x, scale_y);
  cairo_set_source_surface (cr, get_surface (canvas, picture), -from_x, -from_y);
  /* a PDF's reader reduces by itself, and would blur what is enlarged */
  cairo_pattern_set_filter (cairo_get_source (cr),
                            canvas->kind == KIND_PDF || scale_x * canvas->scale >= 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_restore (cr);
  return TRUE;
}
