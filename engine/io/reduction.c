/* Large images: the levels that a person looks at from afar are made once, in
 * the background, and kept on disk; until then a sketch of single pixels stands
 * for them, so that nobody waits for a whole file to be read. */
#include "io/reduction.h"

#include "io/reduction-private.h"

/* Planes of fewer pixels are averaged while one looks. */
#define MIN_PIXELS ((gint64) 24 << 20)

/* Levels up to this one are averaged when asked for: what of them fits on a
 * screen is little to read. */
#define LIVE_LEVEL 2

/* Averages kept in memory of levels that are not made yet */
#define LIVE_BYTES ((gsize) 32 << 20)

/* The sketch is about as fine as a screen that shows all of the image. */
#define SKETCH_SIDE 1280

static MgReduced *
reduced_ref (MgReduced *reduced)
{
  g_atomic_ref_count_inc (&reduced->refs);
  return reduced;
}

static void
reduced_unref (MgReduced *reduced)
{
  if (!g_atomic_ref_count_dec (&reduced->refs))
    return;
  g_hash_table_unref (reduced->planes);
  mg_pyramid_unref (reduced->live);
  mg_image_unref (reduced->image);
  g_object_unref (reduced->cancellable);
  g_mutex_clear (&reduced->mutex);
  g_free (reduced->key);
  g_free (reduced);
}

static void
plane_free (gpointer data)
{
  MgReducedPlane *plane = data;

  g_clear_pointer (&plane->store, _mg_reduction_store_free);
  g_clear_pointer (&plane->retired, _mg_reduction_store_free);
  g_free (plane->sketch);
  g_mutex_clear (&plane->mutex);
  g_free (plane);
}

char *
_mg_reduced_plane_key (MgReduced *reduced,
                       const MgReducedPlane *plane)
{
  return g_strdup_printf ("%s|%d|%d|%d", reduced->key, plane->c, plane->z, plane->t);
}

static int
n_rows (MgReduced *reduced, int level)
{
  int width, height;

  mg_image_level_size (reduced->info, level, &width, &height);
  return height;
}

static MgReducedPlane *
get_plane (MgReduced *reduced, int c, int z, int t)
{
  gint64 number = ((gint64) t * reduced->info->n_z + z) * reduced->info->n_channels + c;
  MgReducedPlane *plane;

  g_mutex_lock (&reduced->mutex);
  plane = g_hash_table_lookup (reduced->planes, &number);
  if (plane == NULL)
    {
      plane = g_new0 (MgReducedPlane, 1);
      *plane = (MgReducedPlane){ .c = c, .z = z, .t = t };
      g_mutex_init (&plane->mutex);
      g_hash_table_insert (reduced->planes, g_memdup2 (&number, sizeof number), plane);
    }
  g_mutex_unlock (&reduced->mutex);
  return plane;
}

/* Looks once for what another run has left. */
static void
look_for_store (MgReduced *reduced, MgReducedPlane *plane)
{
  const MgReductionShape shape = { reduced->info, reduced->first, reduced->n_levels };

  g_mutex_lock (&plane->mutex);
  if (!plane->looked)
    {
      g_autofree char *key = _mg_reduced_plane_key (reduced, plane);

      plane->looked = TRUE;
      plane->store = _mg_reduction_store_open (key, &shape);
      if (plane->store != NULL)
        plane->rows = n_rows (reduced, reduced->first);
    }
  g_mutex_unlock (&plane->mutex);
}

/* The store that has these rows, if there is one; the last row of a level only
 * when all of the plane is there. It lives as long as the plane. */
static MgReductionStore *
find_stored (MgReduced *reduced, MgReducedPlane *plane, int level, const MgRect *rect)
{
  MgReductionStore *store = NULL;
  int rows;

  g_mutex_lock (&plane->mutex);
  rows = plane->damaged ? 0 : plane->rows;
  if (rows > 0)
    {
      int first = _mg_reduction_store_get_first (plane->store);

      if (level >= first && (rows == n_rows (reduced, first) || rect->y + rect->height <= rows >> (level - first)))
        store = plane->store;
    }
  g_mutex_unlock (&plane->mutex);
  return store;
}

