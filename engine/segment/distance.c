#include "segment/distance.h"

#include <math.h>

#include "base/parallel.h"

/* Exact Euclidean distance transform, one pass along columns and one along
 * rows (Felzenszwalb and Huttenlocher 2012, "Distance transforms of sampled
 * functions"; the first pass in whole numbers as Meijster et al. 2000). Each
 * label is its own foreground: inside a run of one label along a row, only
 * the run's own columns and the two pixels at its ends can be nearest. */

#define COLUMNS_A_TASK 256
#define ROWS_A_TASK    8

typedef struct
{
  const void *pixels;
  gboolean bytes; /* a mask of bytes, else labels */
  int width, height;
  float *out;
  float far; /* where no other pixel is in reach: the diagonal */
} Transform;

static inline guint32
label_at (const Transform *t,
          gsize i,
          gboolean bytes)
{
  return bytes ? ((const guint8 *) t->pixels)[i] != 0 : ((const guint32 *) t->pixels)[i];
}

/* Distance along the column to the nearest pixel of another label. */
static inline __attribute__ ((always_inline)) void
column_pass_typed (const Transform *t,
                   int x0,
                   int x1,
                   gboolean bytes)
{
  gsize width = t->width;

  for (int y = 0; y < t->height; y++)
    {
      gsize row = y * width;

      for (int x = x0; x < x1; x++)
        {
          guint32 label = label_at (t, row + x, bytes);

          if (label == 0)
            t->out[row + x] = 0;
          else if (y == 0)
            t->out[row + x] = INFINITY;
          else if (label_at (t, row - width + x, bytes) == label)
            t->out[row + x] = t->out[row - width + x] + 1;
          else
            t->out[row + x] = 1;
        }
    }
  for (int y = t->height - 2; y >= 0; y--)
    {
      gsize row = y * width;

      for (int x = x0; x < x1; x++)
        {
          guint32 label = label_at (t, row + x, bytes);
          gboolean same = label_at (t, row + width + x, bytes) == label;
          float below = same ? t->out[row + width + x] + 1 : 1;

          if (label != 0)
            t->out[row + x] = MIN (t->out[row + x], below);
        }
    }
}

static void
column_pass (gsize begin,
             gsize end,
             guint worker,
             gpointer data)
{
  const Transform *t = data;
  int x0 = (int) begin * COLUMNS_A_TASK, x1 = (int) MIN (end * COLUMNS_A_TASK, (gsize) t->width);

  if (t->bytes)
    column_pass_typed (t, x0, x1, TRUE);
  else
    column_pass_typed (t, x0, x1, FALSE);
}

/* One parabola of the lower envelope: its column, its height there, and from
 * which column on it is the lowest. */
typedef struct
{
  double x, height, from;
} Parabola;

static guint
add_parabola (Parabola *hull,
              guint n,
              double x,
              double height)
{
  double from = -INFINITY;

  while (n > 0)
    {
      const Parabola *last = &hull[n - 1];

      from = (height + x * x - last->height - last->x * last->x) / (2 * (x - last->x));
      if (from > last->from)
        break;
      n--;
      from = -INFINITY;
    }
  hull[n] = (Parabola){ x, height, from };
  return n + 1;
}

/* The distances of a run x0 … x1 of one label; row holds the distances along
 * the columns. */
static void
transform_run (const Transform *t,
               float *row,
               int x0,
               int x1,
               Parabola *hull)
{
  guint n = 0, k = 0;

  if (x0 > 0)
    n = add_parabola (hull, n, x0 - 1, 0);
  for (int x = x0; x < x1; x++)
    if (isfinite (row[x]))
      n = add_parabola (hull, n, x, (double) row[x] * row[x]);
  if (x1 < t->width)
    n = add_parabola (hull, n, x1, 0);
  for (int x = x0; x < x1; x++)
    {
      if (n == 0)
        {
          row[x] = t->far;
          continue;
        }
      while (k + 1 < n && hull[k + 1].from < x)
        k++;
      row[x] = (float) sqrt ((x - hull[k].x) * (x - hull[k].x) + hull[k].height);
    }
}

static void
row_pass (gsize begin,
          gsize end,
          guint worker,
          gpointer data)
{
  const Transform *t = data;
  g_autofree Parabola *hull = g_new (Parabola, (gsize) t->width + 2);

  for (gsize y = begin; y < end; y++)
    {
      gsize row = y * t->width;

      for (int x = 0; x < t->width;)
        {
          guint32 label = label_at (t, row + x, t->bytes);
          int x0 = x;

          while (x < t->width && label_at (t, row + x, t->bytes) == label)
            x++;
          if (label != 0)
            transform_run (t, t->out + row, x0, x, hull);
        }
    }
}

static gboolean
transform (Transform *t,
           GError **error)
{
  if (t->width <= 0 || t->height <= 0)
    {
      g_set_error_literal (error, MG_ERROR, MG_ERROR_SHAPE, "the image has no pixels");
      return FALSE;
    }
  t->far = (float) hypot (t->width, t->height);
  mg_parallel_for (((gsize) t->width + COLUMNS_A_TASK - 1) / COLUMNS_A_TASK, 1, column_pass, t);
  mg_parallel_for (t->height, ROWS_A_TASK, row_pass, t);
  return TRUE;
}

/**
 * mg_distance_to_zero:
 * @mask: @width × @height bytes
 * @out: (out): @width × @height distances in pixels
 *
 * Exact Euclidean distance of every pixel to the nearest one whose mask is 0
 * (between pixel centres; 0 for those themselves). What lies outside the
 * image counts for nothing; with no 0 at all every distance is the image's
 * diagonal. Any thread; runs on all workers.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE for an empty image
 */
gboolean
mg_distance_to_zero (const guint8 *mask,
                     int width,
                     int height,
                     float *out,
                     GError **error)
{
  Transform t = { .pixels = mask, .bytes = TRUE, .width = width, .height = height, .out = out };

  return transform (&t, error);
}

/**
 * mg_distance_in_label:
 * @labels: @width × @height labels
 * @out: (out): @width × @height distances in pixels
 *
 * As mg_distance_to_zero(), but to the nearest pixel of any other label or
 * of the background, so that cells which touch are apart; 0 on background.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE for an empty image
 */
gboolean
mg_distance_in_label (const guint32 *labels,
                      int width,
                      int height,
                      float *out,
                      GError **error)
{
  Transform t = { .pixels = labels, .width = width, .height = height, .out = out };

  return transform (&t, error);
}
