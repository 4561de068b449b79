#pragma once

#include "canvas/canvas.h"
#include "canvas/frame-trace.h"
#include "canvas/view-tiles.h"

#define MG_BRUSH_MIN_PX 0.5
#define MG_BRUSH_MAX_PX 200.0

typedef enum
{
  MG_DRAG_NONE,
  MG_DRAG_PAN,
  MG_DRAG_PAINT,
} MgDrag;

struct _MgCanvas
{
  GtkWidget parent_instance;

  /* what is shown */
  MgPyramid *pyramid;       /* (nullable), shared */
  MgAnnotation *annotation; /* (nullable), shared */
  MgLabels *prediction;     /* (nullable), shared */
  MgRect prediction_rect;
  MgChannelView channels[MG_VIEW_MAX_CHANNELS];
  int n_channels;
  int z, t;
  guint32 selected;
  double fill_opacity, outline_opacity;
  gboolean show_fill, show_outlines, show_prediction, hide_overlays;

  /* how */
  MgViewport view;
  gboolean fit; /* keep the whole image in view when the size changes */
  int scale;    /* device pixels a logical one */
  MgViewTiles *tiles;
  GArray *damage; /* of MgRect, image pixels, since the last frame */
  PangoLayout *bar_text;

  /* input */
  MgCanvasTool tool;
  double brush_radius;
  MgDrag drag;
  double drag_x, drag_y; /* device pixels: where a pan last was */
  double pointer_x, pointer_y;
  gboolean pointer_inside, space_held;
  double pinch_zoom;
};

void _mg_canvas_draw (MgCanvas *self,
                      GtkSnapshot *snapshot);
void _mg_canvas_draw_init (MgCanvas *self);
void _mg_canvas_draw_dispose (MgCanvas *self);
void _mg_canvas_get_scene (MgCanvas *self,
                           MgScene *scene);
void _mg_canvas_scene_changed (MgCanvas *self);
void _mg_canvas_viewport_changed (MgCanvas *self);
void _mg_canvas_input_init (MgCanvas *self);
void _mg_canvas_update_cursor (MgCanvas *self);
void _mg_canvas_cancel_drag (MgCanvas *self);
void _mg_canvas_update_a11y (MgCanvas *self);
void _mg_canvas_emit_hover (MgCanvas *self);
void _mg_canvas_emit_clicked (MgCanvas *self,
                              int x,
                              int y,
                              GdkModifierType state,
                              int n_press);
