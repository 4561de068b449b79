#include "image/pyramid.h"

#include "base/parallel.h"
#include "image/tile-cache.h"

#include <string.h>

#define TILE_PX      256
#define BUDGET_BYTES ((gsize) 128 << 20)
#define MAX_LEVELS   32

struct _MgPyramid
{
  gatomicrefcount ref_count;
  MgImage *image;
  MgTileCache *tiles;
  int n_levels;
};

/* One plane of one level, and what a reader of it wants. */
typedef struct
{
  MgPyramid *pyramid;
  int level, c, z, t;
  gboolean *draft; /* (nullable): coarse values will do, and set this */
  GCancellable *cancellable;
} Plane;

/* One request for a region, shared by the workers that copy its tiles. */
typedef struct
{
  const Plane *plane;
  const MgRect *rect;
  float *dst;
  gsize stride;
  int first_x, first_y, n_across;
  GMutex mutex;
  GError *error; /* the first */
} Request;

static gboolean read_plane (const Plane *plane, const MgRect *rect, float *dst, gsize stride, GError **error);

/**
 * mg_pyramid_new:
 * @image: kept by reference
 *
 * Returns: (transfer full): nothing is read yet
 */
MgPyramid *
mg_pyramid_new (MgImage *image)
{
  return mg_pyramid_new_sized (image, BUDGET_BYTES);
}

/**
 * mg_pyramid_new_sized:
 * @image: kept by reference
 * @budget_bytes: of the levels kept in memory
 *
 * Returns: (transfer full): nothing is read yet
 */
MgPyramid *
mg_pyramid_new_sized (MgImage *image,
                      gsize budget_bytes)
{
  MgPyramid *pyramid = g_new0 (MgPyramid, 1);
  const MgImageInfo *info = mg_image_get_info (image);
  gint64 side = MAX (info->width, info->height);

  g_atomic_ref_count_init (&pyramid->ref_count);
  pyramid->image = mg_image_ref (image);
  pyramid->tiles = mg_tile_cache_new (budget_bytes);
  pyramid->n_levels = 1;
  while (side > TILE_PX && pyramid->n_levels < MAX_LEVELS)
    {
      side = (side + 1) / 2;
      pyramid->n_levels++;
    }
  return pyramid;
}

/**
 * mg_pyramid_ref:
 *
 * Returns: (transfer full): @pyramid. Any thread.
 */
MgPyramid *
mg_pyramid_ref (MgPyramid *pyramid)
{
  g_atomic_ref_count_inc (&pyramid->ref_count);
  return pyramid;
}

/**
 * mg_pyramid_unref:
 * @pyramid: (transfer full): any thread
 */
void
mg_pyramid_unref (MgPyramid *pyramid)
{
  if (!g_atomic_ref_count_dec (&pyramid->ref_count))
    return;
  mg_tile_cache_free (pyramid->tiles);
  mg_image_unref (pyramid->image);
  g_free (pyramid);
}

/**
 * mg_pyramid_get_image:
 *
 * Returns: (transfer none): level 0
 */
MgImage *
mg_pyramid_get_image (MgPyramid *pyramid)
{
  return pyramid->image;
}

/**
 * mg_pyramid_get_n_levels:
 *
 * Returns: levels, at least 1; the last one is at most 256 pixels on a side
 */
int
mg_pyramid_get_n_levels (MgPyramid *pyramid)
{
  return pyramid->n_levels;
}

/**
 * mg_pyramid_get_size:
 * @level: 0 to the number of levels - 1
 * @width: (out): pixels of that level
 * @height: (out): pixels of that level
 */
void
mg_pyramid_get_size (MgPyramid *pyramid,
                     int level,
                     int *width,
                     int *height)
{
  mg_image_level_size (mg_image_get_info (pyramid->image), level, width, height);
}

/**
 * mg_pyramid_halve:
 * @src: @src_height rows of @src_width values
 * @dst: (out caller-allocates): @height rows of @width: half of them, rounded up
 *
 * Means of 2 × 2 values; at an odd edge of 1 × 2 or 2 × 1.
 */
