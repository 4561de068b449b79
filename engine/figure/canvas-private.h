#pragma once

#include "figure/canvas.h"

/* An SVG page, written by hand: cairo's own makes outlines of text. */
typedef struct
{
  GString *body;
  GString *pictures;   /* held once each, at the top */
  GPtrArray *embedded; /* MgPicture, borrowed, by number */
  char *title;         /* (nullable) */
} MgSvg;

void _mg_svg_init (MgSvg *svg);
void _mg_svg_clear (MgSvg *svg);
gboolean _mg_svg_write (const MgSvg *svg,
                        GFile *file,
                        double width,
                        double height,
                        GError **error);
void _mg_svg_fill (MgSvg *svg,
                   double x,
                   double y,
                   double width,
                   double height,
                   guint32 colour);
void _mg_svg_frame (MgSvg *svg,
                    double x,
                    double y,
                    double width,
                    double height,
                    double line,
                    guint32 colour);
void _mg_svg_lines (MgSvg *svg,
                    const double *points,
                    guint n,
                    double line,
                    guint32 colour);
void _mg_svg_text (MgSvg *svg,
                   const char *text,
                   double x,
                   double y,
                   const MgTextStyle *style);
gboolean _mg_svg_picture (MgSvg *svg,
                          const MgPicture *picture,
                          const double from[4],
                          const double to[4],
                          GError **error);
