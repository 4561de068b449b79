#include "project/view-settings.h"

#include <math.h>
#include <string.h>

#include "project/project-private.h"
#include "train/manifest.h"

struct _MgViewSettings
{
  gatomicrefcount refs;
  GMutex mutex;
  GHashTable *channels; /* key → MgChannelView */
  MgReading reading;
};

/**
 * mg_view_settings_new:
 *
 * Returns: (transfer full): settings that say nothing
 */
MgViewSettings *
mg_view_settings_new (void)
{
  MgViewSettings *settings = g_new0 (MgViewSettings, 1);

  g_atomic_ref_count_init (&settings->refs);
  g_mutex_init (&settings->mutex);
  settings->channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return settings;
}

/**
 * mg_view_settings_ref:
 *
 * Returns: (transfer full): @settings
 */
MgViewSettings *
mg_view_settings_ref (MgViewSettings *settings)
{
  g_atomic_ref_count_inc (&settings->refs);
  return settings;
}

/**
 * mg_view_settings_unref:
 * @settings: (transfer full): settings
 */
void
mg_view_settings_unref (MgViewSettings *settings)
{
  if (!g_atomic_ref_count_dec (&settings->refs))
    return;
  g_hash_table_unref (settings->channels);
  g_mutex_clear (&settings->mutex);
  g_free (settings);
}

/**
 * mg_view_settings_key:
 * @info: of an image
 * @channel: one of its channels
 *
 * The name by which channels of different images are the same: theirs, or else
 * their number, and what their values are.
 *
 * Returns: (transfer full): "DAPI uint16"
 */
char *
mg_view_settings_key (const MgImageInfo *info,
                      int channel)
{
  const char *type = mg_pixel_type_name (info->type);

  if (info->is_rgb)
    return g_strdup_printf ("colour %d %s", channel + 1, type);
  if (info->channel_names != NULL && channel < (int) g_strv_length (info->channel_names) &&
      info->channel_names[channel][0] != '\0')
    return g_strdup_printf ("%s %s", info->channel_names[channel], type);
  return g_strdup_printf ("%d of %d %s", channel + 1, info->n_channels, type);
}

/**
 * mg_view_settings_get_channel:
 * @key: of mg_view_settings_key()
 * @view: (out): how it is shown; without a range, by percentiles
 *
 * Returns: whether anything was said of it
 */
gboolean
mg_view_settings_get_channel (MgViewSettings *settings,
                              const char *key,
                              MgChannelView *view)
{
  const MgChannelView *found;

  g_mutex_lock (&settings->mutex);
  found = g_hash_table_lookup (settings->channels, key);
  if (found != NULL)
    *view = *found;
  g_mutex_unlock (&settings->mutex);
  return found != NULL;
}

/**
 * mg_view_settings_set_channel:
 * @key: of mg_view_settings_key()
 * @view: (nullable): how it is shown; %NULL: nothing is said of it any more
 */
void
mg_view_settings_set_channel (MgViewSettings *settings,
                              const char *key,
                              const MgChannelView *view)
{
  g_mutex_lock (&settings->mutex);
  if (view != NULL)
    g_hash_table_insert (settings->channels, g_strdup (key), g_memdup2 (view, sizeof *view));
  else
    g_hash_table_remove (settings->channels, key);
  g_mutex_unlock (&settings->mutex);
}

/**
 * mg_view_settings_clear_channels:
 *
 * Nothing is said of any channel any more.
 */
void
mg_view_settings_clear_channels (MgViewSettings *settings)
{
  g_mutex_lock (&settings->mutex);
  g_hash_table_remove_all (settings->channels);
  g_mutex_unlock (&settings->mutex);
}

/**
 * mg_view_settings_get_reading:
 * @reading: (out): what the image is
 */
void
mg_view_settings_get_reading (MgViewSettings *settings,
                              MgReading *reading)
{
  g_mutex_lock (&settings->mutex);
  *reading = settings->reading;
  g_mutex_unlock (&settings->mutex);
}