void
mg_pyramid_halve (const float *src,
                  int src_width,
                  int src_height,
                  float *dst,
                  int width,
                  int height)
{
  for (int y = 0; y < height; y++)
    {
      const float *a = src + (gsize) 2 * y * src_width;
      const float *b = 2 * y + 1 < src_height ? a + src_width : a;
      float *out = dst + (gsize) y * width;
      int pairs = src_width / 2;

      for (int x = 0; x < pairs; x++)
        out[x] = 0.25f * ((a[2 * x] + a[2 * x + 1]) + (b[2 * x] + b[2 * x + 1]));
      if (width > pairs)
        out[pairs] = 0.5f * (a[2 * pairs] + b[2 * pairs]);
    }
}

/* Tile (x, y) of a level above 0, from the cache or from the level below;
 * two threads may make the same tile, which costs time but nothing else. */
static GBytes *
get_tile (const Plane *plane, int x, int y, MgRect *rect, GError **error)
{
  MgPyramid *pyramid = plane->pyramid;
  const MgImageInfo *info = mg_image_get_info (pyramid->image);
  guint64 group = (((guint64) plane->t * info->n_z + plane->z) * info->n_channels + plane->c) * MAX_LEVELS + plane->level;
  guint64 index = (guint64) y << 32 | (guint) x;
  Plane below = *plane;
  gboolean is_draft = FALSE;
  int width, height;
  g_autofree float *src = NULL;
  float *dst;
  GBytes *tile;

  mg_pyramid_get_size (pyramid, plane->level, &width, &height);
  *rect = (MgRect){ x * TILE_PX, y * TILE_PX, MIN (TILE_PX, width - x * TILE_PX), MIN (TILE_PX, height - y * TILE_PX) };
  tile = mg_tile_cache_lookup (pyramid->tiles, group, index);
  if (tile != NULL)
    return tile;
  below.level--;
  below.draft = plane->draft != NULL ? &is_draft : NULL;
  mg_pyramid_get_size (pyramid, below.level, &width, &height);

  MgRect from = { 2 * rect->x, 2 * rect->y, MIN (2 * rect->width, width - 2 * rect->x), MIN (2 * rect->height, height - 2 * rect->y) };

  src = g_new (float, (gsize) from.width *from.height);
  if (!read_plane (&below, &from, src, from.width * sizeof (float), error))
    return NULL;
  dst = g_new (float, (gsize) rect->width * rect->height);
  mg_pyramid_halve (src, from.width, from.height, dst, rect->width, rect->height);
  tile = g_bytes_new_take (dst, sizeof (float) * rect->width * rect->height);
  if (is_draft)
    g_atomic_int_set (plane->draft, TRUE);
  else
    mg_tile_cache_insert (pyramid->tiles, group, index, tile);
  return tile;
}

static void
copy_tiles (gsize begin, gsize end, guint worker, gpointer data)
{
  Request *request = data;

  for (gsize i = begin; i < end; i++)
    {
      GError *error = NULL;
      MgRect tile_rect, part;
      g_autoptr (GBytes) tile = NULL;
      const float *from;

      if (g_atomic_pointer_get (&request->error) != NULL)
        return;
      if (!g_cancellable_set_error_if_cancelled (request->plane->cancellable, &error))
        tile = get_tile (request->plane, request->first_x + (int) (i % request->n_across),
                         request->first_y + (int) (i / request->n_across), &tile_rect, &error);
      if (tile == NULL)
        {
          g_mutex_lock (&request->mutex);
          if (request->error == NULL)
            g_atomic_pointer_set (&request->error, error);
          else
            g_error_free (error);
          g_mutex_unlock (&request->mutex);
          return;
        }
      mg_rect_intersect (&tile_rect, request->rect, &part);
      from = (const float *) g_bytes_get_data (tile, NULL) +
             (gsize) (part.y - tile_rect.y) * tile_rect.width + (part.x - tile_rect.x);
      for (int y = 0; y < part.height; y++)
        memcpy ((guint8 *) request->dst + (gsize) (part.y - request->rect->y + y) * request->stride +
                  (part.x - request->rect->x) * sizeof (float),
                from + (gsize) y * tile_rect.width, part.width * sizeof (float));
    }
}

