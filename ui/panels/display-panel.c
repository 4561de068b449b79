#include "panels/display-panel.h"

#include <math.h>

#include "panels/channel-row.h"
#include "panels/histogram-view.h"

/* The list is as high as this many rows, and scrolls when there are more. */
#define MAX_ROWS 6
#define ROW_PX   28

/* Selecting a row and activating it are two signals of one click. */
#define SAME_CLICK_US 100000

struct _MgDisplayPanel
{
  GtkBox parent_instance;

  MgDocument *document; /* (nullable): a loaded one */
  gboolean updating;
  int channel;
  gint64 selected_at;
  gboolean before_solo[MG_VIEW_MAX_CHANNELS]; /* what was shown */
  int soloed;                                 /* -1: none */

  GtkWidget *channels_scroll;
  GtkListBox *channels;
  MgHistogramView *histogram;
  GtkSpinButton *min;
  GtkSpinButton *max;
  GtkAdjustment *min_adjustment;
  GtkAdjustment *max_adjustment;
  GtkScale *gamma;
  GtkAdjustment *gamma_adjustment;
  GtkDropDown *lut;
  GtkColorChooser *colour;
};

enum
{
  CHANGED,
  APPLY_TO_ALL,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgDisplayPanel, mg_display_panel, GTK_TYPE_BOX)

/* What a person may choose, in the order of the list. */
static const struct
{
  MgLut lut;
  const char *name;
} luts[] = {
  { MG_LUT_GREY, "Grey" },
  { MG_LUT_INVERTED, "Inverted grey" },
  { MG_LUT_GREEN, "Green" },
  { MG_LUT_MAGENTA, "Magenta" },
  { MG_LUT_CYAN, "Cyan" },
  { MG_LUT_YELLOW, "Yellow" },
  { MG_LUT_RED, "Red" },
  { MG_LUT_BLUE, "Blue" },
  { MG_LUT_FIRE, "Fire" },
  { MG_LUT_VIRIDIS, "Viridis" },
  { MG_LUT_SIGNED, "Blue to red" },
  { MG_LUT_COLOUR, "Own colour" },
  { MG_LUT_TABLE, "The file’s own" },
};

static MgChannelView *
get_views (MgDisplayPanel *self,
           int *n)
{
  return mg_document_get_channels (self->document, n);
}

static MgChannelView *
get_view (MgDisplayPanel *self)
{
  int n;
  MgChannelView *views = get_views (self, &n);

  return &views[CLAMP (self->channel, 0, n - 1)];
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
update_rows (MgDisplayPanel *self)
{
  int n;
  const MgChannelView *views = get_views (self, &n);
  GtkListBoxRow *row;

  for (int c = 0; c < n && (row = gtk_list_box_get_row_at_index (self->channels, c)) != NULL; c++)
    mg_channel_row_set_view (MG_CHANNEL_ROW (row), &views[c]);
}

static void
update (MgDisplayPanel *self)
{
  const MgHistogram *histogram;
  const MgChannelView *view;
  GdkRGBA rgba = { 0, 0, 0, 1 };

  gtk_widget_set_sensitive (GTK_WIDGET (self), self->document != NULL);
  if (self->document == NULL)
    return;
  self->updating = TRUE;
  view = get_view (self);
  histogram = mg_document_get_histogram (self->document, self->channel);
  mg_histogram_view_set (self->histogram, histogram, view->min, view->max);
  mg_histogram_view_set_colours (self->histogram, view);
  gtk_widget_set_sensitive (GTK_WIDGET (self->min), histogram != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->max), histogram != NULL);
  if (histogram != NULL)
    {
      set_up_spin (self->min, self->min_adjustment, histogram, view->min);
      set_up_spin (self->max, self->max_adjustment, histogram, view->max);
    }
  gtk_adjustment_set_value (self->gamma_adjustment, view->gamma);
  for (guint i = 0; i < G_N_ELEMENTS (luts); i++)
    if (luts[i].lut == view->lut)
      gtk_drop_down_set_selected (self->lut, i);
  rgba.red = (float) (view->colour >> 16 & 0xff) / 255;
  rgba.green = (float) (view->colour >> 8 & 0xff) / 255;
  rgba.blue = (float) (view->colour & 0xff) / 255;
  gtk_color_chooser_set_rgba (self->colour, &rgba);
  gtk_widget_set_visible (GTK_WIDGET (self->colour), view->lut == MG_LUT_COLOUR);
  update_rows (self);
  self->updating = FALSE;
}

