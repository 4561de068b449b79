#include "annotate/annotation-planes.h"
#include "annotate/annotation-private.h"
#include "annotate/mask-private.h"

G_DEFINE_FINAL_TYPE (MgAnnotation, mg_annotation, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_MODIFIED,
  PROP_N_INSTANCES,
  PROP_PLANE,
  N_PROPS
};

enum
{
  DAMAGED,
  CHANGED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void
mg_annotation_finalize (GObject *object)
{
  MgAnnotation *self = MG_ANNOTATION (object);

  for (int p = 0; self->others != NULL && p < self->n_z * self->n_t; p++)
    if (self->others[p].mask != NULL)
      mg_mask_edit_clear (&self->others[p]);
  mg_mask_edit_clear (&self->edit);
  g_free (self->others);
  mg_label_table_clear (&self->presence);
  g_clear_pointer (&self->undo, mg_undo_free);
  g_clear_pointer (&self->regions, g_array_unref);
  G_OBJECT_CLASS (mg_annotation_parent_class)->finalize (object);
}

static void
mg_annotation_get_property (GObject *object,
                            guint id,
                            GValue *value,
                            GParamSpec *pspec)
{
  MgAnnotation *self = MG_ANNOTATION (object);

  switch (id)
    {
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, mg_annotation_can_undo (self));
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, mg_annotation_can_redo (self));
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value, mg_annotation_get_modified (self));
      break;
    case PROP_N_INSTANCES:
      g_value_set_uint (value, mg_annotation_get_n_instances (self));
      break;
    case PROP_PLANE:
      g_value_set_int (value, self->plane);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
mg_annotation_class_init (MgAnnotationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = mg_annotation_finalize;
  object_class->get_property = mg_annotation_get_property;
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  props[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, flags);
  props[PROP_N_INSTANCES] = g_param_spec_uint ("n-instances", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_PLANE] = g_param_spec_int ("plane", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /* MgAnnotation::damaged: @rect is a const MgRect, borrowed for the call */
  signals[DAMAGED] = g_signal_new ("damaged", MG_TYPE_ANNOTATION, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHANGED] = g_signal_new ("changed", MG_TYPE_ANNOTATION, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mg_annotation_init (MgAnnotation *self)
{
  self->undo = mg_undo_new (MG_UNDO_BUDGET_BYTES);
  mg_label_table_init (&self->presence);
  self->n_z = self->n_t = 1;
  self->regions = g_array_new (FALSE, FALSE, sizeof (MgTrainingRegion));
}

/**
 * mg_annotation_new:
 * @width: pixels of the image
 * @height: pixels of the image
 *
 * Returns: (transfer full): an annotation of one plane without any instance
 */
MgAnnotation *
mg_annotation_new (int width,
                   int height)
{
  g_return_val_if_fail (width > 0 && height > 0, NULL);

  return mg_annotation_new_take_stack (mg_mask_stack_new (width, height, 1, 1));
}

/**
 * mg_annotation_get_mask:
 *
 * Returns: (transfer none): the labels of the plane shown as they are, the
 *   stroke in hand included; take a snapshot to hand them to another thread
 */
MgMask *
mg_annotation_get_mask (MgAnnotation *annotation)
{
  return annotation->edit.mask;
}

/**
 * mg_annotation_get_n_instances:
 *
 * Returns: how many instances there are; one in several planes counts once
 */
guint
mg_annotation_get_n_instances (MgAnnotation *annotation)
{
  return annotation->others != NULL ? annotation->presence.n_instances : annotation->edit.table.n_instances;
}

/**
 * mg_annotation_has:
 * @label: a number
 *
 * Returns: whether there is an instance of that number, in whatever plane
 */
gboolean
mg_annotation_has (MgAnnotation *annotation,
                   guint32 label)
{
  const MgLabelInfo *info;

  if (annotation->others != NULL)
    {
      info = mg_label_table_find (&annotation->presence, label);
      return info != NULL && info->area > 0;
    }
  return mg_annotation_get_area (annotation, label) > 0;
}

/**
 * mg_annotation_get_area:
 * @label: an instance
 *
 * Returns: its pixels in the plane shown; 0 for none of that number
 */
gint64
mg_annotation_get_area (MgAnnotation *annotation,
                        guint32 label)
{
  const MgLabelInfo *info = mg_label_table_find (&annotation->edit.table, label);

  return info == NULL ? 0 : info->area;
}

/**
 * mg_annotation_get_modified:
 *
 * Returns: whether there are edits that were not saved; undoing back to what
 *   was saved counts as saved
 */
gboolean
mg_annotation_get_modified (MgAnnotation *annotation)
{
  return mg_undo_get_state (annotation->undo) != annotation->saved_state;
}

/**
 * mg_annotation_get_state:
 *
 * Returns: a number that names what the annotation holds now
 */
guint64
mg_annotation_get_state (MgAnnotation *annotation)
{
  return mg_undo_get_state (annotation->undo);
}

static void
notify_changes (MgAnnotation *self)
{
  gboolean can_undo = mg_annotation_can_undo (self), can_redo = mg_annotation_can_redo (self);
  gboolean modified = mg_annotation_get_modified (self);
  guint n_instances = mg_annotation_get_n_instances (self);

  g_object_freeze_notify (G_OBJECT (self));
  if (can_undo != self->could_undo)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_UNDO]);
  if (can_redo != self->could_redo)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_REDO]);
  if (modified != self->was_modified)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODIFIED]);
  if (n_instances != self->had_instances)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_INSTANCES]);
  self->could_undo = can_undo;
  self->could_redo = can_redo;
  self->was_modified = modified;
  self->had_instances = n_instances;
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * mg_annotation_set_saved_state:
 * @state: mg_annotation_get_state() when the snapshot that was saved was taken
 *
 * What was there at that state counts as saved; later edits do not.
 */