static void
set_damaged (MgReducedPlane *plane, MgReductionStore *store)
{
  g_mutex_lock (&plane->mutex);
  plane->damaged |= plane->store == store && plane->retired == NULL;
  g_mutex_unlock (&plane->mutex);
}

static void
read_sketch (MgReduced *reduced, MgReducedPlane *plane, int level, const MgRect *rect, float *dst, gsize stride)
{
  int by = reduced->sketch_level - level;

  _mg_reduced_sketch (reduced, plane);
  g_mutex_lock (&plane->mutex);
  for (int y = 0; y < rect->height; y++)
    {
      gint64 sy = by >= 0 ? (rect->y + y) >> by : (gint64) (rect->y + y) << -by;
      const float *from = plane->sketch + MIN (sy, reduced->sketch_height - 1) * reduced->sketch_width;
      float *out = (float *) ((guint8 *) dst + y * stride);

      for (int x = 0; x < rect->width; x++)
        {
          gint64 sx = by >= 0 ? (rect->x + x) >> by : (gint64) (rect->x + x) << -by;

          out[x] = from[MIN (sx, reduced->sketch_width - 1)];
        }
    }
  g_mutex_unlock (&plane->mutex);
}

/* An image that can only be read from the top is read from its copy, as soon as
 * that is there. */
static gboolean
reduced_read (gpointer data, int c, int z, int t, const MgRect *rect,
              gpointer dst, gsize stride, GCancellable *cancellable, GError **error)
{
  MgReduced *reduced = data;

  if (reduced->first == 0)
    {
      MgReducedPlane *plane = get_plane (reduced, c, z, t);
      MgReductionStore *store;

      look_for_store (reduced, plane);
      store = find_stored (reduced, plane, 0, rect);
      if (store != NULL && _mg_reduction_store_get_type (store) == reduced->info->type)
        {
          if (_mg_reduction_store_read_raw (store, 0, rect, dst, stride))
            return TRUE;
          set_damaged (plane, store);
        }
    }
  return mg_image_read (reduced->image, c, z, t, rect, dst, stride, cancellable, error);
}

static gboolean
reduced_has_level (gpointer data, int level)
{
  MgReduced *reduced = data;

  return level >= reduced->first && level < reduced->n_levels;
}

static gboolean
reduced_read_level (gpointer data, int level, int c, int z, int t, const MgRect *rect,
                    float *dst, gsize stride, gboolean *draft, GCancellable *cancellable, GError **error)
{
  MgReduced *reduced = data;
  MgReducedPlane *plane = get_plane (reduced, c, z, t);
  MgReductionStore *store;

  look_for_store (reduced, plane);
  store = find_stored (reduced, plane, level, rect);
  if (store != NULL)
    {
      if (_mg_reduction_store_read (store, level, rect, dst, stride))
        return TRUE;
      set_damaged (plane, store);
    }
  if (draft != NULL && (level > LIVE_LEVEL || reduced->info->in_sequence))
    {
      read_sketch (reduced, plane, level, rect, dst, stride);
      g_atomic_int_set (&plane->wanted, TRUE);
      g_atomic_int_set (draft, TRUE);
      return TRUE;
    }
  return mg_pyramid_read (reduced->live, level, c, z, t, rect, dst, stride, cancellable, error);
}

typedef struct
{
  MgReduced *reduced;
  MgReducedPlane *plane;
} Build;

static void
build (gpointer data, gpointer user_data)
{
  Build *work = data;

  if (!g_cancellable_is_cancelled (work->reduced->cancellable))
    _mg_reduced_build (work->reduced, work->plane);
  reduced_unref (work->reduced);
  g_free (work);
}

/* One for all images: a disk does not get faster by reading in two places. */
static GThreadPool *
get_builders (void)
{
  static gsize pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize) g_thread_pool_new (build, NULL, 1, FALSE, NULL));
  return (GThreadPool *) pool;
}

static void
queue_build (MgReduced *reduced, MgReducedPlane *plane)
{
  gboolean start;

  g_mutex_lock (&plane->mutex);
  start = !plane->queued && (plane->store == NULL || plane->damaged);
  plane->queued |= start;
  g_mutex_unlock (&plane->mutex);
  if (start)
    {
      Build *work = g_new (Build, 1);

      g_atomic_int_set (&plane->building, TRUE);
      *work = (Build){ reduced_ref (reduced), plane };
      g_thread_pool_push (get_builders (), work, NULL);
    }
}

