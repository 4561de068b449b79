#include "window/window-private.h"

static void
on_zoom_in (GSimpleAction *action,
            GVariant *parameter,
            gpointer data)
{
  mg_image_view_zoom_step (_mg_window_get_view (data), 1);
}

static void
on_zoom_out (GSimpleAction *action,
             GVariant *parameter,
             gpointer data)
{
  mg_image_view_zoom_step (_mg_window_get_view (data), -1);
}

static void
on_zoom_fit (GSimpleAction *action,
             GVariant *parameter,
             gpointer data)
{
  mg_image_view_zoom_fit (_mg_window_get_view (data));
}

static void
on_zoom_100 (GSimpleAction *action,
             GVariant *parameter,
             gpointer data)
{
  mg_image_view_zoom_to (_mg_window_get_view (data), 1);
}

static void
on_image (GSimpleAction *action,
          GVariant *parameter,
          gpointer data)
{
  mg_image_list_move (((MgWindow *) data)->image_list, g_variant_get_int32 (parameter));
}

static void
move_adjustment (GtkAdjustment *adjustment,
                 int by)
{
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + by);
}

static void
on_slice (GSimpleAction *action,
          GVariant *parameter,
          gpointer data)
{
  move_adjustment (((MgWindow *) data)->z_adjustment, g_variant_get_int32 (parameter));
}

static void
on_time (GSimpleAction *action,
         GVariant *parameter,
         gpointer data)
{
  move_adjustment (((MgWindow *) data)->t_adjustment, g_variant_get_int32 (parameter));
}

static void
on_auto_contrast (GSimpleAction *action,
                  GVariant *parameter,
                  gpointer data)
{
  mg_display_panel_auto (((MgWindow *) data)->display_panel);
}

static const GActionEntry entries[] = {
  { "open", _mg_window_open },
  { "open-folder", _mg_window_open_folder },
  { "open-sample", _mg_window_open_sample },
  { "open-model", _mg_window_open_model },
  { "add-images", _mg_window_add_images },
  { "save", _mg_window_save },
  { "save-in", _mg_window_save_in },
  { "zoom-in", on_zoom_in },
  { "zoom-out", on_zoom_out },
  { "zoom-fit", on_zoom_fit },
  { "zoom-100", on_zoom_100 },
  { "image", on_image, "i" },
  { "slice", on_slice, "i" },
  { "time", on_time, "i" },
  { "auto-contrast", on_auto_contrast },
  { "train", _mg_window_train },
  { "stop-training", _mg_window_stop_training },
  { "stop", _mg_window_stop },
  { "predict", _mg_window_predict },
  { "predict-all", _mg_window_predict_all },
  { "discard-prediction", _mg_window_discard_prediction },
  { "forget-model", _mg_window_forget_model },
  { "save-report", _mg_window_save_report },
};

