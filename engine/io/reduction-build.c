#include "io/reduction-private.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A sketch may take this long; what is not reached by then stays coarser. */
#define SKETCH_US (G_USEC_PER_SEC * 2 / 5)

/* The first round may take so much longer. */
#define FIRST_US (G_USEC_PER_SEC / 2)

/* The first round of a sketch looks at about this many pieces of the file. */
#define FIRST_PIECES 64

/* Rows of the image read together while levels are made */
#define BAND_BYTES ((gsize) 12 << 20)

/* So often is told that there is more to see. */
#define TELL_US (G_USEC_PER_SEC / 4)

/* Below all else, but not so low that a training starves it. */
#define NICE_LEVEL 10

typedef struct
{
  MgReduced *reduced;
  MgReducedPlane *plane;
  float *sketch;
  int width, height; /* of the sketch */
  int across, down;  /* of a piece, in pixels of the sketch */
  int n_x, n_y;      /* pieces */
  guint8 *done;      /* one a piece: all of it was looked at */
  float *means;      /* one a piece that was looked at */
} Sketch;

/* Single pixels of some rows of one piece; one row of the image is read for each
 * of the sketch's. */
static gboolean
look_at_piece (Sketch *s, int px, int py, int first, int rows)
{
  MgReduced *reduced = s->reduced;
  int level = reduced->sketch_level, x0 = px * s->across, y0 = py * s->down + first;
  int n = MIN (s->across, s->width - x0), middle = (1 << level) / 2;
  MgRect line = { x0 << level, 0, 0, 1 };
  g_autofree float *row = NULL;
  double sum = 0;

  line.width = MIN (n << level, reduced->info->width - line.x);
  row = g_new (float, line.width);
  for (int y = y0; y < MIN (y0 + rows, s->height); y++)
    {
      line.y = MIN ((y << level) + middle, reduced->info->height - 1);
      if (!mg_image_read_float (reduced->image, s->plane->c, s->plane->z, s->plane->t, &line, row, 0, reduced->cancellable, NULL))
        return FALSE;
      sum = 0;
      for (int x = 0; x < n; x++)
        {
          s->sketch[(gsize) y * s->width + x0 + x] = row[MIN ((x << level) + middle, line.width - 1)];
          sum += s->sketch[(gsize) y * s->width + x0 + x];
        }
    }
  s->means[(gsize) py * s->n_x + px] = (float) (sum / n);
  return TRUE;
}

/* Pieces that were not looked at lie between ones that were, `step` apart: as
 * bright as those, by how near they are. */
static void
fill_between (Sketch *s, int step)
{
  int last_x = (s->n_x - 1) / step * step, last_y = (s->n_y - 1) / step * step;

  for (int y = 0; y < s->height; y++)
    for (int x = 0; x < s->width; x++)
      {
        float *out = &s->sketch[(gsize) y * s->width + x];
        double at_x = CLAMP ((x + 0.5) / s->across - 0.5, 0, last_x), at_y = CLAMP ((y + 0.5) / s->down - 0.5, 0, last_y);
        int x0 = (int) at_x / step * step, y0 = (int) at_y / step * step, x1 = MIN (x0 + step, last_x), y1 = MIN (y0 + step, last_y);
        double u = (at_x - x0) / step, v = (at_y - y0) / step;

        if (s->done[(gsize) (y / s->down) * s->n_x + x / s->across])
          continue;
        *out = (float) ((1 - v) * ((1 - u) * s->means[(gsize) y0 * s->n_x + x0] + u * s->means[(gsize) y0 * s->n_x + x1]) +
                        v * ((1 - u) * s->means[(gsize) y1 * s->n_x + x0] + u * s->means[(gsize) y1 * s->n_x + x1]));
      }
}

/* Of rows that were not looked at, every column is as in the row above, or at
 * the top as in the one below. */
