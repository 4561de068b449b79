#include "session/session-private.h"

/* From an edit to the file, at most; ui.md allows 5 s. */
#define AUTOSAVE_S 3

static gboolean
on_autosave (gpointer data)
{
  MgSession *self = data;

  self->autosave = 0;
  mg_session_save (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (MgSession *self)
{
  if (self->autosave == 0)
    self->autosave = g_timeout_add_seconds (AUTOSAVE_S, on_autosave, self);
}

static void
on_edited (MgDocument *document,
           MgSession *self)
{
  schedule (self);
}

/* Every edit of the document is saved soon. */
void
_mg_session_watch_edits (MgSession *self,
                         MgDocument *document)
{
  g_signal_connect_object (document, "edited", G_CALLBACK (on_edited), self, 0);
}

/**
 * mg_session_project_changed:
 * @self: a session with a project
 *
 * What project.json holds was changed: it is written soon.
 */
void
mg_session_project_changed (MgSession *self)
{
  self->project_changed = TRUE;
  schedule (self);
}

static void
finish_saving (MgSession *self,
               const GError *error)
{
  self->n_saving--;
  if (error != NULL)
    g_signal_emit_by_name (self, "save-failed", error->message);
}

static void
on_saved (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  g_autoptr (MgSession) self = user_data;
  g_autoptr (GError) error = NULL;

  mg_document_save_finish (MG_DOCUMENT (source), result, &error);
  if (error == NULL && mg_document_is_modified (MG_DOCUMENT (source)))
    schedule (self);
  finish_saving (self, error);
}

static void
project_thread (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  const char *text = g_object_get_data (G_OBJECT (task), "text");
  g_autoptr (GError) error = NULL;

  if (mg_project_write (task_data, text, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_project_saved (GObject *source,
                  GAsyncResult *result,
                  gpointer user_data)
{
  MgSession *self = MG_SESSION (source);
  g_autoptr (GError) error = NULL;

  self->saving_project = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    self->project_changed = TRUE;
  else if (self->project_changed)
    schedule (self);
  finish_saving (self, error);
}

static void
save_project (MgSession *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_project_saved, NULL);

  self->n_saving++;
  self->project_changed = FALSE;
  self->saving_project = TRUE;
  g_task_set_task_data (task, mg_project_dup_file (self->project), g_object_unref);
  g_object_set_data_full (G_OBJECT (task), "text", mg_project_to_text (self->project), g_free);
  g_task_run_in_thread (task, project_thread);
}

/**
 * mg_session_save:
 * @self: a session
 *
 * Writes everything painted and not saved yet, on other threads, from
 * snapshots. Failures come as "save-failed".
 */
void
mg_session_save (MgSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));

  g_clear_handle_id (&self->autosave, g_source_remove);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);

      if (!mg_document_is_modified (document) || mg_document_is_saving (document))
        continue;
      self->project_changed = TRUE;
      self->n_saving++;
      mg_document_save_async (document, on_saved, g_object_ref (self));
    }
  if (self->project != NULL && self->project_changed && !self->saving_project)
    save_project (self);
}

/**
 * mg_session_save_in:
 * @self: a session with a project
 * @folder: where labels, models and results go from now on
 */
void
mg_session_save_in (MgSession *self,
                    GFile *folder)
{
  g_autoptr (MgProject) project = mg_project_copy_to (self->project, folder);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);
      g_autoptr (MgProjectItem) item = g_list_model_get_item (G_LIST_MODEL (project), i);

      mg_document_set_item (document, item);
    }
  g_set_object (&self->project, project);
  self->project_changed = TRUE;
  mg_session_save (self);
}

/**
 * mg_session_is_saved:
 * @self: a session
 *
 * Returns: %TRUE when nothing is unsaved and nothing is being written
 */
gboolean
mg_session_is_saved (MgSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));

  if (self->n_saving > 0)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);

      if (mg_document_is_modified (document))
        return FALSE;
    }
  return TRUE;
}
