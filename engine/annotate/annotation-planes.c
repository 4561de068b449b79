#include "annotate/annotation-planes.h"

#include "annotate/annotation-private.h"
#include "annotate/mask-private.h"

struct _MgTouched
{
  GArray *tiles;   /* of Kept */
  GArray *regions; /* (nullable), of MgTrainingRegion, shared */
};

typedef struct
{
  int plane;
  guint index;
  MgMaskTile *tile; /* shared, (nullable) */
} Kept;

static void
kept_clear (gpointer data)
{
  mg_mask_tile_unref (((Kept *) data)->tile);
}

/**
 * mg_touched_free:
 * @touched: (nullable): tiles
 */
void
mg_touched_free (MgTouched *touched)
{
  if (touched == NULL)
    return;
  g_array_unref (touched->tiles);
  g_clear_pointer (&touched->regions, g_array_unref);
  g_free (touched);
}

/**
 * mg_touched_get_n:
 *
 * Returns: how many tiles there are
 */
guint
mg_touched_get_n (MgTouched *touched)
{
  return touched->tiles->len;
}

/**
 * mg_touched_get:
 * @i: which, below mg_touched_get_n()
 *
 * Returns: a tile; its pixels live as long as @touched
 */
MgTouchedTile
mg_touched_get (MgTouched *touched,
                guint i)
{
  const Kept *kept = &g_array_index (touched->tiles, Kept, i);

  return (MgTouchedTile){ kept->plane, kept->index, kept->tile };
}

/**
 * mg_touched_get_regions:
 * @n: (out): how many there are
 *
 * Returns: (nullable) (array length=n): the training regions as they are now;
 *   %NULL where they were not edited
 */
const MgTrainingRegion *
mg_touched_get_regions (MgTouched *touched,
                        guint *n)
{
  static const MgTrainingRegion none = { 0 };

  *n = touched->regions != NULL ? touched->regions->len : 0;
  if (touched->regions == NULL)
    return NULL;
  return *n > 0 ? (const MgTrainingRegion *) touched->regions->data : &none;
}

static int
n_planes (MgAnnotation *self)
{
  return self->n_z * self->n_t;
}

/* The edit of a plane, or NULL where nothing was ever painted or looked at. */
MgMaskEdit *
_mg_annotation_find_plane (MgAnnotation *self,
                           int plane)
{
  if (plane == self->plane)
    return &self->edit;
  return self->others[plane].mask != NULL ? &self->others[plane] : NULL;
}

/* Keeps the number of planes each label is in; what instances are counted by. */
void
_mg_annotation_note_labels (MgAnnotation *self,
                            const GArray *deltas,
                            int sign)
{
  g_autoptr (GArray) planes = NULL;

  if (self->others == NULL)
    return;
  planes = g_array_sized_new (FALSE, FALSE, sizeof (MgLabelDelta), deltas->len);
  for (guint i = 0; i < deltas->len; i++)
    {
      const MgLabelDelta *delta = &g_array_index (deltas, MgLabelDelta, i);
      const MgLabelInfo *info = mg_label_table_find (&self->edit.table, delta->label);
      gboolean is = info != NULL && info->area > 0;
      gboolean was = info != NULL && info->area - sign * delta->delta > 0;
      MgLabelDelta change = { delta->label, is - was };

      if (change.delta != 0 && delta->label != MG_LABEL_IGNORED)
        g_array_append_val (planes, change);
    }
  mg_label_table_apply (&self->presence, planes, 1);
}

static void
count_plane (MgAnnotation *self,
             MgMaskEdit *edit)
{
  g_autoptr (GArray) planes = g_array_sized_new (FALSE, FALSE, sizeof (MgLabelDelta), edit->table.n);

  for (guint i = 0; i < edit->table.n; i++)
    {
      MgLabelDelta one = { edit->table.infos[i].label, 1 };

      if (edit->table.infos[i].area > 0 && one.label != MG_LABEL_IGNORED)
        g_array_append_val (planes, one);
    }
  mg_label_table_apply (&self->presence, planes, 1);
}

