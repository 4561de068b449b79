#pragma once

#include <gtk/gtk.h>

#include "annotate/annotation.h"
#include "canvas/image-view.h"
#include "image/pyramid.h"
#include "view/composer.h"

typedef enum
{
  MG_CANVAS_SELECT,
  MG_CANVAS_BRUSH,
  MG_CANVAS_ERASER,
  MG_CANVAS_FILL,
  MG_CANVAS_LASSO,
  MG_CANVAS_WAND,
  MG_CANVAS_MERGE,
  MG_CANVAS_CUT,
  MG_CANVAS_IGNORE,
  MG_CANVAS_REGION,
} MgCanvasTool;

#define MG_TYPE_CANVAS_TOOL (mg_canvas_tool_get_type ())
GType mg_canvas_tool_get_type (void);

/* Shows one image with its labels and lets a person paint on it. Holds no
 * image logic: pictures come from engine/view, strokes go to MgAnnotation.
 *
 * Properties: "fill-opacity", "outline-opacity", "show-fill", "show-outlines",
 * "show-prediction", "hide-overlays", "tool", "brush-radius" (image pixels, or
 * screen pixels with "brush-on-screen"), "pressure" (of a pen counts), "protect"
 * (cells are not painted over), "tolerance" (of the wand), "every-plane" (the
 * chosen training region holds for every plane, and new ones will).
 * Signals: "clicked" (int x, int y, GdkModifierType state, int n_press): a
 * click with the select tool; "boxed" (const MgRect *rect, GdkModifierType state):
 * a box drawn with it; "selection-changed"; "notice" (const char *text): why a
 * tool did nothing; "overview-changed": what mg_canvas_get_overview() returns
 * may be another picture. */
#define MG_TYPE_CANVAS (mg_canvas_get_type ())
G_DECLARE_FINAL_TYPE (MgCanvas, mg_canvas, MG, CANVAS, MgImageView)

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
void mg_canvas_set_selection (MgCanvas *self,
                              const guint32 *labels,
                              guint n);
const guint32 *mg_canvas_get_selection (MgCanvas *self,
                                        guint *n);
gboolean mg_canvas_is_selected (MgCanvas *self,
                                guint32 label);
int mg_canvas_get_region (MgCanvas *self);
void mg_canvas_set_region (MgCanvas *self,
                           int index);
void mg_canvas_next_region (MgCanvas *self,
                            int by);
void mg_canvas_add_region (MgCanvas *self);
gboolean mg_canvas_has_planes (MgCanvas *self);
void mg_canvas_set_candidate (MgCanvas *self,
                              const MgRect *rect);
void mg_canvas_reveal (MgCanvas *self,
                       const MgRect *rect);
void mg_canvas_zoom_rect (MgCanvas *self,
                          const MgRect *rect);
void mg_canvas_change_brush (MgCanvas *self,
                             int direction);
GtkWidget *mg_canvas_get_minimap (MgCanvas *self);
GdkTexture *mg_canvas_get_overview (MgCanvas *self);