static void
fill_down (Sketch *s)
{
  for (int y = 1; y < s->height; y++)
    for (int x = 0; x < s->width; x++)
      if (isnan (s->sketch[(gsize) y * s->width + x]))
        s->sketch[(gsize) y * s->width + x] = s->sketch[(gsize) (y - 1) * s->width + x];
  for (int y = s->height - 2; y >= 0; y--)
    for (int x = 0; x < s->width; x++)
      if (isnan (s->sketch[(gsize) y * s->width + x]))
        s->sketch[(gsize) y * s->width + x] = s->sketch[(gsize) (y + 1) * s->width + x];
}

/* One round over every `step`-th piece: one row of each, or in the last round all
 * of it. FALSE when time is up. */
static gboolean
go_round (Sketch *s, int step, gint64 end)
{
  int rows = step > 1 ? 1 : s->down, first = step > 1 ? s->down / 2 : 0;

  for (int py = 0; py < s->n_y; py += step)
    for (int px = 0; px < s->n_x; px += step)
      {
        if (s->done[(gsize) py * s->n_x + px])
          continue;
        if (!look_at_piece (s, px, py, MIN (first, s->height - 1 - py * s->down), rows))
          return FALSE;
        s->done[(gsize) py * s->n_x + px] = rows >= s->down;
        if (g_get_monotonic_time () > end)
          return FALSE;
      }
  return TRUE;
}

/* Ever finer rounds over the pieces, until all are done or time is up. What can
 * only be read from the top is read from the top. */
static void
go_over_pieces (Sketch *s)
{
  gboolean in_sequence = s->reduced->info->in_sequence;
  gint64 end = g_get_monotonic_time () + SKETCH_US;
  int step = 1, complete = 0;

  while (!in_sequence && (gint64) ((s->n_x + step - 1) / step) * ((s->n_y + step - 1) / step) > FIRST_PIECES)
    step *= 2;
  /* without the first round there is nothing to see */
  for (; step >= 1 && go_round (s, step, complete == 0 && step > 1 ? end + FIRST_US : end); step /= 2)
    complete = step;
  if (s->n_x == 1 && !in_sequence)
    fill_down (s);
  else if (complete > 1)
    fill_between (s, complete);
}

/* Makes the plane's sketch, once. Another thread that wants it waits. */
void
_mg_reduced_sketch (MgReduced *reduced,
                    MgReducedPlane *plane)
{
  const MgImageInfo *info = reduced->info;
  Sketch s = { reduced, plane, NULL, reduced->sketch_width, reduced->sketch_height };
  gsize n = (gsize) s.width * s.height;

  g_mutex_lock (&plane->mutex);
  if (plane->sketch == NULL)
    {
      s.across = CLAMP (info->block_width >> reduced->sketch_level, 1, s.width);
      s.down = info->in_sequence ? 1 : CLAMP (info->block_height >> reduced->sketch_level, 1, s.height);
      if (info->block_width >= info->width)
        s.across = s.width;
      s.n_x = (s.width + s.across - 1) / s.across;
      s.n_y = (s.height + s.down - 1) / s.down;
      s.done = g_new0 (guint8, (gsize) s.n_x * s.n_y);
      s.means = g_new0 (float, (gsize) s.n_x *s.n_y);
      s.sketch = g_new (float, n);
      for (gsize i = 0; i < n; i++)
        s.sketch[i] = NAN;
      go_over_pieces (&s);
      g_free (s.done);
      g_free (s.means);
      plane->sketch = s.sketch;
    }
  g_mutex_unlock (&plane->mutex);
}

/* Rows come in from the top and leave as rows of all coarser levels. */
typedef struct
{
  MgReduced *reduced;
  MgReducedPlane *plane;
  MgReductionStore *store;
  int widths[32], heights[32];
  int next[32];     /* row of each level that comes next */
  float *pairs[32]; /* two rows of each level, waiting to become one of the next */
  int skip;         /* 1: nothing of level 0 is kept */
  gboolean failed;
} Cascade;