static const struct
{
  const char *action;
  const char *accels[4];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "win.show-help-overlay", { "<Control>question", "F1" } },
  { "win.open", { "<Control>o" } },
  { "win.open-folder", { "<Control><Shift>o" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.search-images", { "<Control>f" } },
  { "win.role::train", { "<Alt>1" } },
  { "win.role::validation", { "<Alt>2" } },
  { "win.role::test", { "<Alt>3" } },
  { "win.role::none", { "<Alt>4" } },
  { "win.save", { "<Control>s" } },
  { "win.save-in", { "<Control><Shift>s" } },
  { "window.close", { "<Control>w" } },
  { "win.import", { "<Control><Alt>i" } },
  { "win.export::imagej", { "<Control>e" } },
  { "win.undo", { "<Control>z" } },
  { "win.redo", { "<Control><Shift>z", "<Control>y" } },
  { "win.train", { "<Control>t" } },
  { "win.predict", { "<Control>r" } },
  { "win.predict-all", { "<Control><Shift>r" } },
  { "win.interpolate-slices", { "<Control>i" } },
  { "win.predict-slices", { "<Control><Alt>r" } },
  { "win.accept-all", { "<Control>Return", "<Control>KP_Enter" } },
  { "win.accept-slices", { "<Control><Shift>Return", "<Control><Shift>KP_Enter" } },
  { "win.delete-in-slices", { "<Shift>Delete" } },
  { "win.select-all", { "<Control>a" } },
  { "win.select-none", { "<Control><Shift>a" } },
  { "win.merge-selected", { "<Control>m" } },
  { "win.mode::segment", { "<Control>1" } },
  { "win.mode::denoise", { "<Control>2" } },
  { "win.export-comparison", { "<Control><Shift>e" } },
  { "win.save-report", { "<Control><Alt>p" } },
  { "win.show-images", { "F9" } },
  { "win.show-inspector", { "<Shift>F9" } },
};

typedef struct
{
  guint key;
  GdkModifierType state;
  const char *action;
  const char *parameter; /* (nullable): GVariant text */
} Key;

static const Key keys[] = {
  { GDK_KEY_v, 0, "win.tool", "'select'" },
  { GDK_KEY_b, 0, "win.tool", "'brush'" },
  { GDK_KEY_e, 0, "win.tool", "'eraser'" },
  { GDK_KEY_f, 0, "win.tool", "'fill'" },
  { GDK_KEY_l, 0, "win.tool", "'lasso'" },
  { GDK_KEY_w, 0, "win.tool", "'wand'" },
  { GDK_KEY_m, 0, "win.merge", NULL },
  { GDK_KEY_k, 0, "win.tool", "'cut'" },
  { GDK_KEY_i, 0, "win.tool", "'ignore'" },
  { GDK_KEY_r, 0, "win.tool", "'region'" },
  { GDK_KEY_r, GDK_SHIFT_MASK, "win.every-plane", NULL },
  { GDK_KEY_Insert, 0, "win.add-region", NULL },
  { GDK_KEY_n, 0, "win.next-cell", "1" },
  { GDK_KEY_n, GDK_SHIFT_MASK, "win.next-cell", "-1" },
  { GDK_KEY_bracketleft, 0, "win.brush-size", "-1" },
  { GDK_KEY_bracketright, 0, "win.brush-size", "1" },
  { GDK_KEY_x, 0, "win.show-fill", NULL },
  { GDK_KEY_z, 0, "win.show-outlines", NULL },
  { GDK_KEY_p, 0, "win.show-prediction", NULL },
  { GDK_KEY_plus, 0, "win.zoom-in", NULL },
  { GDK_KEY_plus, GDK_SHIFT_MASK, "win.zoom-in", NULL },
  { GDK_KEY_equal, 0, "win.zoom-in", NULL },
  { GDK_KEY_KP_Add, 0, "win.zoom-in", NULL },
  { GDK_KEY_minus, 0, "win.zoom-out", NULL },
  { GDK_KEY_KP_Subtract, 0, "win.zoom-out", NULL },
  { GDK_KEY_0, 0, "win.zoom-fit", NULL },
  { GDK_KEY_KP_0, 0, "win.zoom-fit", NULL },
  { GDK_KEY_1, 0, "win.zoom-100", NULL },
  { GDK_KEY_KP_1, 0, "win.zoom-100", NULL },
  { GDK_KEY_d, 0, "win.image", "1" },
  { GDK_KEY_a, 0, "win.image", "-1" },
  { GDK_KEY_Page_Down, 0, "win.slice", "1" },
  { GDK_KEY_Page_Up, 0, "win.slice", "-1" },
  { GDK_KEY_Page_Down, GDK_SHIFT_MASK, "win.copy-slice", "1" },
  { GDK_KEY_Page_Up, GDK_SHIFT_MASK, "win.copy-slice", "-1" },
  { GDK_KEY_period, 0, "win.time", "1" },
  { GDK_KEY_comma, 0, "win.time", "-1" },
  { GDK_KEY_t, 0, "win.play", NULL },
  { GDK_KEY_o, 0, "win.show-minimap", NULL },
  { GDK_KEY_c, GDK_SHIFT_MASK, "win.auto-contrast", NULL },
  { GDK_KEY_Delete, 0, "win.delete", NULL },
  { GDK_KEY_BackSpace, 0, "win.delete", NULL },
  { GDK_KEY_Escape, 0, "win.escape", NULL },
  { GDK_KEY_c, 0, "win.cycle-view", NULL },
};

/* Elsewhere in the window arrows move the focus. */
static const Key canvas_keys[] = {
  { GDK_KEY_Down, 0, "win.image", "1" },
  { GDK_KEY_Up, 0, "win.image", "-1" },
  { GDK_KEY_Right, 0, "win.image", "1" },
  { GDK_KEY_Left, 0, "win.image", "-1" },
  { GDK_KEY_Return, 0, "win.accept", NULL },
  { GDK_KEY_KP_Enter, 0, "win.accept", NULL },
  { GDK_KEY_Return, GDK_SHIFT_MASK, "win.accept-view", NULL },
};

static GtkShortcut *
make_shortcut (const Key *key)
{
  GtkShortcut *shortcut = gtk_shortcut_new (gtk_keyval_trigger_new (key->key, key->state),
                                            gtk_named_action_new (key->action));

  if (key->parameter != NULL)
    {
      g_autoptr (GVariant) parameter = g_variant_parse (NULL, key->parameter, NULL, NULL, NULL);

      gtk_shortcut_set_arguments (shortcut, parameter);
    }
  return shortcut;
}

/* Plain letters are no application accelerators: an entry with the focus has
 * them first. */
void
_mg_window_install_keys (GtkWidgetClass *widget_class)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GtkShortcut) shortcut = make_shortcut (&keys[i]);

      gtk_widget_class_add_shortcut (widget_class, shortcut);
    }
}