static gboolean
read_plane (const Plane *plane, const MgRect *rect, float *dst, gsize stride, GError **error)
{
  Request request = { plane, rect, dst, stride, rect->x / TILE_PX, rect->y / TILE_PX };
  int n_down;

  if (mg_rect_is_empty (rect))
    return TRUE;
  if (mg_image_has_level (plane->pyramid->image, plane->level))
    return mg_image_read_level (plane->pyramid->image, plane->level, plane->c, plane->z, plane->t, rect, dst, stride,
                                plane->draft, plane->cancellable, error);
  if (plane->level == 0)
    return mg_image_read_float (plane->pyramid->image, plane->c, plane->z, plane->t, rect, dst, stride,
                                plane->cancellable, error);
  request.n_across = (rect->x + rect->width - 1) / TILE_PX - request.first_x + 1;
  n_down = (rect->y + rect->height - 1) / TILE_PX - request.first_y + 1;
  g_mutex_init (&request.mutex);
  mg_parallel_for ((gsize) request.n_across * n_down, 1, copy_tiles, &request);
  g_mutex_clear (&request.mutex);
  if (request.error == NULL)
    return TRUE;
  g_propagate_error (error, request.error);
  return FALSE;
}

/**
 * mg_pyramid_read_draft:
 * @level: 0 is the image itself
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: in pixels of @level, within it; may be empty
 * @dst: (out caller-allocates)
 * @stride: bytes from one row of @dst to the next
 * @draft: (out) (nullable): when given, coarse values are given where better
 *   ones would take long, and this is then set to %TRUE; mg_image_improve() says
 *   when to read again
 * @cancellable: (nullable): looked at for every tile
 *
 * Values are means over 2^level pixels squared, or as many as there are at
 * the right and bottom edges. Any thread, and several at once.
 *
 * Returns: FALSE with an error naming the image or its file
 */
gboolean
mg_pyramid_read_draft (MgPyramid *pyramid,
                       int level,
                       int c,
                       int z,
                       int t,
                       const MgRect *rect,
                       float *dst,
                       gsize stride,
                       gboolean *draft,
                       GCancellable *cancellable,
                       GError **error)
{
  MgImageInfo info = *mg_image_get_info (pyramid->image); /* strings borrowed */
  Plane plane = { pyramid, level, c, z, t, draft, cancellable };

  info.width = info.height = 0; /* of a level that is not there */
  if (level >= 0 && level < pyramid->n_levels)
    mg_pyramid_get_size (pyramid, level, &info.width, &info.height);
  if (!mg_image_check_region (&info, c, z, t, rect, sizeof (float), stride, error))
    return FALSE;
  return read_plane (&plane, rect, dst, stride, error);
}

/**
 * mg_pyramid_read:
 * @level: 0 is the image itself
 * @c: channel
 * @z: slice
 * @t: frame
 * @rect: in pixels of @level, within it; may be empty
 * @dst: (out caller-allocates)
 * @stride: bytes from one row of @dst to the next
 * @cancellable: (nullable): looked at for every tile
 *
 * As mg_pyramid_read_draft(), never coarse, however long that takes.
 *
 * Returns: FALSE with an error naming the image or its file
 */
gboolean
mg_pyramid_read (MgPyramid *pyramid,
                 int level,
                 int c,
                 int z,
                 int t,
                 const MgRect *rect,
                 float *dst,
                 gsize stride,
                 GCancellable *cancellable,
                 GError **error)
{
  return mg_pyramid_read_draft (pyramid, level, c, z, t, rect, dst, stride, NULL, cancellable, error);
}
