#pragma once

#include "canvas/image-view.h"
#include "image/pyramid.h"
#include "view/composer.h"

typedef enum
{
  MG_COMPARE_LEFT,
  MG_COMPARE_SPLIT,
  MG_COMPARE_SIDE,
  MG_COMPARE_RIGHT,
  MG_COMPARE_FLICKER,
  MG_COMPARE_MAP,
} MgCompareMode;

#define MG_TYPE_COMPARE_MODE (mg_compare_mode_get_type ())
GType mg_compare_mode_get_type (void);

/* What can be shown at a place: two images, and a map of both. */
typedef enum
{
  MG_COMPARE_LAYER_LEFT,
  MG_COMPARE_LAYER_RIGHT,
  MG_COMPARE_LAYER_MAP,
  MG_COMPARE_N_LAYERS,
} MgCompareLayer;

/* Shows two images of one size over or beside each other, both at the same
 * place and zoom, and a region of interest on them. Pictures come from
 * engine/view by the tiles of the canvas.
 *
 * Properties: "mode" (MgCompareMode), "divider" (0 to 1, of the width), "swapped"
 * (the other of the two is shown: flicker by hand), "region" (the region as text,
 * NULL for none).
 * Signals: "roi-changed". */
#define MG_TYPE_COMPARE_VIEW (mg_compare_view_get_type ())
G_DECLARE_FINAL_TYPE (MgCompareView, mg_compare_view, MG, COMPARE_VIEW, MgImageView)

void mg_compare_view_set_layer (MgCompareView *self,
                                MgCompareLayer layer,
                                MgPyramid *pyramid,
                                const char *title,
                                const MgChannelView *channels,
                                int n_channels);
void mg_compare_view_set_channels (MgCompareView *self,
                                   MgCompareLayer layer,
                                   const MgChannelView *channels,
                                   int n_channels);
void mg_compare_view_set_plane (MgCompareView *self,
                                int z,
                                int t);
void mg_compare_view_set_mode (MgCompareView *self,
                               MgCompareMode mode);
MgCompareMode mg_compare_view_get_mode (MgCompareView *self);
void mg_compare_view_set_roi (MgCompareView *self,
                              const MgRect *roi);
gboolean mg_compare_view_get_roi (MgCompareView *self,
                                  MgRect *roi);
void mg_compare_view_toggle_roi (MgCompareView *self);
void mg_compare_view_move_roi (MgCompareView *self,
                               int dx,
                               int dy);
void mg_compare_view_zoom_roi (MgCompareView *self,
                               double factor);
