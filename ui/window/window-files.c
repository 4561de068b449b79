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
  mg_window_save_in (data, files[0]);
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

static void
on_role (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  MgWindow *self = data;
  MgProjectRole role;

  if (self->document == NULL || !mg_project_role_find (g_variant_get_string (parameter, NULL), &role))
    return;
  mg_session_set_role (self->session, self->document, role);
  mg_image_list_filter_changed (self->image_list);
  _mg_window_update_files (self);
}

static void
on_remove (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  MgWindow *self = data;
  g_autofree char *text = NULL;

  if (self->document == NULL)
    return;
  text = g_strdup_printf ("“%s” is no longer part of the project; its files stay where they are",
                          mg_document_get_name (self->document));
  mg_session_remove (self->session, self->document);
  _mg_window_toast (self, text);
}

static void
show_folder_of (MgWindow *self,
                GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *uri = g_file_get_uri (folder);

  gtk_show_uri (GTK_WINDOW (self), uri, GDK_CURRENT_TIME);
}

static void
on_show_file (GSimpleAction *action,
              GVariant *parameter,
              gpointer data)
{
  MgWindow *self = data;

  if (self->document != NULL)
    show_folder_of (self, mg_project_item_get_image (mg_document_get_item (self->document)));
}

static void
on_show_saved (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));

  show_folder_of (data, file);
}

static void
find_in_chosen (GFile **files,
                guint n_files,
                gpointer data)
{
  mg_session_find_missing (((MgWindow *) data)->session, files[0]);
}

static void
on_find_missing (GSimpleAction *action,
                 GVariant *parameter,
                 gpointer data)
{
  mg_file_dialog_open (data, MG_FILES_FOLDER, "Where the Images Are Now", find_in_chosen, data);
}

static void
on_search (GSimpleAction *action,
           GVariant *parameter,
           gpointer data)
{
  mg_image_list_search (((MgWindow *) data)->image_list);
}

/* In place of the image in view: why it is not. */
void
_mg_window_show_failure (MgWindow *self)
{
  gboolean missing = mg_document_get_file_state (self->document) == MG_FILE_MISSING;
  GFile *file = mg_project_item_get_image (mg_document_get_item (self->document));
  g_autofree char *text = missing ? g_markup_printf_escaped ("%s is not there any more. Was it, or its folder, moved or renamed?",
                                                             g_file_peek_path (file))
                                  : g_markup_escape_text (mg_document_get_error (self->document)->message, -1);

  adw_status_page_set_title (self->failure, missing ? "This Image Is Missing" : "This Image Cannot Be Shown");
  adw_status_page_set_description (self->failure, text);
  gtk_widget_set_visible (self->failure_find, missing);
}

static void
on_opened (MgWindow *self)
{
  _mg_window_toast_missing (self, 0); /* until its files were looked at */
}

/* The role of the image in view, for the menu. */
void
_mg_window_update_files (MgWindow *self)
{
  static const char *const names[] = { "role", "remove-image", "show-file" };
  GAction *role = g_action_map_lookup_action (G_ACTION_MAP (self), "role");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    _mg_window_set_enabled (self, names[i], self->document != NULL);
  if (self->document != NULL)
    g_simple_action_set_state (G_SIMPLE_ACTION (role),
                               g_variant_new_string (mg_project_role_name (mg_document_get_role (self->document))));
}

void
_mg_window_install_files (MgWindow *self)
{
  static const GActionEntry entries[] = {
    { "role", NULL, "s", "'train'", on_role },
    { "remove-image", on_remove },
    { "show-file", on_show_file },
    { "show-saved", on_show_saved, "s" },
    { "find-missing", on_find_missing },
    { "search-images", on_search },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_signal_connect_swapped (self->session, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect_swapped (self->image_list, "missing", G_CALLBACK (_mg_window_toast_missing), self);
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
  if (dropped->len == 1 && _mg_window_import_dropped (self, dropped->pdata[0]))
    return TRUE;
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