static guint
reduced_improve (gpointer data)
{
  MgReduced *reduced = data;
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&reduced->mutex);
  g_hash_table_iter_init (&iter, reduced->planes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (g_atomic_int_compare_and_exchange (&((MgReducedPlane *) value)->wanted, TRUE, FALSE))
      queue_build (reduced, value);
  g_mutex_unlock (&reduced->mutex);
  return (guint) g_atomic_int_get (&reduced->progress);
}

static double
reduced_prepared (gpointer data)
{
  MgReduced *reduced = data;
  gint64 done = 0, all = 0;
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&reduced->mutex);
  g_hash_table_iter_init (&iter, reduced->planes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      MgReducedPlane *plane = value;

      /* the mutex of another may be held for long */
      if (!g_atomic_int_get (&plane->building))
        continue;
      g_mutex_lock (&plane->mutex);
      all += n_rows (reduced, plane->store != NULL ? _mg_reduction_store_get_first (plane->store) : reduced->first);
      done += plane->rows;
      g_mutex_unlock (&plane->mutex);
    }
  g_mutex_unlock (&reduced->mutex);
  return all > 0 ? (double) done / (double) all : 1;
}

static void
reduced_free (gpointer data)
{
  MgReduced *reduced = data;

  g_cancellable_cancel (reduced->cancellable);
  reduced_unref (reduced);
}

/**
 * mg_reduction_is_worthwhile:
 *
 * Returns: whether an image is so large, and so poor in reduced copies of its
 *   own, that mg_image_new_reduced() is of use
 */
gboolean
mg_reduction_is_worthwhile (MgImage *image)
{
  const MgImageInfo *info = mg_image_get_info (image);

  if ((gint64) info->width * info->height < MIN_PIXELS || info->block_width == 0)
    return FALSE;
  for (int level = 1; level <= LIVE_LEVEL + 1; level++)
    if (mg_image_has_level (image, level))
      return FALSE;
  return TRUE;
}

static char *
make_key (GFile *file, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_TIME_MODIFIED "," G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC,
                                                  G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autofree char *uri = g_file_get_uri (file);

  if (info == NULL)
    return NULL;
  return g_strdup_printf ("%s|%" G_GOFFSET_FORMAT "|%" G_GUINT64_FORMAT ".%06u", uri, g_file_info_get_size (info),
                          g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED),
                          g_file_info_get_attribute_uint32 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED_USEC));
}

/**
 * mg_image_new_reduced:
 * @image: (transfer full): a large one
 * @file: what it was read from; with its size and time it names the levels kept
 *   in the person's cache folder
 *
 * The same image with reduced levels: sketched at once, made and kept on disk
 * while somebody waits for them (mg_image_improve()). Any thread.
 *
 * Returns: (transfer full): %NULL with an error naming the file
 */
MgImage *
mg_image_new_reduced (MgImage *image,
                      GFile *file,
                      GError **error)
{
  static const MgImageSource source = { reduced_read, reduced_free, reduced_has_level, reduced_read_level, reduced_improve, reduced_prepared };
  MgReduced *reduced;
  char *key = make_key (file, error);

  if (key == NULL)
    {
      mg_image_unref (image);
      return NULL;
    }
  reduced = g_new0 (MgReduced, 1);
  g_atomic_ref_count_init (&reduced->refs);
  reduced->image = image;
  reduced->info = mg_image_get_info (image);
  reduced->live = mg_pyramid_new_sized (image, LIVE_BYTES);
  reduced->key = key;
  reduced->n_levels = mg_pyramid_get_n_levels (reduced->live);
  /* what can only be read from the top is kept whole, to get at its end */
  reduced->first = reduced->info->in_sequence ? 0 : LIVE_LEVEL;
  while (MAX (reduced->info->width, reduced->info->height) >> reduced->sketch_level > SKETCH_SIDE)
    reduced->sketch_level++;
  mg_image_level_size (reduced->info, reduced->sketch_level, &reduced->sketch_width, &reduced->sketch_height);
  g_mutex_init (&reduced->mutex);
  reduced->planes = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, plane_free);
  reduced->cancellable = g_cancellable_new ();
  return mg_image_new_from_source (reduced->info, &source, reduced, error);
}
