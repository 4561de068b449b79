#include "session/document-private.h"

#include "base/mem.h"

enum
{
  PROP_0,
  PROP_NAME,
  PROP_STATE,
  PROP_CELLS,
  PROP_PREDICTED,
  PROP_THUMBNAIL,
  PROP_ROLE,
  PROP_FILE_STATE,
  N_PROPS,
};

enum
{
  EDITED,
  JOURNALED,
  PREDICTION_CHANGED,
  CHANNELS_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MgDocument, mg_document, G_TYPE_OBJECT)

/**
 * mg_kept_maps_new_take:
 * @maps: their planes are taken
 * @model: what made them
 * @width: of the image they belong to
 * @height: of the image
 *
 * Returns: (transfer full): the maps, shared from now on
 */
MgKeptMaps *
mg_kept_maps_new_take (MgMaps *maps,
                       MgModel *model,
                       int width,
                       int height)
{
  MgKeptMaps *kept = g_new0 (MgKeptMaps, 1);

  g_atomic_ref_count_init (&kept->refs);
  kept->maps = *maps;
  maps->planes = NULL;
  kept->model = mg_model_ref (model);
  kept->width = width;
  kept->height = height;
  return kept;
}

/**
 * mg_kept_maps_ref:
 * @kept: maps
 *
 * Returns: @kept
 */
MgKeptMaps *
mg_kept_maps_ref (MgKeptMaps *kept)
{
  g_atomic_ref_count_inc (&kept->refs);
  return kept;
}

/**
 * mg_kept_maps_unref:
 * @kept: maps
 */
void
mg_kept_maps_unref (MgKeptMaps *kept)
{
  if (!g_atomic_ref_count_dec (&kept->refs))
    return;
  mg_free_aligned (kept->maps.planes);
  mg_model_unref (kept->model);
  g_free (kept);
}

static void
mg_document_get_property (GObject *object,
                          guint id,
                          GValue *value,
                          GParamSpec *pspec)
{
  MgDocument *self = MG_DOCUMENT (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, mg_document_get_name (self));
      break;
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_CELLS:
      g_value_set_int (value, self->cells);
      break;
    case PROP_PREDICTED:
      g_value_set_int (value, self->predicted);
      break;
    case PROP_THUMBNAIL:
      g_value_set_object (value, self->thumbnail);
      break;
    case PROP_ROLE:
      g_value_set_int (value, mg_document_get_role (self));
      break;
    case PROP_FILE_STATE:
      g_value_set_int (value, self->file_state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mg_document_dispose (GObject *object)
{
  MgDocument *self = MG_DOCUMENT (object);

  mg_document_close (self);
  g_clear_pointer (&self->prediction, mg_instances_unref);
  g_clear_pointer (&self->maps, mg_kept_maps_unref);
  g_clear_pointer (&self->aside, g_hash_table_unref);
  g_clear_pointer (&self->stored, g_hash_table_unref);
  g_clear_pointer (&self->taken, g_hash_table_unref);
  g_clear_pointer (&self->unsynced, g_ptr_array_unref);
  g_clear_object (&self->thumbnail);
  g_clear_object (&self->item);
  g_clear_error (&self->error);
  g_clear_pointer (&self->problem, g_free);
  G_OBJECT_CLASS (mg_document_parent_class)->dispose (object);
}

static void
mg_document_class_init (MgDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mg_document_get_property;
  object_class->dispose = mg_document_dispose;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, MG_DOCUMENT_FAILED, 0, flags);
  props[PROP_CELLS] = g_param_spec_int ("cells", NULL, NULL, -1, G_MAXINT, -1, flags);
  props[PROP_PREDICTED] = g_param_spec_int ("predicted", NULL, NULL, -1, G_MAXINT, -1, flags);
  props[PROP_THUMBNAIL] = g_param_spec_object ("thumbnail", NULL, NULL, GDK_TYPE_PAINTABLE, flags);
  props[PROP_ROLE] = g_param_spec_int ("role", NULL, NULL, 0, MG_PROJECT_NONE, 0, flags);
  props[PROP_FILE_STATE] = g_param_spec_int ("file-state", NULL, NULL, 0, MG_FILE_BROKEN, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[EDITED] = g_signal_new ("edited", MG_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[JOURNALED] = g_signal_new ("journaled", MG_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHANNELS_CHANGED] = g_signal_new ("channels-changed", MG_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PREDICTION_CHANGED] = g_signal_new ("prediction-changed", MG_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0,
                                              NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mg_document_init (MgDocument *self)
{
  self->cells = self->predicted = -1;
  self->aside = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) mg_instances_unref);
  self->stored = g_hash_table_new (NULL, NULL);
  self->taken = g_hash_table_new (NULL, NULL);
  self->unsynced = g_ptr_array_new_with_free_func ((GDestroyNotify) mg_touched_free);
}

/**
 * mg_document_new:
 * @item: the project's entry
 *
 * Returns: (transfer full): a closed document
 */
MgDocument *
mg_document_new (MgProjectItem *item)
{
  MgDocument *self = g_object_new (MG_TYPE_DOCUMENT, NULL);

  self->item = g_object_ref (item);
  return self;
}

void
_mg_document_notify_state (MgDocument *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
_mg_document_notify_cells (MgDocument *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CELLS]);
}

void
_mg_document_notify_predicted (MgDocument *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PREDICTED]);
}

void
_mg_document_notify_role (MgDocument *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ROLE]);
}

void
_mg_document_notify_file_state (MgDocument *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FILE_STATE]);
}

void
_mg_document_emit_channels (MgDocument *self)
{
  g_signal_emit (self, signals[CHANNELS_CHANGED], 0);
}

