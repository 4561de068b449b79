#include "window/window-private.h"

#include "dialogs/file-dialog.h"
#include "dialogs/preferences.h"

/* What of the window and its parts is there again after a restart. */
static void
bind_all (MgWindow *self)
{
  static const struct
  {
    const char *key, *property;
  } of_window[] = { { "width", "default-width" }, { "height", "default-height" }, { "maximized", "maximized" } },
    of_canvas[] = {
      { "tool", "tool" },
      { "brush-radius", "brush-radius" },
      { "brush-on-screen", "brush-on-screen" },
      { "pressure", "pressure" },
      { "protect", "protect" },
      { "tolerance", "tolerance" },
      { "fill-opacity", "fill-opacity" },
      { "outline-opacity", "outline-opacity" },
      { "show-fill", "show-fill" },
      { "show-outlines", "show-outlines" },
      { "show-prediction", "show-prediction" },
    };

  for (gsize i = 0; i < G_N_ELEMENTS (of_window); i++)
    mg_settings_bind (self->settings, of_window[i].key, self, of_window[i].property);
  for (gsize i = 0; i < G_N_ELEMENTS (of_canvas); i++)
    mg_settings_bind (self->settings, of_canvas[i].key, self->canvas, of_canvas[i].property);
  mg_settings_bind (self->settings, "device", self->session, "device");
  mg_settings_bind (self->settings, "undo-mib", self->session, "undo-mib");
  mg_settings_bind (self->settings, "show-minimap", mg_canvas_get_minimap (self->canvas), "wanted");
  mg_settings_bind (self->settings, "show-images", self->image_list, "visible");
  mg_settings_bind (self->settings, "show-inspector", self->inspector, "visible");
  mg_settings_bind (self->settings, "compare-view", mg_compare_page_get_view (self->compare_page), "mode");
  mg_settings_bind (self->settings, "compare-divider", mg_compare_page_get_view (self->compare_page), "divider");
  mg_settings_bind (self->settings, "compare-linked", self->compare_page, "linked");
  mg_settings_bind (self->settings, "compare-map", self->compare_page, "map");
  mg_settings_bind (self->settings, "compare-strip", self->compare_page, "strip-share");
  mg_settings_bind (self->settings, "compare-fitted", mg_compare_panel_get_fitted (self->compare_panel), "active");
  mg_settings_bind (self->settings, "show-training", mg_train_panel_get_advanced (self->train_panel), "expanded");
  mg_settings_bind (self->settings, "show-advanced", mg_method_panel_get_advanced (self->method_panel), "expanded");
  mg_settings_bind (self->settings, "images-width", self->left_paned, "position");
  mg_settings_bind (self->settings, "canvas-width", self->right_paned, "position");
}

/* What belongs to the project that is open. */
static void
bind_project (MgWindow *self)
{
  self->state = mg_project_state_new (self->session);
  mg_project_state_bind (self->state, "denoising", self->method_panel, "settings");
  mg_project_state_bind (self->state, "average", self->method_panel, "average");
  mg_project_state_bind (self->state, "training", mg_train_panel_get_options (self->train_panel), "settings");
  mg_project_state_bind (self->state, "left", self->compare_page, "left-version");
  mg_project_state_bind (self->state, "right", self->compare_page, "right-version");
  mg_project_state_bind (self->state, "region", mg_compare_page_get_view (self->compare_page), "region");
  mg_project_state_bind (self->state, "shown", self->image_list, "shown");
}

/* Notes where the person is, so that the project opens there again. */
static void
store_place (MgWindow *self)
{
  MgProject *project = mg_session_get_project (self->session);
  MgProjectPlace place = { 0 };

  if (project == NULL || self->document == NULL || mg_document_get_state (self->document) != MG_DOCUMENT_READY ||
      self->place.image != NULL)
    return;
  place.image = (char *) mg_document_get_name (self->document);
  place.plane = mg_document_get_plane (self->document);
  place.fit = !mg_image_view_get_place (MG_IMAGE_VIEW (self->canvas), &place.zoom, &place.x, &place.y);
  mg_settings_set_place (self->settings, mg_project_get_folder (project), &place);
}

/* The image in view was loaded: the first one of a project goes back to where
 * it was left. */
