#include "panels/status-bar.h"

#include <math.h>

#include "panels/device-button.h"
#include "panels/job-row.h"

/* Values of more channels than this do not fit anyway. */
#define MAX_VALUES 12

/* So often is looked how far the preparation of a large image is. */
#define PREPARED_MS 500

struct _MgStatusBar
{
  GtkBox parent_instance;

  MgSession *session;
  MgCanvas *canvas;

  GtkLabel *place;
  GtkLabel *values;
  GtkLabel *cell;
  GtkLabel *prepared;
  GtkLabel *zoom;
  GtkBox *jobs;
  MgDeviceButton *device;

  gboolean inside; /* the pointer is over the image, at */
  int x, y;
  gboolean probing, probe_again;
  guint preparing; /* timer, 0 when nothing is prepared */
};

G_DEFINE_FINAL_TYPE (MgStatusBar, mg_status_bar, GTK_TYPE_BOX)

/* What is read under the pointer, on another thread. */
typedef struct
{
  MgImage *image;
  int x, y, z, t;
  int n; /* channels that are shown */
  int channels[MAX_VALUES];
  float values[MAX_VALUES];
} Probe;

static void
probe_free (gpointer data)
{
  mg_image_unref (((Probe *) data)->image);
  g_free (data);
}

static void
probe_thread (GTask *task,
              gpointer source,
              gpointer task_data,
              GCancellable *cancellable)
{
  Probe *probe = task_data;
  gboolean ok = TRUE;

  for (int i = 0; i < probe->n && ok; i++)
    ok = mg_image_read_pixel (probe->image, probe->channels[i], probe->z, probe->t, probe->x, probe->y, &probe->values[i]);
  g_task_return_boolean (task, ok);
}

static void start_probe (MgStatusBar *self);

static void
on_probed (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  MgStatusBar *self = MG_STATUS_BAR (source);
  const Probe *probe = g_task_get_task_data (G_TASK (result));
  g_autoptr (GString) text = g_string_new (NULL);

  self->probing = FALSE;
  if (self->session == NULL)
    return; /* closed meanwhile */
  if (g_task_propagate_boolean (G_TASK (result), NULL) && self->inside)
    {
      gboolean one = mg_image_get_info (probe->image)->n_channels == 1;

      for (int i = 0; i < probe->n; i++)
        if (one)
          g_string_append_printf (text, "   value %g", probe->values[i]);
        else
          g_string_append_printf (text, "   ch%d %g", probe->channels[i] + 1, probe->values[i]);
      gtk_label_set_text (self->values, text->str);
    }
  if (self->probe_again)
    start_probe (self);
}

/* One at a time; the pointer's last place is what counts. */
static void
start_probe (MgStatusBar *self)
{
  MgDocument *document = mg_session_get_current (self->session);
  MgImage *image = document != NULL ? mg_document_get_image (document) : NULL;
  const MgChannelView *views;
  Probe *probe;
  GTask *task;
  int n;

  self->probe_again = self->probing;
  if (self->probing || !self->inside || image == NULL)
    return;
  probe = g_new0 (Probe, 1);
  *probe = (Probe){ mg_image_ref (image), self->x, self->y, mg_canvas_get_z (self->canvas), mg_canvas_get_t (self->canvas) };
  views = mg_document_get_channels (document, &n);
  for (int c = 0; c < n && probe->n < MAX_VALUES; c++)
    if (views[c].visible)
      probe->channels[probe->n++] = c;
  self->probing = TRUE;
  task = g_task_new (self, NULL, on_probed, NULL);
  g_task_set_task_data (task, probe, probe_free);
  g_task_run_in_thread (task, probe_thread);
  g_object_unref (task);
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
  g_autofree char *cell = NULL;
  const MgImageInfo *info;
  guint32 label;

  self->inside = inside && image != NULL;
  if (!self->inside)
    {
      gtk_label_set_text (self->place, "");
      gtk_label_set_text (self->values, "");
      gtk_label_set_text (self->cell, "");
      return;
    }
  self->x = (int) x;
  self->y = (int) y;
  info = mg_image_get_info (image);
  g_string_append_printf (text, "x %d  y %d", self->x, self->y);
  if (info->pixel_width > 0)
    g_string_append_printf (text, "  (%.1f, %.1f %s)", x * info->pixel_width,
                            y * (info->pixel_height > 0 ? info->pixel_height : info->pixel_width),
                            info->unit != NULL ? info->unit : "units");
  gtk_label_set_text (self->place, text->str);
  label = mg_mask_get (mg_annotation_get_mask (mg_document_get_annotation (document)), self->x, self->y);
  cell = label == MG_LABEL_IGNORED ? g_strdup ("   ignored") : label != 0 ? g_strdup_printf ("   cell %u", label)
                                                                          : g_strdup ("");
  gtk_label_set_text (self->cell, cell);
  start_probe (self);
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

static gboolean
show_prepared (gpointer data)
{
  MgStatusBar *self = data;
  MgDocument *document = mg_session_get_current (self->session);
  MgImage *image = document != NULL ? mg_document_get_image (document) : NULL;
  double prepared = image != NULL ? mg_image_get_prepared (image) : 1;
  g_autofree char *text = g_strdup_printf ("Preparing the image: %.0f %%", floor (prepared * 100));

  gtk_widget_set_visible (GTK_WIDGET (self->prepared), prepared < 1);
  gtk_label_set_text (self->prepared, text);
  if (prepared < 1)
    return G_SOURCE_CONTINUE;
  self->preparing = 0;
  return G_SOURCE_REMOVE;
}

/* It gets better as a large image is prepared. */
static void
on_overview (MgCanvas *canvas,
             MgStatusBar *self)
{
  if (self->preparing == 0)
    self->preparing = g_timeout_add (PREPARED_MS, show_prepared, self);
}

static void
mg_status_bar_dispose (GObject *object)
{
  MgStatusBar *self = MG_STATUS_BAR (object);

  g_clear_handle_id (&self->preparing, g_source_remove);
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
  gtk_widget_class_bind_template_child (widget_class, MgStatusBar, values);
  gtk_widget_class_bind_template_child (widget_class, MgStatusBar, cell);
  gtk_widget_class_bind_template_child (widget_class, MgStatusBar, prepared);
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
  g_signal_connect (canvas, "overview-changed", G_CALLBACK (on_overview), self);
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
