#include "figure/scale-bar.h"

#include <math.h>

/* Below this a bar would cover more than it tells. */
#define MIN_PICTURE_PX 96
/* The bar's longest share of the picture's width. */
#define MAX_SHARE 0.25

double
_mg_scale_bar_length (double most)
{
  double power = pow (10, floor (log10 (most))), digit = most / power;

  return power * (digit >= 5 ? 5 : digit >= 2 ? 2
                                              : 1);
}

static void
draw_text (cairo_t *cr,
           const char *text,
           double centre_x,
           double bottom,
           double size)
{
  cairo_text_extents_t extents;

  cairo_select_font_face (cr, "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  cairo_set_font_size (cr, size);
  cairo_text_extents (cr, text, &extents);
  cairo_move_to (cr, centre_x - extents.width / 2 - extents.x_bearing, bottom);
  cairo_text_path (cr, text);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_set_line_width (cr, size / 6);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill (cr);
}

void
_mg_scale_bar_draw (cairo_t *cr,
                    const MgImageInfo *info,
                    double scale,
                    int width,
                    int height)
{
  const char *unit = info->unit != NULL ? info->unit : "µm";
  double length, bar, thickness = MAX (3, round (height / 150.0)), margin = MAX (6, round (height / 40.0));
  g_autofree char *text = NULL;

  if (!(info->pixel_width > 0) || MIN (width, height) < MIN_PICTURE_PX)
    return;
  length = _mg_scale_bar_length (MAX_SHARE * width / scale * info->pixel_width);
  bar = length / info->pixel_width * scale;
  text = g_strdup_printf ("%g %s", length, unit);
  /* black around white is seen on any image */
  cairo_rectangle (cr, width - margin - bar - 1, height - margin - thickness - 1, bar + 2, thickness + 2);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_fill (cr);
  cairo_rectangle (cr, width - margin - bar, height - margin - thickness, bar, thickness);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill (cr);
  draw_text (cr, text, width - margin - bar / 2, height - margin - thickness - 5, MAX (11, height / 36.0));
}
