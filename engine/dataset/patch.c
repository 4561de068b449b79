#include "dataset/patch.h"

#include "base/mem.h"
#include "dataset/objects.h"

#include <math.h>
#include <string.h>

/**
 * mg_patch_init:
 * @patch: (out): zeroed or uninitialised memory
 * @size: pixels a side
 * @n_channels: of the images it is cut from
 * @with_labels: whether items carry labels
 * @with_clean: whether items carry a clean image
 *
 * Returns: FALSE with an error when memory runs out.
 */
gboolean
mg_patch_init (MgPatch *patch,
               int size,
               int n_channels,
               gboolean with_labels,
               gboolean with_clean,
               GError **error)
{
  gsize n = (gsize) size * (gsize) size;
  const char *what = "the training patches";

  *patch = (MgPatch){ .size = size, .n_channels = n_channels };
  if ((patch->image = mg_try_alloc (n * (gsize) n_channels * sizeof (float), what, error)) == NULL ||
      (patch->valid = mg_try_alloc (n * sizeof (float), what, error)) == NULL ||
      (patch->known = mg_try_alloc (n * sizeof (float), what, error)) == NULL ||
      (with_labels && (patch->labels = mg_try_alloc (n * sizeof (guint32), what, error)) == NULL) ||
      (with_clean && (patch->clean = mg_try_alloc (n * (gsize) n_channels * sizeof (float), what, error)) == NULL))
    {
      mg_patch_clear (patch);
      return FALSE;
    }
  return TRUE;
}

/**
 * mg_patch_clear:
 * @patch: its arrays are freed
 */
void
mg_patch_clear (MgPatch *patch)
{
  g_clear_pointer (&patch->image, mg_free_aligned);
  g_clear_pointer (&patch->valid, mg_free_aligned);
  g_clear_pointer (&patch->known, mg_free_aligned);
  g_clear_pointer (&patch->labels, mg_free_aligned);
  g_clear_pointer (&patch->clean, mg_free_aligned);
  g_clear_pointer (&patch->scratch, mg_free_aligned);
  patch->scratch_values = 0;
}

/**
 * mg_place_init:
 * @place: (out): a place, upright and unbent
 * @x: of the patch's centre, in pixels of the image
 * @y: likewise
 * @scale: patch pixels an image pixel
 */
void
mg_place_init (MgPlace *place,
               double x,
               double y,
               double scale)
{
  *place = (MgPlace){ .x = x, .y = y, .matrix = { 1 / scale, 0, 0, 1 / scale } };
}

/* The part of the plane, mirrored without end at the image's edges, that a
 * patch is made from, with a margin for the bilinear neighbours. */
typedef struct
{
  MgRect rect;       /* of the mirrored plane */
  MgRect source;     /* of the image: what rect needs of it */
  int *columns;      /* owned: column of the image for each of rect */
  int *rows;         /* owned, likewise */
  float *xs, *ys;    /* owned: positions in rect of one row of the patch */
  gboolean mirrored; /* rect is not simply source */
} Window;

#define MARGIN_PX 2

/* Displacement along one node row of the grid, gx in nodes. */
static inline float
bend (const float shift[MG_ELASTIC_NODES][2], float gx, int axis)
{
  int i = MIN ((int) gx, MG_ELASTIC_NODES - 2);

  return shift[i][axis] + (gx - (float) i) * (shift[i + 1][axis] - shift[i][axis]);
}

/* Image position (pixel 0 spans 0 … 1) of patch position (u, v). */
static void
map (const MgPlace *place, int size, double u, double v, double *x, double *y)
{
  if (place->elastic)
    {
      float gx = (float) (u / size * (MG_ELASTIC_NODES - 1)), gy = (float) (v / size * (MG_ELASTIC_NODES - 1));
      int j = MIN ((int) gy, MG_ELASTIC_NODES - 2);
      float share = gy - (float) j;

      u += (1 - share) * bend (place->shift[j], gx, 0) + share * bend (place->shift[j + 1], gx, 0);
      v += (1 - share) * bend (place->shift[j], gx, 1) + share * bend (place->shift[j + 1], gx, 1);
    }
  u -= size / 2.0;
  v -= size / 2.0;
  *x = place->x + place->matrix[0] * u + place->matrix[1] * v;
  *y = place->y + place->matrix[2] * u + place->matrix[3] * v;
}

/**
 * mg_patch_find:
 * @u: column of the patch, as it was cut last
 * @v: row of the patch
 * @x: (out): column of the image's pixel that lies under its middle
 * @y: (out): its row; outside the image where the patch is
 */
void
mg_patch_find (const MgPatch *patch,
               int u,
               int v,
               int *x,
               int *y)
{
  double at_x, at_y;

  map (&patch->place, patch->size, u + 0.5, v + 0.5, &at_x, &at_y);
  *x = (int) floor (at_x);
  *y = (int) floor (at_y);
}

