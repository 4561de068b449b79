#include "panels/histogram-view.h"

#include <math.h>

#include "view/composer.h"

#define HEIGHT_PX 84
#define MARGIN_PX 7

/* The channel's colours below the bars */
#define STRIP_PX 7

struct _MgHistogramView
{
  GtkWidget parent_instance;

  MgHistogram *histogram; /* (nullable), a copy */
  double min, max;
  double low, high;   /* what the width spans */
  MgChannelView view; /* its colours */
  int dragged;        /* 0 none, 1 min, 2 max */
};

static guint range_changed;

G_DEFINE_FINAL_TYPE (MgHistogramView, mg_histogram_view, GTK_TYPE_WIDGET)

static double
to_x (MgHistogramView *self,
      double value)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * MARGIN_PX;

  return MARGIN_PX + width * CLAMP ((value - self->low) / (self->high - self->low), 0, 1);
}

static double
to_value (MgHistogramView *self,
          double x)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * MARGIN_PX;

  return self->low + (self->high - self->low) * CLAMP ((x - MARGIN_PX) / MAX (width, 1), 0, 1);
}

/* Samples of the column x … x + 1: bins are summed or shared, as wide as needed. */
static double
column_count (MgHistogramView *self,
              double x)
{
  const MgHistogram *h = self->histogram;
  double bin_width = (h->max - h->min) / MG_HISTOGRAM_BINS;
  double first = (to_value (self, x) - h->min) / bin_width, last = (to_value (self, x + 1) - h->min) / bin_width;
  int from = CLAMP ((int) floor (first), 0, MG_HISTOGRAM_BINS - 1);
  int to = CLAMP ((int) ceil (last), from + 1, MG_HISTOGRAM_BINS);
  double sum = 0;

  if (last < 0 || first >= MG_HISTOGRAM_BINS)
    return 0;
  for (int i = from; i < to; i++)
    sum += h->counts[i];
  return sum / (to - from);
}

/* Heights are logarithmic: cells are few against the background. */
static void
draw_bars (MgHistogramView *self,
           cairo_t *cr,
           int width,
           int height)
{
  double peak = 1;

  for (int x = MARGIN_PX; x < width - MARGIN_PX; x++)
    peak = MAX (peak, column_count (self, x));
  for (int x = MARGIN_PX; x < width - MARGIN_PX; x++)
    {
      double bar = (height - STRIP_PX - 10) * log1p (column_count (self, x)) / log1p (peak);

      cairo_rectangle (cr, x, height - STRIP_PX - 2 - bar, 1, bar);
    }
  cairo_fill (cr);
}

/* What is between the handles, in the channel's colours; beyond them the ends. */
static void
draw_strip (MgHistogramView *self,
            cairo_t *cr,
            int width,
            int height)
{
  for (int x = MARGIN_PX; x < width - MARGIN_PX; x++)
    {
      double value = CLAMP ((to_value (self, x + 0.5) - self->min) / MAX (self->max - self->min, 1e-30), 0, 1);
      guint32 rgb = mg_channel_view_colour (&self->view, self->view.gamma > 0 ? pow (value, self->view.gamma) : value);

      cairo_set_source_rgb (cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
      cairo_rectangle (cr, x, height - STRIP_PX, 1, STRIP_PX);
      cairo_fill (cr);
    }
}

/* How values become brightness: a straight line, or bent by gamma. */
static void
draw_curve (MgHistogramView *self,
            cairo_t *cr,
            int height,
            const GdkRGBA *colour)
{
  double x0 = to_x (self, self->min), x1 = to_x (self, self->max), top = 6, bottom = height - STRIP_PX - 2;

  for (int i = 0; i <= 32; i++)
    {
      double value = i / 32.0;

      cairo_line_to (cr, x0 + (x1 - x0) * value, bottom + (top - bottom) * pow (value, MAX (self->view.gamma, 0.01)));
    }
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, 0.55);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
draw_handle (cairo_t *cr,
             double x,
             int height,
             const GdkRGBA *colour,
             double shade)
{
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, x, 0);
  cairo_line_to (cr, x, height - 8);
  cairo_stroke (cr);
  cairo_move_to (cr, x, height - 12);
  cairo_line_to (cr, x - 6, height - 1);
  cairo_line_to (cr, x + 6, height - 1);
  cairo_close_path (cr);
  cairo_set_source_rgb (cr, shade, shade, shade);
  cairo_fill_preserve (cr);
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_stroke (cr);
}

