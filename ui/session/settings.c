#include "session/settings.h"

#include "io/atomic-file.h"
#include "project/project.h"
#include "session/property-text.h"

#define GROUP      "window"
#define RECENT     "recent"
#define PLACE      "place "
#define WRITE_S    1
#define FIRST_LINE " What was set in Micrographia; it may be deleted\n"

struct _MgSettings
{
  GObject parent_instance;

  GFile *file;
  GKeyFile *values;
  guint write_timer;
  gboolean writing;
  gboolean reopen_last;
};

enum
{
  PROP_0,
  PROP_REOPEN_LAST,
  PROP_RECENT,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MgSettings, mg_settings, G_TYPE_OBJECT)

static void
mg_settings_get_property (GObject *object,
                          guint id,
                          GValue *value,
                          GParamSpec *pspec)
{
  MgSettings *self = MG_SETTINGS (object);

  if (id == PROP_REOPEN_LAST)
    g_value_set_boolean (value, self->reopen_last);
  else if (id == PROP_RECENT)
    g_value_take_boxed (value, g_key_file_get_string_list (self->values, RECENT, "projects", NULL, NULL));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mg_settings_set_property (GObject *object,
                          guint id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  MgSettings *self = MG_SETTINGS (object);

  if (id == PROP_REOPEN_LAST)
    self->reopen_last = g_value_get_boolean (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mg_settings_dispose (GObject *object)
{
  MgSettings *self = MG_SETTINGS (object);

  mg_settings_flush (self);
  g_clear_object (&self->file);
  g_clear_pointer (&self->values, g_key_file_unref);
  G_OBJECT_CLASS (mg_settings_parent_class)->dispose (object);
}

static void
mg_settings_class_init (MgSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mg_settings_get_property;
  object_class->set_property = mg_settings_set_property;
  object_class->dispose = mg_settings_dispose;
  props[PROP_REOPEN_LAST] = g_param_spec_boolean ("reopen-last", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_RECENT] = g_param_spec_boxed ("recent", NULL, NULL, G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mg_settings_init (MgSettings *self)
{
  self->values = g_key_file_new ();
}

/**
 * mg_settings_new:
 * @file: where they are kept; it need not exist
 *
 * A file that cannot be understood counts as empty: what was set is lost then,
 * and nothing else.
 *
 * Returns: (transfer full): the settings
 */
MgSettings *
mg_settings_new (GFile *file)
{
  MgSettings *self = g_object_new (MG_TYPE_SETTINGS, NULL);
  g_autoptr (GError) error = NULL;

  self->file = g_object_ref (file);
  if (!g_key_file_load_from_file (self->values, g_file_peek_path (file), G_KEY_FILE_NONE, &error) &&
      !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_message ("settings are begun anew: %s", error->message);
  mg_settings_bind (self, "reopen-last", self, "reopen-last");
  return self;
}

/**
 * mg_settings_new_default:
 *
 * Returns: (transfer full): the person's settings
 */
MgSettings *
mg_settings_new_default (void)
{
  g_autoptr (GFile) file = g_file_new_build_filename (g_get_user_config_dir (), "micrographia", "settings.ini", NULL);

  return mg_settings_new (file);
}

static char *
to_text (MgSettings *self)
{
  g_key_file_set_comment (self->values, NULL, NULL, FIRST_LINE, NULL);
  return g_key_file_to_data (self->values, NULL, NULL);
}

static void
write_thread (GTask *task,
              gpointer source,
              gpointer task_data,
              GCancellable *cancellable)
{
  GFile *file = g_object_get_data (G_OBJECT (task), "file");
  g_autoptr (GError) error = NULL;

  /* no reason to disturb anyone: nothing is lost but where a pane stood */
  if (!mg_project_make_folder_for (file, &error) || !mg_file_replace_text (file, task_data, &error))
    g_message ("%s", error->message);
  g_task_return_boolean (task, TRUE);
}

static gboolean on_write (gpointer data);

static void
schedule (MgSettings *self)
{
  if (self->write_timer == 0)
    self->write_timer = g_timeout_add_seconds (WRITE_S, on_write, self);
}

static void
on_written (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  MG_SETTINGS (source)->writing = FALSE;
}

static gboolean
on_write (gpointer data)
{
  MgSettings *self = data;
  g_autoptr (GTask) task = NULL;

  if (self->writing)
    return G_SOURCE_CONTINUE;
  self->write_timer = 0;
  self->writing = TRUE;
  task = g_task_new (self, NULL, on_written, NULL);
  g_object_set_data_full (G_OBJECT (task), "file", g_object_ref (self->file), g_object_unref);
  g_task_set_task_data (task, to_text (self), g_free);
  g_task_run_in_thread (task, write_thread);
  return G_SOURCE_REMOVE;
}

/**
 * mg_settings_flush:
 * @self: settings
 *
 * Writes at once what is to be written, at the end of the program.
 */
void
mg_settings_flush (MgSettings *self)
{
  g_autofree char *text = NULL;

  if (self->write_timer == 0)
    return;
  g_clear_handle_id (&self->write_timer, g_source_remove);
  text = to_text (self);
  if (mg_project_make_folder_for (self->file, NULL))
    mg_file_replace_text (self->file, text, NULL);
}

typedef struct
{
  MgSettings *settings; /* shared, but by itself: written as long as what it is bound to lives */
  gboolean is_own;
  char *key;
} Binding;

static void
binding_free (gpointer data,
              GClosure *closure)
{
  Binding *binding = data;

  if (!binding->is_own)
    g_object_unref (binding->settings);
  g_free (binding->key);
  g_free (binding);
}

static void
on_notify (GObject *object,
           GParamSpec *pspec,
           Binding *binding)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *text = NULL, *old = NULL;

  g_object_get_property (object, pspec->name, &value);
  text = mg_property_to_text (&value);
  old = g_key_file_get_string (binding->settings->values, GROUP, binding->key, NULL);
  if (text == NULL || g_strcmp0 (text, old) == 0)
    return;
  g_key_file_set_string (binding->settings->values, GROUP, binding->key, text);
  schedule (binding->settings);
}

/**
 * mg_settings_bind:
 * @self: settings
 * @key: the value's name in the file
 * @object: what lives by it
 * @property: of a kind that mg_property_to_text() writes
 *
 * The property becomes what the file has, and the file what it is changed to.
 */
void
mg_settings_bind (MgSettings *self,
                  const char *key,
                  gpointer object,
                  const char *property)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), property);
  g_autofree char *text = g_key_file_get_string (self->values, GROUP, key, NULL);
  g_autofree char *signal = g_strconcat ("notify::", property, NULL);
  g_auto (GValue) value = G_VALUE_INIT;
  Binding *binding;

  g_return_if_fail (pspec != NULL);

  if (text != NULL && mg_property_from_text (text, pspec, &value))
    g_object_set_property (object, property, &value);
  binding = g_new (Binding, 1);
  binding->is_own = object == (gpointer) self;
  binding->settings = binding->is_own ? self : g_object_ref (self);
  binding->key = g_strdup (key);
  g_signal_connect_data (object, signal, G_CALLBACK (on_notify), binding, binding_free, 0);
}

/**
 * mg_settings_list_recent:
 * @self: settings
 *
 * Returns: (transfer full) (element-type GFile): folders of projects, the latest first
 */
GPtrArray *
mg_settings_list_recent (MgSettings *self)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) paths = g_key_file_get_string_list (self->values, RECENT, "projects", NULL, NULL);

  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    g_ptr_array_add (folders, g_file_new_for_path (paths[i]));
  return folders;
}