/* Column x of the plane mirrored at 0 and n. */
static int
mirror (int x, int n)
{
  x %= 2 * n;
  if (x < 0)
    x += 2 * n;
  return x < n ? x : 2 * n - 1 - x;
}

/* Columns first … first + n - 1 of the mirrored plane: which of the image. */
static int *
mirror_all (int first, int n, int length, int *low, int *count)
{
  int *out = g_new (int, n), high = -1;

  *low = length;
  for (int i = 0; i < n; i++)
    {
      out[i] = mirror (first + i, length);
      *low = MIN (*low, out[i]);
      high = MAX (high, out[i]);
    }
  *count = high - *low + 1;
  return out;
}

static void
window_init (Window *window, const MgPlace *place, int size, int width, int height)
{
  double low_x = G_MAXDOUBLE, high_x = -G_MAXDOUBLE, low_y = G_MAXDOUBLE, high_y = -G_MAXDOUBLE;
  const int last = MG_ELASTIC_NODES - 1;
  MgRect *rect = &window->rect;

  /* linear between the nodes, so the extremes are at nodes */
  for (int j = 0; j <= last; j++)
    for (int i = 0; i <= last; i++)
      {
        double x, y;

        map (place, size, (double) size * i / last, (double) size * j / last, &x, &y);
        low_x = MIN (low_x, x);
        high_x = MAX (high_x, x);
        low_y = MIN (low_y, y);
        high_y = MAX (high_y, y);
      }
  rect->x = (int) floor (low_x) - MARGIN_PX;
  rect->y = (int) floor (low_y) - MARGIN_PX;
  rect->width = (int) ceil (high_x) + MARGIN_PX - rect->x;
  rect->height = (int) ceil (high_y) + MARGIN_PX - rect->y;
  window->columns = mirror_all (rect->x, rect->width, width, &window->source.x, &window->source.width);
  window->rows = mirror_all (rect->y, rect->height, height, &window->source.y, &window->source.height);
  window->mirrored = rect->x < 0 || rect->y < 0 || rect->x + rect->width > width || rect->y + rect->height > height;
  window->xs = g_new (float, size);
  window->ys = g_new (float, size);
}

static void
window_clear (Window *window)
{
  g_free (window->columns);
  g_free (window->rows);
  g_free (window->xs);
  g_free (window->ys);
}

/* Positions in the window of the centres of the patch's row v. */
static void
place_row (Window *window, const MgPlace *place, int size, int v)
{
  for (int u = 0; u < size; u++)
    {
      double x, y;

      map (place, size, u + 0.5, v + 0.5, &x, &y);
      window->xs[u] = (float) (x - window->rect.x);
      window->ys[u] = (float) (y - window->rect.y);
    }
}

/* Room for the window's pixels and, behind them, the image's own. */
static gboolean
reserve (MgPatch *patch, const Window *window, GError **error)
{
  gsize n, n_source;

  if (!mg_size_mul ((gsize) window->rect.width, (gsize) window->rect.height, &n) ||
      !mg_size_mul ((gsize) window->source.width, (gsize) window->source.height, &n_source))
    n = n_source = G_MAXSIZE / 16;
  n += n_source;
  if (n <= patch->scratch_values)
    return TRUE;
  g_clear_pointer (&patch->scratch, mg_free_aligned);
  patch->scratch_values = 0;
  patch->scratch = mg_try_alloc (n * sizeof (float), "the training patches", error);
  if (patch->scratch)
    patch->scratch_values = n;
  return patch->scratch != NULL;
}

/* Fills the scratch with the window's normalised pixels. */
static gboolean
read_window (MgPatch *patch, MgImage *image, int c, double low, double high, const Window *window,
             GCancellable *cancellable, GError **error)
{
  gsize n = (gsize) window->rect.width * (gsize) window->rect.height, pitch = (gsize) window->source.width;
  float *own = window->mirrored ? patch->scratch + n : patch->scratch, *out = patch->scratch;

  if (!mg_image_read_float (image, c, 0, 0, &window->source, own, sizeof (float) * pitch, cancellable, error))
    return FALSE;
  mg_normalise (own, pitch * (gsize) window->source.height, low, high);
  mg_replace_outliers (own, window->source.width, window->source.height, MG_OUTLIER_GAP);
  if (!window->mirrored)
    return TRUE;
  for (int y = 0; y < window->rect.height; y++)
    {
      const float *row = own + (gsize) (window->rows[y] - window->source.y) * pitch;

      for (int x = 0; x < window->rect.width; x++)
        *out++ = row[window->columns[x] - window->source.x];
    }
  return TRUE;
}

