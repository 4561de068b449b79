#include "annotate/annotation-private.h"

#include "annotate/mask-private.h"

#include <math.h>

/* The stroke's rule: what its pixels may replace. */
static void
set_rule (MgAnnotation *self)
{
  const MgStrokeState *stroke = &self->stroke;

  if (stroke->settings.tool == MG_TOOL_BRUSH)
    self->edit.rule = (MgMaskRule){ .value = stroke->label, .any = stroke->settings.overwrite };
  else
    self->edit.rule = (MgMaskRule){ .victim = stroke->label, .any = stroke->settings.erase_any };
}

static gboolean
make_dab (double x,
          double y,
          double radius,
          MgDab *dab)
{
  if (!isfinite (x) || !isfinite (y) || !isfinite (radius))
    return FALSE;
  *dab = (MgDab){ x, y, CLAMP (radius, MG_BRUSH_MIN_RADIUS, MG_BRUSH_MAX_RADIUS) };
  return TRUE;
}

static int
floor_clamped (double x)
{
  return (int) CLAMP (floor (x), -1, G_MAXINT);
}

/**
 * mg_annotation_begin_stroke:
 * @stroke: what it is drawn with
 * @x: in image pixels, 0 at the left edge of the first
 * @y: in image pixels
 *
 * Puts the pen down and paints the first dab. The brush extends the instance
 * under it, or starts a new one; the eraser takes the instance under it. A
 * stroke still in hand is ended first. Costs what it touches, whatever the
 * size of the image.
 *
 * Returns: the label painted, or the one erased; 0 for an eraser that began
 *   on background
 */
guint32
mg_annotation_begin_stroke (MgAnnotation *annotation,
                            const MgStroke *stroke,
                            double x,
                            double y)
{
  MgDab dab;
  guint32 label;

  mg_annotation_end_stroke (annotation);
  if (!make_dab (x, y, stroke->radius, &dab))
    return 0;
  label = mg_mask_get (annotation->edit.mask, floor_clamped (x), floor_clamped (y));
  annotation->stroke = (MgStrokeState){ .settings = *stroke, .label = label, .first = dab, .last = dab };
  if (stroke->tool == MG_TOOL_BRUSH && label == 0)
    {
      gboolean goes_on = stroke->go_on != 0 && mg_annotation_get_area (annotation, stroke->go_on) == 0;

      annotation->stroke.label = goes_on ? stroke->go_on : mg_label_table_new_label (&annotation->edit.table);
      annotation->stroke.is_new_label = !goes_on;
    }
  _mg_annotation_begin (annotation);
  annotation->stroke.active = TRUE;
  set_rule (annotation);
  mg_mask_edit_stroke (&annotation->edit, &dab, &dab);
  _mg_annotation_emit_damage (annotation);
  return annotation->stroke.label;
}

/**
 * mg_annotation_stroke_to:
 * @x: in image pixels
 * @y: in image pixels
 * @radius: here, in image pixels; the stroke widens or narrows up to here
 *
 * Draws the stroke in hand on to here; without one does nothing.
 */
void
mg_annotation_stroke_to (MgAnnotation *annotation,
                         double x,
                         double y,
                         double radius)
{
  MgStrokeState *stroke = &annotation->stroke;
  MgDab dab;

  if (!stroke->active || !make_dab (x, y, radius, &dab))
    return;
  mg_mask_edit_stroke (&annotation->edit, &stroke->last, &dab);
  stroke->length += hypot (x - stroke->last.x, y - stroke->last.y);
  stroke->doubled_area += (stroke->last.x - stroke->first.x) * (y - stroke->first.y) -
                          (x - stroke->first.x) * (stroke->last.y - stroke->first.y);
  stroke->last = dab;
  _mg_annotation_emit_damage (annotation);
}

/* Whether the path comes back to where it began, as an outline does. */
static gboolean
is_closed_outline (const MgStrokeState *stroke)
{
  double radius = MAX (stroke->first.radius, stroke->last.radius);
  double gap = hypot (stroke->last.x - stroke->first.x, stroke->last.y - stroke->first.y);
  double circle = stroke->length * stroke->length / (4 * G_PI);

  return gap <= 2 * radius + MAX (radius, MG_STROKE_MIN_GAP_PX) &&
         fabs (stroke->doubled_area) / 2 >= MG_STROKE_MIN_ROUNDNESS * circle &&
         stroke->length > 0;
}

/**
 * mg_annotation_end_stroke:
 *
 * Lifts the pen. With `fill_closed`, a path that ends near its start is closed,
 * and the background that the painted instance newly encloses becomes part of
 * it. The stroke is one entry in the undo history.
 */
