#pragma once

#include "annotate/mask.h"
#include "image/channel-view.h"
#include "image/histogram.h"
#include "image/pyramid.h"
#include "segment/instances.h"
#include "view/viewport.h"

#define MG_VIEW_TILE_PX 256

/**
 * MgScene:
 *
 * All that is shown. Pointers are borrowed for the call.
 */
typedef struct
{
  MgPyramid *image; /* (nullable) */
  int z, t;
  int n_channels;
  MgChannelView channels[MG_VIEW_MAX_CHANNELS];
  MgMask *mask;           /* (nullable): hand-made labels */
  MgLabels *prediction;   /* (nullable): predicted instances, drawn hatched or dashed so the two are told apart */
  MgRect prediction_rect; /* where the prediction's raster lies in the image */
  gboolean show_mask, show_prediction;
  double fill_opacity;    /* 0 to 1 */
  double outline_opacity; /* 0 to 1 */
  GHashTable *selected;   /* (nullable): set of labels of the mask, only read */
  gboolean *draft;        /* (nullable): where given, coarse values will do for what is slow to read, and set it */
} MgScene;

int mg_channel_views_init (const MgImageInfo *info,
                           MgChannelView *views);
void mg_channel_view_auto (MgChannelView *view,
                           const MgImageInfo *info,
                           const MgHistogram *histogram);
gboolean mg_scene_auto_channels (MgScene *scene,
                                 GCancellable *cancellable,
                                 GError **error);
/* Renders the part `screen` (device pixels, viewport coordinates) to RGBA8
 * premultiplied, rows `stride` bytes apart; outside the image transparent.
 * Nearest above zoom 1, averaged below. Any thread, as long as the scene's
 * parts are not written meanwhile. */
gboolean mg_compose (const MgScene *scene,
                     const MgViewport *viewport,
                     const MgRect *screen,
                     guint8 *rgba,
                     gsize stride,
                     GCancellable *cancellable,
                     GError **error);
/* The colour of a label, 0xRRGGBB; neighbouring numbers differ clearly. */
guint32 mg_label_colour (guint32 label);
guint32 mg_hue_colour (double hue);
guint32 mg_lut_colour (MgLut lut,
                       double value);
guint32 mg_channel_view_colour (const MgChannelView *view,
                                double value);
