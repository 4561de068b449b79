#include "dialogs/preferences.h"

#include <adwaita.h>

#include "panels/device-button.h"

#define MG_TYPE_PREFERENCES (mg_preferences_get_type ())
G_DECLARE_FINAL_TYPE (MgPreferences, mg_preferences, MG, PREFERENCES, AdwPreferencesWindow)

struct _MgPreferences
{
  AdwPreferencesWindow parent_instance;

  AdwComboRow *theme;
  GtkSwitch *reopen;
  MgDeviceButton *device;
  GtkSwitch *protect;
  GtkSwitch *on_screen;
  GtkSwitch *pressure;
  GtkSpinButton *undo;
};

G_DEFINE_FINAL_TYPE (MgPreferences, mg_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static const AdwColorScheme themes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

static gboolean
scheme_to_row (GBinding *binding,
               const GValue *from,
               GValue *to,
               gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    if (g_value_get_enum (from) == (int) themes[i])
      g_value_set_uint (to, i);
  return TRUE;
}

static gboolean
row_to_scheme (GBinding *binding,
               const GValue *from,
               GValue *to,
               gpointer data)
{
  guint i = g_value_get_uint (from);

  if (i < G_N_ELEMENTS (themes))
    g_value_set_enum (to, themes[i]);
  return i < G_N_ELEMENTS (themes);
}

static void
mg_preferences_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), MG_TYPE_PREFERENCES);
  G_OBJECT_CLASS (mg_preferences_parent_class)->dispose (object);
}

static void
mg_preferences_class_init (MgPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_preferences_dispose;
  g_type_ensure (MG_TYPE_DEVICE_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/micrographia/Micrographia/ui/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, MgPreferences, theme);
  gtk_widget_class_bind_template_child (widget_class, MgPreferences, reopen);
  gtk_widget_class_bind_template_child (widget_class, MgPreferences, device);
  gtk_widget_class_bind_template_child (widget_class, MgPreferences, protect);
  gtk_widget_class_bind_template_child (widget_class, MgPreferences, on_screen);
  gtk_widget_class_bind_template_child (widget_class, MgPreferences, pressure);
  gtk_widget_class_bind_template_child (widget_class, MgPreferences, undo);
}

static void
mg_preferences_init (MgPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind (gpointer source,
      const char *property,
      gpointer widget,
      const char *widget_property)
{
  g_object_bind_property (source, property, widget, widget_property, G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

/**
 * mg_preferences_show:
 * @parent: the window they belong to
 * @settings: where they are kept
 * @session: what computes, and undo
 * @canvas: what is painted with
 */
void
mg_preferences_show (GtkWindow *parent,
                     MgSettings *settings,
                     MgSession *session,
                     GtkWidget *canvas)
{
  MgPreferences *self = g_object_new (MG_TYPE_PREFERENCES, "transient-for", parent, "modal", TRUE, NULL);

  g_object_bind_property_full (adw_style_manager_get_default (), "color-scheme", self->theme, "selected",
                               G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL,
                               scheme_to_row, row_to_scheme, NULL, NULL);
  bind (settings, "reopen-last", self->reopen, "active");
  mg_device_button_set_session (self->device, session);
  bind (canvas, "protect", self->protect, "active");
  bind (canvas, "brush-on-screen", self->on_screen, "active");
  bind (canvas, "pressure", self->pressure, "active");
  bind (session, "undo-mib", gtk_spin_button_get_adjustment (self->undo), "value");
  gtk_window_present (GTK_WINDOW (self));
}