void
mg_annotation_set_saved_state (MgAnnotation *annotation,
                               guint64 state)
{
  annotation->saved_state = state;
  notify_changes (annotation);
}

/* Starts an edit, ending a stroke still in hand. */
void
_mg_annotation_begin (MgAnnotation *annotation)
{
  mg_annotation_end_stroke (annotation);
  annotation->edit.total = (MgRect){ 0 };
  _mg_mask_begin (annotation->edit.mask);
}

/* Tells of the pixels changed since last time. */
void
_mg_annotation_emit_damage (MgAnnotation *annotation)
{
  MgRect damage;

  if (mg_mask_edit_take_damage (&annotation->edit, &damage))
    g_signal_emit (annotation, signals[DAMAGED], 0, &damage);
}

/* Tells that something was edited. */
void
_mg_annotation_emit_changed (MgAnnotation *annotation)
{
  notify_changes (annotation);
  g_signal_emit (annotation, signals[CHANGED], 0);
}

void
_mg_annotation_notify_plane (MgAnnotation *annotation)
{
  g_object_notify_by_pspec (G_OBJECT (annotation), props[PROP_PLANE]);
}

/* Ends an edit as one entry of the undo history, telling only of its pixels;
 * FALSE when it changed nothing. */
gboolean
_mg_annotation_record (MgAnnotation *annotation)
{
  GArray *changes, *deltas;

  _mg_annotation_emit_damage (annotation);
  changes = _mg_mask_end (annotation->edit.mask);
  deltas = mg_label_table_end (&annotation->edit.table);
  if (changes->len == 0)
    {
      g_array_unref (changes);
      g_array_unref (deltas);
      return FALSE;
    }
  for (guint i = 0; i < changes->len; i++)
    _mg_annotation_touch (annotation, &annotation->edit, g_array_index (changes, MgMaskChange, i).index);
  _mg_annotation_note_labels (annotation, deltas, 1);
  mg_undo_push (annotation->undo, changes, deltas, NULL, &annotation->edit.total, annotation->plane, annotation->group);
  return TRUE;
}

/* The same, telling of it. */
gboolean
_mg_annotation_commit (MgAnnotation *annotation)
{
  if (!_mg_annotation_record (annotation))
    return FALSE;
  _mg_annotation_emit_changed (annotation);
  return TRUE;
}

/**
 * mg_annotation_set_undo_budget:
 * @bytes: what the undo history may take
 */
void
mg_annotation_set_undo_budget (MgAnnotation *annotation,
                               gsize bytes)
{
  mg_undo_set_budget (annotation->undo, bytes);
}

/**
 * mg_annotation_can_undo:
 *
 * Returns: whether there is an edit to take back
 */
gboolean
mg_annotation_can_undo (MgAnnotation *annotation)
{
  return mg_undo_can (annotation->undo, FALSE);
}

/**
 * mg_annotation_can_redo:
 *
 * Returns: whether there is an edit to do again
 */
gboolean
mg_annotation_can_redo (MgAnnotation *annotation)
{
  return mg_undo_can (annotation->undo, TRUE);
}

/* One entry of the history, in its own plane. */
static void
step_entry (MgAnnotation *annotation,
            int plane,
            gboolean redo)
{
  g_autoptr (GArray) tiles = g_array_new (FALSE, FALSE, sizeof (guint));
  const GArray *deltas, *regions = annotation->regions;
  MgRect damage;
  int sign = redo ? 1 : -1;

  _mg_annotation_use_plane (annotation, plane);
  deltas = mg_undo_step (annotation->undo, annotation->edit.mask, &annotation->regions, redo, &damage, tiles);
  annotation->regions_touched = annotation->regions_touched || annotation->regions != regions;
  mg_label_table_apply (&annotation->edit.table, deltas, sign);
  _mg_annotation_note_labels (annotation, deltas, sign);
  for (guint i = 0; i < tiles->len; i++)
    _mg_annotation_touch (annotation, &annotation->edit, g_array_index (tiles, guint, i));
  if (!mg_rect_is_empty (&damage))
    g_signal_emit (annotation, signals[DAMAGED], 0, &damage);
}

/* An edit of one plane brings that plane into view; one of several leaves the
 * person where they are. */
static gboolean
step (MgAnnotation *annotation,
      gboolean redo)
{
  int shown = annotation->plane, plane;
  guint group, first_group;

  mg_annotation_end_stroke (annotation);
  if (!mg_undo_peek (annotation->undo, redo, &plane, &first_group))
    return FALSE;
  do
    step_entry (annotation, plane, redo);
  while (first_group != 0 && mg_undo_peek (annotation->undo, redo, &plane, &group) && group == first_group);
  if (first_group != 0)
    _mg_annotation_use_plane (annotation, shown);
  if (annotation->plane != shown)
    _mg_annotation_notify_plane (annotation);
  _mg_annotation_emit_changed (annotation);
  return TRUE;
}

/**
 * mg_annotation_undo:
 *
 * Takes the last edit back; a stroke in hand is ended first and is that edit.
 *
 * Returns: FALSE when there was none
 */
gboolean
mg_annotation_undo (MgAnnotation *annotation)
{
  return step (annotation, FALSE);
}

/**
 * mg_annotation_redo:
 *
 * Does the edit taken back last again.
 *
 * Returns: FALSE when there was none
 */
gboolean
mg_annotation_redo (MgAnnotation *annotation)
{
  return step (annotation, TRUE);
}
