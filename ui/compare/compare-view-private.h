#pragma once

#include "compare/compare-view.h"
#include "canvas/roi.h"

/* Between two panes, logical pixels. */
#define MG_COMPARE_GAP 4

/* What a held button moves. */
typedef enum
{
  MG_COMPARE_HOLDS_DIVIDER,
  MG_COMPARE_HOLDS_ROI,
  MG_COMPARE_HOLDS_NEW_ROI,
} MgCompareHold;

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
  MgImageView base; /* of one pane */

  /* what is shown */
  MgCompareSide sides[MG_COMPARE_N_LAYERS];
  int z, t;
  MgCompareMode mode;
  double divider;
  gboolean swapped, flicker_second;
  guint flicker_timer;
  MgRect roi;        /* empty: none */
  MgRect wanted_roi; /* of the person: kept while an image is too small for it */

  /* how */
  PangoLayout *bar_text, *legend_text;

  /* input */
  MgCompareHold hold;
  guint roi_part;
  MgRect roi_start;
  double divider_start;
  double drag_x, drag_y; /* image pixels where a region was taken hold of */
};

int _mg_compare_view_get_panes (MgCompareView *self,
                                MgComparePane panes[2]);
void _mg_compare_view_origin (MgCompareView *self,
                              const MgComparePane *pane,
                              int *x,
                              int *y);
void _mg_compare_view_draw (MgImageView *view,
                            GtkSnapshot *snapshot);
void _mg_compare_view_draw_init (MgCompareView *self);
void _mg_compare_view_draw_dispose (MgCompareView *self);
void _mg_compare_view_scene_changed (MgCompareView *self,
                                     MgCompareLayer layer);
void _mg_compare_view_roi_changed (MgCompareView *self);
void _mg_compare_view_input_class_init (MgImageViewClass *klass);
