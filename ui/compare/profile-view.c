#include "compare/profile-view.h"

#include "canvas/frame-trace.h"
#include "image/line-profile.h"

#include <adwaita.h>
#include <math.h>

#define LEFT_PX   44
#define BOTTOM_PX 30
#define TOP_PX    22
#define MARGIN_PX 8

/* A curve has no more points than a wide screen has columns. */
#define MAX_POINTS 2048

/* What the reading thread is given, and gives back with its values. */
typedef struct
{
  MgImage *images[MG_PROFILE_MAX_CURVES];
  char *titles[MG_PROFILE_MAX_CURVES];
  double *values[MG_PROFILE_MAX_CURVES];
  guint n, n_points;
  int c, z, t;
  double line[4];
  double length; /* in the unit */
  char *unit;
} Profile;

struct _MgProfileView
{
  GtkWidget parent_instance;

  Profile *shown;  /* (nullable) */
  Profile *wanted; /* (nullable): to be read when the one under way is back */
  gboolean reading;
  GCancellable *cancellable;
  double low, high; /* of all values shown */
};

G_DEFINE_FINAL_TYPE (MgProfileView, mg_profile_view, GTK_TYPE_WIDGET)

static void
profile_free (gpointer data)
{
  Profile *profile = data;

  for (guint i = 0; i < profile->n; i++)
    {
      mg_image_unref (profile->images[i]);
      g_free (profile->titles[i]);
      g_free (profile->values[i]);
    }
  g_free (profile->unit);
  g_free (profile);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Profile, profile_free)

static void
read_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  Profile *profile = task_data;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < profile->n; i++)
    {
      const MgImageInfo *info = mg_image_get_info (profile->images[i]);

      if (!mg_line_profile (profile->images[i], MIN (profile->c, info->n_channels - 1), MIN (profile->z, info->n_z - 1),
                            MIN (profile->t, info->n_t - 1), profile->line, profile->n_points, profile->values[i],
                            cancellable, &error))
        {
          g_task_return_error (task, g_steal_pointer (&error));
          return;
        }
    }
  g_task_return_boolean (task, TRUE);
}

static void start_reading (MgProfileView *self);

static void
show (MgProfileView *self,
      Profile *profile)
{
  g_autoptr (GString) text = g_string_new ("Values along the line:");

  g_clear_pointer (&self->shown, profile_free);
  self->shown = profile;
  self->low = INFINITY;
  self->high = -INFINITY;
  for (guint i = 0; i < profile->n; i++)
    for (guint k = 0; k < profile->n_points; k++)
      if (isfinite (profile->values[i][k]))
        {
          self->low = MIN (self->low, profile->values[i][k]);
          self->high = MAX (self->high, profile->values[i][k]);
        }
  if (!(self->high > self->low))
    {
      self->low = isfinite (self->low) ? self->low - 0.5 : 0;
      self->high = self->low + 1;
    }
  for (guint i = 0; i < profile->n; i++)
    g_string_append_printf (text, "%s %s", i > 0 ? "," : "", profile->titles[i]);
  g_string_append_printf (text, ", %.4g to %.4g", self->low, self->high);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_read (GObject *source,
         GAsyncResult *result,
         gpointer user_data)
{
  MgProfileView *self = MG_PROFILE_VIEW (source);
  g_autoptr (Profile) profile = user_data;
  g_autoptr (GError) error = NULL;

  self->reading = FALSE;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    show (self, g_steal_pointer (&profile));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("a profile is left out: %s", error->message);
  if (self->wanted != NULL && !g_cancellable_is_cancelled (self->cancellable))
    start_reading (self);
}

static void
start_reading (MgProfileView *self)
{
  g_autoptr (GTask) task = NULL;
  Profile *profile;

  if (self->reading)
    return;
  profile = g_steal_pointer (&self->wanted);
  self->reading = TRUE;
  task = g_task_new (self, self->cancellable, on_read, profile);
  g_task_set_task_data (task, profile, NULL);
  g_task_run_in_thread (task, read_thread);
}

/* 1, 2 or 5 times a power of ten: a step that cuts `range` into about `n`. */
static double
round_step (double range,
            double n)
{
  double rough = range / n, power = pow (10, floor (log10 (rough)));
  double digit = rough / power;

  return power * (digit > 5 ? 10 : digit > 2 ? 5
                                 : digit > 1 ? 2
                                             : 1);
}

static void
draw_text (MgProfileView *self,
           cairo_t *cr,
           const char *text,
           double x,
           double y,
           double align)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.85));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (cr, x - width * align, y - height / 2.0);
  pango_cairo_show_layout (cr, layout);
}