static void
mg_histogram_view_snapshot (GtkWidget *widget,
                            GtkSnapshot *snapshot)
{
  MgHistogramView *self = MG_HISTOGRAM_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA colour;
  cairo_t *cr;

  if (self->histogram == NULL)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, 0.45);
  draw_bars (self, cr, width, height);
  draw_strip (self, cr, width, height);
  draw_curve (self, cr, height, &colour);
  draw_handle (cr, to_x (self, self->min), height, &colour, 0);
  draw_handle (cr, to_x (self, self->max), height, &colour, 1);
  cairo_destroy (cr);
}

static void
mg_histogram_view_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 120;
}

static void
move (MgHistogramView *self,
      double x)
{
  double value = to_value (self, x), gap = (self->high - self->low) / 500;
  double min = self->min, max = self->max;

  if (self->dragged == 1)
    min = MIN (value, max - gap);
  else
    max = MAX (value, min + gap);
  g_signal_emit (self, range_changed, 0, min, max);
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double x,
               double y,
               MgHistogramView *self)
{
  double to_min = fabs (x - to_x (self, self->min)), to_max = fabs (x - to_x (self, self->max));

  if (self->histogram == NULL)
    return;
  /* one over the other: the side of the press says which */
  self->dragged = to_min < to_max || (to_min == to_max && x < to_x (self, self->min)) ? 1 : 2;
  move (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double dx,
                double dy,
                MgHistogramView *self)
{
  double x, y;

  if (self->dragged == 0)
    return;
  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  move (self, x + dx);
}

static void
on_drag_end (GtkGestureDrag *gesture,
             double dx,
             double dy,
             MgHistogramView *self)
{
  self->dragged = 0;
}

static void
mg_histogram_view_finalize (GObject *object)
{
  g_free (MG_HISTOGRAM_VIEW (object)->histogram);
  G_OBJECT_CLASS (mg_histogram_view_parent_class)->finalize (object);
}

static void
mg_histogram_view_class_init (MgHistogramViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mg_histogram_view_finalize;
  widget_class->snapshot = mg_histogram_view_snapshot;
  widget_class->measure = mg_histogram_view_measure;
  range_changed = g_signal_new ("range-changed", MG_TYPE_HISTOGRAM_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mg_histogram_view_init (MgHistogramView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->view = (MgChannelView){ .lut = MG_LUT_GREY, .gamma = 1 };
  gtk_widget_add_css_class (GTK_WIDGET (self), "chart");
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, "Histogram of grey values", -1);
}

/**
 * mg_histogram_view_set:
 * @self: a histogram view
 * @histogram: (nullable): copied
 * @min: the value shown black
 * @max: the value shown white
 */
void
mg_histogram_view_set (MgHistogramView *self,
                       const MgHistogram *histogram,
                       double min,
                       double max)
{
  g_autofree char *text = NULL;

  if (histogram == NULL)
    g_clear_pointer (&self->histogram, g_free);
  else
    {
      if (self->histogram == NULL)
        self->histogram = g_new (MgHistogram, 1);
      *self->histogram = *histogram;
      /* a handful of hot pixels must not squeeze all others into a corner */
      self->low = MIN (histogram->min, min);
      self->high = MAX (MIN (histogram->max, mg_histogram_percentile (histogram, 99.95) * 1.2), max);
      if (!(self->high > self->low))
        self->high = self->low + 1;
    }
  self->min = min;
  self->max = max;
  text = g_strdup_printf ("Black at %g, white at %g", min, max);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * mg_histogram_view_set_colours:
 * @self: a histogram view
 * @view: whose colours and gamma are shown with the values
 */
void
mg_histogram_view_set_colours (MgHistogramView *self,
                               const MgChannelView *view)
{
  self->view = *view;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
