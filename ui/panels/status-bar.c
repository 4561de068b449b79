#include "panels/status-bar.h"

#include <math.h>

#include "panels/device-button.h"
#include "panels/job-row.h"

struct _MgStatusBar
{
  GtkBox parent_instance;

  MgSession *session;
  MgCanvas *canvas;

  GtkLabel *place;
  GtkLabel *zoom;
  GtkBox *jobs;
  MgDeviceButton *device;
};

G_DEFINE_FINAL_TYPE (MgStatusBar, mg_status_bar, GTK_TYPE_BOX)

static void
append_intensities (GString *text,
                    MgImage *image,
                    int x,
                    int y,
                    int z,
                    int t)
{
  const MgImageInfo *info = mg_image_get_info (image);
  int n = MIN (info->n_channels, 4);

  for (int c = 0; c < n; c++)
    {
      float value;

      if (!mg_image_read_float (image, c, z, t, &(MgRect){ x, y, 1, 1 }, &value, sizeof value, NULL, NULL))
        return;
      if (n > 1)
        g_string_append_printf (text, "   ch%d %g", c + 1, value);
      else
        g_string_append_printf (text, "   value %g", value);
    }
}

static void
on_hover (MgCanvas *canvas,
          double x,
          double y,
          gboolean inside,
          MgStatusBar *self)
{
  MgDocument *document = mg_session_get_current (self->session);
  MgImage *image = document != NULL ? mg_document_get_image (document) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  const MgImageInfo *info;
  guint32 label;

  if (!inside || image == NULL)
    {
      gtk_label_set_text (self->place, "");
      return;
    }
  info = mg_image_get_info (image);
  g_string_append_printf (text, "x %d  y %d", (int) x, (int) y);
  if (info->pixel_width > 0)
    g_string_append_printf (text, "  (%.1f, %.1f %s)", x * info->pixel_width,
                            y * (info->pixel_height > 0 ? info->pixel_height : info->pixel_width),
                            info->unit != NULL ? info->unit : "units");
  append_intensities (text, image, (int) x, (int) y, mg_canvas_get_z (canvas), mg_canvas_get_t (canvas));
  label = mg_mask_get (mg_annotation_get_mask (mg_document_get_annotation (document)), (int) x, (int) y);
  if (label == MG_LABEL_IGNORED)
    g_string_append (text, "   ignored");
  else if (label != 0)
    g_string_append_printf (text, "   cell %u", label);
  gtk_label_set_text (self->place, text->str);
}

static void
on_zoom (MgCanvas *canvas,
         GParamSpec *pspec,
         MgStatusBar *self)
{
  double zoom;

  g_object_get (canvas, "zoom", &zoom, NULL);
  mg_status_bar_set_zoom (self, zoom);
}

static void
mg_status_bar_dispose (GObject *object)
{
  MgStatusBar *self = MG_STATUS_BAR (object);

  if (self->canvas != NULL)
    g_signal_handlers_disconnect_by_data (self->canvas, self);
  g_clear_object (&self->canvas);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_STATUS_BAR);
  G_OBJECT_CLASS (mg_status_bar_parent_class)->dispose (object);
}

static void
mg_status_bar_class_init (MgStatusBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_status_bar_dispose;
  g_type_ensure (MG_TYPE_DEVICE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MgStatusBar, place);
  gtk_widget_class_bind_template_child (widget_class, MgStatusBar, zoom);
  gtk_widget_class_bind_template_child (widget_class, MgStatusBar, jobs);
  gtk_widget_class_bind_template_child (widget_class, MgStatusBar, device);
}

static void
mg_status_bar_init (MgStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_status_bar_set_session:
 * @self: a status bar
 * @session: whose image
 * @canvas: where the pointer is; both set once
 */
void
mg_status_bar_set_session (MgStatusBar *self,
                           MgSession *session,
                           MgCanvas *canvas)
{
  self->session = g_object_ref (session);
  self->canvas = g_object_ref (canvas);
  mg_device_button_set_session (self->device, session);
  g_signal_connect (canvas, "hover", G_CALLBACK (on_hover), self);
  g_signal_connect (canvas, "notify::zoom", G_CALLBACK (on_zoom), self);
}

/**
 * mg_status_bar_add_job:
 * @self: a status bar
 * @job: shown until it is finished
 */
void
mg_status_bar_add_job (MgStatusBar *self,
                       MgJob *job)
{
  gtk_box_append (self->jobs, mg_job_row_new (job));
}

/**
 * mg_status_bar_set_seconds_left:
 * @self: a status bar
 * @job: a job shown in it
 * @seconds: the job's own estimate
 */
void
mg_status_bar_set_seconds_left (MgStatusBar *self,
                                MgJob *job,
                                double seconds)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->jobs)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (mg_job_row_get_job (MG_JOB_ROW (row)) == job)
      mg_job_row_set_seconds_left (MG_JOB_ROW (row), seconds);
}

/**
 * mg_status_bar_stop_last:
 * @self: a status bar
 *
 * Stops the job that was started last.
 *
 * Returns: %FALSE when there is none
 */
gboolean
mg_status_bar_stop_last (MgStatusBar *self)
{
  GtkWidget *row = gtk_widget_get_last_child (GTK_WIDGET (self->jobs));

  if (row == NULL)
    return FALSE;
  mg_job_row_stop (MG_JOB_ROW (row));
  return TRUE;
}

/**
 * mg_status_bar_set_place:
 * @self: a status bar
 * @text: (nullable): what is under the pointer
 */
void
mg_status_bar_set_place (MgStatusBar *self,
                         const char *text)
{
  gtk_label_set_text (self->place, text != NULL ? text : "");
}

/**
 * mg_status_bar_set_zoom:
 * @self: a status bar
 * @zoom: device pixels an image pixel
 */
void
mg_status_bar_set_zoom (MgStatusBar *self,
                        double zoom)
{
  g_autofree char *text = g_strdup_printf (zoom < 0.1 ? "%.1f %%" : "%.0f %%", zoom * 100);

  gtk_label_set_text (self->zoom, text);
}
