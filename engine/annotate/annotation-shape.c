#include "annotate/annotation-private.h"

#include "annotate/mask-private.h"

#include <math.h>

/* How far the fill tool goes for a boundary. */
#define FILL_REACH_PX 1024

/**
 * mg_annotation_paint_polygon:
 * @stroke: what it paints or erases; begins at the first corner
 * @points: (array length=n): corners
 *
 * Like a stroke of the brush or eraser with all of the polygon's inside.
 *
 * Returns: the label painted or erased, 0 when nothing changed
 */
guint32
mg_annotation_paint_polygon (MgAnnotation *annotation,
                             const MgStroke *stroke,
                             const MgPoint *points,
                             guint n)
{
  guint32 label;

  mg_annotation_end_stroke (annotation);
  for (guint i = 0; i < n; i++)
    if (!isfinite (points[i].x) || !isfinite (points[i].y))
      return 0;
  if (n < 3)
    return 0;
  label = _mg_annotation_choose_label (annotation, stroke, points[0].x, points[0].y);
  _mg_annotation_begin (annotation);
  _mg_annotation_set_rule (annotation, stroke, label);
  mg_mask_edit_polygon (&annotation->edit, points, n);
  return _mg_annotation_commit (annotation) ? label : 0;
}

/**
 * mg_annotation_paint_wand:
 * @stroke: what it paints or erases
 * @x: where it began, in image pixels
 * @y: likewise
 * @wand: what has grown from there
 * @tolerance: 0 to %MG_WAND_MAX_TOLERANCE
 *
 * Paints what has grown, but not over ignored pixels.
 *
 * Returns: the label painted or erased, 0 when nothing changed
 */
guint32
mg_annotation_paint_wand (MgAnnotation *annotation,
                          const MgStroke *stroke,
                          double x,
                          double y,
                          MgWand *wand,
                          int tolerance)
{
  MgRect whole = { 0, 0, annotation->edit.mask->width, annotation->edit.mask->height };
  guint32 label;

  mg_annotation_end_stroke (annotation);
  label = _mg_annotation_choose_label (annotation, stroke, x, y);
  _mg_annotation_begin (annotation);
  _mg_annotation_set_rule (annotation, stroke, label);
  annotation->edit.rule.over_ignored = FALSE; /* it goes where nobody looked */
  mg_wand_spans (wand, tolerance, &whole, mg_mask_edit_span, &annotation->edit);
  return _mg_annotation_commit (annotation) ? label : 0;
}

/**
 * mg_annotation_fill_at:
 * @x: column
 * @y: row
 *
 * On an instance: fills its holes. On background: fills up to the next
 * boundary, a hole as part of the instance around it, anything else as a new
 * instance. Open background is left alone.
 *
 * Returns: the label that got pixels, 0 when nothing changed
 */
guint32
mg_annotation_fill_at (MgAnnotation *annotation,
                       int x,
                       int y)
{
  guint32 label;

  mg_annotation_end_stroke (annotation);
  label = mg_mask_get (annotation->edit.mask, x, y);
  if (label == MG_LABEL_IGNORED)
    return 0;
  if (label != 0)
    return mg_annotation_fill_holes (annotation, label) ? label : 0;
  _mg_annotation_begin (annotation);
  label = mg_mask_edit_flood (&annotation->edit, x, y, FILL_REACH_PX);
  return _mg_annotation_commit (annotation) ? label : 0;
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
