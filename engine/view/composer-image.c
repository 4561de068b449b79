#include "view/composer-private.h"

#include <math.h>
#include <string.h>

/* Steps of the contrast table: enough for 8-bit output on a straight line,
 * more where gamma makes it steep. */
#define TABLE_LINEAR 1024
#define TABLE_GAMMA  4096

/* Of a picture with a palette so much is read to draw one part of it. */
#define MAX_DISCRETE_PX (1 << 24)

typedef struct
{
  guint32 colours[TABLE_GAMMA];
  float min, scale, top;
} ContrastTable;

/* The image pixels of one level that one axis of the screen part shows. */
typedef struct
{
  int first, n;   /* pixels of the level to read */
  int *begin;     /* owned: first pixel of each device pixel, counted from `first` */
  int n_weights;  /* pixels that each device pixel averages over, at most */
  float *weights; /* owned: n_weights for each device pixel */
} Axis;

static void
init_table (ContrastTable *table,
            const MgChannelView *view)
{
  gboolean straight = view->gamma == 1 || !(view->gamma > 0);
  int n = straight ? TABLE_LINEAR : TABLE_GAMMA;
  double range = view->max - view->min;

  table->min = (float) view->min;
  table->top = (float) (n - 1);
  table->scale = range > 0 ? (float) ((n - 1) / range) : INFINITY;
  for (int i = 0; i < n; i++)
    {
      double value = i / (double) (n - 1);

      table->colours[i] = _mg_word_of_rgb (mg_channel_view_colour (view, straight ? value : pow (value, view->gamma)));
    }
}

/* NaN compares false and so is shown as the lowest value. */
static inline guint32
table_colour (const ContrastTable *table,
              float value)
{
  float at = (value - table->min) * table->scale;

  at = at > 0 ? at : 0;
  at = at < table->top ? at : table->top;
  return table->colours[(int) (at + 0.5f)];
}

static inline guint32
add_saturated (guint32 a,
               guint32 b)
{
  guint32 r = MIN ((a & 0xff) + (b & 0xff), 0xff);
  guint32 g = MIN ((a & 0xff00) + (b & 0xff00), 0xff00);
  guint32 blue = MIN ((a & 0xff0000) + (b & 0xff0000), 0xff0000);

  return MG_OPAQUE | blue | g | r;
}

static void
add_row (const ContrastTable *table,
         const float *values,
         const int *index,
         int n,
         gboolean is_first,
         guint32 *words)
{
  if (is_first)
    for (int x = 0; x < n; x++)
      words[x] = table_colour (table, values[index == NULL ? x : index[x]]);
  else
    for (int x = 0; x < n; x++)
      words[x] = add_saturated (words[x], table_colour (table, values[index == NULL ? x : index[x]]));
}

static void
axis_clear (Axis *axis)
{
  g_clear_pointer (&axis->begin, g_free);
  g_clear_pointer (&axis->weights, g_free);
}

/* Exact area averaging: each device pixel spans `step` pixels of the level and
 * takes each by the share of it that it covers. */
static void
init_axis (Axis *axis,
           double centre,
           double zoom,
           int size,
           int level_size,
           double step,
           int begin,
           int n)
{
  double scale = step * zoom;
  int last = 0;

  axis->n_weights = (int) ceil (step) + 1;
  axis->begin = g_new (int, MAX (n, 1));
  axis->weights = g_new0 (float, (gsize) MAX (n, 1) * axis->n_weights);
  axis->first = level_size;
  for (int i = 0; i < n; i++)
    {
      double from = ((begin + i - size / 2.0) / zoom + centre) * scale;
      double x0 = CLAMP (from, 0, level_size - 1), x1 = CLAMP (from + step, x0 + 1e-6, level_size);
      float *weights = axis->weights + (gsize) i * axis->n_weights;

      axis->begin[i] = (int) x0;
      for (int k = 0; k < axis->n_weights && axis->begin[i] + k < level_size; k++)
        {
          double left = MAX (x0, axis->begin[i] + k), right = MIN (x1, axis->begin[i] + k + 1);

          if (right <= left)
            break;
          weights[k] = (float) ((right - left) / (x1 - x0));
          last = MAX (last, axis->begin[i] + k);
        }
      axis->first = MIN (axis->first, axis->begin[i]);
    }
  axis->n = last - axis->first + 1;
  for (int i = 0; i < n; i++)
    axis->begin[i] -= axis->first;
}

/* values (across.n × down.n) → columns averaged (n × down.n). */
static void
average_columns (const Axis *across,
                 int n,
                 int n_rows,
                 const float *values,
                 float *out)
{
  for (int y = 0; y < n_rows; y++)
    {
      const float *row = values + (gsize) y * (across->n + across->n_weights);

      for (int x = 0; x < n; x++)
        {
          const float *weights = across->weights + (gsize) x * across->n_weights, *from = row + across->begin[x];
          float sum = 0;

          for (int k = 0; k < across->n_weights; k++)
            sum += weights[k] != 0 ? weights[k] * from[k] : 0;
          out[(gsize) y * n + x] = sum;
        }
    }
}

static void
average_rows (const Axis *down,
              int y,
              int n,
              const float *averaged,
              float *out)
{
  const float *weights = down->weights + (gsize) y * down->n_weights;

  memset (out, 0, n * sizeof *out);
  for (int k = 0; k < down->n_weights && weights[k] != 0; k++)
    {
      const float *row = averaged + (gsize) (down->begin[y] + k) * n;

      for (int x = 0; x < n; x++)
        out[x] += weights[k] * row[x];
    }
}

