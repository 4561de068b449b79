#include "window/window-private.h"

/* What could not be written is tried again, and until it is there the window
 * says so. Nothing painted and nothing learned is left unsaved, unless the person
 * wants it so. */

#define TRY_AGAIN_S 3

/* A model on its way to the disk. */
typedef struct
{
  MgModel *model;
  GFile *file;
  gboolean writing;
  gboolean failed; /* the last time */
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  mg_model_unref (saving->model);
  g_object_unref (saving->file);
  g_free (saving);
}

static void
show_bar (MgWindow *self,
          GtkMessageType type,
          const char *text,
          const char *button)
{
  gtk_info_bar_set_message_type (self->save_bar, type);
  gtk_label_set_text (self->save_text, text);
  gtk_button_set_label (self->save_button, button);
  gtk_info_bar_set_revealed (self->save_bar, TRUE);
}

static void
hide_bar (MgWindow *self)
{
  gtk_info_bar_set_revealed (self->save_bar, FALSE);
}

static gboolean
has_failed_model (MgWindow *self)
{
  for (GList *l = self->unsaved_models.head; l != NULL; l = l->next)
    if (((Saving *) l->data)->failed)
      return TRUE;
  return FALSE;
}

static void
say_saved_again (MgWindow *self)
{
  if (has_failed_model (self))
    return;
  hide_bar (self);
  _mg_window_toast (self, "Everything is saved again");
}

static void
on_answered (AdwMessageDialog *dialog,
             const char *answer,
             MgWindow *self)
{
  if (g_str_equal (answer, "close"))
    gtk_window_destroy (GTK_WINDOW (self));
  else if (g_str_equal (answer, "elsewhere"))
    g_action_group_activate_action (G_ACTION_GROUP (self), "save-in", NULL);
}

static void
ask_whether_to_close (MgWindow *self,
                      const char *text)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), "Close Without Saving?", NULL);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), "%s.\n\nWhat could not be saved is lost if you close now.", text);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", "_Keep Open", "close", "_Close Without Saving",
                                    "elsewhere", "_Save Elsewhere…", NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "close", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "elsewhere", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "elsewhere");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_save_failed (MgSession *session,
                const char *text,
                MgWindow *self)
{
  show_bar (self, GTK_MESSAGE_ERROR, text, "Save Elsewhere…");
  if (!self->closing)
    return;
  self->closing = FALSE;
  g_clear_handle_id (&self->close_timer, g_source_remove);
  ask_whether_to_close (self, text);
}

static void
on_read_only (MgSession *session,
              const char *text,
              MgWindow *self)
{
  show_bar (self, GTK_MESSAGE_WARNING, text, "Save a Copy…");
}

static void
save_model_thread (GTask *task,
                   gpointer source,
                   gpointer task_data,
                   GCancellable *cancellable)
{
  GFile *file = g_object_get_data (G_OBJECT (task), "file");
  g_autoptr (GError) error = NULL;

  if (mg_project_reach_folder_for (file, &error) && mg_model_save (((Saving *) task_data)->model, file, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void save_model (MgWindow *self,
                        Saving *saving);

static void
save_failed_models (MgWindow *self)
{
  for (GList *l = self->unsaved_models.head; l != NULL; l = l->next)
    if (!((Saving *) l->data)->writing)
      save_model (self, l->data);
}

static gboolean
on_try_again (gpointer data)
{
  MgWindow *self = data;

  self->model_timer = 0;
  save_failed_models (self);
  return G_SOURCE_REMOVE;
}

static void
on_model_saved (GObject *source,
                GAsyncResult *result,
                gpointer user_data)
{
  MgWindow *self = MG_WINDOW (source);
  Saving *saving = g_task_get_task_data (G_TASK (result));
  gboolean again = saving->failed;
  g_autoptr (GError) error = NULL;

  saving->writing = FALSE;
  saving->failed = !g_task_propagate_boolean (G_TASK (result), &error);
  if (self->session == NULL)
    {
      saving_free (saving);
      return;
    }
  if (saving->failed)
    {
      if (self->model_timer == 0)
        self->model_timer = g_timeout_add_seconds (TRY_AGAIN_S, on_try_again, self);
      if (!again || self->closing)
        on_save_failed (self->session, error->message, self);
      return;
    }
  g_queue_remove (&self->unsaved_models, saving);
  if (self->unsaved_models.length == 0)
    mg_training_model_saved (self->training);
  if (mg_session_get_model (self->session) == saving->model)
    {
      mg_session_set_model (self->session, saving->model, saving->file);
      /* what it restores is named as its file is */
      if (_mg_window_denoises (self) && !self->closing)
        _mg_window_predict_with_new_model (self);
    }
  saving_free (saving);
  if (again)
    say_saved_again (self);
}

static void
save_model (MgWindow *self,
            Saving *saving)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_model_saved, NULL);

  saving->writing = TRUE;
  g_task_set_task_data (task, saving, NULL);
  g_object_set_data_full (G_OBJECT (task), "file", g_object_ref (saving->file), g_object_unref);
  g_task_run_in_thread (task, save_model_thread);
}

/* What was learned is part of the project it was learned in. */
void
_mg_window_keep_model (MgWindow *self,
                       MgModel *model)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->model = mg_model_ref (model);
  saving->file = mg_project_dup_new_model (self->train_project, mg_model_get_recipe (model)->id);
  g_queue_push_tail (&self->unsaved_models, saving);
  if (self->train_project == mg_session_get_project (self->session))
    mg_session_set_model (self->session, model, NULL);
  save_model (self, saving);
}

