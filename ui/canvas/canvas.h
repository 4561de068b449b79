#pragma once

#include <gtk/gtk.h>

#include "annotate/annotation.h"
#include "image/pyramid.h"
#include "view/composer.h"

typedef enum
{
  MG_CANVAS_SELECT,
  MG_CANVAS_BRUSH,
  MG_CANVAS_ERASER,
} MgCanvasTool;

#define MG_TYPE_CANVAS_TOOL (mg_canvas_tool_get_type ())
GType mg_canvas_tool_get_type (void);

/* Shows one image with its labels and lets a person paint on it. Holds no
 * image logic: pictures come from engine/view, strokes go to MgAnnotation.
 *
 * Properties: "fill-opacity", "outline-opacity", "show-fill", "show-outlines",
 * "show-prediction", "hide-overlays", "tool", "brush-radius" (image pixels),
 * "zoom" (device pixels an image pixel, read only).
 * Signals: "hover" (double x, double y, gboolean inside): the pointer's place
 * in the image; "clicked" (int x, int y, GdkModifierType state, int n_press):
 * a click with the select tool; "viewport-changed". */
#define MG_TYPE_CANVAS (mg_canvas_get_type ())
G_DECLARE_FINAL_TYPE (MgCanvas, mg_canvas, MG, CANVAS, GtkWidget)

void mg_canvas_set_image (MgCanvas *self,
                          MgPyramid *pyramid,
                          MgAnnotation *annotation);
void mg_canvas_set_channels (MgCanvas *self,
                             const MgChannelView *channels,
                             int n_channels);
void mg_canvas_set_plane (MgCanvas *self,
                          int z,
                          int t);
int mg_canvas_get_z (MgCanvas *self);
int mg_canvas_get_t (MgCanvas *self);
void mg_canvas_set_prediction (MgCanvas *self,
                               MgLabels *labels,
                               const MgRect *rect);
void mg_canvas_set_selected (MgCanvas *self,
                             guint32 label);
guint32 mg_canvas_get_selected (MgCanvas *self);
void mg_canvas_zoom_step (MgCanvas *self,
                          int direction);
void mg_canvas_zoom_to (MgCanvas *self,
                        double zoom);
void mg_canvas_zoom_fit (MgCanvas *self);
void mg_canvas_zoom_rect (MgCanvas *self,
                          const MgRect *rect);
void mg_canvas_change_brush (MgCanvas *self,
                             int direction);
void mg_canvas_visible_rect (MgCanvas *self,
                             MgRect *rect);
void mg_canvas_image_to_widget (MgCanvas *self,
                                double image_x,
                                double image_y,
                                double *x,
                                double *y);
