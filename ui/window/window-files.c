#include "window/window-private.h"

#include "dialogs/file-dialog.h"

static void
open_chosen (GFile **files,
             guint n_files,
             gpointer data)
{
  mg_session_open (((MgWindow *) data)->session, files, n_files);
}

static void
add_chosen (GFile **files,
            guint n_files,
            gpointer data)
{
  mg_session_add (((MgWindow *) data)->session, files, n_files);
}

static void
open_chosen_model (GFile **files,
                   guint n_files,
                   gpointer data)
{
  mg_session_open_model (((MgWindow *) data)->session, files[0]);
}

static void
save_in_chosen (GFile **files,
                guint n_files,
                gpointer data)
{
  mg_session_save_in (((MgWindow *) data)->session, files[0]);
}

void
_mg_window_open (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_IMAGES, "Open Images", open_chosen, data);
}

void
_mg_window_open_folder (GSimpleAction *action,
                        GVariant *parameter,
                        gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_FOLDER, "Open Folder", open_chosen, data);
}

void
_mg_window_open_sample (GSimpleAction *action,
                        GVariant *parameter,
                        gpointer data)
{
  mg_session_open_sample (((MgWindow *) data)->session, MG_TASK_SEGMENT);
}

void
_mg_window_open_model (GSimpleAction *action,
                       GVariant *parameter,
                       gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_MODEL, "Open Model", open_chosen_model, data);
}

void
_mg_window_add_images (GSimpleAction *action,
                       GVariant *parameter,
                       gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_IMAGES, "Add Images", add_chosen, data);
}

void
_mg_window_save (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer data)
{
  mg_session_save (((MgWindow *) data)->session);
}

void
_mg_window_save_in (GSimpleAction *action,
                    GVariant *parameter,
                    gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_FOLDER, "Save Labels and Models In", save_in_chosen, data);
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue *value,
         double x,
         double y,
         MgWindow *self)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));
  g_autoptr (GPtrArray) dropped = g_ptr_array_new ();

  gtk_widget_remove_css_class (GTK_WIDGET (self), "dropping");
  for (GSList *l = files; l != NULL; l = l->next)
    g_ptr_array_add (dropped, l->data);
  if (dropped->len == 0)
    return FALSE;
  mg_session_open (self->session, (GFile *const *) dropped->pdata, dropped->len);
  return TRUE;
}

static GdkDragAction
on_drop_enter (GtkDropTarget *target,
               double x,
               double y,
               MgWindow *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "dropping");
  return GDK_ACTION_COPY;
}

static void
on_drop_leave (GtkDropTarget *target,
               MgWindow *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "dropping");
}

/* The whole window takes dropped files. */
void
_mg_window_install_drop (MgWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  g_signal_connect (target, "enter", G_CALLBACK (on_drop_enter), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_drop_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
