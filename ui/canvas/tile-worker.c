#include "canvas/tile-worker.h"

struct _MgTileWorker
{
  GThreadPool *pool;
  MgTileDone done;
  gpointer data;
  GMutex mutex;
  GPtrArray *finished; /* guarded by mutex */
  guint source;        /* guarded by mutex; 0 when none waits */
};

/**
 * mg_shared_scene_new:
 * @scene: a scene of the main thread
 *
 * Returns: (transfer full): a copy with references and a snapshot of the mask
 */
MgSharedScene *
mg_shared_scene_new (const MgScene *scene)
{
  MgSharedScene *shared = g_new (MgSharedScene, 1);

  g_atomic_ref_count_init (&shared->refs);
  shared->scene = *scene;
  if (scene->image != NULL)
    mg_pyramid_ref (scene->image);
  if (scene->mask != NULL)
    shared->scene.mask = mg_mask_snapshot (scene->mask);
  if (scene->prediction != NULL)
    mg_labels_ref (scene->prediction);
  if (scene->selected != NULL)
    g_hash_table_ref (scene->selected);
  return shared;
}

static MgSharedScene *
shared_scene_ref (MgSharedScene *shared)
{
  g_atomic_ref_count_inc (&shared->refs);
  return shared;
}

/**
 * mg_shared_scene_unref:
 * @shared: a scene
 */
void
mg_shared_scene_unref (MgSharedScene *shared)
{
  if (!g_atomic_ref_count_dec (&shared->refs))
    return;
  g_clear_pointer (&shared->scene.image, mg_pyramid_unref);
  g_clear_pointer (&shared->scene.mask, mg_mask_free);
  g_clear_pointer (&shared->scene.prediction, mg_labels_unref);
  g_clear_pointer (&shared->scene.selected, g_hash_table_unref);
  g_free (shared);
}

/**
 * mg_tile_request_new:
 * @scene: what is shown
 * @viewport: how
 * @rect: which part of the viewport, device pixels
 *
 * Returns: (transfer full): a request for mg_tile_worker_push()
 */
MgTileRequest *
mg_tile_request_new (MgSharedScene *scene,
                     const MgViewport *viewport,
                     const MgRect *rect)
{
  MgTileRequest *request = g_new0 (MgTileRequest, 1);

  request->scene = shared_scene_ref (scene);
  request->viewport = *viewport;
  request->rect = *rect;
  return request;
}

static void
request_free (MgTileRequest *request)
{
  g_clear_pointer (&request->scene, mg_shared_scene_unref);
  g_clear_pointer (&request->pixels, g_bytes_unref);
  g_free (request);
}

static gboolean
deliver (gpointer data)
{
  MgTileWorker *worker = data;
  g_autoptr (GPtrArray) finished = NULL;

  g_mutex_lock (&worker->mutex);
  finished = g_steal_pointer (&worker->finished);
  worker->finished = g_ptr_array_new_with_free_func ((GDestroyNotify) request_free);
  worker->source = 0;
  g_mutex_unlock (&worker->mutex);
  worker->done (finished, worker->data);
  return G_SOURCE_REMOVE;
}

static void
render (gpointer data,
        gpointer user_data)
{
  MgTileRequest *request = data;
  MgTileWorker *worker = user_data;

  if (!g_atomic_int_get (&request->cancelled))
    {
      gsize stride = (gsize) request->rect.width * 4, size = stride * request->rect.height;
      guint8 *pixels = g_malloc0 (size);
      MgScene scene = request->scene->scene;
      g_autoptr (GError) error = NULL;

      scene.draft = &request->draft;
      if (!mg_compose (&scene, &request->viewport, &request->rect,
                       pixels, stride, NULL, &error))
        g_debug ("a tile could not be drawn: %s", error->message);
      request->pixels = g_bytes_new_take (pixels, size);
    }
  g_mutex_lock (&worker->mutex);
  g_ptr_array_add (worker->finished, request);
  if (worker->source == 0)
    worker->source = g_idle_add_full (G_PRIORITY_DEFAULT, deliver, worker, NULL);
  g_mutex_unlock (&worker->mutex);
}

/**
 * mg_tile_worker_new:
 * @done: called on the main thread with finished requests; what it does not
 *   steal is freed after it
 *
 * One core is left to the main thread.
 *
 * Returns: (transfer full): a worker
 */
MgTileWorker *
mg_tile_worker_new (MgTileDone done,
                    gpointer data)
{
  MgTileWorker *worker = g_new0 (MgTileWorker, 1);

  g_mutex_init (&worker->mutex);
  worker->done = done;
  worker->data = data;
  worker->finished = g_ptr_array_new_with_free_func ((GDestroyNotify) request_free);
  worker->pool = g_thread_pool_new (render, worker, CLAMP ((int) g_get_num_processors () - 1, 1, 4), FALSE, NULL);
  return worker;
}

/**
 * mg_tile_worker_free:
 * @worker: a worker, all requests of which are cancelled
 *
 * Waits for the tile being rendered, at most.
 */
void
mg_tile_worker_free (MgTileWorker *worker)
{
  g_thread_pool_free (worker->pool, FALSE, TRUE);
  g_clear_handle_id (&worker->source, g_source_remove);
  g_ptr_array_unref (worker->finished);
  g_mutex_clear (&worker->mutex);
  g_free (worker);
}

/**
 * mg_tile_worker_push:
 * @worker: a worker
 * @request: (transfer full): comes back through the worker's function
 */
void
mg_tile_worker_push (MgTileWorker *worker,
                     MgTileRequest *request)
{
  g_thread_pool_push (worker->pool, request, NULL);
}
