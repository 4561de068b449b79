#include "panels/device-button.h"

#include <adwaita.h>

#include "compute/backend-list.h"

struct _MgDeviceButton
{
  GtkBox parent_instance;

  MgSession *session;
  GPtrArray *choices; /* of MgDeviceChoice, (nullable) until found */

  GtkMenuButton *button;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (MgDeviceButton, mg_device_button, GTK_TYPE_BOX)

static const char *
row_device (GtkListBoxRow *row)
{
  return g_object_get_data (G_OBJECT (row), "device");
}

static const char *
short_name (MgDeviceButton *self,
            const char *device)
{
  for (guint i = 0; self->choices != NULL && i < self->choices->len; i++)
    {
      const MgDeviceChoice *choice = self->choices->pdata[i];

      if (g_str_equal (device, "auto") ? choice->automatic : g_str_equal (device, choice->info.id))
        return g_str_equal (choice->info.id, "cpu") ? "CPU" : choice->info.is_gpu ? "GPU"
                                                                                  : "Vulkan";
    }
  return "Device";
}

static void
update (MgDeviceButton *self)
{
  const char *device = mg_session_get_device (self->session);
  g_autofree char *label = g_strconcat (short_name (self, device), g_str_equal (device, "auto") ? " (auto)" : "", NULL);
  GtkListBoxRow *row;

  gtk_menu_button_set_label (self->button, label);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      GtkWidget *check = g_object_get_data (G_OBJECT (row), "check");

      gtk_widget_set_opacity (check, g_str_equal (row_device (row), device) ? 1 : 0);
    }
}

static void
add_row (MgDeviceButton *self,
         const char *device,
         const char *title,
         const char *reason,
         gboolean usable)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_image_new_from_icon_name ("object-select-symbolic");
  g_autofree char *sentence = g_strdup (reason);

  sentence[0] = g_ascii_toupper (sentence[0]);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), sentence);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), check);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), usable);
  gtk_widget_set_sensitive (row, usable);
  g_object_set_data_full (G_OBJECT (row), "device", g_strdup (device), g_free);
  g_object_set_data (G_OBJECT (row), "check", check);
  gtk_list_box_append (self->list, row);
}

static void
find_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  g_task_return_pointer (task, mg_backend_list (), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_found (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  MgDeviceButton *self = MG_DEVICE_BUTTON (source);
  const MgDeviceChoice *automatic = NULL;
  g_autofree char *reason = NULL;

  if (self->session == NULL)
    return;
  self->choices = g_task_propagate_pointer (G_TASK (result), NULL);
  for (guint i = 0; i < self->choices->len; i++)
    if (((MgDeviceChoice *) self->choices->pdata[i])->automatic)
      automatic = self->choices->pdata[i];
  reason = g_strdup_printf ("Takes %s at present", automatic != NULL ? automatic->info.name : "the processor");
  add_row (self, "auto", "Automatic", reason, TRUE);
  for (guint i = 0; i < self->choices->len; i++)
    {
      const MgDeviceChoice *choice = self->choices->pdata[i];

      add_row (self, choice->info.id, choice->info.name, choice->reason != NULL ? choice->reason : "", choice->usable);
    }
  update (self);
}

static void
on_row_activated (GtkListBox *list,
                  GtkListBoxRow *row,
                  MgDeviceButton *self)
{
  g_object_set (self->session, "device", row_device (row), NULL);
  gtk_menu_button_popdown (self->button);
}

static void
mg_device_button_dispose (GObject *object)
{
  MgDeviceButton *self = MG_DEVICE_BUTTON (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), MG_TYPE_DEVICE_BUTTON);
  g_clear_pointer (&self->choices, g_ptr_array_unref);
  G_OBJECT_CLASS (mg_device_button_parent_class)->dispose (object);
}

static void
mg_device_button_class_init (MgDeviceButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mg_device_button_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/micrographia/Micrographia/ui/device-button.ui");
  gtk_widget_class_bind_template_child (widget_class, MgDeviceButton, button);
  gtk_widget_class_bind_template_child (widget_class, MgDeviceButton, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
mg_device_button_init (MgDeviceButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
find_devices (gpointer data)
{
  g_autoptr (GTask) task = g_task_new (data, NULL, on_found, NULL);

  g_task_run_in_thread (task, find_thread);
  return G_SOURCE_REMOVE;
}

/* Looking for devices loads drivers and takes tens of megabytes: only once the
 * button is seen, and after that frame. */
static void
on_map (MgDeviceButton *self)
{
  g_signal_handlers_disconnect_by_func (self, on_map, NULL);
  g_idle_add_full (G_PRIORITY_LOW, find_devices, g_object_ref (self), g_object_unref);
}

/**
 * mg_device_button_set_session:
 * @self: a device button
 * @session: whose device it chooses; set once
 */
void
mg_device_button_set_session (MgDeviceButton *self,
                              MgSession *session)
{
  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "notify::device", G_CALLBACK (update), self);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_map (self);
}