static void
add_canvas_keys (MgWindow *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (canvas_keys); i++)
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), make_shortcut (&canvas_keys[i]));
  gtk_widget_add_controller (GTK_WIDGET (self->canvas), controller);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                MgWindow *self)
{
  if (keyval != GDK_KEY_h || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  g_object_set (self->canvas, "hide-overlays", TRUE, NULL);
  g_object_set (mg_compare_page_get_view (self->compare_page), "swapped", TRUE, NULL);
  return TRUE;
}

static void
on_key_released (GtkEventControllerKey *controller,
                 guint keyval,
                 guint keycode,
                 GdkModifierType state,
                 MgWindow *self)
{
  if (keyval != GDK_KEY_h)
    return;
  g_object_set (self->canvas, "hide-overlays", FALSE, NULL);
  g_object_set (mg_compare_page_get_view (self->compare_page), "swapped", FALSE, NULL);
}

/**
 * mg_window_install_accelerators:
 * @app: the application
 *
 * The keys with Control of all windows; plain letters belong to the window.
 */
void
mg_window_install_accelerators (GtkApplication *app)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (app, accelerators[i].action,
                                           (const char *const *) accelerators[i].accels);
}

void
_mg_window_set_enabled (MgWindow *self,
                        const char *name,
                        gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name)), enabled);
}

/* An action that cannot do anything at the moment is greyed out. */
void
_mg_window_update_actions (MgWindow *self)
{
  MgInstances *instances = self->document != NULL ? mg_document_get_prediction (self->document) : NULL;
  gboolean ready = self->annotation != NULL;
  gboolean trains = mg_training_get_state (self->training) != MG_TRAINING_IDLE;
  gboolean predicts = mg_prediction_is_running (self->prediction);
  gboolean has_model = mg_session_get_model (self->session) != NULL;

  _mg_window_set_enabled (self, "train", !trains && self->document != NULL);
  _mg_window_set_enabled (self, "stop-training", trains);
  _mg_window_set_enabled (self, "stop", trains || predicts || self->interchange != NULL || self->copying != NULL || self->accepting != NULL);
  _mg_window_set_enabled (self, "predict", has_model && ready && !predicts);
  _mg_window_set_enabled (self, "predict-all", has_model && self->document != NULL && !predicts);
  _mg_window_set_enabled (self, "accept-all", _mg_window_can_accept (self) && self->accepting == NULL);
  _mg_window_set_enabled (self, "discard-prediction", instances != NULL && self->accepting == NULL);
  _mg_window_set_enabled (self, "forget-model", has_model && !trains);
  _mg_window_set_enabled (self, "save-report", has_model);
  _mg_window_set_enabled (self, "save", self->document != NULL);
  _mg_window_set_enabled (self, "save-in", mg_session_get_project (self->session) != NULL && self->copying == NULL);
  _mg_window_set_enabled (self, "auto-contrast", ready);
  _mg_window_update_tool_actions (self);
  _mg_window_update_compare_actions (self);
  _mg_window_update_interchange (self);
  _mg_window_update_planes (self);
  _mg_window_update_files (self);
}

void
_mg_window_add_property (MgWindow *self,
                         const char *name,
                         gpointer object,
                         const char *property)
{
  g_autoptr (GPropertyAction) action = g_property_action_new (name, object, property);

  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (action));
}

void
_mg_window_install_actions (MgWindow *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  _mg_window_add_property (self, "show-fill", self->canvas, "show-fill");
  _mg_window_add_property (self, "show-outlines", self->canvas, "show-outlines");
  _mg_window_add_property (self, "show-prediction", self->canvas, "show-prediction");
  _mg_window_add_property (self, "show-images", self->image_list, "visible");
  _mg_window_add_property (self, "show-inspector", self->inspector, "visible");
  add_canvas_keys (self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect (key, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}
