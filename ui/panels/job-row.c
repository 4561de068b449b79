#include "panels/job-row.h"

#include <math.h>

struct _MgJobRow
{
  GtkBox parent_instance;

  MgJob *job;
  gboolean stopping;
  gboolean left_set; /* by somebody who knows better than the bar's pace */
  double seconds_left;
  double first_done, first_seconds; /* the pace counts from here: starting up is no work */

  GtkLabel *label;
  GtkProgressBar *bar;
  GtkButton *stop;
};

G_DEFINE_FINAL_TYPE (MgJobRow, mg_job_row, GTK_TYPE_BOX)

/**
 * mg_format_time_left:
 * @seconds: how long; not finite when unknown
 *
 * Returns: (transfer full): "3:12", or an empty text
 */
char *
mg_format_time_left (double seconds)
{
  int s;

  if (!isfinite (seconds) || seconds < 0 || seconds > 360000)
    return g_strdup ("");
  s = (int) (seconds + 0.5);
  if (s >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  return g_strdup_printf ("%d:%02d", s / 60, s % 60);
}

static char *
dup_time_left (MgJobRow *self,
               const MgProgressInfo *info)
{
  double done = info->done - self->first_done;

  if (self->stopping)
    return g_strdup ("");
  if (self->left_set)
    return mg_format_time_left (self->seconds_left);
  if (info->total <= 0 || done <= 0)
    return g_strdup ("");
  return mg_format_time_left ((info->seconds - self->first_seconds) / done * (info->total - info->done));
}

static void
update (MgJobRow *self)
{
  MgProgressInfo info;
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;
  gboolean known;

  mg_progress_get (mg_job_get_progress (self->job), &info);
  known = info.total > 0;
  if (self->first_seconds == 0 && info.done > 0)
    {
      self->first_done = info.done;
      self->first_seconds = info.seconds;
    }
  left = dup_time_left (self, &info);
  text = g_strdup_printf ("%s%s%s%s%s%s", info.stage != NULL && *info.stage != '\0' ? info.stage : mg_job_get_name (self->job),
                          info.place[0] != '\0' ? " " : "", info.place,
                          self->stopping ? ", stopping…" : *left != '\0' ? " · "
                                                                         : "",
                          left, *left != '\0' ? " left" : "");
  gtk_label_set_text (self->label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), info.note);
  if (known)
    gtk_progress_bar_set_fraction (self->bar, CLAMP (info.done / info.total, 0, 1));
  else
    gtk_progress_bar_pulse (self->bar);
}

static void
on_finished (MgJob *job,
             MgJobRow *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (parent != NULL)
    gtk_box_remove (GTK_BOX (parent), GTK_WIDGET (self));
}

static void
on_stop (GtkButton *button,
         MgJobRow *self)
{
  mg_job_row_stop (self);
}

static void
mg_job_row_dispose (GObject *object)
{
  MgJobRow *self = MG_JOB_ROW (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_JOB_ROW);
  G_OBJECT_CLASS (mg_job_row_parent_class)->dispose (object);
}

static void
mg_job_row_class_init (MgJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_job_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MgJobRow, label);
  gtk_widget_class_bind_template_child (widget_class, MgJobRow, bar);
  gtk_widget_class_bind_template_child (widget_class, MgJobRow, stop);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
}

static void
mg_job_row_init (MgJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * mg_job_row_new:
 * @job: a job
 *
 * Returns: (transfer floating): a row that removes itself from its box when
 *   the job is finished
 */
GtkWidget *
mg_job_row_new (MgJob *job)
{
  MgJobRow *self = g_object_new (MG_TYPE_JOB_ROW, NULL);

  self->job = g_object_ref (job);
  g_signal_connect_swapped (job, "progress", G_CALLBACK (update), self);
  g_signal_connect (job, "finished", G_CALLBACK (on_finished), self);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * mg_job_row_get_job:
 * @self: a row
 *
 * Returns: (transfer none): its job
 */
MgJob *
mg_job_row_get_job (MgJobRow *self)
{
  return self->job;
}

/**
 * mg_job_row_set_seconds_left:
 * @self: a row
 * @seconds: the job's own estimate, shown instead of the row's
 */
void
mg_job_row_set_seconds_left (MgJobRow *self,
                             double seconds)
{
  self->left_set = TRUE;
  self->seconds_left = seconds;
}

/**
 * mg_job_row_stop:
 * @self: a row
 *
 * Asks its job to stop.
 */
void
mg_job_row_stop (MgJobRow *self)
{
  self->stopping = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop), FALSE);
  mg_job_cancel (self->job);
  update (self);
}
