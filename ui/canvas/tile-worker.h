#pragma once

#include <gtk/gtk.h>

#include "view/composer.h"

/* A scene that owns what it points to, its mask a snapshot: what a worker may
 * read while the main thread paints on. Reference counted, any thread. */
typedef struct
{
  gatomicrefcount refs;
  MgScene scene;
} MgSharedScene;

MgSharedScene *mg_shared_scene_new (const MgScene *scene);
void mg_shared_scene_unref (MgSharedScene *shared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgSharedScene, mg_shared_scene_unref)

/* One tile to be rendered. The owner gives up its interest by `cancelled`. */
typedef struct
{
  MgSharedScene *scene; /* owned */
  MgViewport viewport;
  MgRect rect;
  guint serial;   /* the owner's: which content was asked for */
  gint cancelled; /* atomic */
  gpointer tile;  /* the owner's, not looked at */
  GBytes *pixels; /* (nullable): RGBA8, the result */
  gboolean draft; /* which is not sharp yet */
} MgTileRequest;

MgTileRequest *mg_tile_request_new (MgSharedScene *scene,
                                    const MgViewport *viewport,
                                    const MgRect *rect);

/* Renders requests on threads of its own and hands them back, done or
 * cancelled, on the main thread, many at a time. */
typedef struct _MgTileWorker MgTileWorker;

typedef void (*MgTileDone) (GPtrArray *requests, gpointer data);

MgTileWorker *mg_tile_worker_new (MgTileDone done,
                                  gpointer data);
void mg_tile_worker_free (MgTileWorker *worker);
void mg_tile_worker_push (MgTileWorker *worker,
                          MgTileRequest *request);
