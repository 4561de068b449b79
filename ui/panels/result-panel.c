#include "panels/result-panel.h"

struct _MgResultPanel
{
  GtkBox parent_instance;

  MgDocument *document; /* (nullable) */
  gboolean updating;

  GtkLabel *count;
  GtkLabel *title;
  GtkWidget *details;
  GtkWidget *slices;
  GtkLabel *slice_count;
  GtkWidget *thresholds;
  GtkAdjustment *threshold;
  GtkAdjustment *seed;
  GtkAdjustment *area;
};

static guint params_changed;

G_DEFINE_FINAL_TYPE (MgResultPanel, mg_result_panel, GTK_TYPE_BOX)

static void
on_value_changed (MgResultPanel *self)
{
  if (!self->updating)
    g_signal_emit (self, params_changed, 0);
}

/* Of a stack, how much of it is predicted. */
static gboolean
show_slices (MgResultPanel *self)
{
  MgImage *image = self->document != NULL ? mg_document_get_image (self->document) : NULL;
  const MgImageInfo *info = image != NULL ? mg_image_get_info (image) : NULL;
  guint n = info != NULL && info->n_z * info->n_t > 1 ? mg_document_get_n_predicted_planes (self->document) : 0;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->slices, n > 0);
  if (n == 0)
    return FALSE;
  text = g_strdup_printf ("All %s: %u of %d predicted", info->n_z > 1 ? "slices" : "time points", n, info->n_z * info->n_t);
  gtk_label_set_text (self->slice_count, text);
  return TRUE;
}

static void
update (MgResultPanel *self)
{
  MgInstances *instances = self->document != NULL ? mg_document_get_prediction (self->document) : NULL;
  g_autofree char *text = NULL;
  gboolean preview, stack = show_slices (self);

  gtk_widget_set_visible (GTK_WIDGET (self), instances != NULL || stack);
  gtk_widget_set_visible (self->details, instances != NULL);
  gtk_label_set_text (self->count, "");
  gtk_label_set_text (self->title, "Prediction");
  if (instances == NULL)
    return;
  text = g_strdup_printf (mg_instances_get_n (instances) == 1 ? "%u cell" : "%u cells", mg_instances_get_n (instances));
  gtk_label_set_text (self->count, text);
  preview = mg_document_is_preview (self->document);
  gtk_label_set_text (self->title, preview ? "Prediction So Far" : "Prediction");
  gtk_widget_set_visible (self->details, !preview);
  /* many images' maps are not kept: predicting this one again brings them */
  gtk_widget_set_sensitive (self->thresholds, mg_document_get_maps (self->document) != NULL);
}

static void
mg_result_panel_dispose (GObject *object)
{
  MgResultPanel *self = MG_RESULT_PANEL (object);

  mg_result_panel_set_document (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_RESULT_PANEL);
  G_OBJECT_CLASS (mg_result_panel_parent_class)->dispose (object);
}

static void
mg_result_panel_class_init (MgResultPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_result_panel_dispose;
  params_changed = g_signal_new ("params-changed", MG_TYPE_RESULT_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/micrographia/Micrographia/ui/result-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, count);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, title);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, details);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, slices);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, slice_count);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, thresholds);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, threshold);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, seed);
  gtk_widget_class_bind_template_child (widget_class, MgResultPanel, area);
}

static void
mg_result_panel_init (MgResultPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->threshold, "value-changed", G_CALLBACK (on_value_changed), self);
  g_signal_connect_swapped (self->seed, "value-changed", G_CALLBACK (on_value_changed), self);
  g_signal_connect_swapped (self->area, "value-changed", G_CALLBACK (on_value_changed), self);
}

/**
 * mg_result_panel_set_document:
 * @self: a panel
 * @document: (nullable): whose prediction it shows, and follows
 */
void
mg_result_panel_set_document (MgResultPanel *self,
                              MgDocument *document)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document != NULL)
    {
      g_signal_connect_swapped (document, "prediction-changed", G_CALLBACK (update), self);
      g_signal_connect_swapped (document, "notify::predicted", G_CALLBACK (update), self);
      update (self);
    }
}

/**
 * mg_result_panel_set_params:
 * @self: a panel
 * @params: thresholds to show
 */
void
mg_result_panel_set_params (MgResultPanel *self,
                            const MgDecodeParams *params)
{
  self->updating = TRUE;
  gtk_adjustment_set_value (self->threshold, params->threshold);
  gtk_adjustment_set_value (self->seed, params->seed_threshold);
  gtk_adjustment_set_value (self->area, params->min_area);
  self->updating = FALSE;
}

/**
 * mg_result_panel_get_params:
 * @self: a panel
 * @params: (inout): thresholds; what the panel does not show is left alone
 */
void
mg_result_panel_get_params (MgResultPanel *self,
                            MgDecodeParams *params)
{
  params->threshold = gtk_adjustment_get_value (self->threshold);
  params->seed_threshold = gtk_adjustment_get_value (self->seed);
  params->min_area = gtk_adjustment_get_value (self->area);
}
