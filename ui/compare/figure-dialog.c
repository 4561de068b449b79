#include "compare/figure-dialog.h"

#include "compare/figure-export.h"
#include "dialogs/file-dialog.h"

struct _MgFigureDialog
{
  AdwWindow parent_instance;

  MgComparePage *page; /* owned while the dialog is open */
  char *name;          /* of the image */

  AdwComboRow *format;
  GtkWidget *dpi_row;
  GtkSpinButton *dpi;
  GtkAdjustment *dpi_adjustment;
  GtkSpinButton *width;
  GtkAdjustment *width_adjustment;
  GtkSwitch *whole;
  GtkWidget *clean_row;
  GtkSwitch *clean;
  GtkWidget *profile_row;
  GtkSwitch *profile;
};

static guint export;

static const struct
{
  gboolean has_pixels;
  const char *endings[6]; /* its own first: another that is typed chooses another format */
} formats[] = {
  { TRUE, { ".png", ".tif", ".tiff", ".svg", ".pdf" } },
  { TRUE, { ".tif", ".tiff", ".png", ".svg", ".pdf" } },
  { FALSE, { ".svg", ".png", ".tif", ".tiff", ".pdf" } },
  { FALSE, { ".pdf", ".png", ".tif", ".tiff", ".svg" } },
};

G_DEFINE_FINAL_TYPE (MgFigureDialog, mg_figure_dialog, ADW_TYPE_WINDOW)

static void
on_chosen (GFile **files,
           guint n_files,
           gpointer data)
{
  MgFigureDialog *self = data;
  const MgFigureOptions options = {
    .dpi = gtk_adjustment_get_value (self->dpi_adjustment),
    .width_mm = gtk_adjustment_get_value (self->width_adjustment),
    .whole = gtk_switch_get_active (self->whole),
    .clean = gtk_switch_get_active (self->clean) && gtk_widget_get_visible (self->clean_row),
    .profile = gtk_switch_get_active (self->profile) && gtk_widget_get_visible (self->profile_row),
  };

  g_signal_emit (self, export, 0, &options, files[0]);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_save (MgFigureDialog *self)
{
  const char *const *endings = formats[adw_combo_row_get_selected (self->format)].endings;
  g_autofree char *proposal = g_strconcat (self->name, "-comparison", endings[0], NULL);

  mg_file_dialog_save (GTK_WINDOW (self), "Save Figure", proposal, endings, on_chosen, self);
}

static void
on_format (MgFigureDialog *self)
{
  gtk_widget_set_sensitive (self->dpi_row, formats[adw_combo_row_get_selected (self->format)].has_pixels);
}

static void
mg_figure_dialog_dispose (GObject *object)
{
  MgFigureDialog *self = MG_FIGURE_DIALOG (object);

  g_clear_object (&self->page);
  g_clear_pointer (&self->name, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_FIGURE_DIALOG);
  G_OBJECT_CLASS (mg_figure_dialog_parent_class)->dispose (object);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, MgFigureDialog, member)

static void
mg_figure_dialog_class_init (MgFigureDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_figure_dialog_dispose;
  export = g_signal_new ("export", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_FILE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/figure-dialog.ui");
  BIND (format);
  BIND (dpi_row);
  BIND (dpi);
  BIND (dpi_adjustment);
  BIND (width);
  BIND (width_adjustment);
  BIND (whole);
  BIND (clean_row);
  BIND (clean);
  BIND (profile_row);
  BIND (profile);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_format);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mg_figure_dialog_init (MgFigureDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_figure_dialog_new:
 * @parent: over which window
 * @page: what becomes a figure
 * @name: of the image
 * @settings: where it is kept how figures are drawn
 *
 * Returns: (transfer none): a dialog to be presented
 */
MgFigureDialog *
mg_figure_dialog_new (GtkWindow *parent,
                      MgComparePage *page,
                      const char *name,
                      MgSettings *settings)
{
  MgFigureDialog *self = g_object_new (MG_TYPE_FIGURE_DIALOG, "transient-for", parent, NULL);
  MgRect roi;

  self->page = g_object_ref (page);
  self->name = g_strdup (name);
  mg_settings_bind (settings, "figure-format", self->format, "selected");
  if (adw_combo_row_get_selected (self->format) >= G_N_ELEMENTS (formats))
    adw_combo_row_set_selected (self->format, 0);
  mg_settings_bind (settings, "figure-dpi", self->dpi_adjustment, "value");
  mg_settings_bind (settings, "figure-width", self->width_adjustment, "value");
  mg_settings_bind (settings, "figure-whole", self->whole, "active");
  mg_settings_bind (settings, "figure-clean", self->clean, "active");
  mg_settings_bind (settings, "figure-profile", self->profile, "active");
  gtk_widget_set_visible (self->clean_row, mg_renditions_get_clean (mg_compare_page_get_renditions (page)) != NULL);
  gtk_widget_set_visible (self->profile_row, mg_compare_view_get_roi (mg_compare_page_get_view (page), &roi));
  gtk_widget_grab_focus (gtk_window_get_default_widget (GTK_WINDOW (self)));
  return self;
}
