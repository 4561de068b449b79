#include "panels/loss-chart.h"

#include <adwaita.h>
#include <math.h>

#define HEIGHT_PX 128
#define LEFT_PX   36
#define BOTTOM_PX 16
#define MARGIN_PX 6

/* Curves have no more points than the chart has columns to show. */
#define MAX_COLUMNS 400

typedef struct
{
  double step, loss;
} Place;

struct _MgLossChart
{
  GtkWidget parent_instance;

  GArray *training;   /* of Place: means over columns */
  GArray *validation; /* of Place */
  double last_step;
  double low, high; /* of all losses */
};

G_DEFINE_FINAL_TYPE (MgLossChart, mg_loss_chart, GTK_TYPE_WIDGET)

static double
to_x (MgLossChart *self,
      double step)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - LEFT_PX - MARGIN_PX;

  return LEFT_PX + width * step / MAX (self->last_step, 1);
}

static double
to_y (MgLossChart *self,
      double loss)
{
  double height = gtk_widget_get_height (GTK_WIDGET (self)) - BOTTOM_PX - MARGIN_PX;
  double share = (log (loss) - log (self->low)) / (log (self->high) - log (self->low));

  return MARGIN_PX + height * (1 - CLAMP (share, 0, 1));
}

static void
draw_text (MgLossChart *self,
           GtkSnapshot *snapshot,
           const char *text,
           double x,
           double y,
           double align,
           const GdkRGBA *colour)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.8));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x - width * align, y - height / 2.0));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

/* Lines at 1, 2 and 5 times powers of ten; all of them where few fit. */
static void
draw_grid (MgLossChart *self,
           GtkSnapshot *snapshot,
           const GdkRGBA *text_colour)
{
  static const double digits[] = { 1, 2, 5 };
  GdkRGBA line = *text_colour, dim = *text_colour;
  double width = gtk_widget_get_width (GTK_WIDGET (self)), last_y = -100;

  line.alpha = 0.12;
  dim.alpha = 0.7;
  for (int power = (int) ceil (log10 (self->high)); power >= (int) floor (log10 (self->low)) - 1; power--)
    for (int d = 2; d >= 0; d--)
      {
        double value = digits[d] * pow (10, power), y = to_y (self, value);
        g_autofree char *text = g_strdup_printf ("%.3g", value);

        if (value < self->low || value > self->high || y - last_y < 16)
          continue;
        gtk_snapshot_append_color (snapshot, &line,
                                   &GRAPHENE_RECT_INIT (LEFT_PX, (int) y, width - LEFT_PX - MARGIN_PX, 1));
        draw_text (self, snapshot, text, LEFT_PX - 5, y, 1, &dim);
        last_y = y;
      }
}

static void
draw_curve (MgLossChart *self,
            cairo_t *cr,
            GArray *places,
            const GdkRGBA *colour,
            gboolean dots)
{
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_width (cr, 1.8);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);

      cairo_line_to (cr, to_x (self, place->step), to_y (self, place->loss));
    }
  cairo_stroke (cr);
  for (guint i = 0; dots && i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);

      cairo_arc (cr, to_x (self, place->step), to_y (self, place->loss), 2.4, 0, 2 * G_PI);
      cairo_fill (cr);
    }
}

static void
mg_loss_chart_snapshot (GtkWidget *widget,
                        GtkSnapshot *snapshot)
{
  MgLossChart *self = MG_LOSS_CHART (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_autofree char *last = g_strdup_printf ("step %.0f", self->last_step);
  GdkRGBA text, dim, training, validation;
  cairo_t *cr;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  dim = text;
  dim.alpha = 0.7;
  if (self->training->len == 0)
    {
      draw_text (self, snapshot, "The loss will be drawn here", width / 2.0, height / 2.0, 0.5, &dim);
      return;
    }
  gdk_rgba_parse (&training, dark ? "#78aeed" : "#1c71d8");
  gdk_rgba_parse (&validation, dark ? "#ffa348" : "#c64600");
  draw_grid (self, snapshot, &text);
  draw_text (self, snapshot, last, width - MARGIN_PX, height - BOTTOM_PX / 2.0, 1, &dim);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw_curve (self, cr, self->training, &training, self->training->len == 1);
  draw_curve (self, cr, self->validation, &validation, TRUE);
  cairo_destroy (cr);
}

static void
mg_loss_chart_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT_PX : 160;
}

static void
mg_loss_chart_finalize (GObject *object)
{
  MgLossChart *self = MG_LOSS_CHART (object);

  g_array_unref (self->training);
  g_array_unref (self->validation);
  G_OBJECT_CLASS (mg_loss_chart_parent_class)->finalize (object);
}

static void
mg_loss_chart_class_init (MgLossChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mg_loss_chart_finalize;
  widget_class->snapshot = mg_loss_chart_snapshot;
  widget_class->measure = mg_loss_chart_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mg_loss_chart_init (MgLossChart *self)
{
  self->training = g_array_new (FALSE, FALSE, sizeof (Place));
  self->validation = g_array_new (FALSE, FALSE, sizeof (Place));
  gtk_widget_add_css_class (GTK_WIDGET (self), "chart");
  mg_loss_chart_set_points (self, NULL, 0);
}

static void
include (MgLossChart *self,
         double loss)
{
  self->low = MIN (self->low, loss);
  self->high = MAX (self->high, loss);
}

static void
collect (MgLossChart *self,
         const MgTrainPoint *points,
         guint n_points)
{
  guint group = n_points / MAX_COLUMNS + 1;

  for (guint i = 0; i < n_points; i += group)
    {
      Place place = { 0, 0 };
      guint n = 0;

      for (guint j = i; j < MIN (i + group, n_points); j++)
        if (isfinite (points[j].loss) && points[j].loss > 0)
          {
            place.step += points[j].step;
            place.loss += points[j].loss;
            n++;
          }
      if (n == 0)
        continue;
      place.step /= n;
      place.loss /= n;
      g_array_append_val (self->training, place);
      include (self, place.loss);
    }
  for (guint i = 0; i < n_points; i++)
    if (isfinite (points[i].validation) && points[i].validation > 0)
      {
        g_array_append_val (self->validation, ((Place){ points[i].step, points[i].validation }));
        include (self, points[i].validation);
      }
}

/**
 * mg_loss_chart_set_points:
 * @self: a chart
 * @points: (array length=n_points) (nullable): the whole history; copied
 */
void
mg_loss_chart_set_points (MgLossChart *self,
                          const MgTrainPoint *points,
                          guint n_points)
{
  g_autofree char *text = NULL;

  g_array_set_size (self->training, 0);
  g_array_set_size (self->validation, 0);
  self->low = G_MAXDOUBLE;
  self->high = 0;
  self->last_step = n_points > 0 ? points[n_points - 1].step : 0;
  collect (self, points, n_points);
  if (self->high > 0)
    {
      self->low *= 0.9;
      self->high *= 1.1;
    }
  if (self->training->len == 0)
    text = g_strdup ("Learning curve, empty");
  else
    text = g_strdup_printf ("Learning curve, loss %.3g at step %.0f",
                            g_array_index (self->training, Place, self->training->len - 1).loss, self->last_step);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
