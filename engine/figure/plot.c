#include "figure/plot.h"

#include <math.h>

#define TEXT_SIZE  7.0
#define LINE_WIDTH 1.0
#define DOT        2.4
#define INK        0x202020
#define GRID       0xdddddd
#define N_TICKS    5
#define MAX_TICKS  24

/* Values on one axis and where they come to lie. */
typedef struct
{
  double low, high; /* logarithms where log is set */
  gboolean log;
  double ticks[MAX_TICKS];
  guint n_ticks;
} Axis;

typedef struct
{
  double x, y, width, height; /* of the frame */
  Axis across, up;
} Frame;

/* Told apart by any eye (Okabe and Ito 2008). */
static guint32
get_colour (guint i)
{
  static const guint32 colours[] = { 0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x000000 };

  return colours[i % G_N_ELEMENTS (colours)];
}

static double
place (const Axis *axis, double value)
{
  return ((axis->log ? log10 (value) : value) - axis->low) / (axis->high - axis->low);
}

static void
add_tick (Axis *axis, double value)
{
  double at = place (axis, value);

  if (at > -1e-9 && at < 1 + 1e-9 && axis->n_ticks < MAX_TICKS)
    axis->ticks[axis->n_ticks++] = value;
}

static void
choose_ticks (Axis *axis, gboolean whole)
{
  double span = axis->high - axis->low, step, power;

  if (axis->log)
    {
      for (double k = floor (axis->low); k <= axis->high; k++)
        for (int digit = 1; digit < 10; digit++)
          if (digit == 1 || span < 0.7 || (span < 2 && (digit == 2 || digit == 5)))
            add_tick (axis, digit * pow (10, k));
      return;
    }
  power = pow (10, floor (log10 (span / N_TICKS)));
  step = span / N_TICKS / power;
  step = power * (step > 5 ? 10 : step > 2 ? 5
                                : step > 1 ? 2
                                           : 1);
  if (whole)
    step = MAX (step, 1);
  for (double at = ceil (axis->low / step) * step; at <= axis->high + 1e-9 * span; at += step)
    add_tick (axis, fabs (at) < 1e-9 * step ? 0 : at);
}

/* The range of all that is drawn; a logarithm only where every value has one. */
static void
set_range (Axis *axis, const MgPlot *plot, gboolean of_y)
{
  axis->low = INFINITY;
  axis->high = -INFINITY;
  for (guint c = 0; c < plot->n_curves; c++)
    for (guint i = 0; i < plot->curves[c].n; i++)
      {
        double x = plot->curves[c].x[i], y = plot->curves[c].y[i], value = of_y ? y : x;

        if (!isfinite (x) || !isfinite (y))
          continue;
        axis->low = MIN (axis->low, value);
        axis->high = MAX (axis->high, value);
      }
  if (axis->low > axis->high)
    axis->low = axis->high = 0;
  axis->log = of_y && plot->log_y && axis->low > 0 && axis->high > 3 * axis->low;
  if (axis->log)
    {
      axis->low = log10 (axis->low);
      axis->high = log10 (axis->high);
    }
  if (axis->high <= axis->low)
    {
      axis->low -= 0.5;
      axis->high += 0.5;
    }
  if (of_y)
    {
      double room = 0.05 * (axis->high - axis->low);

      axis->low -= room;
      axis->high += room;
    }
  choose_ticks (axis, plot->whole_x && !of_y);
}

static void
format_tick (char *text, gsize size, double value)
{
  g_snprintf (text, size, fabs (value) >= 1e5 || (value != 0 && fabs (value) < 1e-3) ? "%.3g" : "%.6g", value);
}