/* Adds the bilinear samples of one row at (xs + dx, ys + dy) to sums. */
static void
add_samples (const float *pixels, const Window *window, int n, float dx, float dy, float *sums)
{
  gsize pitch = (gsize) window->rect.width;

  for (int u = 0; u < n; u++)
    {
      float x = window->xs[u] + dx - 0.5f, y = window->ys[u] + dy - 0.5f;
      int i = (int) x, j = (int) y;
      float fx = x - (float) i, fy = y - (float) j;
      const float *p = pixels + (gsize) j * pitch + (gsize) i;
      float top = p[0] + fx * (p[1] - p[0]), bottom = p[pitch] + fx * (p[pitch + 1] - p[pitch]);

      sums[u] += top + fy * (bottom - top);
    }
}

/* Resamples one channel from the scratch. A patch pixel that covers several
 * image pixels is the mean of as many samples, so that nothing aliases. */
static void
resample (const MgPatch *patch, const MgPlace *place, Window *window, float *out)
{
  const double *m = place->matrix;
  int k = CLAMP ((int) ceil (sqrt (fabs (m[0] * m[3] - m[1] * m[2])) - 0.25), 1, 8);
  g_autofree float *sums = g_new (float, patch->size);
  float weight = 1.0f / (float) (k * k);

  for (int v = 0; v < patch->size; v++)
    {
      place_row (window, place, patch->size, v);
      memset (sums, 0, sizeof (float) * (gsize) patch->size);
      for (int j = 0; j < k; j++)
        for (int i = 0; i < k; i++)
          {
            double du = (i + 0.5) / k - 0.5, dv = (j + 0.5) / k - 0.5;

            add_samples (patch->scratch, window, patch->size, (float) (m[0] * du + m[1] * dv),
                         (float) (m[2] * du + m[3] * dv), sums);
          }
      for (int u = 0; u < patch->size; u++, out += patch->n_channels)
        *out = sums[u] * weight;
    }
}

static void
resample_labels (MgPatch *patch, const MgPlace *place, Window *window, const MgItem *item, int width, int height)
{
  const guint32 *data = item->labels ? mg_labels_get_data (item->labels) : NULL;
  gsize n = 0;

  for (int v = 0; v < patch->size; v++)
    {
      place_row (window, place, patch->size, v);
      for (int u = 0; u < patch->size; u++, n++)
        {
          int i = (int) window->xs[u], j = (int) window->ys[u], x = i + window->rect.x, y = j + window->rect.y;

          patch->valid[n] = x >= 0 && x < width && y >= 0 && y < height;
          guint32 label = data ? data[(gsize) window->rows[j] * (gsize) width + (gsize) window->columns[i]] : 0;

          patch->known[n] = label != MG_LABEL_IGNORED && mg_item_knows (item, window->columns[i], window->rows[j]);
          if (patch->labels)
            patch->labels[n] = label == MG_LABEL_IGNORED ? 0 : label;
        }
    }
}

static gboolean
cut_image (MgPatch *patch, MgImage *image, const double *low, const double *high, const MgPlace *place, Window *window,
           float *out, GCancellable *cancellable, GError **error)
{
  for (int c = 0; c < patch->n_channels; c++)
    {
      if (!read_window (patch, image, c, low[c], high[c], window, cancellable, error))
        return FALSE;
      resample (patch, place, window, out + c);
    }
  return TRUE;
}

static gboolean
cut (MgPatch *patch, const MgItem *item, const MgPlace *place, Window *window, GCancellable *cancellable, GError **error)
{
  const MgImageInfo *info = mg_image_get_info (item->image);
  gsize n = (gsize) patch->size * (gsize) patch->size * (gsize) patch->n_channels;

  if (!reserve (patch, window, error) ||
      !cut_image (patch, item->image, item->low, item->high, place, window, patch->image, cancellable, error))
    return FALSE;
  if (patch->clean && !item->clean)
    memset (patch->clean, 0, n * sizeof (float));
  else if (patch->clean && !cut_image (patch, item->clean, item->clean_low, item->clean_high, place, window, patch->clean,
                                       cancellable, error))
    return FALSE;
  resample_labels (patch, place, window, item, info->width, info->height);
  return TRUE;
}

/**
 * mg_patch_cut:
 * @patch: (inout): as mg_patch_init() made it; labels and clean are zeroed where
 *   the item has none
 * @item: prepared, with the patch's number of channels
 * @place: where, how turned, scaled and bent
 * @cancellable: (nullable): looked at while reading
 *
 * One resampling pass: images bilinearly (averaged where the patch is coarser),
 * labels by the nearest pixel; outside the image its mirror image. One thread a
 * patch.
 *
 * Returns: FALSE with an error when the image cannot be read.
 */
gboolean
mg_patch_cut (MgPatch *patch,
              const MgItem *item,
              const MgPlace *place,
              GCancellable *cancellable,
              GError **error)
{
  const MgImageInfo *info = mg_image_get_info (item->image);
  Window window = { 0 };
  gboolean ok;

  patch->place = *place;
  window_init (&window, place, patch->size, info->width, info->height);
  ok = cut (patch, item, place, &window, cancellable, error);
  window_clear (&window);
  return ok;
}
