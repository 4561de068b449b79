#include "session/session-private.h"

/* Edits are in the journal at once. This long after a change project.json is
 * written, and what could not be written is tried again. */
#define AUTOSAVE_S 3

/* After this long without an edit the label image is written too, so that other
 * programs see it; a large one only once its journal has grown, or when the
 * person saves, goes to another image or closes the window. */
#define QUIET_S             20
#define QUIET_PIXELS        ((gint64) 32 << 20)
#define LARGE_JOURNAL_BYTES ((gint64) 64 << 20)

static void save_document (MgSession *self,
                           MgDocument *document);
static void save_project (MgSession *self);

static void schedule (MgSession *self);

static gboolean
is_worth_saving (MgDocument *document)
{
  const MgImageInfo *info = mg_image_get_info (mg_document_get_image (document));

  return (gint64) info->width * info->height * info->n_z * info->n_t <= QUIET_PIXELS ||
         mg_document_get_journal_size (document) > LARGE_JOURNAL_BYTES;
}

static gboolean
on_autosave (gpointer data)
{
  MgSession *self = data;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));

  self->autosave = 0;
  for (guint i = 0; self->failing && i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);

      mg_document_retry (document);
      if (mg_document_has_failed_to_save (document) && is_worth_saving (document))
        save_document (self, document);
    }
  /* where nothing can be written, what was only looked at is not worth a word */
  if (self->project != NULL && self->project_changed && !self->saving_project && !self->read_only)
    save_project (self);
  if (self->failing)
    schedule (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (MgSession *self)
{
  if (self->autosave == 0)
    self->autosave = g_timeout_add_seconds (AUTOSAVE_S, on_autosave, self);
}

static gboolean
on_quiet (gpointer data)
{
  MgSession *self = data;

  self->quiet = 0;
  for (GList *l = self->recent.head; l != NULL; l = l->next)
    if (mg_document_is_modified (l->data) && (is_worth_saving (l->data) || mg_document_has_failed_to_save (l->data)))
      save_document (self, l->data);
  return G_SOURCE_REMOVE;
}

static void
on_edited (MgDocument *document,
           MgSession *self)
{
  g_clear_handle_id (&self->quiet, g_source_remove);
  self->quiet = g_timeout_add_seconds (QUIET_S, on_quiet, self);
  if (!self->project_written)
    mg_session_project_changed (self);
}

/* Told once, and again when the person asks; tried again until it is well. */
static void
fail (MgSession *self,
      const GError *error)
{
  gboolean news = !self->failing || self->asked;

  self->failing = TRUE;
  self->asked = FALSE;
  schedule (self);
  if (news)
    g_signal_emit_by_name (self, "save-failed", error->message);
}

static gboolean
is_well (MgSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);

      if (mg_document_has_failed_to_save (document))
        return FALSE;
    }
  return !self->project_failed;
}

/* Something was written; so it can be again where it could not when it was opened. */
static void
recover (MgSession *self)
{
  gboolean could_not = mg_session_cannot_save (self);

  self->read_only = FALSE;
  if (!could_not || !is_well (self))
    return;
  self->failing = FALSE;
  g_signal_emit_by_name (self, "saved-again");
}

static void
on_journaled (MgDocument *document,
              const GError *error,
              MgSession *self)
{
  if (error != NULL)
    fail (self, error);
  else
    recover (self);
}

/* Every edit of the document is kept. */
void
_mg_session_watch_edits (MgSession *self,
                         MgDocument *document)
{
  g_signal_connect_object (document, "edited", G_CALLBACK (on_edited), self, 0);
  g_signal_connect_object (document, "journaled", G_CALLBACK (on_journaled), self, 0);
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
    fail (self, error);
  else
    recover (self);
  _mg_session_show_opened (self);
}

static void
on_saved (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  g_autoptr (MgSession) self = user_data;
  g_autoptr (GError) error = NULL;

  self->save_failed = !mg_document_save_finish (MG_DOCUMENT (source), result, &error);
  if (self->quiet == 0 && mg_document_is_modified (MG_DOCUMENT (source)))
    self->quiet = g_timeout_add_seconds (QUIET_S, on_quiet, self);
  finish_saving (self, error);
  if (error == NULL)
    _mg_session_close_old (self);
}

static void
save_document (MgSession *self,
               MgDocument *document)
{
  if (!mg_document_is_modified (document) || mg_document_is_saving (document))
    return;
  self->n_saving++;
  mg_document_save_async (document, on_saved, g_object_ref (self));
}

/* An image that goes out of view: its label image is made whole. */
void
_mg_session_leave (MgSession *self,
                   MgDocument *document)
{
  save_document (self, document);
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
  self->project_failed = !g_task_propagate_boolean (G_TASK (result), &error);
  self->project_changed |= self->project_failed;
  self->project_written |= !self->project_failed;
  if (error == NULL && self->project_changed)
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
 * Writes the label images of everything painted, on other threads, from
 * snapshots. Failures come as "save-failed".
 */
void
mg_session_save (MgSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->documents));
  gboolean modified = FALSE;

  self->save_failed = FALSE;
  self->asked = TRUE;
  g_clear_handle_id (&self->autosave, g_source_remove);
  g_clear_handle_id (&self->quiet, g_source_remove);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MgDocument) document = g_list_model_get_item (G_LIST_MODEL (self->documents), i);

      if (mg_document_is_modified (document))
        {
          self->project_changed |= !self->project_written;
          modified = TRUE;
          save_document (self, document);
        }
    }
  if (self->project != NULL && self->project_changed && !self->saving_project && (modified || !self->read_only))
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
  self->project_written = FALSE;
  self->project_changed = TRUE;
  self->read_only = FALSE;
  mg_session_save (self);
}

/**
 * mg_session_is_saved:
 * @self: a session
 *
 * Returns: %TRUE when nothing painted is unsaved and nothing is being written
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

/**
 * mg_session_cannot_save:
 * @self: a session
 *
 * Returns: %TRUE while what is painted cannot be kept where the project is
 */
gboolean
mg_session_cannot_save (MgSession *self)
{
  return self->failing || self->read_only;
}

/**
 * mg_session_is_settled:
 * @self: a session
 *
 * Returns: %TRUE when nothing at all is unsaved, roles and looks included
 */
gboolean
mg_session_is_settled (MgSession *self)
{
  return mg_session_is_saved (self) && (self->project == NULL || self->read_only || !self->project_changed);
}