/**
 * mg_annotation_new_take_stack:
 * @stack: (transfer full): labels of every plane
 *
 * Any thread.
 *
 * Returns: (transfer full): an annotation with these instances under these
 *   numbers, counting as saved, at its first plane
 */
MgAnnotation *
mg_annotation_new_take_stack (MgMaskStack *stack)
{
  MgAnnotation *self = g_object_new (MG_TYPE_ANNOTATION, NULL);
  int width = mg_mask_stack_get_width (stack), height = mg_mask_stack_get_height (stack);
  guint32 max = 0;
  const MgTrainingRegion *regions;
  guint n_regions;

  self->n_z = mg_mask_stack_get_n_z (stack);
  self->n_t = mg_mask_stack_get_n_t (stack);
  if (n_planes (self) > 1)
    self->others = g_new0 (MgMaskEdit, n_planes (self));
  for (int p = 0; p < n_planes (self); p++)
    {
      MgMask *mask = mg_mask_stack_steal (stack, p);
      MgMaskEdit *edit = p == 0 ? &self->edit : &self->others[p];

      if (mask == NULL && p > 0)
        continue;
      mg_mask_edit_init (edit, mask != NULL ? mask : mg_mask_new (width, height));
      max = MAX (max, edit->table.max);
      if (self->others != NULL)
        count_plane (self, edit);
    }
  self->edit.table.max = max;
  regions = mg_mask_stack_get_regions (stack, &n_regions);
  mg_annotation_set_training_regions (self, regions, n_regions);
  self->had_instances = mg_annotation_get_n_instances (self);
  mg_mask_stack_free (stack);
  return self;
}

/**
 * mg_annotation_get_n_z:
 *
 * Returns: slices
 */
int
mg_annotation_get_n_z (MgAnnotation *annotation)
{
  return annotation->n_z;
}

/**
 * mg_annotation_get_n_t:
 *
 * Returns: time points
 */
int
mg_annotation_get_n_t (MgAnnotation *annotation)
{
  return annotation->n_t;
}

/**
 * mg_annotation_get_plane:
 *
 * Returns: the plane that is shown and edited
 */
int
mg_annotation_get_plane (MgAnnotation *annotation)
{
  return annotation->plane;
}

/* Without telling anyone: a step through several planes, or back. */
void
_mg_annotation_use_plane (MgAnnotation *self,
                          int plane)
{
  guint32 max = self->edit.table.max;
  int width = mg_mask_get_width (self->edit.mask), height = mg_mask_get_height (self->edit.mask);

  if (plane == self->plane)
    return;
  self->others[self->plane] = self->edit;
  self->edit = self->others[plane];
  self->others[plane] = (MgMaskEdit){ 0 };
  self->plane = plane;
  if (self->edit.mask == NULL)
    mg_mask_edit_init (&self->edit, mg_mask_new (width, height));
  /* a new number is new in every plane */
  self->edit.table.max = MAX (self->edit.table.max, max);
}

/**
 * mg_annotation_set_plane:
 * @plane: which is shown and edited from now on
 *
 * Ends a stroke in hand. mg_annotation_get_mask() gives another mask then.
 */
void
mg_annotation_set_plane (MgAnnotation *annotation,
                         int plane)
{
  g_return_if_fail (plane >= 0 && plane < n_planes (annotation));

  if (plane == annotation->plane)
    return;
  mg_annotation_end_stroke (annotation);
  _mg_annotation_use_plane (annotation, plane);
  _mg_annotation_notify_plane (annotation);
}