void
mg_annotation_end_stroke (MgAnnotation *annotation)
{
  MgStrokeState *stroke = &annotation->stroke;

  if (!stroke->active)
    return;
  stroke->active = FALSE;
  if (stroke->settings.tool == MG_TOOL_BRUSH && stroke->settings.fill_closed)
    {
      if (is_closed_outline (stroke))
        mg_mask_edit_stroke (&annotation->edit, &stroke->last, &stroke->first);
      mg_mask_edit_fill (&annotation->edit, stroke->label, TRUE);
    }
  _mg_annotation_commit (annotation);
}

/**
 * mg_annotation_cancel_stroke:
 *
 * Takes the stroke in hand back as if it had never begun; without one does
 * nothing.
 */
void
mg_annotation_cancel_stroke (MgAnnotation *annotation)
{
  MgStrokeState *stroke = &annotation->stroke;
  MgMaskEdit *edit = &annotation->edit;
  g_autoptr (GArray) changes = NULL;
  g_autoptr (GArray) deltas = NULL;

  if (!stroke->active)
    return;
  stroke->active = FALSE;
  changes = _mg_mask_end (edit->mask);
  deltas = mg_label_table_end (&edit->table);
  for (guint i = 0; i < changes->len; i++)
    {
      MgMaskChange *change = &g_array_index (changes, MgMaskChange, i);

      _mg_mask_swap_tile (edit->mask, change->index, &change->before);
    }
  mg_label_table_apply (&edit->table, deltas, -1);
  if (stroke->is_new_label)
    mg_label_table_forget (&edit->table, stroke->label);
  mg_rect_union (&edit->damage, &edit->total, &edit->damage);
  _mg_annotation_emit_damage (annotation);
}

/**
 * mg_annotation_add_region:
 * @source: predicted labels, their first pixel being the image's first
 * @source_label: the instance to accept
 * @box: (nullable): where it lies, all of @source when %NULL
 *
 * Takes one predicted instance over as a new one. Cells already there are
 * protected: it is cut where it would cover them.
 *
 * Returns: its label; 0 when there was no room for any pixel of it
 */
guint32
mg_annotation_add_region (MgAnnotation *annotation,
                          MgLabels *source,
                          guint32 source_label,
                          const MgRect *box)
{
  MgRect whole = { 0, 0, mg_labels_get_width (source), mg_labels_get_height (source) };
  guint32 label;

  g_return_val_if_fail (source_label != 0, 0);

  _mg_annotation_begin (annotation);
  label = mg_mask_edit_add_region (&annotation->edit, source, source_label, box != NULL ? box : &whole);
  _mg_annotation_commit (annotation);
  return label;
}

/**
 * mg_annotation_add_all:
 * @source: predicted labels, their first pixel being the image's first
 * @replace: remove every instance already there first
 *
 * Takes all predicted instances over. Where cells are already there, they are
 * protected, and a prediction that mostly lies on them is left out.
 *
 * Returns: how many were added
 */
guint
mg_annotation_add_all (MgAnnotation *annotation,
                       MgLabels *source,
                       gboolean replace)
{
  guint n;

  _mg_annotation_begin (annotation);
  if (replace)
    mg_mask_edit_remove_all (&annotation->edit);
  n = mg_mask_edit_add_all (&annotation->edit, source);
  _mg_annotation_commit (annotation);
  return n;
}

/**
 * mg_annotation_delete:
 * @label: an instance
 *
 * Returns: FALSE when there is none of that number
 */
gboolean
mg_annotation_delete (MgAnnotation *annotation,
                      guint32 label)
{
  _mg_annotation_begin (annotation);
  mg_mask_edit_remove (&annotation->edit, label);
  return _mg_annotation_commit (annotation);
}

/**
 * mg_annotation_fill_holes:
 * @label: an instance
 *
 * Gives an instance the background that it encloses; other instances in its
 * holes stay.
 *
 * Returns: FALSE when it has no holes
 */
gboolean
mg_annotation_fill_holes (MgAnnotation *annotation,
                          guint32 label)
{
  _mg_annotation_begin (annotation);
  mg_mask_edit_fill (&annotation->edit, label, FALSE);
  return _mg_annotation_commit (annotation);
}

/**
 * mg_annotation_clear:
 *
 * Removes every instance.
 */
void
mg_annotation_clear (MgAnnotation *annotation)
{
  _mg_annotation_begin (annotation);
  mg_mask_edit_remove_all (&annotation->edit);
  _mg_annotation_commit (annotation);
}
