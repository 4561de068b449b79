#include "figure/scale-bar.h"

#include <math.h>

/* The bar's longest share of the picture's width. */
#define MAX_SHARE 0.25

double
_mg_scale_bar_length (double most)
{
  double power = pow (10, floor (log10 (most))), digit = most / power;

  return power * (digit >= 5 ? 5 : digit >= 2 ? 2
                                              : 1);
}

void
_mg_scale_bar_draw (MgCanvas *canvas,
                    const MgImageInfo *info,
                    double scale,
                    double x,
                    double y,
                    double width,
                    double height,
                    const MgBarStyle *style)
{
  gboolean known = info->pixel_width > 0;
  const char *unit = !known ? "px" : info->unit != NULL ? info->unit
                                                        : "µm";
  const MgTextStyle letters = { .size = style->text, .colour = 0xffffff, .align = 0.5, .bold = TRUE, .outlined = TRUE };
  double pixel = known ? info->pixel_width : 1, length, bar, right = x + width - style->margin, left;
  double top = y + height - style->margin - style->thickness, rim = style->thickness / 3, half;
  g_autofree char *text = NULL;

  if (!known && !style->in_pixels)
    return;
  length = _mg_scale_bar_length (MAX_SHARE * width / scale * pixel);
  bar = length / pixel * scale;
  left = right - bar;
  text = g_strdup_printf ("%g %s", length, unit);
  /* black around white is seen on any image */
  _mg_canvas_fill (canvas, left - rim, top - rim, bar + 2 * rim, style->thickness + 2 * rim, 0);
  _mg_canvas_fill (canvas, left, top, bar, style->thickness, 0xffffff);
  half = _mg_canvas_text_width (canvas, text, &letters) / 2;
  _mg_canvas_text (canvas, text, MIN (left + bar / 2, x + width - half - style->margin / 2), top - 0.45 * style->text, &letters);
}
