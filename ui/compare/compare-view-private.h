#pragma once

#include "canvas/frame-trace.h"
#include "canvas/view-tiles.h"
#include "compare/compare-view.h"
#include "compare/roi.h"

/* Between two panes, logical pixels. */
#define MG_COMPARE_GAP 4

typedef enum
{
  MG_COMPARE_DRAG_NONE,
  MG_COMPARE_DRAG_PAN,
  MG_COMPARE_DRAG_DIVIDER,
  MG_COMPARE_DRAG_ROI,
  MG_COMPARE_DRAG_NEW_ROI,
} MgCompareDrag;

typedef struct
{
  MgPyramid *pyramid; /* (nullable), shared */
  int width, height;
  char *title;
  MgChannelView channels[MG_VIEW_MAX_CHANNELS];
  int n_channels;
  MgViewTiles *tiles;
  PangoLayout *text; /* (nullable): the title as drawn */
} MgCompareSide;

/* A part of the widget that shows one layer, device pixels. */
typedef struct
{
  MgCompareLayer layer;
  int x, width; /* what is seen of it */
  int offset;   /* where its viewport begins */
} MgComparePane;

struct _MgCompareView
{
  GtkWidget parent_instance;

  /* what is shown */
  MgCompareSide sides[MG_COMPARE_N_LAYERS];
  int image_width, image_height; /* of all layers; 0 without any */
  int z, t;
  MgCompareMode mode;
  double divider;
  gboolean swapped, flicker_second;
  guint flicker_timer;
  MgRect roi; /* empty: none */

  /* how */
  MgViewport view; /* of one pane */
  gboolean fit;
  int scale;
  PangoLayout *bar_text, *legend_text;

  /* input */
  MgCompareDrag drag;
  guint roi_part;
  MgRect roi_start;
  double drag_x, drag_y;       /* image pixels where a region was taken hold of */
  double last_x, last_y;       /* device pixels where a pan last was */
  double pointer_x, pointer_y; /* device pixels */
  gboolean pointer_inside, space_held;
  double pinch_zoom;
};

int _mg_compare_view_get_panes (MgCompareView *self,
                                MgComparePane panes[2]);
void _mg_compare_view_origin (MgCompareView *self,
                              const MgComparePane *pane,
                              int *x,
                              int *y);
const MgComparePane *_mg_compare_view_to_image (MgCompareView *self,
                                                MgComparePane panes[2],
                                                double device_x,
                                                double device_y,
                                                double *x,
                                                double *y);
void _mg_compare_view_draw (MgCompareView *self,
                            GtkSnapshot *snapshot);
void _mg_compare_view_draw_init (MgCompareView *self);
void _mg_compare_view_draw_dispose (MgCompareView *self);
void _mg_compare_view_scene_changed (MgCompareView *self,
                                     MgCompareLayer layer);
void _mg_compare_view_viewport_changed (MgCompareView *self);
void _mg_compare_view_resize (MgCompareView *self);
void _mg_compare_view_roi_changed (MgCompareView *self);
void _mg_compare_view_emit_hover (MgCompareView *self);
void _mg_compare_view_zoom_at (MgCompareView *self,
                               double zoom);
void _mg_compare_view_input_init (MgCompareView *self);
void _mg_compare_view_update_cursor (MgCompareView *self);