typedef struct
{
  const MgScene *scene;
  const MgRect *screen;
  guint32 *words;
  GCancellable *cancellable;
  gboolean is_first;
} Job;

/* Below zoom 1: the level whose pixels are at most a device pixel wide,
 * averaged over what each device pixel covers of it. */
static gboolean
compose_averaged (Job *job,
                  int channel,
                  const ContrastTable *table,
                  int level,
                  const Axis *across,
                  const Axis *down,
                  GError **error)
{
  int width = job->screen->width;
  MgRect rect = { across->first, down->first, across->n, down->n };
  gsize stride = (gsize) across->n + across->n_weights;
  g_autofree float *values = g_new0 (float, stride * down->n);
  g_autofree float *averaged = g_new (float, (gsize) width * down->n);
  g_autofree float *row = g_new (float, width);

  if (!mg_pyramid_read_draft (job->scene->image, level, channel, job->scene->z, job->scene->t, &rect, values,
                              stride * sizeof *values, job->scene->draft, job->cancellable, error))
    return FALSE;
  average_columns (across, width, down->n, values, averaged);
  for (int y = 0; y < job->screen->height; y++)
    {
      average_rows (down, y, width, averaged, row);
      add_row (table, row, NULL, width, job->is_first, job->words + (gsize) y * width);
    }
  return TRUE;
}

/* From zoom 1 on: the image pixel under each device pixel's centre. */
static gboolean
compose_nearest (Job *job,
                 int channel,
                 const ContrastTable *table,
                 const MgRect *rect,
                 const int *index,
                 const int *rows,
                 GError **error)
{
  int width = job->screen->width;
  g_autofree float *values = g_new (float, (gsize) rect->width * rect->height);
  int last = -1;

  if (!mg_pyramid_read_draft (job->scene->image, 0, channel, job->scene->z, job->scene->t, rect, values,
                              rect->width * sizeof *values, job->scene->draft, job->cancellable, error))
    return FALSE;
  for (int y = 0; y < job->screen->height; y++)
    {
      guint32 *words = job->words + (gsize) y * width;

      if (rows[y] < 0)
        continue;
      if (rows[y] == last && job->is_first)
        memcpy (words, words - width, width * sizeof *words);
      else
        add_row (table, values + (gsize) (rows[y] - rect->y) * rect->width, index, width, job->is_first, words);
      last = rows[y];
    }
  return TRUE;
}

/* The extent of the pixels under an axis; FALSE when there are none. */
static gboolean
extent (const int *places,
        int n,
        int *first,
        int *length)
{
  int low = G_MAXINT, high = -1;

  for (int i = 0; i < n; i++)
    if (places[i] >= 0)
      {
        low = MIN (low, places[i]);
        high = MAX (high, places[i]);
      }
  *first = low;
  *length = high - low + 1;
  return high >= 0;
}

static int
choose_level (MgPyramid *pyramid,
              double zoom)
{
  int level = 0, n = mg_pyramid_get_n_levels (pyramid);

  while (level + 1 < n && zoom * (double) ((gint64) 2 << level) <= 1)
    level++;
  return level;
}

static gboolean
compose_channels (Job *job,
                  const MgViewport *viewport,
                  const MgRect *rect,
                  const int *index,
                  const int *rows,
                  GError **error)
{
  const MgScene *scene = job->scene;
  const MgRect *screen = job->screen;
  gboolean averages = viewport->zoom < 1;
  g_autofree ContrastTable *table = g_new (ContrastTable, 1);
  Axis across = { 0 }, down = { 0 };
  gboolean success = TRUE;
  int level = 0, width, height;

  if (averages)
    {
      level = choose_level (scene->image, viewport->zoom);
      mg_pyramid_get_size (scene->image, level, &width, &height);

      double step = 1 / (viewport->zoom * (double) ((gint64) 1 << level));

      init_axis (&across, viewport->centre_x, viewport->zoom, viewport->width, width, step, screen->x, screen->width);
      init_axis (&down, viewport->centre_y, viewport->zoom, viewport->height, height, step, screen->y, screen->height);
    }
  for (int c = 0; c < MIN (scene->n_channels, MG_VIEW_MAX_CHANNELS) && success; c++)
    {
      if (!scene->channels[c].visible)
        continue;
      init_table (table, &scene->channels[c]);
      /* between two numbers of colours there is no third to average to */
      if (averages && !(scene->channels[c].discrete && (gint64) rect->width * rect->height <= MAX_DISCRETE_PX))
        success = compose_averaged (job, c, table, level, &across, &down, error);
      else
        success = compose_nearest (job, c, table, rect, index, rows, error);
      job->is_first = FALSE;
    }
  axis_clear (&across);
  axis_clear (&down);
  return success;
}

gboolean
_mg_compose_image (const MgScene *scene,
                   const MgViewport *viewport,
                   const MgRect *screen,
                   const int *columns,
                   const int *rows,
                   guint32 *words,
                   GCancellable *cancellable,
                   GError **error)
{
  Job job = { scene, screen, words, cancellable, TRUE };
  g_autofree int *index = g_new (int, MAX (screen->width, 1));
  MgRect rect;
  gboolean is_seen = extent (columns, screen->width, &rect.x, &rect.width);

  is_seen = extent (rows, screen->height, &rect.y, &rect.height) && is_seen;
  for (gsize i = 0; i < (gsize) screen->width * screen->height; i++)
    words[i] = MG_OPAQUE;
  if (scene->image == NULL || !is_seen)
    return TRUE;
  for (int x = 0; x < screen->width; x++)
    index[x] = columns[x] < 0 ? 0 : columns[x] - rect.x;
  return compose_channels (&job, viewport, &rect, index, rows, error);
}
