#include "compare/rendition.h"

#include "image/filter.h"
#include "io/loader.h"

struct _MgRendition
{
  GObject parent_instance;

  MgRenditionKind kind;
  char *id;
  char *title;
  GFile *file; /* (nullable) */
  gboolean loading, failed;
  MgImage *image;                               /* (nullable) */
  MgPyramid *pyramid;                           /* (nullable) */
  MgChannelView channels[MG_VIEW_MAX_CHANNELS]; /* by its own percentiles */
  int n_channels;
};

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_READY,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (MgRendition, mg_rendition, G_TYPE_OBJECT)

static void
mg_rendition_get_property (GObject *object,
                           guint id,
                           GValue *value,
                           GParamSpec *pspec)
{
  MgRendition *self = MG_RENDITION (object);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_READY:
      g_value_set_boolean (value, self->image != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mg_rendition_finalize (GObject *object)
{
  MgRendition *self = MG_RENDITION (object);

  g_clear_pointer (&self->pyramid, mg_pyramid_unref);
  g_clear_pointer (&self->image, mg_image_unref);
  g_clear_object (&self->file);
  g_free (self->id);
  g_free (self->title);
  G_OBJECT_CLASS (mg_rendition_parent_class)->finalize (object);
}

static void
mg_rendition_class_init (MgRenditionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mg_rendition_get_property;
  object_class->finalize = mg_rendition_finalize;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
mg_rendition_init (MgRendition *self)
{
}

/* "n2v-2026-11-25-091500" is the N2V of 25 Nov 09:15:00, of which as much is said
 * as is needed; other names stand as they are. */
static char *
dup_model_title (const char *id,
                 MgRenditionDetail detail)
{
  char recipe[16] = "";
  int year, month, day, time, end = 0;
  g_autoptr (GDateTime) when = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *text = NULL;
  const char *name = recipe;
  gboolean today;

  if (sscanf (id, "%15[a-z0-9]-%4d-%2d-%2d-%6d%n", recipe, &year, &month, &day, &time, &end) != 5 || id[end] != '\0')
    return g_strdup (id);
  when = g_date_time_new_local (year, month, day, time / 10000, time / 100 % 100, time % 100);
  if (when == NULL)
    return g_strdup (id);
  if (g_str_equal (recipe, "n2v"))
    name = "N2V";
  else if (g_str_equal (recipe, "care"))
    name = "CARE";
  if (detail == MG_RENDITION_NAME)
    return g_strdup (name);
  today = g_date_time_get_year (now) == year && g_date_time_get_day_of_year (now) == g_date_time_get_day_of_year (when);
  text = g_date_time_format (when, detail == MG_RENDITION_SECOND ? "%-d %b %H:%M:%S"
                                   : today                       ? "%H:%M"
                                                                 : "%-d %b %H:%M");
  return g_strconcat (name, ", ", text, NULL);
}

static char *
dup_title (MgRenditionKind kind,
           const char *id)
{
  static const char *const filters[] = {
    [MG_FILTER_GAUSSIAN] = "Gaussian filter",
    [MG_FILTER_MEDIAN] = "Median filter",
    [MG_FILTER_NLM] = "Non-local means",
  };
  MgFilterKind filter;

  switch (kind)
    {
    case MG_RENDITION_NOISY:
      return g_strdup ("Noisy");
    case MG_RENDITION_CLEAN:
      return g_strdup ("Clean");
    case MG_RENDITION_PREVIEW:
      return g_strdup ("Learning…");
    case MG_RENDITION_FILTER:
      return g_strdup (mg_filter_find (id, &filter, NULL) ? filters[filter] : id);
    case MG_RENDITION_MODEL:
    default:
      return dup_model_title (id, MG_RENDITION_NAME);
    }
}

/**
 * mg_rendition_new:
 * @kind: what it is
 * @id: tells it from the image's other versions; of restored ones the name that
 *   mg_project_dup_restored() takes
 * @file: (nullable): where it can be read
 *
 * Returns: (transfer full): a version without pixels
 */
MgRendition *
mg_rendition_new (MgRenditionKind kind,
                  const char *id,
                  GFile *file)
{
  MgRendition *self = g_object_new (MG_TYPE_RENDITION, NULL);

  self->kind = kind;
  self->id = g_strdup (id);
  self->title = dup_title (kind, id);
  g_set_object (&self->file, file);
  return self;
}

/**
 * mg_rendition_set_detail:
 * @self: a version
 * @detail: how much of the time it was made at its title says; of what no model
 *   made nothing
 */
void
mg_rendition_set_detail (MgRendition *self,
                         MgRenditionDetail detail)
{
  if (self->kind != MG_RENDITION_MODEL)
    return;
  g_free (self->title);
  self->title = dup_model_title (self->id, detail);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
}

/**
 * mg_rendition_get_kind:
 * @self: a version
 *
 * Returns: what it is
 */
MgRenditionKind
mg_rendition_get_kind (MgRendition *self)
{
  return self->kind;
}

/**
 * mg_rendition_get_id:
 * @self: a version
 *
 * Returns: what tells it from the image's other versions
 */
const char *
mg_rendition_get_id (MgRendition *self)
{
  return self->id;
}

/**
 * mg_rendition_get_title:
 * @self: a version
 *
 * Returns: its name for a person
 */
const char *
mg_rendition_get_title (MgRendition *self)
{
  return self->title;
}

/**
 * mg_rendition_get_file:
 * @self: a version
 *
 * Returns: (transfer none) (nullable): where it is kept
 */
GFile *
mg_rendition_get_file (MgRendition *self)
{
  return self->file;
}

/**
 * mg_rendition_is_restored:
 * @self: a version
 *
 * Returns: whether a filter or a network made it
 */
gboolean
mg_rendition_is_restored (MgRendition *self)
{
  return self->kind >= MG_RENDITION_FILTER;
}

/**
 * mg_rendition_is_kept:
 * @self: a version
 *
 * Returns: whether it is one of the project's results, and not only seen
 */
gboolean
mg_rendition_is_kept (MgRendition *self)
{
  return self->kind == MG_RENDITION_FILTER || self->kind == MG_RENDITION_MODEL;
}

/**
 * mg_rendition_set_image:
 * @self: a version
 * @image: (nullable): its pixels
 * @channels: (nullable): the contrast that suits it by itself
 * @n_channels: how many
 */
void
mg_rendition_set_image (MgRendition *self,
                        MgImage *image,
                        const MgChannelView *channels,
                        int n_channels)
{
  if (image != NULL)
    mg_image_ref (image);
  g_clear_pointer (&self->pyramid, mg_pyramid_unref);
  g_clear_pointer (&self->image, mg_image_unref);
  self->image = image;
  if (image != NULL)
    self->pyramid = mg_pyramid_new (image);
  self->n_channels = channels != NULL ? MIN (n_channels, MG_VIEW_MAX_CHANNELS) : 0;
  for (int c = 0; c < self->n_channels; c++)
    self->channels[c] = channels[c];
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
}

/**
 * mg_rendition_has_failed:
 * @self: a rendition
 *
 * Returns: whether it could not be read
 */
gboolean
mg_rendition_has_failed (MgRendition *self)
{
  return self->failed;
}

/**
 * mg_rendition_get_image:
 * @self: a version
 *
 * Returns: (transfer none) (nullable): its pixels, once loaded
 */
MgImage *
mg_rendition_get_image (MgRendition *self)
{
  return self->image;
}

/**
 * mg_rendition_get_pyramid:
 * @self: a version
 *
 * Returns: (transfer none) (nullable): its pixels in levels, once loaded
 */
MgPyramid *
mg_rendition_get_pyramid (MgRendition *self)
{
  return self->pyramid;
}

/**
 * mg_rendition_get_channels:
 * @self: a version
 * @n_channels: (out): how many; 0 while nothing is known
 *
 * Returns: the contrast that suits it by itself
 */
const MgChannelView *
mg_rendition_get_channels (MgRendition *self,
                           int *n_channels)
{
  *n_channels = self->n_channels;
  return self->channels;
}

/* What a loading thread hands over. */
typedef struct
{
  MgImage *image;
  MgScene scene; /* its channels only */
} Loaded;

static void
loaded_free (gpointer data)
{
  mg_image_unref (((Loaded *) data)->image);
  g_free (data);
}

static void
load_thread (GTask *task,
             gpointer source,
             gpointer task_data,
             GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MgImage) image = mg_image_load (task_data, cancellable, &error);
  g_autoptr (MgPyramid) pyramid = image != NULL ? mg_pyramid_new (image) : NULL;
  MgScene scene = { .image = pyramid };
  Loaded *loaded;

  if (image == NULL || !mg_scene_auto_channels (&scene, cancellable, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  loaded = g_new0 (Loaded, 1);
  loaded->image = g_steal_pointer (&image);
  loaded->scene = scene;
  g_task_return_pointer (task, loaded, loaded_free);
}

/**
 * mg_rendition_load_async:
 * @self: a version with a file
 *
 * Reads it on another thread.
 *
 * Returns: %FALSE when that is under way, done or has failed already; @callback is
 *   not called then
 */
gboolean
mg_rendition_load_async (MgRendition *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  if (self->loading || self->failed || self->image != NULL || self->file == NULL)
    return FALSE;
  self->loading = TRUE;
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, g_object_ref (self->file), g_object_unref);
  g_task_run_in_thread (task, load_thread);
  return TRUE;
}

/**
 * mg_rendition_load_finish:
 * @self: a version
 * @result: of mg_rendition_load_async()
 *
 * Returns: %FALSE when it could not be read
 */
gboolean
mg_rendition_load_finish (MgRendition *self,
                          GAsyncResult *result,
                          GError **error)
{
  Loaded *loaded = g_task_propagate_pointer (G_TASK (result), error);

  self->loading = FALSE;
  self->failed = loaded == NULL;
  if (loaded == NULL)
    return FALSE;
  if (self->image == NULL)
    mg_rendition_set_image (self, loaded->image, loaded->scene.channels, loaded->scene.n_channels);
  loaded_free (loaded);
  return TRUE;
}