/* Where the curves are, logical pixels. */
typedef struct
{
  double left, top, width, height;
} Plot;

static void
draw_axes (MgProfileView *self,
           cairo_t *cr,
           const Plot *plot,
           const GdkRGBA *colour)
{
  double step_y = round_step (self->high - self->low, MAX (3, plot->height / 26));
  double step_x = round_step (self->shown->length, MAX (2, plot->width / 50));
  g_autofree char *title = g_strdup_printf ("along the line, %s", self->shown->unit);
  GdkRGBA line = *colour, dim = *colour;

  line.alpha = 0.15f;
  dim.alpha = 0.75f;
  cairo_set_line_width (cr, 1);
  for (double value = ceil (self->low / step_y) * step_y; value <= self->high; value += step_y)
    {
      double y = round (plot->top + plot->height * (self->high - value) / (self->high - self->low)) + 0.5;
      g_autofree char *text = g_strdup_printf ("%.4g", fabs (value) < step_y / 2 ? 0 : value);

      gdk_cairo_set_source_rgba (cr, &line);
      cairo_move_to (cr, plot->left, y);
      cairo_line_to (cr, plot->left + plot->width, y);
      cairo_stroke (cr);
      gdk_cairo_set_source_rgba (cr, &dim);
      draw_text (self, cr, text, plot->left - 5, y, 1);
    }
  for (double value = 0; value <= self->shown->length; value += step_x)
    {
      double x = plot->left + plot->width * value / self->shown->length;
      g_autofree char *text = g_strdup_printf ("%.4g", value);

      draw_text (self, cr, text, x, plot->top + plot->height + 9, 0.5);
    }
  draw_text (self, cr, title, plot->left + plot->width / 2, plot->top + plot->height + 22, 0.5);
}

/* Orange, blue and green that differ in brightness too: noisy, denoised, clean. */
static void
get_colour (guint i,
            GdkRGBA *out)
{
  static const char *const light[] = { "#e66100", "#1a5fb4", "#26a269" }, *const dark[] = { "#ffa348", "#78aeed", "#57e389" };

  gdk_rgba_parse (out, adw_style_manager_get_dark (adw_style_manager_get_default ()) ? dark[i] : light[i]);
}

static void
draw_curve (MgProfileView *self,
            cairo_t *cr,
            const Plot *plot,
            guint i)
{
  const Profile *profile = self->shown;

  cairo_new_path (cr); /* text leaves a point behind */
  cairo_set_line_width (cr, i == 0 ? 1 : 1.8);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  for (guint k = 0; k < profile->n_points; k++)
    if (isfinite (profile->values[i][k]))
      cairo_line_to (cr, plot->left + plot->width * k / (profile->n_points - 1),
                     plot->top + plot->height * (self->high - profile->values[i][k]) / (self->high - self->low));
  cairo_stroke (cr);
}

/* Where the names do not fit, the longest is cut. */
static void
draw_legend (MgProfileView *self,
             cairo_t *cr)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int room = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * MARGIN_PX - (int) (self->shown->n - 1) * MARGIN_PX, height;
  PangoLayout *layouts[MG_PROFILE_MAX_CURVES];
  int widths[MG_PROFILE_MAX_CURVES];
  guint longest = 0;
  double x = MARGIN_PX;

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.85));
  for (guint i = 0; i < self->shown->n; i++)
    {
      layouts[i] = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->shown->titles[i]);
      pango_layout_set_attributes (layouts[i], attributes);
      pango_layout_get_pixel_size (layouts[i], &widths[i], &height);
      room -= widths[i];
      longest = widths[i] > widths[longest] ? i : longest;
    }
  if (room < 0)
    {
      widths[longest] = MAX (24, widths[longest] + room);
      pango_layout_set_ellipsize (layouts[longest], PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layouts[longest], widths[longest] * PANGO_SCALE);
    }
  for (guint i = 0; i < self->shown->n; i++)
    {
      GdkRGBA colour;

      get_colour (i, &colour);
      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_move_to (cr, x, (TOP_PX - height) / 2.0);
      pango_cairo_show_layout (cr, layouts[i]);
      x += widths[i] + MARGIN_PX;
      g_object_unref (layouts[i]);
    }
}