static char *
place_group (GFile *folder)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA1, g_file_peek_path (folder), -1);

  return g_strconcat (PLACE, sum, NULL);
}

static void
set_recent (MgSettings *self,
            GFile *folder,
            gboolean add)
{
  g_autoptr (GPtrArray) old = mg_settings_list_recent (self);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  if (add)
    g_ptr_array_add (paths, (gpointer) g_file_peek_path (folder));
  for (guint i = 0; i < old->len; i++)
    if (!g_file_equal (old->pdata[i], folder) && paths->len < MG_SETTINGS_MAX_RECENT)
      g_ptr_array_add (paths, (gpointer) g_file_peek_path (old->pdata[i]));
    else if (!g_file_equal (old->pdata[i], folder) || !add)
      {
        g_autofree char *group = place_group (old->pdata[i]);

        g_key_file_remove_group (self->values, group, NULL);
      }
  g_key_file_set_string_list (self->values, RECENT, "projects", (const char *const *) paths->pdata, paths->len);
  schedule (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECENT]);
}

/**
 * mg_settings_add_recent:
 * @self: settings
 * @folder: of the project opened now
 */
void
mg_settings_add_recent (MgSettings *self,
                        GFile *folder)
{
  set_recent (self, folder, TRUE);
}

/**
 * mg_settings_remove_recent:
 * @self: settings
 * @folder: of a project that is gone
 */
void
mg_settings_remove_recent (MgSettings *self,
                           GFile *folder)
{
  set_recent (self, folder, FALSE);
}

/**
 * mg_project_place_clear:
 * @place: a place
 */
void
mg_project_place_clear (MgProjectPlace *place)
{
  g_clear_pointer (&place->image, g_free);
}

/**
 * mg_settings_get_place:
 * @self: settings
 * @folder: of a project
 * @place: (out): where it was left
 *
 * Returns: whether that is known
 */
gboolean
mg_settings_get_place (MgSettings *self,
                       GFile *folder,
                       MgProjectPlace *place)
{
  g_autofree char *group = place_group (folder);

  *place = (MgProjectPlace){ .image = g_key_file_get_string (self->values, group, "image", NULL) };
  if (place->image == NULL)
    return FALSE;
  place->plane = g_key_file_get_integer (self->values, group, "plane", NULL);
  place->zoom = g_key_file_get_double (self->values, group, "zoom", NULL);
  place->x = g_key_file_get_double (self->values, group, "x", NULL);
  place->y = g_key_file_get_double (self->values, group, "y", NULL);
  place->fit = !(place->zoom > 0);
  return TRUE;
}

/**
 * mg_settings_set_place:
 * @self: settings
 * @folder: of a project
 * @place: where it is now
 */
void
mg_settings_set_place (MgSettings *self,
                       GFile *folder,
                       const MgProjectPlace *place)
{
  g_autofree char *group = place_group (folder);

  g_key_file_set_string (self->values, group, "image", place->image);
  g_key_file_set_integer (self->values, group, "plane", place->plane);
  g_key_file_set_double (self->values, group, "zoom", place->fit ? 0 : place->zoom);
  g_key_file_set_double (self->values, group, "x", place->x);
  g_key_file_set_double (self->values, group, "y", place->y);
  schedule (self);
}
