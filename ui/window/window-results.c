#include "window/window-private.h"

/* A result on its way to the trash. */
typedef struct
{
  MgRendition *rendition;
  MgProjectItem *item;
  GFile *results;
  gboolean for_good; /* as it cannot be moved to the trash */
} Deletion;

static void
deletion_free (gpointer data)
{
  Deletion *deletion = data;

  g_object_unref (deletion->rendition);
  g_object_unref (deletion->item);
  g_object_unref (deletion->results);
  g_free (deletion);
}

static Deletion *
deletion_copy (const Deletion *deletion,
               gboolean for_good)
{
  Deletion *copy = g_new (Deletion, 1);

  copy->rendition = g_object_ref (deletion->rendition);
  copy->item = g_object_ref (deletion->item);
  copy->results = g_object_ref (deletion->results);
  copy->for_good = for_good;
  return copy;
}

static void
delete_thread (GTask *task,
               gpointer source,
               gpointer task_data,
               GCancellable *cancellable)
{
  Deletion *deletion = task_data;
  g_autoptr (GError) error = NULL;

  if (mg_project_delete_restored (deletion->results, deletion->item, mg_rendition_get_id (deletion->rendition), deletion->for_good, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void ask (MgWindow *self,
                 Deletion *deletion);

static void
on_deleted (GObject *source,
            GAsyncResult *result,
            gpointer data)
{
  MgWindow *self = MG_WINDOW (source);
  Deletion *deletion = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    return;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      mg_renditions_remove (mg_compare_page_get_renditions (self->compare_page), deletion->rendition);
      _mg_window_toast (self, deletion->for_good ? "The result is deleted" : "The result is in the trash");
    }
  else if (!deletion->for_good)
    ask (self, deletion_copy (deletion, TRUE));
  else
    mg_session_fail (self->session, error);
}

static void
on_response (AdwMessageDialog *dialog,
             const char *response,
             gpointer data)
{
  MgWindow *self = MG_WINDOW (gtk_window_get_transient_for (GTK_WINDOW (dialog)));
  Deletion *deletion = g_object_get_data (G_OBJECT (dialog), "deletion");
  g_autoptr (GTask) task = NULL;

  if (!g_str_equal (response, "delete"))
    return;
  task = g_task_new (self, NULL, on_deleted, NULL);
  g_task_set_task_data (task, deletion_copy (deletion, deletion->for_good), deletion_free);
  g_task_run_in_thread (task, delete_thread);
}

/* Takes @deletion. */
static void
ask (MgWindow *self,
     Deletion *deletion)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), deletion->for_good ? "Delete for Good?" : "Delete This Result?", NULL);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  deletion->for_good ? "“%s” of %s could not be moved to the trash. What is deleted now cannot be brought back."
                                                     : "“%s” of %s goes to the trash. The other images keep theirs.",
                                  mg_rendition_get_title (deletion->rendition), mg_project_item_get_name (deletion->item));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", "_Cancel", "delete", "_Delete", NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "deletion", deletion, deletion_free);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_delete_result (GSimpleAction *action,
                  GVariant *parameter,
                  gpointer data)
{
  MgWindow *self = data;
  gboolean left = g_str_equal (g_variant_get_string (parameter, NULL), "left");
  MgRendition *rendition = left ? mg_compare_page_get_left (self->compare_page) : mg_compare_page_get_right (self->compare_page);
  Deletion *deletion;

  if (self->document == NULL || rendition == NULL || !mg_rendition_is_kept (rendition))
    return;
  deletion = g_new (Deletion, 1);
  deletion->rendition = g_object_ref (rendition);
  deletion->item = g_object_ref (mg_document_get_item (self->document));
  deletion->results = mg_project_dup_results (mg_session_get_project (self->session));
  deletion->for_good = FALSE;
  ask (self, deletion);
}

void
_mg_window_install_results (MgWindow *self)
{
  static const GActionEntry entries[] = { { "delete-result", on_delete_result, "s" } };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