/* One channel was changed by the person. */
static void
keep (MgDisplayPanel *self,
      int channel)
{
  mg_document_keep_channel (self->document, channel);
  update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
keep_all (MgDisplayPanel *self)
{
  int n;

  get_views (self, &n);
  for (int c = 0; c < n; c++)
    mg_document_keep_channel (self->document, c);
  update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_range (MgDisplayPanel *self,
           double min,
           double max)
{
  if (self->document == NULL || self->updating || !(max > min))
    return;
  mg_document_set_range (self->document, self->channel, min, max);
  keep (self, self->channel);
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
on_gamma (GtkAdjustment *adjustment,
          MgDisplayPanel *self)
{
  if (self->document == NULL || self->updating)
    return;
  get_view (self)->gamma = gtk_adjustment_get_value (adjustment);
  keep (self, self->channel);
}

static void
on_lut (GtkDropDown *drop_down,
        GParamSpec *pspec,
        MgDisplayPanel *self)
{
  guint selected = gtk_drop_down_get_selected (drop_down);
  MgChannelView *view;

  if (self->document == NULL || self->updating || selected >= G_N_ELEMENTS (luts))
    return;
  view = get_view (self);
  if (luts[selected].lut == MG_LUT_COLOUR && view->lut != MG_LUT_COLOUR)
    view->colour = mg_channel_view_colour (view, 1);
  view->lut = luts[selected].lut;
  keep (self, self->channel);
}

static void
on_colour (GtkColorButton *button,
           MgDisplayPanel *self)
{
  GdkRGBA rgba;

  if (self->document == NULL || self->updating)
    return;
  gtk_color_chooser_get_rgba (self->colour, &rgba);
  get_view (self)->colour = (guint32) lround (rgba.red * 255) << 16 | (guint32) lround (rgba.green * 255) << 8 |
                            (guint32) lround (rgba.blue * 255);
  keep (self, self->channel);
}

static void
on_row_selected (GtkListBox *list,
                 GtkListBoxRow *row,
                 MgDisplayPanel *self)
{
  if (row == NULL || self->updating || self->document == NULL)
    return;
  self->channel = gtk_list_box_row_get_index (row);
  self->selected_at = g_get_monotonic_time ();
  update (self);
}

/* Shows one channel alone, or, when it is alone, what was shown before. */
static void
solo (MgDisplayPanel *self)
{
  int n;
  MgChannelView *views = get_views (self, &n);
  gboolean is_alone = views[self->channel].visible;

  for (int c = 0; c < n; c++)
    is_alone = is_alone && (c == self->channel || !views[c].visible);
  for (int c = 0; c < n; c++)
    {
      if (!is_alone && self->soloed < 0)
        self->before_solo[c] = views[c].visible;
      views[c].visible = is_alone ? self->soloed < 0 || self->before_solo[c] : c == self->channel;
    }
  self->soloed = is_alone ? -1 : self->channel;
  keep_all (self);
}

static void
on_row_activated (GtkListBox *list,
                  GtkListBoxRow *row,
                  MgDisplayPanel *self)
{
  if (self->document != NULL && g_get_monotonic_time () - self->selected_at > SAME_CLICK_US)
    solo (self);
}

static void
on_row_toggled (MgChannelRow *row,
                MgDisplayPanel *self)
{
  int channel = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)), n;

  if (self->document == NULL)
    return;
  self->soloed = -1;
  get_views (self, &n)[channel].visible = mg_channel_row_get_shown (row);
  keep (self, channel);
}

static void
action_solo (GtkWidget *widget,
             const char *name,
             GVariant *parameter)
{
  MgDisplayPanel *self = MG_DISPLAY_PANEL (widget);

  if (self->document != NULL)
    solo (self);
}

static void
action_show_all (GtkWidget *widget,
                 const char *name,
                 GVariant *parameter)
{
  MgDisplayPanel *self = MG_DISPLAY_PANEL (widget);
  MgChannelView *views;
  int n;

  if (self->document == NULL)
    return;
  views = get_views (self, &n);
  for (int c = 0; c < n; c++)
    views[c].visible = TRUE;
  self->soloed = -1;
  keep_all (self);
}

static void
action_auto_all (GtkWidget *widget,
                 const char *name,
                 GVariant *parameter)
{
  MgDisplayPanel *self = MG_DISPLAY_PANEL (widget);
  int n;

  if (self->document == NULL)
    return;
  get_views (self, &n);
  for (int c = 0; c < n; c++)
    mg_document_auto_contrast (self->document, c);
  keep_all (self);
}

static void
action_reset (GtkWidget *widget,
              const char *name,
              GVariant *parameter)
{
  MgDisplayPanel *self = MG_DISPLAY_PANEL (widget);

  if (self->document == NULL)
    return;
  self->soloed = -1;
  mg_document_reset_channels (self->document);
  update (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
action_apply_to_all (GtkWidget *widget,
                     const char *name,
                     GVariant *parameter)
{
  MgDisplayPanel *self = MG_DISPLAY_PANEL (widget);

  if (self->document == NULL)
    return;
  keep_all (self);
  g_signal_emit (self, signals[APPLY_TO_ALL], 0);
}

static void
mg_display_panel_dispose (GObject *object)
{
  MgDisplayPanel *self = MG_DISPLAY_PANEL (object);

  mg_display_panel_set_document (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_DISPLAY_PANEL);
  G_OBJECT_CLASS (mg_display_panel_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "display.auto-all", NULL, action_auto_all);
  gtk_widget_class_install_action (widget_class, "display.reset", NULL, action_reset);
  gtk_widget_class_install_action (widget_class, "display.show-all", NULL, action_show_all);
  gtk_widget_class_install_action (widget_class, "display.solo", NULL, action_solo);
  gtk_widget_class_install_action (widget_class, "display.apply-to-all", NULL, action_apply_to_all);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, MgDisplayPanel, member)

static void
mg_display_panel_class_init (MgDisplayPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_display_panel_dispose;
  signals[CHANGED] = g_signal_new ("changed", MG_TYPE_DISPLAY_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[APPLY_TO_ALL] = g_signal_new ("apply-to-all", MG_TYPE_DISPLAY_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  install_actions (widget_class);
  g_type_ensure (MG_TYPE_HISTOGRAM_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/micrographia/Micrographia/ui/display-panel.ui");
  BIND (channels_scroll);
  BIND (channels);
  BIND (histogram);
  BIND (min);
  BIND (max);
  BIND (min_adjustment);
  BIND (max_adjustment);
  BIND (gamma);
  BIND (gamma_adjustment);
  BIND (lut);
  BIND (colour);
  gtk_widget_class_bind_template_callback (widget_class, on_range);
  gtk_widget_class_bind_template_callback (widget_class, on_spun);
  gtk_widget_class_bind_template_callback (widget_class, on_gamma);
  gtk_widget_class_bind_template_callback (widget_class, on_lut);
  gtk_widget_class_bind_template_callback (widget_class, on_colour);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
mg_display_panel_init (MgDisplayPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->soloed = -1;
  update (self);
}

static char *
get_channel_name (const MgImageInfo *info,
                  int channel)
{
  static const char *const rgb[] = { "Red", "Green", "Blue" };

  if (info->is_rgb && channel < (int) G_N_ELEMENTS (rgb))
    return g_strdup (rgb[channel]);
  if (info->channel_names != NULL && channel < (int) g_strv_length (info->channel_names) &&
      info->channel_names[channel][0] != '\0')
    return g_strdup (info->channel_names[channel]);
  return g_strdup_printf ("Channel %d", channel + 1);
}

static void
fill_luts (MgDisplayPanel *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  int n;
  const MgChannelView *views = get_views (self, &n);
  gboolean has_table = FALSE;

  for (int c = 0; c < n; c++)
    has_table |= views[c].lut == MG_LUT_TABLE;
  for (guint i = 0; i < G_N_ELEMENTS (luts); i++)
    if (luts[i].lut != MG_LUT_TABLE || has_table)
      gtk_string_list_append (names, luts[i].name);
  gtk_drop_down_set_model (self->lut, G_LIST_MODEL (names));
}

static void
fill_channels (MgDisplayPanel *self)
{
  const MgImageInfo *info = mg_image_get_info (mg_document_get_image (self->document));
  GtkListBoxRow *row;
  int n;

  get_views (self, &n);
  self->updating = TRUE;
  while ((row = gtk_list_box_get_row_at_index (self->channels, 0)) != NULL)
    gtk_list_box_remove (self->channels, GTK_WIDGET (row));
  for (int c = 0; c < n && n > 1; c++)
    {
      g_autofree char *name = get_channel_name (info, c);
      GtkWidget *added = mg_channel_row_new (name);

      g_signal_connect (added, "toggled", G_CALLBACK (on_row_toggled), self);
      gtk_list_box_append (self->channels, added);
    }
  self->channel = CLAMP (self->channel, 0, n - 1);
  if (n > 1)
    gtk_list_box_select_row (self->channels, gtk_list_box_get_row_at_index (self->channels, self->channel));
  fill_luts (self);
  self->updating = FALSE;
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->channels_scroll), ROW_PX * MIN (n, MAX_ROWS));
  gtk_widget_set_visible (self->channels_scroll, n > 1);
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
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  self->soloed = -1;
  if (document != NULL)
    {
      g_signal_connect_swapped (document, "channels-changed", G_CALLBACK (update), self);
      fill_channels (self);
    }
  if (self->histogram != NULL)
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
  mg_document_auto_contrast (self->document, self->channel);
  keep (self, self->channel);
}
