#include "panels/display-panel.h"

#include <math.h>

#include "panels/histogram-view.h"

struct _MgDisplayPanel
{
  GtkBox parent_instance;

  MgDocument *document; /* (nullable): a loaded one */
  gboolean updating;

  GtkDropDown *channel;
  GtkToggleButton *visible;
  MgHistogramView *histogram;
  GtkSpinButton *min;
  GtkSpinButton *max;
  GtkAdjustment *min_adjustment;
  GtkAdjustment *max_adjustment;
};

static guint changed;

G_DEFINE_FINAL_TYPE (MgDisplayPanel, mg_display_panel, GTK_TYPE_BOX)

static int
get_channel (MgDisplayPanel *self)
{
  guint selected = gtk_drop_down_get_selected (self->channel);

  return selected == GTK_INVALID_LIST_POSITION ? 0 : (int) selected;
}

static MgChannelView *
get_view (MgDisplayPanel *self)
{
  int n;
  MgChannelView *views = mg_document_get_channels (self->document, &n);

  return &views[MIN (get_channel (self), MAX (n - 1, 0))];
}

static void
set_up_spin (GtkSpinButton *spin,
             GtkAdjustment *adjustment,
             const MgHistogram *histogram,
             double value)
{
  double range = histogram->max - histogram->min;
  gboolean whole = range >= 20;

  gtk_spin_button_set_digits (spin, whole ? 0 : (guint) CLAMP (ceil (2 - log10 (MAX (range, 1e-9))), 0, 9));
  gtk_adjustment_configure (adjustment, value, MIN (histogram->min - range, value), MAX (histogram->max + range, value),
                            whole ? MAX (1, round (range / 200)) : range / 200, range / 20, 0);
}

static void
update (MgDisplayPanel *self)
{
  const MgHistogram *histogram;
  MgChannelView *view;

  gtk_widget_set_sensitive (GTK_WIDGET (self), self->document != NULL);
  if (self->document == NULL)
    return;
  histogram = mg_document_get_histogram (self->document, get_channel (self));
  if (histogram == NULL)
    return;
  view = get_view (self);
  self->updating = TRUE;
  mg_histogram_view_set (self->histogram, histogram, view->min, view->max);
  set_up_spin (self->min, self->min_adjustment, histogram, view->min);
  set_up_spin (self->max, self->max_adjustment, histogram, view->max);
  gtk_toggle_button_set_active (self->visible, view->visible);
  self->updating = FALSE;
}

static void
set_range (MgDisplayPanel *self,
           double min,
           double max)
{
  MgChannelView *view;

  if (self->document == NULL || self->updating || !(max > min))
    return;
  view = get_view (self);
  view->min = min;
  view->max = max;
  update (self);
  g_signal_emit (self, changed, 0);
}

static void
on_range (MgHistogramView *histogram,
          double min,
          double max,
          MgDisplayPanel *self)
{
  set_range (self, min, max);
}

static void
on_spun (GtkAdjustment *adjustment,
         MgDisplayPanel *self)
{
  set_range (self, gtk_adjustment_get_value (self->min_adjustment), gtk_adjustment_get_value (self->max_adjustment));
}

static void
on_auto (GtkButton *button,
         MgDisplayPanel *self)
{
  mg_display_panel_auto (self);
}

static void
on_channel (GtkDropDown *channel,
            GParamSpec *pspec,
            MgDisplayPanel *self)
{
  if (!self->updating)
    update (self);
}

static void
on_visible (GtkToggleButton *button,
            MgDisplayPanel *self)
{
  if (self->updating || self->document == NULL)
    return;
  get_view (self)->visible = gtk_toggle_button_get_active (button);
  g_signal_emit (self, changed, 0);
}

static void
mg_display_panel_dispose (GObject *object)
{
  MgDisplayPanel *self = MG_DISPLAY_PANEL (object);

  g_clear_object (&self->document);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_DISPLAY_PANEL);
  G_OBJECT_CLASS (mg_display_panel_parent_class)->dispose (object);
}

static void
mg_display_panel_class_init (MgDisplayPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_display_panel_dispose;
  changed = g_signal_new ("changed", MG_TYPE_DISPLAY_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (MG_TYPE_HISTOGRAM_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/micrographia/Micrographia/ui/display-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, channel);
  gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, visible);
  gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, histogram);
  gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, min);
  gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, max);
  gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, min_adjustment);
  gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, max_adjustment);
  gtk_widget_class_bind_template_callback (widget_class, on_range);
  gtk_widget_class_bind_template_callback (widget_class, on_spun);
  gtk_widget_class_bind_template_callback (widget_class, on_auto);
  gtk_widget_class_bind_template_callback (widget_class, on_channel);
  gtk_widget_class_bind_template_callback (widget_class, on_visible);
}

static void
mg_display_panel_init (MgDisplayPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

static void
fill_channels (MgDisplayPanel *self)
{
  const MgImageInfo *info = mg_image_get_info (mg_document_get_image (self->document));
  guint n_names = info->channel_names != NULL ? g_strv_length (info->channel_names) : 0;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  int n;

  mg_document_get_channels (self->document, &n);
  for (int c = 0; c < n; c++)
    {
      static const char *const rgb[] = { "Red", "Green", "Blue" };
      g_autofree char *number = g_strdup_printf ("Channel %d", c + 1);

      gtk_string_list_append (names, info->is_rgb && c < 3 ? rgb[c] : (guint) c < n_names ? info->channel_names[c]
                                                                                          : number);
    }
  self->updating = TRUE;
  gtk_drop_down_set_model (self->channel, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->channel, 0);
  self->updating = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->channel), n > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->visible), n > 1);
}

/**
 * mg_display_panel_set_document:
 * @self: a panel
 * @document: (nullable): a loaded document
 */
void
mg_display_panel_set_document (MgDisplayPanel *self,
                               MgDocument *document)
{
  g_set_object (&self->document, document);
  if (document != NULL)
    fill_channels (self);
  update (self);
}

/**
 * mg_display_panel_auto:
 * @self: a panel
 *
 * Sets the channel's contrast by percentiles again.
 */
void
mg_display_panel_auto (MgDisplayPanel *self)
{
  if (self->document == NULL)
    return;
  mg_document_auto_contrast (self->document, get_channel (self));
  update (self);
  g_signal_emit (self, changed, 0);
}
