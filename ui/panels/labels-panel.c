#include "panels/labels-panel.h"

struct _MgLabelsPanel
{
  GtkBox parent_instance;

  GtkAdjustment *fill;
  GtkAdjustment *outline;
};

G_DEFINE_FINAL_TYPE (MgLabelsPanel, mg_labels_panel, GTK_TYPE_BOX)

static void
mg_labels_panel_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MG_TYPE_LABELS_PANEL);
  G_OBJECT_CLASS (mg_labels_panel_parent_class)->dispose (object);
}

static void
mg_labels_panel_class_init (MgLabelsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_labels_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/micrographia/Micrographia/ui/labels-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MgLabelsPanel, fill);
  gtk_widget_class_bind_template_child (widget_class, MgLabelsPanel, outline);
}

static void
mg_labels_panel_init (MgLabelsPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_labels_panel_set_canvas:
 * @self: a panel
 * @canvas: what it sets; once
 */
void
mg_labels_panel_set_canvas (MgLabelsPanel *self,
                            MgCanvas *canvas)
{
  const GBindingFlags flags = G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL;

  g_object_bind_property (canvas, "fill-opacity", self->fill, "value", flags);
  g_object_bind_property (canvas, "outline-opacity", self->outline, "value", flags);
}
