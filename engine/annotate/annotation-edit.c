#include "annotate/annotation-private.h"

#include "annotate/mask-private.h"

#include <math.h>

/* What a stroke or shape that begins here paints or erases. The brush extends
 * the instance there, or, where there is none, goes on with one of another
 * plane or takes a new number. */
guint32
_mg_annotation_choose_label (MgAnnotation *annotation,
                             const MgStroke *stroke,
                             double x,
                             double y)
{
  guint32 label = mg_mask_get (annotation->edit.mask, (int) CLAMP (floor (x), -1, G_MAXINT),
                               (int) CLAMP (floor (y), -1, G_MAXINT));

  if (stroke->tool == MG_TOOL_IGNORE)
    return MG_LABEL_IGNORED;
  if (stroke->tool != MG_TOOL_BRUSH || (label != 0 && label != MG_LABEL_IGNORED))
    return label;
  if (_mg_annotation_is_elsewhere (annotation, stroke->go_on))
    return stroke->go_on;
  return mg_label_table_new_label (&annotation->edit.table);
}

/* Which pixels it may replace. A cell is painted over ignored pixels, too:
 * whoever paints it knows what they are. */
void
_mg_annotation_set_rule (MgAnnotation *annotation,
                         const MgStroke *stroke,
                         guint32 label)
{
  if (stroke->tool == MG_TOOL_ERASER)
    annotation->edit.rule = (MgMaskRule){ .victim = label, .any = stroke->erase_any };
  else
    annotation->edit.rule = (MgMaskRule){ .value = label, .any = stroke->overwrite, .over_ignored = TRUE };
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
  label = _mg_annotation_choose_label (annotation, stroke, x, y);
  annotation->stroke = (MgStrokeState){
    .settings = *stroke,
    .label = label,
    .is_new_label = stroke->tool == MG_TOOL_BRUSH && label != stroke->go_on && mg_annotation_get_area (annotation, label) == 0,
    .first = dab,
    .last = dab,
  };
  _mg_annotation_begin (annotation);
  annotation->stroke.active = TRUE;
  _mg_annotation_set_rule (annotation, stroke, label);
  mg_mask_edit_stroke (&annotation->edit, &dab, &dab);
  _mg_annotation_emit_damage (annotation);
  return annotation->stroke.label;
}

/* The path from the last place to this one. With `smooth` it is that of a
 * parabola through the last three places, each at the time the way to it takes
 * at an even pace: a fast circle stays round. A sharp turn is meant, and stays. */
static void
draw_on (MgAnnotation *annotation,
         const MgDab *to)
{
  const MgStrokeState *stroke = &annotation->stroke;
  const MgDab *a = &stroke->before_last, *b = &stroke->last;
  double ax = b->x - a->x, ay = b->y - a->y, bx = to->x - b->x, by = to->y - b->y;
  double d1 = hypot (ax, ay), d2 = hypot (bx, by), tx, ty;
  MgDab from = *b;
  int n;

  if (!stroke->settings.smooth || !stroke->has_before_last || d2 == 0 || d1 < d2 / 4 ||
      ax * bx + ay * by < MG_STROKE_MAX_TURN * d1 * d2)
    {
      mg_mask_edit_stroke (&annotation->edit, b, to);
      return;
    }
  tx = d2 * (ax / d1 * d2 + bx / d2 * d1) / (d1 + d2);
  ty = d2 * (ay / d1 * d2 + by / d2 * d1) / (d1 + d2);
  n = CLAMP ((int) ceil (sqrt (hypot (bx - tx, by - ty))), 1, MG_STROKE_MAX_PIECES);
  for (int i = 1; i <= n; i++)
    {
      double s = (double) i / n;
      MgDab dab = { b->x + tx * s + (bx - tx) * s * s, b->y + ty * s + (by - ty) * s * s,
                    b->radius + (to->radius - b->radius) * s };

      mg_mask_edit_stroke (&annotation->edit, &from, i == n ? to : &dab);
      from = dab;
    }
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
  if (x == stroke->last.x && y == stroke->last.y && radius == stroke->last.radius)
    return;
  draw_on (annotation, &dab);
  stroke->length += hypot (x - stroke->last.x, y - stroke->last.y);
  stroke->doubled_area += (stroke->last.x - stroke->first.x) * (y - stroke->first.y) -
                          (x - stroke->first.x) * (stroke->last.y - stroke->first.y);
  stroke->before_last = stroke->last;
  stroke->has_before_last = TRUE;
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
  if (stroke->settings.tool != MG_TOOL_ERASER && stroke->settings.fill_closed)
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
