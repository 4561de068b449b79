#pragma once

#include "canvas/tile-worker.h"
#include "canvas/view-tiles.h"

typedef struct
{
  MgRect rect;            /* in the layer */
  guint serial, shown;    /* content wanted, content of the texture */
  GBytes *pixels;         /* (nullable): of the texture */
  GdkTexture *texture;    /* (nullable) */
  MgTileRequest *pending; /* (nullable): the worker's */
  gboolean draft;         /* something sharper will come */
} MgTile;

/* All tiles of one zoom. */
typedef struct
{
  double zoom;
  int width, height; /* of the whole image at this zoom */
  GHashTable *tiles; /* column and row → MgTile */
} MgLayer;

struct _MgViewTiles
{
  void (*ready) (gpointer data);
  gpointer data;
  MgTileWorker *worker;
  MgSharedScene *scene; /* (nullable): what the worker is given until the scene changes */
  int image_width, image_height;
  guint serial;
  MgTile *overview; /* all of the image, without labels */
  gboolean moving;  /* the zoom changes with every frame */
  MgLayer *layer;   /* (nullable) */
  guint improve;    /* timer, 0 when no draft is shown */
  guint improved;   /* what mg_image_improve() said last */
  MgLayer *stale;   /* (nullable): another zoom's, shown scaled until tiles arrive */
};

static inline gpointer
_mg_tile_key (int column,
              int row)
{
  return GSIZE_TO_POINTER ((gsize) row << 24 | (gsize) column);
}

gboolean _mg_layer_span (MgLayer *layer,
                         const MgRect *rect,
                         MgRect *span);
void _mg_view_tiles_request_overview (MgViewTiles *self,
                                      const MgScene *scene);