static void
draw (MgProfileView *self,
      GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const Plot plot = { LEFT_PX, TOP_PX, width - LEFT_PX - MARGIN_PX, height - TOP_PX - BOTTOM_PX };
  GdkRGBA colour;
  cairo_t *cr;

  if (self->shown == NULL || self->shown->n == 0 || plot.width < 20 || plot.height < 20)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw_axes (self, cr, &plot, &colour);
  for (guint i = 0; i < self->shown->n; i++)
    {
      get_colour (i, &colour);
      gdk_cairo_set_source_rgba (cr, &colour);
      draw_curve (self, cr, &plot, i);
    }
  draw_legend (self, cr);
  cairo_destroy (cr);
}

static void
mg_profile_view_snapshot (GtkWidget *widget,
                          GtkSnapshot *snapshot)
{
  mg_frame_trace_snapshot_begin ();
  draw (MG_PROFILE_VIEW (widget), snapshot);
  mg_frame_trace_snapshot_more ();
}

static void
mg_profile_view_dispose (GObject *object)
{
  MgProfileView *self = MG_PROFILE_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->wanted, profile_free);
  G_OBJECT_CLASS (mg_profile_view_parent_class)->dispose (object);
}

static void
mg_profile_view_finalize (GObject *object)
{
  MgProfileView *self = MG_PROFILE_VIEW (object);

  g_clear_pointer (&self->shown, profile_free);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (mg_profile_view_parent_class)->finalize (object);
}

static void
mg_profile_view_class_init (MgProfileViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mg_profile_view_dispose;
  object_class->finalize = mg_profile_view_finalize;
  widget_class->snapshot = mg_profile_view_snapshot;
  gtk_widget_class_set_css_name (widget_class, "mgprofile");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
mg_profile_view_init (MgProfileView *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self), 190, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), "Values along the yellow line through the middle of the region");
}

/**
 * mg_profile_view_set:
 * @self: a plot
 * @sources: (array length=n): what is plotted, in the order of the colours
 * @n: at most %MG_PROFILE_MAX_CURVES; 0 empties the plot
 * @c: channel
 * @z: slice
 * @t: time point
 * @region: the line runs from left to right through its middle
 *
 * The values follow when they are read; of several wishes in a row the last counts.
 */
void
mg_profile_view_set (MgProfileView *self,
                     const MgProfileSource *sources,
                     guint n,
                     int c,
                     int z,
                     int t,
                     const MgRect *region)
{
  double y = region->y + region->height / 2 + 0.5;
  Profile *profile;
  const MgImageInfo *info;

  g_clear_pointer (&self->wanted, profile_free);
  if (n == 0 || mg_rect_is_empty (region))
    return;
  info = mg_image_get_info (sources[0].image);
  profile = g_new0 (Profile, 1);
  profile->n = MIN (n, MG_PROFILE_MAX_CURVES);
  profile->n_points = CLAMP ((guint) region->width, 2, MAX_POINTS);
  profile->c = c;
  profile->z = z;
  profile->t = t;
  /* from the middle of the first pixel to that of the last */
  memcpy (profile->line, (double[]){ region->x + 0.5, y, region->x + region->width - 0.5, y }, sizeof profile->line);
  profile->length = (region->width - 1) * (info->pixel_width > 0 ? info->pixel_width : 1);
  profile->unit = g_strdup (info->pixel_width <= 0 ? "px" : info->unit != NULL ? info->unit
                                                                               : "units");
  for (guint i = 0; i < profile->n; i++)
    {
      profile->images[i] = mg_image_ref (sources[i].image);
      profile->titles[i] = g_strdup (sources[i].title);
      profile->values[i] = g_new0 (double, profile->n_points);
    }
  self->wanted = profile;
  start_reading (self);
}
