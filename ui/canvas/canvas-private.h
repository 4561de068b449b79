#pragma once

#include "canvas/canvas.h"
#include "canvas/frame-trace.h"
#include "canvas/view-tiles.h"

#define MG_BRUSH_MIN_PX 0.5
#define MG_BRUSH_MAX_PX 1000.0

typedef struct _MgWandHand MgWandHand;

/* The chosen training region on its way to another place. */
typedef struct
{
  gboolean held;
  guint part; /* of MgRoiPart */
  MgRect start, now;
} MgRegionHand;

struct _MgCanvas
{
  MgImageView base;

  /* what is shown */
  MgPyramid *pyramid;       /* (nullable), shared */
  MgAnnotation *annotation; /* (nullable), shared */
  MgLabels *prediction;     /* (nullable), shared */
  MgRect prediction_rect;
  MgChannelView channels[MG_VIEW_MAX_CHANNELS];
  int n_channels;
  int z, t;
  GArray *selection;    /* of guint32, in the order chosen */
  GHashTable *selected; /* (nullable): set of the same; shared with scenes, replaced */
  int region;           /* the training region chosen, -1 for none */
  gboolean every_plane; /* new ones hold for every plane */
  MgRect candidate;     /* the predicted cell that the keyboard is at; may be empty */
  double fill_opacity, outline_opacity;
  gboolean show_fill, show_outlines, show_prediction, hide_overlays;

  /* how */
  MgViewTiles *tiles;
  GArray *damage; /* of MgRect, image pixels, since the last frame */
  PangoLayout *bar_text;
  GtkWidget *minimap;
  GdkTexture *overview; /* the last one told of; not looked at */

  /* input */
  MgCanvasTool tool;
  gboolean eraser_end; /* a pen's other end is over the canvas: it erases */
  double brush_radius;
  gboolean brush_on_screen, pressure, protect;
  int tolerance;

  /* the tool in hand, places in image pixels */
  MgPoint press, at;
  gboolean boxing;  /* between them a box is drawn */
  GArray *path;     /* of MgPoint */
  MgStroke shape;   /* what the path will paint */
  MgWandHand *wand; /* (nullable) */
  MgRegionHand region_hand;
};

void _mg_canvas_draw (MgImageView *view,
                      GtkSnapshot *snapshot);
void _mg_canvas_draw_init (MgCanvas *self);
void _mg_canvas_draw_dispose (MgCanvas *self);
void _mg_canvas_get_scene (MgCanvas *self,
                           MgScene *scene);
void _mg_canvas_scene_changed (MgCanvas *self);
void _mg_canvas_input_class_init (MgImageViewClass *klass);
void _mg_canvas_cancel_drag (MgCanvas *self);
void _mg_canvas_update_a11y (MgCanvas *self);
void _mg_canvas_install_properties (GObjectClass *object_class);
double _mg_canvas_brush_radius (MgCanvas *self);
void _mg_canvas_prune_selection (MgCanvas *self);
void _mg_canvas_draw_regions (MgCanvas *self,
                              GtkSnapshot *snapshot);
void _mg_canvas_regions_init (MgCanvas *self);
void _mg_canvas_regions_changed (MgCanvas *self);
void _mg_canvas_put_region (MgCanvas *self);
gboolean _mg_canvas_takes_part (MgCanvas *self);
gboolean _mg_canvas_get_every_plane (MgCanvas *self);
void _mg_canvas_set_every_plane (MgCanvas *self,
                                 gboolean every);
void _mg_canvas_emit_notice (MgCanvas *self,
                             const char *text);
void _mg_canvas_emit_boxed (MgCanvas *self,
                            const MgRect *box,
                            GdkModifierType state);
void _mg_canvas_emit_clicked (MgCanvas *self,
                              double x,
                              double y,
                              GdkModifierType state,
                              int n_press);
