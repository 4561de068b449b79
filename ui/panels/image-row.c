#include "panels/image-row.h"

struct _MgImageRow
{
  GtkBox parent_instance;

  MgSession *session;   /* borrowed: the window's */
  MgDocument *document; /* (nullable) */

  GtkPicture *thumbnail;
  GtkLabel *name;
  GtkLabel *cells;
  GtkLabel *role;
};

G_DEFINE_FINAL_TYPE (MgImageRow, mg_image_row, GTK_TYPE_BOX)

/* How much there is to learn from, for the task at hand. */
static char *
describe (MgImageRow *self)
{
  MgProjectItem *item = mg_document_get_item (self->document);
  int cells = mg_document_get_cells (self->document);

  if (mg_document_get_file_state (self->document) == MG_FILE_MISSING)
    return g_strdup ("file is missing");
  if (mg_document_get_state (self->document) == MG_DOCUMENT_FAILED ||
      mg_document_get_file_state (self->document) == MG_FILE_BROKEN)
    return g_strdup ("cannot be read");
  if (mg_session_get_task (self->session) == MG_TASK_DENOISE)
    {
      if (mg_project_item_get_clean (item) == NULL)
        return g_strdup ("○ noisy only");
      return g_strdup ("● clean image");
    }
  if (cells > 0)
    return g_strdup_printf (cells == 1 ? "● %d cell" : "● %d cells", cells);
  if (mg_document_get_n_predicted_planes (self->document) > 1)
    return g_strdup_printf ("◌ %u planes predicted", mg_document_get_n_predicted_planes (self->document));
  if (mg_document_get_predicted (self->document) > 0)
    return g_strdup_printf ("◌ %d predicted", mg_document_get_predicted (self->document));
  if (cells == 0 || mg_document_get_file_state (self->document) == MG_FILE_WELL)
    return g_strdup (mg_document_is_painted (self->document) ? "● painted" : "○ not painted");
  return g_strdup ("");
}

/* What it is used for; an image that is learned from only once it is painted. */
static const char *
describe_role (MgImageRow *self)
{
  switch (mg_document_get_role (self->document))
    {
    case MG_PROJECT_VALIDATION:
      return "validation";
    case MG_PROJECT_TEST:
      return "test";
    case MG_PROJECT_NONE:
      return "not used";
    case MG_PROJECT_TRAIN:
    default:
      return mg_session_get_task (self->session) == MG_TASK_SEGMENT && mg_document_is_painted (self->document) ? "train" : "";
    }
}

static void
update (MgImageRow *self)
{
  g_autofree char *text = NULL;
  g_autoptr (GdkPaintable) thumbnail = NULL;
  const char *problem;

  if (self->document == NULL)
    return;
  g_object_get (self->document, "thumbnail", &thumbnail, NULL);
  gtk_picture_set_paintable (self->thumbnail, thumbnail);
  gtk_label_set_text (self->name, mg_document_get_name (self->document));
  problem = mg_document_get_problem (self->document);
  gtk_widget_remove_css_class (GTK_WIDGET (self->cells), problem != NULL ? "dim-label" : "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->cells), problem != NULL ? "error" : "dim-label");
  gtk_label_set_text (self->role, problem == NULL ? describe_role (self) : ""); /* it has none before it can be read */
  text = describe (self);
  gtk_label_set_text (self->cells, text);
}

/* Only when it is shown: setting a tooltip asks the X server each time where the
 * pointer is, for every row that comes into view. */
static gboolean
mg_image_row_query_tooltip (GtkWidget *widget,
                            int x,
                            int y,
                            gboolean keyboard,
                            GtkTooltip *tooltip)
{
  MgImageRow *self = MG_IMAGE_ROW (widget);
  const char *problem = self->document != NULL ? mg_document_get_problem (self->document) : NULL;

  if (self->document == NULL)
    return FALSE;
  gtk_tooltip_set_text (tooltip, problem != NULL ? problem : g_file_peek_path (mg_project_item_get_image (mg_document_get_item (self->document))));
  return TRUE;
}

static void
mg_image_row_dispose (GObject *object)
{
  MgImageRow *self = MG_IMAGE_ROW (object);

  mg_image_row_set_document (self, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_IMAGE_ROW);
  G_OBJECT_CLASS (mg_image_row_parent_class)->dispose (object);
}

static void
mg_image_row_class_init (MgImageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_image_row_dispose;
  widget_class->query_tooltip = mg_image_row_query_tooltip;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/image-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MgImageRow, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, MgImageRow, name);
  gtk_widget_class_bind_template_child (widget_class, MgImageRow, cells);
  gtk_widget_class_bind_template_child (widget_class, MgImageRow, role);
}

static void
mg_image_row_init (MgImageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_image_row_new:
 * @session: whose images; outlives the row
 *
 * Returns: (transfer floating): an empty row
 */
GtkWidget *
mg_image_row_new (MgSession *session)
{
  MgImageRow *self = g_object_new (MG_TYPE_IMAGE_ROW, NULL);

  self->session = session;
  g_signal_connect_object (session, "notify::task", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * mg_image_row_set_document:
 * @self: a row
 * @document: (nullable): what it shows, and follows
 */
void
mg_image_row_set_document (MgImageRow *self,
                           MgDocument *document)
{
  if (self->document != NULL)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document == NULL)
    return;
  g_signal_connect_swapped (document, "notify", G_CALLBACK (update), self);
  update (self);
}
