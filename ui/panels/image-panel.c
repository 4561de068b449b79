#include "panels/image-panel.h"

#include <math.h>
#include <string.h>

struct _MgImagePanel
{
  GtkBox parent_instance;

  MgDocument *document; /* (nullable): a loaded one */
  GPtrArray *ways;      /* (nullable): axes of the drop-down's entries */
  gboolean updating;

  GtkLabel *summary;
  GtkWidget *axes_label;
  GtkDropDown *axes;
  GtkEditable *pixel_size;
  GtkLabel *unit;
  GtkLabel *notes;
};

static guint reading_changed;

G_DEFINE_FINAL_TYPE (MgImagePanel, mg_image_panel, GTK_TYPE_BOX)

static void
get_reading (MgImagePanel *self,
             MgReading *reading)
{
  mg_view_settings_get_reading (mg_project_item_get_view (mg_document_get_item (self->document)), reading);
}

static void
set_reading (MgImagePanel *self,
             const MgReading *reading)
{
  mg_view_settings_set_reading (mg_project_item_get_view (mg_document_get_item (self->document)), reading);
  g_signal_emit (self, reading_changed, 0);
}

/* The image as its file says it is: as it is shown, but for axes that the
 * person has given other names. */
static MgImageInfo
get_stored_info (MgImagePanel *self)
{
  MgImageInfo info = *mg_image_get_info (mg_document_get_image (self->document)); /* strings borrowed */
  const int shown[3] = { info.n_channels, info.n_z, info.n_t };
  MgReading reading;

  get_reading (self, &reading);
  if (mg_reading_is_valid (&reading, &info))
    {
      int *stored[3] = { &info.n_channels, &info.n_z, &info.n_t };

      for (int i = 0; i < 3; i++)
        *stored[i] = shown[strchr ("CZT", reading.axes[i]) - "CZT"];
    }
  return info;
}

static void
fill_axes (MgImagePanel *self)
{
  MgImageInfo info = get_stored_info (self);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  MgReading reading;
  guint chosen = 0;

  get_reading (self, &reading);
  g_clear_pointer (&self->ways, g_ptr_array_unref);
  self->ways = mg_reading_list_axes (&info);
  for (guint i = 0; i < self->ways->len; i++)
    {
      g_autofree char *name = mg_reading_describe_axes (self->ways->pdata[i], &info);
      gtk_string_list_append (names, name);
      if (strcmp (self->ways->pdata[i], reading.axes) == 0)
        chosen = i;
    }
  gtk_drop_down_set_model (self->axes, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->axes, chosen);
  gtk_widget_set_visible (GTK_WIDGET (self->axes), self->ways->len > 1);
  gtk_widget_set_visible (self->axes_label, self->ways->len > 1);
}

/* What a person should know of how the file was read; NULL for nothing. */
static char *
make_notes (const MgImageInfo *info)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (info->axes != NULL && info->axes[0] == 'I')
    g_string_append (text, "The file does not say what its pages are; slices are a guess.");
  for (char **note = info->notes; note != NULL && *note != NULL; note++)
    {
      gsize at = text->len + (text->len > 0);

      g_string_append_printf (text, "%s%s.", text->len > 0 ? "\n" : "", *note);
      text->str[at] = g_ascii_toupper (text->str[at]);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
update (MgImagePanel *self)
{
  const MgImageInfo *info;
  g_autofree char *summary = NULL;
  g_autofree char *notes = NULL;
  g_autofree char *size = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), self->document != NULL);
  if (self->document == NULL)
    return;
  info = mg_image_get_info (mg_document_get_image (self->document));
  self->updating = TRUE;
  summary = g_strdup_printf ("%d × %d px, %s%s", info->width, info->height, mg_pixel_type_name (info->type),
                             info->is_rgb ? ", colour" : "");
  gtk_label_set_text (self->summary, summary);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->summary), info->software);
  fill_axes (self);
  size = info->pixel_width > 0 ? g_strdup_printf ("%.6g", info->pixel_width) : g_strdup ("");
  gtk_editable_set_text (self->pixel_size, size);
  gtk_label_set_text (self->unit, info->pixel_width > 0 && info->unit != NULL ? info->unit : "µm");
  notes = make_notes (info);
  gtk_label_set_text (self->notes, notes != NULL ? notes : "");
  gtk_widget_set_visible (GTK_WIDGET (self->notes), notes != NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->pixel_size), "error");
  self->updating = FALSE;
}

static void
on_axes (GtkDropDown *drop_down,
         GParamSpec *pspec,
         MgImagePanel *self)
{
  guint selected = gtk_drop_down_get_selected (drop_down);
  MgReading reading;

  if (self->updating || self->document == NULL || selected >= self->ways->len)
    return;
  if (mg_annotation_get_n_instances (mg_document_get_annotation (self->document)) > 0)
    {
      update (self);
      gtk_label_set_text (self->notes, "Clear the labels of this image first: they belong to its planes as they are now.");
      gtk_widget_set_visible (GTK_WIDGET (self->notes), TRUE);
      return;
    }
  get_reading (self, &reading);
  mg_document_discard_all_predictions (self->document); /* of planes that are no more */
  g_strlcpy (reading.axes, selected == 0 ? "" : self->ways->pdata[selected], sizeof reading.axes);
  set_reading (self, &reading);
}

/* A number of µm; with a comma where the person writes it so. */
static void
on_pixel_size (GtkEntry *entry,
               MgImagePanel *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->pixel_size)));
  char *end = NULL;
  MgReading reading;
  double value;

  if (self->document == NULL)
    return;
  g_strdelimit (text, ",", '.');
  value = text[0] != '\0' ? g_ascii_strtod (text, &end) : 0;
  if (text[0] != '\0' && (*end != '\0' || !isfinite (value) || value <= 0))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->pixel_size), "error");
      return;
    }
  get_reading (self, &reading);
  if (reading.pixel_size == value)
    return;
  reading.pixel_size = value;
  set_reading (self, &reading);
}

static void
mg_image_panel_dispose (GObject *object)
{
  MgImagePanel *self = MG_IMAGE_PANEL (object);

  g_clear_object (&self->document);
  g_clear_pointer (&self->ways, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_IMAGE_PANEL);
  G_OBJECT_CLASS (mg_image_panel_parent_class)->dispose (object);
}

#define BIND(member) gtk_widget_class_bind_template_child (widget_class, MgImagePanel, member)

static void
mg_image_panel_class_init (MgImagePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_image_panel_dispose;
  reading_changed = g_signal_new ("reading-changed", MG_TYPE_IMAGE_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/image-panel.ui");
  BIND (summary);
  BIND (axes_label);
  BIND (axes);
  BIND (pixel_size);
  BIND (unit);
  BIND (notes);
  gtk_widget_class_bind_template_callback (widget_class, on_axes);
  gtk_widget_class_bind_template_callback (widget_class, on_pixel_size);
}

static void
mg_image_panel_init (MgImagePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

/**
 * mg_image_panel_set_document:
 * @self: a panel
 * @document: (nullable): a loaded document
 */
void
mg_image_panel_set_document (MgImagePanel *self,
                             MgDocument *document)
{
  g_set_object (&self->document, document);
  update (self);
}

/**
 * mg_image_panel_edit_pixel_size:
 * @self: a panel
 *
 * Lets the person type the pixel size at once.
 */
void
mg_image_panel_edit_pixel_size (MgImagePanel *self)
{
  if (self->document != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->pixel_size));
}