void
_mg_window_restore_place (MgWindow *self)
{
  g_auto (MgProjectPlace) place = self->place;
  const MgImageInfo *info = mg_image_get_info (mg_document_get_image (self->document));

  self->place = (MgProjectPlace){ 0 };
  if (place.image != NULL && g_str_equal (place.image, mg_document_get_name (self->document)))
    {
      if (place.plane > 0 && place.plane < info->n_z * info->n_t)
        {
          gtk_adjustment_set_value (self->z_adjustment, place.plane % info->n_z + 1);
          gtk_adjustment_set_value (self->t_adjustment, place.plane / info->n_z + 1);
        }
      if (!place.fit)
        mg_image_view_set_place (MG_IMAGE_VIEW (self->canvas), place.zoom, place.x, place.y);
    }
  store_place (self);
}

/* The program's own samples are nothing to look for files beside. */
static void
begin_dialogs_in (GFile *folder)
{
  g_autoptr (GFile) samples = g_file_new_for_path (g_get_user_data_dir ());

  if (!g_file_has_prefix (folder, samples))
    mg_file_dialog_begin_in (folder);
}

static void
on_opened (MgWindow *self)
{
  GFile *folder = mg_project_get_folder (mg_session_get_project (self->session));

  begin_dialogs_in (folder);
  mg_project_place_clear (&self->place);
  mg_settings_add_recent (self->settings, folder);
  if (mg_settings_get_place (self->settings, folder, &self->place))
    mg_session_start_at (self->session, self->place.image);
}

static void
add_recent_row (MgWindow *self,
                GFile *folder)
{
  g_autofree char *name = g_file_get_basename (folder);
  g_autoptr (GFile) parent = g_file_get_parent (folder);
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), parent != NULL ? g_file_peek_path (parent) : "");
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-recent");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", g_file_peek_path (folder));
  gtk_list_box_append (self->recent_list, row);
}

/* The empty page shows a few; the menu all. */
static void
show_recent (MgWindow *self)
{
  const guint max_rows = 4;
  g_autoptr (GPtrArray) recent = mg_settings_list_recent (self->settings);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->recent_list, 0)) != NULL)
    gtk_list_box_remove (self->recent_list, GTK_WIDGET (row));
  g_menu_remove_all (self->recent_menu);
  for (guint i = 0; i < recent->len; i++)
    {
      g_autofree char *name = g_file_get_basename (recent->pdata[i]);
      g_autoptr (GMenuItem) item = g_menu_item_new (name, NULL);

      g_menu_item_set_action_and_target (item, "win.open-recent", "s", g_file_peek_path (recent->pdata[i]));
      g_menu_append_item (self->recent_menu, item);
      if (i < max_rows)
        add_recent_row (self, recent->pdata[i]);
    }
  gtk_widget_set_visible (self->recent_box, recent->len > 0);
}

static void
on_open_recent (GSimpleAction *action,
                GVariant *parameter,
                gpointer data)
{
  MgWindow *self = data;
  g_autoptr (GFile) folder = g_file_new_for_path (g_variant_get_string (parameter, NULL));

  if (g_file_query_exists (folder, NULL))
    mg_session_open (self->session, &folder, 1);
  else
    {
      g_autofree char *text = g_strdup_printf ("“%s” is no longer there; if it was moved, open it where it is now",
                                               g_file_peek_path (folder));

      mg_settings_remove_recent (self->settings, folder);
      _mg_window_toast (self, text);
    }
}

static void
on_preferences (GSimpleAction *action,
                GVariant *parameter,
                gpointer data)
{
  MgWindow *self = data;

  mg_preferences_show (GTK_WINDOW (self), self->settings, self->session, GTK_WIDGET (self->canvas));
}

void
_mg_window_install_state (MgWindow *self)
{
  static const GActionEntry entries[] = {
    { "open-recent", on_open_recent, "s" },
    { "preferences", on_preferences },
  };

  g_autoptr (GPtrArray) recent = mg_settings_list_recent (self->settings);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  bind_all (self);
  bind_project (self);
  for (guint i = recent->len; i > 0; i--)
    begin_dialogs_in (recent->pdata[i - 1]);
  g_signal_connect_swapped (self->session, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect_swapped (self->canvas, "viewport-changed", G_CALLBACK (store_place), self);
  g_signal_connect_object (self->settings, "notify::recent", G_CALLBACK (show_recent), self, G_CONNECT_SWAPPED);
  show_recent (self);
}

/**
 * mg_window_reopen_last:
 * @self: a window without a project
 *
 * Opens the project that was open last, where the person wants that.
 */
void
mg_window_reopen_last (MgWindow *self)
{
  g_autoptr (GPtrArray) recent = mg_settings_list_recent (self->settings);
  gboolean wanted;

  g_object_get (self->settings, "reopen-last", &wanted, NULL);
  if (wanted && recent->len > 0 && g_file_query_exists (recent->pdata[0], NULL))
    mg_session_open (self->session, (GFile *const *) recent->pdata, 1);
}