/**
 * mg_view_settings_set_reading:
 * @reading: what the image is
 */
void
mg_view_settings_set_reading (MgViewSettings *settings,
                              const MgReading *reading)
{
  g_mutex_lock (&settings->mutex);
  settings->reading = *reading;
  g_mutex_unlock (&settings->mutex);
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_channel (JsonBuilder *builder, const char *key, const MgChannelView *view)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "visible");
  json_builder_add_boolean_value (builder, view->visible);
  json_builder_set_member_name (builder, "map");
  json_builder_add_string_value (builder, mg_lut_name (view->lut));
  if (view->lut == MG_LUT_COLOUR)
    {
      json_builder_set_member_name (builder, "colour");
      json_builder_add_int_value (builder, view->colour);
    }
  add_number (builder, "gamma", view->gamma);
  if (view->max > view->min)
    {
      add_number (builder, "min", view->min);
      add_number (builder, "max", view->max);
    }
  json_builder_end_object (builder);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Adds what is said as the member "view" of the object that is being built;
 * nothing, where nothing is said. */
void
_mg_view_settings_add (MgViewSettings *settings,
                       JsonBuilder *builder)
{
  g_autofree const char **keys = NULL;
  guint n;

  g_mutex_lock (&settings->mutex);
  keys = (const char **) g_hash_table_get_keys_as_array (settings->channels, &n);
  if (n > 0 || settings->reading.axes[0] != '\0' || settings->reading.pixel_size > 0)
    {
      json_builder_set_member_name (builder, "view");
      json_builder_begin_object (builder);
      if (settings->reading.axes[0] != '\0')
        {
          json_builder_set_member_name (builder, "axes");
          json_builder_add_string_value (builder, settings->reading.axes);
        }
      if (settings->reading.pixel_size > 0)
        add_number (builder, "pixel-size-um", settings->reading.pixel_size);
      json_builder_set_member_name (builder, "channels");
      json_builder_begin_object (builder);
      qsort (keys, n, sizeof *keys, compare_keys);
      for (guint i = 0; i < n; i++)
        add_channel (builder, keys[i], g_hash_table_lookup (settings->channels, keys[i]));
      json_builder_end_object (builder);
      json_builder_end_object (builder);
    }
  g_mutex_unlock (&settings->mutex);
}

static double
get_number (JsonObject *object, const char *name, double otherwise)
{
  double value = mg_manifest_get_number (object, name, otherwise);

  return isfinite (value) ? value : otherwise;
}

static void
parse_channel (JsonObject *channels, const char *key, JsonNode *node, gpointer data)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  MgChannelView view = { .visible = TRUE, .gamma = 1 };

  if (object == NULL || !mg_lut_from_name (mg_manifest_get_string (object, "map"), &view.lut))
    return;
  view.visible = get_number (object, "visible", 1) != 0;
  view.colour = (guint32) CLAMP (get_number (object, "colour", 0xffffff), 0, 0xffffff);
  view.gamma = CLAMP (get_number (object, "gamma", 1), 0.05, 20);
  view.min = get_number (object, "min", 0);
  view.max = get_number (object, "max", 0);
  mg_view_settings_set_channel (data, key, &view);
}

/* Takes what the member "view" of an object says; what makes no sense is passed
 * over: it is only how things look. */
void
_mg_view_settings_parse (MgViewSettings *settings,
                         JsonObject *object)
{
  JsonObject *view = mg_manifest_get_object (object, "view");
  JsonObject *channels = mg_manifest_get_object (view, "channels");
  const char *axes = mg_manifest_get_string (view, "axes");

  if (axes != NULL && strlen (axes) == 3)
    memcpy (settings->reading.axes, axes, 4);
  if (view != NULL)
    settings->reading.pixel_size = MAX (get_number (view, "pixel-size-um", 0), 0);
  if (channels != NULL)
    json_object_foreach_member (channels, parse_channel, settings);
}