/* One plane without the stroke in hand. */
MgMask *
_mg_annotation_snapshot_plane (const MgMaskEdit *edit)
{
  MgMask *copy = mg_mask_snapshot (edit->mask);

  for (guint i = 0; edit->mask->journal != NULL && i < edit->mask->journal->len; i++)
    {
      const MgMaskChange *change = &g_array_index (edit->mask->journal, MgMaskChange, i);

      mg_mask_tile_unref (copy->tiles[change->index]);
      copy->tiles[change->index] = mg_mask_tile_ref (change->before);
    }
  return copy;
}

/**
 * mg_annotation_snapshot:
 *
 * What every plane holds, without the stroke in hand: that is not an edit yet,
 * and may come to nothing.
 *
 * Returns: (transfer full): the labels, sharing all pixels
 */
MgMaskStack *
mg_annotation_snapshot (MgAnnotation *annotation)
{
  MgMask *mask = annotation->edit.mask;
  MgMaskStack *stack = mg_mask_stack_new (mask->width, mask->height, annotation->n_z, annotation->n_t);

  for (int p = 0; p < n_planes (annotation); p++)
    {
      MgMaskEdit *edit = _mg_annotation_find_plane (annotation, p);
      MgMask *copy = edit != NULL ? _mg_annotation_snapshot_plane (edit) : NULL;

      mg_mask_stack_take (stack, p, copy);
    }
  mg_mask_stack_set_regions (stack, (const MgTrainingRegion *) annotation->regions->data, annotation->regions->len);
  return stack;
}

/* Whether other planes have an instance that the one in hand has not. */
gboolean
_mg_annotation_is_elsewhere (MgAnnotation *self,
                             guint32 label)
{
  return label != 0 && self->others != NULL && mg_annotation_has (self, label) &&
         mg_annotation_get_area (self, label) == 0;
}

static guint
n_touched_words (const MgMaskEdit *edit)
{
  return ((guint) edit->mask->tiles_x * edit->mask->tiles_y + 31) / 32;
}

/* Notes that a tile of a plane is no longer as it was last taken. */
void
_mg_annotation_touch (MgAnnotation *self,
                      MgMaskEdit *edit,
                      guint index)
{
  guint32 bit = 1u << index % 32;

  if (edit->touched == NULL)
    edit->touched = g_new0 (guint32, n_touched_words (edit));
  self->n_touched += (edit->touched[index / 32] & bit) == 0;
  edit->touched[index / 32] |= bit;
}

/* Moves the touched tiles of one plane to the end of `tiles`. */
static void
take_plane (MgMaskEdit *edit,
            int plane,
            GArray *tiles)
{
  for (guint i = 0; i < n_touched_words (edit); i++)
    for (guint32 bits = edit->touched[i]; bits != 0; bits &= bits - 1)
      {
        Kept kept = { plane, i * 32 + (guint) __builtin_ctz (bits), NULL };

        kept.tile = mg_mask_tile_ref (_mg_mask_peek_tile (edit->mask, kept.index, TRUE));
        g_array_append_val (tiles, kept);
      }
  g_clear_pointer (&edit->touched, g_free);
}

/**
 * mg_annotation_take_touched:
 *
 * The tiles, and training regions, that edits, undo and redo changed since this
 * was last called, without the stroke in hand. Costs what was touched.
 *
 * Returns: (transfer full) (nullable): them as they are; %NULL for none
 */
MgTouched *
mg_annotation_take_touched (MgAnnotation *annotation)
{
  MgTouched *touched;

  if (!mg_annotation_is_touched (annotation))
    return NULL;
  touched = g_new0 (MgTouched, 1);
  if (annotation->regions_touched)
    touched->regions = g_array_ref (annotation->regions);
  touched->tiles = g_array_sized_new (FALSE, FALSE, sizeof (Kept), annotation->n_touched);
  g_array_set_clear_func (touched->tiles, kept_clear);
  for (int p = 0; p < n_planes (annotation); p++)
    {
      MgMaskEdit *edit = _mg_annotation_find_plane (annotation, p);

      if (edit != NULL && edit->touched != NULL)
        take_plane (edit, p, touched->tiles);
    }
  annotation->n_touched = 0;
  annotation->regions_touched = FALSE;
  return touched;
}

