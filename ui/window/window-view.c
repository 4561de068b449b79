#include "window/window-private.h"

#include "panels/scroll-guard.h"

/* Frames a second of playing through time points */
#define PLAY_FPS 8

/* So often is looked whether an image can be loaded anew. */
#define RELOAD_MS 50

void
_mg_window_show_channels (MgWindow *self)
{
  const MgChannelView *channels;
  int n;

  if (self->document == NULL || mg_document_get_image (self->document) == NULL)
    return;
  channels = mg_document_get_channels (self->document, &n);
  mg_canvas_set_channels (self->canvas, channels, n);
  mg_compare_page_show_channels (self->compare_page);
}

/* By the person: the project remembers it. */
static void
on_channels_changed (MgWindow *self)
{
  _mg_window_show_channels (self);
  mg_session_project_changed (self->session);
}

static void
on_apply_to_all (MgWindow *self)
{
  GListModel *items = G_LIST_MODEL (mg_session_get_project (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (MgProjectItem) item = g_list_model_get_item (items, i);

      mg_view_settings_clear_channels (mg_project_item_get_view (item));
    }
  mg_session_project_changed (self->session);
  _mg_window_toast (self, "All images of the project are shown like this one now");
}

static gboolean
reload (gpointer data)
{
  MgWindow *self = data;

  if (self->document != NULL && !mg_session_reload (self->session))
    return G_SOURCE_CONTINUE;
  self->reload_timer = 0;
  return G_SOURCE_REMOVE;
}

/* What was painted is saved first, and then belongs to the same pixels; where
 * it could come to lie on other planes, nothing may be painted. */
static void
on_reading_changed (MgWindow *self)
{
  mg_session_project_changed (self->session);
  mg_session_save (self->session);
  if (self->reload_timer == 0)
    self->reload_timer = g_timeout_add (RELOAD_MS, reload, self);
}

static gboolean
on_play_step (gpointer data)
{
  MgWindow *self = data;
  double t = gtk_adjustment_get_value (self->t_adjustment), upper = gtk_adjustment_get_upper (self->t_adjustment);

  gtk_adjustment_set_value (self->t_adjustment, t + 1 > upper ? gtk_adjustment_get_lower (self->t_adjustment) : t + 1);
  return G_SOURCE_CONTINUE;
}

static void
stop_playing (MgWindow *self)
{
  g_clear_handle_id (&self->play_timer, g_source_remove);
}

static void
on_play (GSimpleAction *action,
         GVariant *state,
         gpointer data)
{
  MgWindow *self = data;
  gboolean plays = g_variant_get_boolean (state) && gtk_adjustment_get_upper (self->t_adjustment) > 1;

  stop_playing (self);
  if (plays)
    self->play_timer = g_timeout_add (1000 / PLAY_FPS, on_play_step, self);
  g_simple_action_set_state (action, g_variant_new_boolean (plays));
}

static void
on_pixel_size (GSimpleAction *action,
               GVariant *parameter,
               gpointer data)
{
  MgWindow *self = data;

  gtk_widget_set_visible (self->inspector, TRUE);
  mg_image_panel_edit_pixel_size (self->image_panel);
}

/* Another image, or none. */
void
_mg_window_view_document (MgWindow *self,
                          gboolean ready)
{
  GAction *play = g_action_map_lookup_action (G_ACTION_MAP (self), "play");

  if (play != NULL)
    g_action_change_state (play, g_variant_new_boolean (FALSE));
  if (ready)
    mg_document_set_up_channels (self->document);
  mg_display_panel_set_document (self->display_panel, ready ? self->document : NULL);
  mg_image_panel_set_document (self->image_panel, ready ? self->document : NULL);
}

void
_mg_window_stop_view (MgWindow *self)
{
  stop_playing (self);
  g_clear_handle_id (&self->reload_timer, g_source_remove);
}

/* GTK 4.8 leaves the focus inside a menu whose submenu was in view when it closed:
 * no key is heard from then on. */
static void
on_menu_closed (MgWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self)), *view = GTK_WIDGET (_mg_window_get_view (self));

  if (focus == NULL || !gtk_widget_get_mapped (focus))
    gtk_widget_grab_focus (gtk_widget_get_mapped (view) ? view : GTK_WIDGET (self->menu_button));
}

void
_mg_window_install_view (MgWindow *self)
{
  static const GActionEntry entries[] = {
    { "play", NULL, NULL, "false", on_play },
    { "pixel-size", on_pixel_size },
  };
  g_autoptr (GPropertyAction) minimap = g_property_action_new ("show-minimap", mg_canvas_get_minimap (self->canvas), "wanted");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (minimap));
  g_signal_connect_swapped (adw_split_button_get_popover (self->open_button), "closed", G_CALLBACK (on_menu_closed), self);
  g_signal_connect_swapped (gtk_menu_button_get_popover (self->menu_button), "closed", G_CALLBACK (on_menu_closed), self);
  mg_scroll_guard_install (GTK_SCROLLED_WINDOW (self->inspector));
  g_signal_connect_swapped (self->display_panel, "changed", G_CALLBACK (on_channels_changed), self);
  g_signal_connect_swapped (self->display_panel, "apply-to-all", G_CALLBACK (on_apply_to_all), self);
  g_signal_connect_swapped (self->image_panel, "reading-changed", G_CALLBACK (on_reading_changed), self);
}