void
_mg_document_emit_edited (MgDocument *self)
{
  g_signal_emit (self, signals[EDITED], 0);
}

void
_mg_document_emit_prediction_changed (MgDocument *self)
{
  g_signal_emit (self, signals[PREDICTION_CHANGED], 0);
}

void
_mg_document_emit_journaled (MgDocument *self,
                             const GError *error)
{
  g_signal_emit (self, signals[JOURNALED], 0, error);
}

/**
 * mg_document_get_item:
 * @self: a document
 *
 * Returns: (transfer none): the project's entry
 */
MgProjectItem *
mg_document_get_item (MgDocument *self)
{
  return self->item;
}

/**
 * mg_document_set_item:
 * @self: a document
 * @item: the same image's entry in another project
 *
 * What was painted is saved there from now on, and counts as unsaved.
 */
void
mg_document_set_item (MgDocument *self,
                      MgProjectItem *item)
{
  g_set_object (&self->item, item);
  self->edits++;
  if (self->image != NULL)
    {
      const MgImageInfo *info = mg_image_get_info (self->image);

      g_clear_pointer (&self->journal, mg_journal_unref);
      self->journal = mg_journal_new (mg_project_item_get_annotation (item), info->width, info->height,
                                      info->n_z * info->n_t);
    }
}

/**
 * mg_document_get_name:
 * @self: a document
 *
 * Returns: the image's name
 */
const char *
mg_document_get_name (MgDocument *self)
{
  return self->item != NULL ? mg_project_item_get_name (self->item) : NULL;
}

/**
 * mg_document_get_state:
 * @self: a document
 *
 * Returns: whether its pixels are there
 */
MgDocumentState
mg_document_get_state (MgDocument *self)
{
  return self->state;
}

/**
 * mg_document_get_error:
 * @self: a document
 *
 * Returns: (nullable): why it could not be loaded
 */
const GError *
mg_document_get_error (MgDocument *self)
{
  return self->error;
}

/**
 * mg_document_get_cells:
 * @self: a document
 *
 * Returns: how many cells are painted, -1 while that is not known
 */
int
mg_document_get_cells (MgDocument *self)
{
  return self->cells;
}

/**
 * mg_document_get_image:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): the image, while loaded
 */
MgImage *
mg_document_get_image (MgDocument *self)
{
  return self->image;
}

/**
 * mg_document_get_pyramid:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): the image in levels, while loaded
 */
MgPyramid *
mg_document_get_pyramid (MgDocument *self)
{
  return self->pyramid;
}

/**
 * mg_document_get_annotation:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): what is painted, while loaded
 */
MgAnnotation *
mg_document_get_annotation (MgDocument *self)
{
  return self->annotation;
}

/**
 * mg_document_get_prediction:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): predicted cells
 */
MgInstances *
mg_document_get_prediction (MgDocument *self)
{
  return self->prediction;
}

/**
 * mg_document_get_prediction_rect:
 * @self: a document
 *
 * Returns: where the prediction's raster lies in the image
 */
const MgRect *
mg_document_get_prediction_rect (MgDocument *self)
{
  return &self->prediction_rect;
}

/**
 * mg_document_get_maps:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): what the prediction was decoded from
 */
MgKeptMaps *
mg_document_get_maps (MgDocument *self)
{
  return self->maps;
}

/**
 * mg_document_get_predicted:
 * @self: a document
 *
 * Returns: how many cells are predicted, -1 without a prediction
 */
int
mg_document_get_predicted (MgDocument *self)
{
  return self->predicted;
}

/**
 * mg_document_is_preview:
 * @self: a document
 *
 * Returns: whether its prediction is of a network that still learns
 */
gboolean
mg_document_is_preview (MgDocument *self)
{
  return self->preview;
}

void
_mg_document_take_prediction (MgDocument *self,
                              MgInstances *instances,
                              const MgRect *rect,
                              MgKeptMaps *maps)
{
  _mg_document_stop_reading (self);
  g_clear_pointer (&self->prediction, mg_instances_unref);
  g_clear_pointer (&self->maps, mg_kept_maps_unref);
  self->prediction = instances;
  self->maps = maps;
  self->predicted = instances != NULL ? (int) mg_instances_get_n (instances) : -1;
  self->preview = self->on_disk = FALSE;
  if (instances != NULL)
    self->prediction_rect = *rect;
  _mg_document_notify_predicted (self);
}

/**
 * mg_document_set_prediction:
 * @self: a loaded document
 * @instances: predicted cells of the plane in view
 * @rect: where they lie
 * @maps: (nullable): what they were decoded from
 * @on_disk: whether the plane's result file holds them
 */
void
mg_document_set_prediction (MgDocument *self,
                            MgInstances *instances,
                            const MgRect *rect,
                            MgKeptMaps *maps,
                            gboolean on_disk)
{
  _mg_document_take_prediction (self, mg_instances_ref (instances), rect,
                                maps != NULL ? mg_kept_maps_ref (maps) : NULL);
  self->on_disk = on_disk;
  if (on_disk)
    g_hash_table_add (self->stored, GINT_TO_POINTER (self->plane));
  g_signal_emit (self, signals[PREDICTION_CHANGED], 0);
}

/**
 * mg_document_set_preview:
 * @self: a document
 * @instances: what a learning network finds
 * @rect: where
 */
void
mg_document_set_preview (MgDocument *self,
                         MgInstances *instances,
                         const MgRect *rect)
{
  _mg_document_take_prediction (self, mg_instances_ref (instances), rect, NULL);
  self->preview = TRUE;
  g_signal_emit (self, signals[PREDICTION_CHANGED], 0);
}
