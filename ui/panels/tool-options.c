#include "panels/tool-options.h"

struct _MgToolOptions
{
  GtkBox parent_instance;

  GtkLabel *name;
  GtkLabel *hint;
  GtkWidget *size_box;
  GtkAdjustment *size;
  GtkDropDown *unit;
  GtkWidget *pressure;
  GtkWidget *tolerance_box;
  GtkAdjustment *tolerance;
  GtkWidget *protect;
  GtkWidget *merge;
  GtkWidget *every_plane;
  GtkWidget *delete_region;
  GtkWidget *clear_regions;
};

G_DEFINE_FINAL_TYPE (MgToolOptions, mg_tool_options, GTK_TYPE_BOX)

/* One row a tool, in the order of MgCanvasTool. */
static const struct
{
  const char *name, *hint;
  gboolean size, tolerance, protect, merge, regions;
} rows[] = {
  [MG_CANVAS_SELECT] = { "Select", "Click, Shift+click or drag a box; predicted cells are accepted" },
  [MG_CANVAS_BRUSH] = { "Brush", "Begin inside a cell to extend it; Alt erases", .size = TRUE, .protect = TRUE },
  [MG_CANVAS_ERASER] = { "Eraser", "Erases the cell it begins in; with Shift any", .size = TRUE },
  [MG_CANVAS_FILL] = { "Fill", "Click a cell to fill its holes, or background that is closed off" },
  [MG_CANVAS_LASSO] = { "Lasso", "Draw around a cell; begin inside one to extend it; Alt erases", .protect = TRUE },
  [MG_CANVAS_WAND] = { "Wand", "Drag right for more, left for less", .tolerance = TRUE, .protect = TRUE },
  [MG_CANVAS_MERGE] = { "Merge", "Click a cell, then those that belong to it", .merge = TRUE },
  [MG_CANVAS_CUT] = { "Cut", "Draw a line across a cell, from outside to outside" },
  [MG_CANVAS_IGNORE] = { "Ignore", "Neither cell nor background; Alt erases", .size = TRUE, .protect = TRUE },
  [MG_CANVAS_REGION] = { "Training Region", "Drag a rectangle; training looks only inside. Shift draws inside another", .regions = TRUE },
};

static void
mg_tool_options_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MG_TYPE_TOOL_OPTIONS);
  G_OBJECT_CLASS (mg_tool_options_parent_class)->dispose (object);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, MgToolOptions, member)

static void
mg_tool_options_class_init (MgToolOptionsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_tool_options_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/micrographia/Micrographia/ui/tool-options.ui");
  BIND (name);
  BIND (hint);
  BIND (size_box);
  BIND (size);
  BIND (unit);
  BIND (pressure);
  BIND (tolerance_box);
  BIND (tolerance);
  BIND (protect);
  BIND (merge);
  BIND (every_plane);
  BIND (delete_region);
  BIND (clear_regions);
}

static void
mg_tool_options_init (MgToolOptions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_tool (MgToolOptions *self,
           MgCanvas *canvas)
{
  MgCanvasTool tool;

  g_object_get (canvas, "tool", &tool, NULL);
  gtk_label_set_text (self->name, rows[tool].name);
  gtk_label_set_text (self->hint, rows[tool].hint);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->hint), rows[tool].hint);
  gtk_widget_set_visible (self->size_box, rows[tool].size);
  gtk_widget_set_visible (self->pressure, rows[tool].size);
  gtk_widget_set_visible (self->tolerance_box, rows[tool].tolerance);
  gtk_widget_set_visible (self->protect, rows[tool].protect);
  gtk_widget_set_visible (self->merge, rows[tool].merge);
  gtk_widget_set_visible (self->every_plane, rows[tool].regions && mg_canvas_has_planes (canvas));
  gtk_widget_set_visible (self->delete_region, rows[tool].regions);
  gtk_widget_set_visible (self->clear_regions, rows[tool].regions);
}

/* The canvas has a radius, people think of how wide it is. */
static gboolean
to_diameter (GBinding *binding,
             const GValue *radius,
             GValue *diameter,
             gpointer data)
{
  g_value_set_double (diameter, 2 * g_value_get_double (radius));
  return TRUE;
}

static gboolean
to_radius (GBinding *binding,
           const GValue *diameter,
           GValue *radius,
           gpointer data)
{
  g_value_set_double (radius, g_value_get_double (diameter) / 2);
  return TRUE;
}

/**
 * mg_tool_options_set_canvas:
 * @self: a row
 * @canvas: whose tools it sets; once
 */
void
mg_tool_options_set_canvas (MgToolOptions *self,
                            MgCanvas *canvas)
{
  const GBindingFlags flags = G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL;

  g_object_bind_property_full (canvas, "brush-radius", self->size, "value", flags, to_diameter, to_radius, NULL, NULL);
  g_object_bind_property (canvas, "brush-on-screen", self->unit, "selected", flags);
  g_object_bind_property (canvas, "tolerance", self->tolerance, "value", flags);
  /* what is chosen goes with the tool, and with the plane */
  g_signal_connect_object (canvas, "selection-changed", G_CALLBACK (show_tool), self, G_CONNECT_SWAPPED);
  show_tool (self, canvas);
}
