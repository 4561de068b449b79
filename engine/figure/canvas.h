#pragma once

#include "figure/picture.h"

#define MG_POINTS_PER_INCH 72.0
#define MG_MM_PER_INCH     25.4

/**
 * MgTextStyle:
 * @size: points
 * @colour: 0xRRGGBB
 * @align: 0: the place is the text's left end, 0.5 its middle, 1 its right end
 * @bold: whether it is
 * @outlined: with a dark rim, so that it is read over any image
 * @upright: turned by a quarter, reading upwards
 */
typedef struct
{
  double size;
  guint32 colour;
  double align;
  gboolean bold, outlined, upright;
} MgTextStyle;

/* One page that is drawn on in points, its origin the upper left corner, and
 * written as PNG, TIFF, SVG or PDF, whichever the file's name asks for. In SVG
 * and PDF text stays text and a picture is held once, however often it is
 * shown. One thread. */
typedef struct _MgCanvas MgCanvas;

MgCanvas *_mg_canvas_new (GFile *file,
                          double width,
                          double height,
                          double dpi,
                          GError **error);
/* Draws into a picture instead, a point a pixel; the picture is borrowed. */
MgCanvas *_mg_canvas_new_for_picture (MgPicture *picture);
void _mg_canvas_free (MgCanvas *canvas);
/* Replaces the file, as a whole or not at all. */
gboolean _mg_canvas_finish (MgCanvas *canvas,
                            GError **error);
gboolean _mg_canvas_is_vector (MgCanvas *canvas);
/* PDF and SVG say what they are. */
void _mg_canvas_set_title (MgCanvas *canvas,
                           const char *title);
void _mg_canvas_fill (MgCanvas *canvas,
                      double x,
                      double y,
                      double width,
                      double height,
                      guint32 colour);
void _mg_canvas_frame (MgCanvas *canvas,
                       double x,
                       double y,
                       double width,
                       double height,
                       double line,
                       guint32 colour);
/* n points x, y, x, y … */
void _mg_canvas_lines (MgCanvas *canvas,
                       const double *points,
                       guint n,
                       double line,
                       guint32 colour);
/* `y` is the baseline. */
void _mg_canvas_text (MgCanvas *canvas,
                      const char *text,
                      double x,
                      double y,
                      const MgTextStyle *style);
double _mg_canvas_text_width (MgCanvas *canvas,
                              const char *text,
                              const MgTextStyle *style);
/* As above, its middle left out where it is too long. */
void _mg_canvas_text_in (MgCanvas *canvas,
                         const char *text,
                         double x,
                         double y,
                         double width,
                         const MgTextStyle *style);
/* Lines broken between words; returns the height they take. */
double _mg_canvas_paragraph (MgCanvas *canvas,
                             const char *text,
                             double x,
                             double y,
                             double width,
                             const MgTextStyle *style);
/* A picture that lives as long as the canvas. */
MgPicture *_mg_canvas_make_picture (MgCanvas *canvas,
                                    double width,
                                    double height,
                                    GError **error);
/* Shows a part of the picture, its pixels as squares where they are enlarged;
 * the picture must live as long as the canvas. FALSE with an error when
 * memory runs out. */
gboolean _mg_canvas_picture (MgCanvas *canvas,
                             const MgPicture *picture,
                             double from_x,
                             double from_y,
                             double from_width,
                             double from_height,
                             double x,
                             double y,
                             double width,
                             double height,
                             GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgCanvas, _mg_canvas_free)
