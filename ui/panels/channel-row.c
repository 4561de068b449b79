#include "panels/channel-row.h"

#include "view/composer.h"

#define SWATCH_PX 14

/* Of a channel's scale, the value that stands for its colour */
#define SWATCH_VALUE 0.9

struct _MgChannelRow
{
  GtkListBoxRow parent_instance;

  GtkCheckButton *shown;
  GtkWidget *swatch;
  GtkLabel *name;
  MgChannelView view;
  gboolean updating;
};

static guint toggled;

G_DEFINE_FINAL_TYPE (MgChannelRow, mg_channel_row, GTK_TYPE_LIST_BOX_ROW)

static void
draw_swatch (GtkDrawingArea *area,
             cairo_t *cr,
             int width,
             int height,
             gpointer data)
{
  MgChannelRow *self = data;
  guint32 rgb = mg_channel_view_colour (&self->view, self->view.lut == MG_LUT_INVERTED ? 0 : SWATCH_VALUE);
  GdkRGBA line;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &line);
  cairo_rectangle (cr, 0.5, 0.5, width - 1, height - 1);
  cairo_set_source_rgb (cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, line.red, line.green, line.blue, 0.35);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
on_toggled (GtkCheckButton *button,
            MgChannelRow *self)
{
  if (!self->updating)
    g_signal_emit (self, toggled, 0);
}

static void
mg_channel_row_class_init (MgChannelRowClass *klass)
{
  toggled = g_signal_new ("toggled", MG_TYPE_CHANNEL_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mg_channel_row_init (MgChannelRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->shown = GTK_CHECK_BUTTON (gtk_check_button_new ());
  self->swatch = gtk_drawing_area_new ();
  self->name = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->shown), "Show this channel");
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->swatch), SWATCH_PX);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->swatch), SWATCH_PX);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->swatch), draw_swatch, self, NULL);
  gtk_widget_set_valign (self->swatch, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (self->name, 0);
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->name), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->shown));
  gtk_box_append (GTK_BOX (box), self->swatch);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->name));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "channel-row");
  g_signal_connect (self->shown, "toggled", G_CALLBACK (on_toggled), self);
}

/**
 * mg_channel_row_new:
 * @name: the channel's
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
mg_channel_row_new (const char *name)
{
  MgChannelRow *self = g_object_new (MG_TYPE_CHANNEL_ROW, NULL);
  g_autofree char *show = g_strdup_printf ("Show %s", name);
  g_autofree char *tip = g_strdup_printf ("%s\nClick to adjust it, click again to see it alone", name);

  gtk_label_set_text (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->shown), GTK_ACCESSIBLE_PROPERTY_LABEL, show, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (self);
}

/**
 * mg_channel_row_set_view:
 * @self: a row
 * @view: how the channel is shown
 */
void
mg_channel_row_set_view (MgChannelRow *self,
                         const MgChannelView *view)
{
  self->view = *view;
  self->updating = TRUE;
  gtk_check_button_set_active (self->shown, view->visible);
  self->updating = FALSE;
  if (view->visible)
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "dim-label");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "dim-label");
  gtk_widget_queue_draw (self->swatch);
}

/**
 * mg_channel_row_get_shown:
 * @self: a row
 *
 * Returns: whether the person wants to see the channel
 */
gboolean
mg_channel_row_get_shown (MgChannelRow *self)
{
  return gtk_check_button_get_active (self->shown);
}
