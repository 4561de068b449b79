#include "window/window-private.h"

#include "dialogs/file-dialog.h"
#include "figure/report.h"

#include <string.h>

#define MODEL_SUFFIX ".safetensors"

/* What the writing thread is given. */
typedef struct
{
  MgModel *model;
  char *name;
  GFile *file;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  mg_model_unref (report->model);
  g_free (report->name);
  g_object_unref (report->file);
  g_free (report);
}

static void
report_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  Report *report = task_data;
  const MgModelReport page = { .name = report->name, .model = report->model };
  g_autoptr (GError) error = NULL;

  if (mg_report_write_model (report->file, &page, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_written (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  MgWindow *self = MG_WINDOW (source);
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    _mg_window_toast_saved (self, "Report", ((Report *) g_task_get_task_data (G_TASK (result)))->file);
  else
    mg_session_fail (self->session, error);
}

/* As the model's file is called, without what all are called. */
static char *
dup_name (MgWindow *self)
{
  const char *name = mg_session_get_model_name (self->session);

  if (name == NULL)
    return g_strdup ("model");
  return g_str_has_suffix (name, MODEL_SUFFIX) ? g_strndup (name, strlen (name) - strlen (MODEL_SUFFIX)) : g_strdup (name);
}

/**
 * mg_window_save_report:
 * @self: a window with a model
 * @file: the page to write; a message tells when it is there
 */
void
mg_window_save_report (MgWindow *self,
                       GFile *file)
{
  MgModel *model = mg_session_get_model (self->session);
  g_autoptr (GTask) task = NULL;
  Report *report;

  g_return_if_fail (model != NULL);

  report = g_new (Report, 1);
  *report = (Report){ mg_model_ref (model), dup_name (self), g_object_ref (file) };
  task = g_task_new (self, NULL, on_written, NULL);
  g_task_set_task_data (task, report, report_free);
  g_task_run_in_thread (task, report_thread);
}

static void
on_chosen (GFile **files,
           guint n_files,
           gpointer data)
{
  MgWindow *self = data;

  /* the model may have been let go meanwhile */
  if (self->session != NULL && mg_session_get_model (self->session) != NULL)
    mg_window_save_report (self, files[0]);
}

void
_mg_window_save_report (GSimpleAction *action,
                        GVariant *parameter,
                        gpointer data)
{
  static const char *const endings[] = { ".pdf", NULL };
  MgWindow *self = data;
  g_autofree char *name = dup_name (self), *proposal = g_strconcat (name, endings[0], NULL);

  mg_file_dialog_save (GTK_WINDOW (self), "Save Report on the Model", proposal, endings, on_chosen, self);
}