static void
take_row (Cascade *cascade, int level, const float *row)
{
  int y = cascade->next[level]++, width = cascade->widths[level];
  gboolean is_last = y == cascade->heights[level] - 1;

  if (!_mg_reduction_store_write (cascade->store, level, y, row))
    cascade->failed = TRUE;
  if (level == cascade->reduced->sketch_level && cascade->plane->sketch != NULL)
    {
      g_mutex_lock (&cascade->plane->mutex);
      memcpy (cascade->plane->sketch + (gsize) y * width, row, width * sizeof *row);
      g_mutex_unlock (&cascade->plane->mutex);
    }
  if (level + 1 >= cascade->reduced->n_levels)
    return;
  memcpy (cascade->pairs[level] + (y % 2) * (gsize) width, row, width * sizeof *row);
  if (y % 2 == 1 || is_last)
    {
      g_autofree float *half = g_new (float, cascade->widths[level + 1]);

      mg_pyramid_halve (cascade->pairs[level], width, y % 2 + 1, half, cascade->widths[level + 1], 1);
      take_row (cascade, level + 1, half);
    }
}

/* One row, or, where the image itself is not kept, the two that become one. */
static void
take_band (Cascade *cascade, const float *rows, int n)
{
  g_autofree float *half = NULL;

  if (cascade->skip == 0)
    {
      take_row (cascade, 0, rows);
      return;
    }
  half = g_new (float, cascade->widths[1]);
  mg_pyramid_halve (rows, cascade->widths[0], MIN (n, 2), half, cascade->widths[1], 1);
  take_row (cascade, 1, half);
}

static gboolean
run_cascade (Cascade *cascade)
{
  MgReduced *reduced = cascade->reduced;
  const MgImageInfo *info = reduced->info;
  int first = _mg_reduction_store_get_first (cascade->store);
  int n = 2 * (int) CLAMP (BAND_BYTES / sizeof (float) / info->width / 2, 1, ((gsize) info->height + 1) / 2);
  g_autofree float *band = g_new (float, (gsize) n * info->width);
  gint64 told = 0;

  cascade->skip = first > 0 && reduced->sketch_level > 0;

  for (int y = 0; y < info->height; y += n)
    {
      MgRect rect = { 0, y, info->width, MIN (n, info->height - y) };

      if (!mg_image_read_float (reduced->image, cascade->plane->c, cascade->plane->z, cascade->plane->t, &rect, band,
                                info->width * sizeof *band, reduced->cancellable, NULL))
        return FALSE;
      for (int i = 0; i < rect.height; i += cascade->skip + 1)
        take_band (cascade, band + (gsize) i * info->width, rect.height - i);
      if (cascade->failed)
        return FALSE;
      g_mutex_lock (&cascade->plane->mutex);
      cascade->plane->rows = cascade->next[first];
      g_mutex_unlock (&cascade->plane->mutex);
      if (g_get_monotonic_time () - told > TELL_US)
        {
          told = g_get_monotonic_time ();
          g_atomic_int_inc (&reduced->progress);
        }
    }
  return TRUE;
}

/* Makes and keeps the levels of a plane; when that fails, the sketch and what
 * was made so far stay. On the thread that does this for all images. */
void
_mg_reduced_build (MgReduced *reduced,
                   MgReducedPlane *plane)
{
  const MgReductionShape shape = { reduced->info, reduced->first, reduced->n_levels };
  Cascade cascade = { reduced, plane };
  g_autofree char *key = _mg_reduced_plane_key (reduced, plane);

  setpriority (PRIO_PROCESS, (id_t) syscall (SYS_gettid), NICE_LEVEL);
  cascade.store = _mg_reduction_store_new (key, &shape);
  for (int level = 0; level < reduced->n_levels; level++)
    {
      mg_image_level_size (reduced->info, level, &cascade.widths[level], &cascade.heights[level]);
      cascade.pairs[level] = g_new (float, 2 * (gsize) cascade.widths[level]);
    }
  g_mutex_lock (&plane->mutex);
  if (plane->store != NULL)
    _mg_reduction_store_discard (plane->store);
  plane->retired = plane->store;
  plane->store = cascade.store;
  plane->rows = 0;
  plane->damaged = FALSE;
  g_mutex_unlock (&plane->mutex);
  if (run_cascade (&cascade))
    _mg_reduction_store_commit (cascade.store);
  g_atomic_int_set (&plane->building, FALSE);
  g_atomic_int_inc (&reduced->progress);
  for (int level = 0; level < reduced->n_levels; level++)
    g_free (cascade.pairs[level]);
}