static void
draw_axes (MgCanvas *canvas, const MgPlot *plot, const Frame *frame, const MgTextStyle *letters)
{
  MgTextStyle style = *letters;
  char text[32];

  for (guint i = 0; i < frame->up.n_ticks; i++)
    {
      double y = frame->y + frame->height * (1 - place (&frame->up, frame->up.ticks[i]));

      _mg_canvas_lines (canvas, (double[]){ frame->x, y, frame->x + frame->width, y }, 2, 0.4, GRID);
      format_tick (text, sizeof text, frame->up.ticks[i]);
      style.align = 1;
      _mg_canvas_text (canvas, text, frame->x - 3, y + 0.35 * TEXT_SIZE, &style);
    }
  for (guint i = 0; i < frame->across.n_ticks; i++)
    {
      double x = frame->x + frame->width * place (&frame->across, frame->across.ticks[i]);

      _mg_canvas_lines (canvas, (double[]){ x, frame->y + frame->height, x, frame->y + frame->height + 2 }, 2, 0.5, INK);
      format_tick (text, sizeof text, frame->across.ticks[i]);
      style.align = 0.5;
      _mg_canvas_text (canvas, text, x, frame->y + frame->height + 3 + TEXT_SIZE, &style);
    }
  _mg_canvas_lines (canvas, (double[]){ frame->x, frame->y, frame->x, frame->y + frame->height, frame->x + frame->width, frame->y + frame->height }, 3, 0.6, INK);
  _mg_canvas_text (canvas, plot->x_title, frame->x + frame->width / 2, frame->y + frame->height + 4 + 2.3 * TEXT_SIZE, &style);
}

static void
draw_curve (MgCanvas *canvas, const Frame *frame, const MgCurve *curve, guint32 colour)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < curve->n; i++)
    {
      double at[2];

      if (!isfinite (curve->x[i]) || !isfinite (curve->y[i]))
        continue;
      at[0] = frame->x + frame->width * place (&frame->across, curve->x[i]);
      at[1] = frame->y + frame->height * (1 - place (&frame->up, curve->y[i]));
      g_array_append_vals (points, at, 2);
      if (curve->dots)
        _mg_canvas_fill (canvas, at[0] - DOT / 2, at[1] - DOT / 2, DOT, DOT, colour);
    }
  if (points->len >= 4)
    _mg_canvas_lines (canvas, (const double *) points->data, points->len / 2, LINE_WIDTH, colour);
}

static void
draw_legend (MgCanvas *canvas, const MgPlot *plot, double x, double y, double width, const MgTextStyle *style)
{
  for (guint c = 0; c < plot->n_curves; c++)
    {
      double room = MIN (width, _mg_canvas_text_width (canvas, plot->curves[c].name, style));

      _mg_canvas_lines (canvas, (double[]){ x, y - 0.35 * TEXT_SIZE, x + 12, y - 0.35 * TEXT_SIZE }, 2, 1.6, get_colour (c));
      _mg_canvas_text_in (canvas, plot->curves[c].name, x + 15, y, room + 1, style);
      x += room + 27;
    }
}

void
_mg_plot_draw (MgCanvas *canvas,
               const MgPlot *plot,
               double x,
               double y,
               double width,
               double height)
{
  const MgTextStyle letters = { .size = TEXT_SIZE, .colour = INK };
  MgTextStyle upright = { .size = TEXT_SIZE, .colour = INK, .align = 0.5, .upright = TRUE };
  Frame frame = { 0 };
  double labels = 0;
  char text[32];

  set_range (&frame.across, plot, FALSE);
  set_range (&frame.up, plot, TRUE);
  for (guint i = 0; i < frame.up.n_ticks; i++)
    {
      format_tick (text, sizeof text, frame.up.ticks[i]);
      labels = MAX (labels, _mg_canvas_text_width (canvas, text, &letters));
    }
  frame.x = x + 1.6 * TEXT_SIZE + labels + 3;
  frame.y = y + 1.8 * TEXT_SIZE;
  frame.width = x + width - frame.x - TEXT_SIZE;
  frame.height = y + height - frame.y - 3.2 * TEXT_SIZE;
  draw_legend (canvas, plot, frame.x, y + TEXT_SIZE, frame.width, &letters);
  draw_axes (canvas, plot, &frame, &letters);
  _mg_canvas_text (canvas, plot->y_title, x + TEXT_SIZE, frame.y + frame.height / 2, &upright);
  for (guint c = 0; c < plot->n_curves; c++)
    draw_curve (canvas, &frame, &plot->curves[c], get_colour (c));
}