/**
 * mg_annotation_touch_again:
 * @touched: tiles taken before that could not be written
 *
 * They count as touched once more.
 */
void
mg_annotation_touch_again (MgAnnotation *annotation,
                           MgTouched *touched)
{
  annotation->regions_touched = annotation->regions_touched || touched->regions != NULL;
  for (guint i = 0; i < touched->tiles->len; i++)
    {
      const Kept *kept = &g_array_index (touched->tiles, Kept, i);

      MgMaskEdit *edit = _mg_annotation_find_plane (annotation, kept->plane);

      if (edit != NULL)
        _mg_annotation_touch (annotation, edit, kept->index);
    }
}

/**
 * mg_annotation_is_touched:
 *
 * Returns: whether mg_annotation_take_touched() would give anything
 */
gboolean
mg_annotation_is_touched (MgAnnotation *annotation)
{
  return annotation->regions_touched || annotation->n_touched > 0;
}

/* Copies what a source has to the background of the plane in hand. */
static void
add_mask (MgAnnotation *self,
          MgMask *source,
          guint32 only)
{
  for (guint i = 0; i < (guint) source->tiles_x * source->tiles_y; i++)
    {
      const MgMaskTile *from = source->tiles[i];
      MgRect rect;

      if (from == NULL)
        continue;
      _mg_mask_tile_rect (source, i, &rect);
      for (int y = 0; y < rect.height; y++)
        for (int x = 0, end; x < rect.width; x = end)
          {
            guint32 label;

            end = x + (int) mg_mask_tile_run (from, y * MG_MASK_TILE_PX + x, rect.width - x, &label);
            self->edit.rule = (MgMaskRule){ .value = label };
            if (label != 0 && (only == 0 || label == only))
              mg_mask_edit_span (rect.y + y, rect.x + x, rect.x + end, &self->edit);
          }
    }
}

/**
 * mg_annotation_add_stack:
 * @added: labels of an image of this size and number of planes, under the
 *   numbers of instances that are there
 *
 * Adds to every plane what lies on its background, as one entry of the undo
 * history.
 *
 * Returns: how many planes changed
 */
guint
mg_annotation_add_stack (MgAnnotation *annotation,
                         MgMaskStack *added)
{
  int shown = annotation->plane;
  guint n = 0;

  mg_annotation_end_stroke (annotation);
  annotation->group = ++annotation->last_group;
  for (int p = 0; p < n_planes (annotation); p++)
    if (mg_mask_stack_get (added, p) != NULL)
      {
        _mg_annotation_use_plane (annotation, p);
        _mg_annotation_begin (annotation);
        add_mask (annotation, mg_mask_stack_get (added, p), 0);
        n += _mg_annotation_record (annotation);
      }
  annotation->group = 0;
  _mg_annotation_use_plane (annotation, shown);
  if (n > 0)
    _mg_annotation_emit_changed (annotation);
  return n;
}

/**
 * mg_annotation_copy_plane:
 * @from: the plane copied
 * @to: the plane that gets it
 * @only: the only instance copied, 0 for all
 *
 * Gives another plane the instances of one, where it has background. That
 * plane is shown and edited from then on.
 *
 * Returns: %FALSE when there was nothing to copy, or no room for it
 */
gboolean
mg_annotation_copy_plane (MgAnnotation *annotation,
                          int from,
                          int to,
                          guint32 only)
{
  MgMaskEdit *source = _mg_annotation_find_plane (annotation, from);
  g_autoptr (MgMask) copy = NULL;

  mg_annotation_end_stroke (annotation);
  if (source != NULL)
    copy = mg_mask_snapshot (source->mask);
  mg_annotation_set_plane (annotation, to);
  if (copy == NULL)
    return FALSE;
  _mg_annotation_begin (annotation);
  add_mask (annotation, copy, only);
  return _mg_annotation_commit (annotation);
}