/* The project has another folder now. What was not written goes there, too. */
void
_mg_window_saved_in (MgWindow *self,
                     MgProject *old)
{
  MgProject *project = mg_session_get_project (self->session);

  hide_bar (self);
  if (self->train_project != old)
    return;
  g_set_object (&self->train_project, project);
  for (GList *l = self->unsaved_models.head; l != NULL; l = l->next)
    {
      Saving *saving = l->data;

      if (!saving->failed)
        continue;
      g_object_unref (saving->file);
      saving->file = mg_project_dup_new_model (project, mg_model_get_recipe (saving->model)->id);
    }
}

/* More images of a project that cannot be saved are no reason to be silent. */
static void
on_opened (MgSession *session,
           MgWindow *self)
{
  if (!mg_session_cannot_save (session) && !has_failed_model (self))
    hide_bar (self);
}

static gboolean
can_close (MgWindow *self)
{
  return mg_training_get_state (self->training) == MG_TRAINING_IDLE && self->unsaved_models.length == 0 &&
         self->interchange == NULL && self->copying == NULL && self->accepting == NULL && mg_session_is_settled (self->session);
}

static gboolean
close_when_saved (gpointer data)
{
  MgWindow *self = data;

  if (!can_close (self))
    {
      mg_session_save (self->session); /* what changed while the last save ran */
      return G_SOURCE_CONTINUE;
    }
  self->close_timer = 0;
  gtk_window_destroy (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

gboolean
_mg_window_close_request (GtkWindow *window)
{
  MgWindow *self = MG_WINDOW (window);

  mg_prediction_stop (self->prediction);
  mg_filtering_stop (self->filtering);
  if (self->interchange != NULL)
    mg_job_cancel (self->interchange);
  if (can_close (self))
    return FALSE;
  if (self->closing)
    return TRUE;
  self->closing = TRUE;
  mg_training_stop (self->training);
  mg_session_save (self->session);
  save_failed_models (self);
  self->close_timer = g_timeout_add (20, close_when_saved, self);
  return TRUE;
}

void
_mg_window_stop_saving (MgWindow *self)
{
  g_clear_handle_id (&self->close_timer, g_source_remove);
  g_clear_handle_id (&self->model_timer, g_source_remove);
  for (Saving *saving; (saving = g_queue_pop_head (&self->unsaved_models)) != NULL;)
    if (!saving->writing)
      saving_free (saving);
}

void
_mg_window_install_save (MgWindow *self)
{
  g_signal_connect (self->session, "save-failed", G_CALLBACK (on_save_failed), self);
  g_signal_connect_swapped (self->session, "saved-again", G_CALLBACK (say_saved_again), self);
  g_signal_connect (self->session, "read-only", G_CALLBACK (on_read_only), self);
  g_signal_connect (self->session, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect_swapped (self->save_bar, "response", G_CALLBACK (hide_bar), self);
}
