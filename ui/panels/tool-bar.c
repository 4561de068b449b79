#include "panels/tool-bar.h"

struct _MgToolBar
{
  GtkBox parent_instance;
};

G_DEFINE_FINAL_TYPE (MgToolBar, mg_tool_bar, GTK_TYPE_BOX)

static void
mg_tool_bar_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MG_TYPE_TOOL_BAR);
  G_OBJECT_CLASS (mg_tool_bar_parent_class)->dispose (object);
}

static void
mg_tool_bar_class_init (MgToolBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mg_tool_bar_dispose;
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/micrographia/Micrographia/ui/tool-bar.ui");
}

static void
mg_tool_bar_init (MgToolBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
