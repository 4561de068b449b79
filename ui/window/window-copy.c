#include "window/window-private.h"

#include "project/results.h"

/* The results on their way to the project's new folder, an image a step. */
typedef struct
{
  GFile *from, *to;
  GPtrArray *items;   /* of MgProjectItem */
  gboolean predicted; /* predictions are there */
  guint n_done;
} Copying;

static void
copying_free (gpointer data)
{
  Copying *copying = data;

  g_object_unref (copying->from);
  g_object_unref (copying->to);
  g_ptr_array_unref (copying->items);
  g_free (copying);
}

static MgStep
copy_step (gpointer data,
           MgProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  Copying *copying = data;

  if (copying->n_done == copying->items->len)
    return MG_STEP_DONE;
  mg_progress_set (progress, "Copying results", copying->n_done, copying->items->len);
  if (!copying->predicted && !mg_project_copy_predicted (copying->from, copying->to, cancellable, error))
    return MG_STEP_ERROR;
  copying->predicted = TRUE;
  if (!mg_project_copy_restored (copying->from, copying->to, copying->items->pdata[copying->n_done], cancellable, error))
    return MG_STEP_ERROR;
  copying->n_done++;
  return MG_STEP_MORE;
}

static void
on_copied (MgJob *job,
           MgWindow *self)
{
  if (mg_job_get_state (job) == MG_JOB_FAILED)
    mg_session_fail (self->session, mg_job_get_error (job));
  else if (mg_job_get_state (job) == MG_JOB_STOPPED)
    _mg_window_toast (self, "Not all results were copied; the others are where the project was saved before");
  g_clear_object (&self->copying);
  if (self->document != NULL)
    mg_document_look_for_results (self->document);
  _mg_window_update_actions (self);
}

/**
 * mg_window_save_in:
 * @self: a window with a project
 * @folder: where it is saved from now on
 *
 * What was painted, predicted and restored comes along.
 */
void
mg_window_save_in (MgWindow *self,
                   GFile *folder)
{
  static const MgJobFuncs funcs = { .name = "Results", .step = copy_step, .free = copying_free };
  g_autoptr (MgProject) old = g_object_ref (mg_session_get_project (self->session));
  g_autofree char *name = g_file_get_basename (folder), *text = NULL;
  Copying *copying;

  mg_session_save_in (self->session, folder);
  _mg_window_saved_in (self, old);
  _mg_window_update_title (self);
  text = g_strdup_printf ("Labels, models and results are kept in “%s” from now on", name);
  _mg_window_toast (self, text);
  if (self->copying != NULL || g_file_equal (mg_project_get_folder (old), folder))
    return;
  copying = g_new0 (Copying, 1);
  copying->from = mg_project_dup_results (old);
  copying->to = mg_project_dup_results (mg_session_get_project (self->session));
  copying->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (old)); i++)
    g_ptr_array_add (copying->items, g_list_model_get_item (G_LIST_MODEL (old), i));
  self->copying = mg_job_new (&funcs, copying, MG_PRIORITY_NORMAL);
  _mg_window_run_job (self, self->copying, on_copied);
}
