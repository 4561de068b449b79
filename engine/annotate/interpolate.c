#include "annotate/interpolate.h"

#include <math.h>

#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"
#include "segment/distance.h"

/* One instance in one plane, in a frame of its own around its centre of mass. */
typedef struct
{
  double x, y;   /* the centre */
  int left, top; /* of the frame, from the rounded centre */
  int width, height;
  float *distance; /* owned: signed, px from the outline, positive inside */
} Shape;

typedef struct
{
  MgMaskStack *from;
  MgMaskEdit *known; /* n_planes: what is in each plane */
  MgMaskEdit *edits; /* n_planes: what is added; no mask where nothing is */
  guint n_shapes;
  GCancellable *cancellable;
} Work;

static void
find_centre (const guint32 *labels,
             const MgRect *box,
             guint32 label,
             Shape *shape)
{
  double x = 0, y = 0, n = 0;

  for (int i = 0; i < box->height; i++)
    for (int k = 0; k < box->width; k++)
      if (labels[i * box->width + k] == label)
        {
          x += box->x + k;
          y += box->y + i;
          n++;
        }
  shape->x = x / n;
  shape->y = y / n;
}

/* Distances to the outline, which lies half a pixel from pixels on both sides. */
static gboolean
measure (guint8 *inside,
         Shape *shape,
         GError **error)
{
  gsize n = (gsize) shape->width * shape->height;
  g_autofree float *outer = g_new (float, n);

  shape->distance = g_new (float, n);
  if (!mg_distance_to_zero (inside, shape->width, shape->height, shape->distance, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    inside[i] = !inside[i];
  if (!mg_distance_to_zero (inside, shape->width, shape->height, outer, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    shape->distance[i] = inside[i] ? 0.5f - outer[i] : shape->distance[i] - 0.5f;
  return TRUE;
}

/* The frame holds both shapes about their centres, with background all round,
 * so that their distances can be compared place by place. */
static gboolean
find_shapes (Work *work,
             const int *planes,
             guint32 label,
             Shape *shapes,
             GError **error)
{
  g_autofree guint32 *first = NULL;
  g_autofree guint32 *second = NULL;
  guint32 **labels[2] = { &first, &second };
  MgRect boxes[2];
  int left = 0, top = 0, right = 0, bottom = 0;

  for (int i = 0; i < 2; i++)
    {
      boxes[i] = mg_label_table_find (&work->known[planes[i]].table, label)->box;
      *labels[i] = g_new (guint32, (gsize) boxes[i].width * boxes[i].height);
      mg_mask_read (work->known[planes[i]].mask, &boxes[i], *labels[i], boxes[i].width * sizeof (guint32));
      find_centre (*labels[i], &boxes[i], label, &shapes[i]);
      left = MIN (left, boxes[i].x - (int) lround (shapes[i].x) - 1);
      top = MIN (top, boxes[i].y - (int) lround (shapes[i].y) - 1);
      right = MAX (right, boxes[i].x + boxes[i].width - (int) lround (shapes[i].x) + 1);
      bottom = MAX (bottom, boxes[i].y + boxes[i].height - (int) lround (shapes[i].y) + 1);
    }
  for (int i = 0; i < 2; i++)
    {
      g_autofree guint8 *inside = g_malloc0 ((gsize) (right - left) * (bottom - top));
      int x0 = boxes[i].x - (int) lround (shapes[i].x) - left, y0 = boxes[i].y - (int) lround (shapes[i].y) - top;

      shapes[i].left = left;
      shapes[i].top = top;
      shapes[i].width = right - left;
      shapes[i].height = bottom - top;
      for (int y = 0; y < boxes[i].height; y++)
        for (int x = 0; x < boxes[i].width; x++)
          inside[(gsize) (y0 + y) * (right - left) + x0 + x] = (*labels[i])[y * boxes[i].width + x] == label;
      if (!measure (inside, &shapes[i], error))
        return FALSE;
    }
  return TRUE;
}

static MgMaskEdit *
ensure_edit (Work *work,
             int plane)
{
  MgMaskEdit *edit = &work->edits[plane];

  if (edit->mask == NULL)
    {
      mg_mask_edit_init (edit, mg_mask_new (mg_mask_stack_get_width (work->from), mg_mask_stack_get_height (work->from)));
      _mg_mask_begin (edit->mask);
    }
  return edit;
}

/* The shape between two, `share` of the way, its centre on the line between theirs. */
static void
draw_between (Work *work,
              const Shape *shapes,
              double share,
              guint32 label,
              int plane)
{
  MgMaskEdit *edit = ensure_edit (work, plane);
  int x0 = (int) lround (shapes[0].x + share * (shapes[1].x - shapes[0].x)) + shapes[0].left;
  int y0 = (int) lround (shapes[0].y + share * (shapes[1].y - shapes[0].y)) + shapes[0].top;

  edit->rule = (MgMaskRule){ .value = label };
  for (int y = 0; y < shapes[0].height; y++)
    for (int x = 0; x < shapes[0].width; x++)
      {
        gsize i = (gsize) y * shapes[0].width + x;

        if ((1 - share) * shapes[0].distance[i] + share * shapes[1].distance[i] > 0)
          mg_mask_edit_span (y0 + y, x0 + x, x0 + x + 1, edit);
      }
}

static gboolean
has_label (Work *work,
           int plane,
           guint32 label)
{
  const MgLabelInfo *info = NULL;

  if (work->known[plane].mask != NULL)
    info = mg_label_table_find (&work->known[plane].table, label);
  return info != NULL && info->area > 0;
}

/* Fills the slices between this one and the next that has the instance. */
static gboolean
fill_gap (Work *work,
          int z,
          int t,
          guint32 label,
          GError **error)
{
  int n_z = mg_mask_stack_get_n_z (work->from), end = z + 1;
  int planes[2];
  Shape shapes[2] = { { 0 } };
  gboolean well;

  while (end < n_z && !has_label (work, t * n_z + end, label))
    end++;
  if (end == n_z || end == z + 1)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (work->cancellable, error))
    return FALSE;
  planes[0] = t * n_z + z;
  planes[1] = t * n_z + end;
  well = find_shapes (work, planes, label, shapes, error);
  for (int k = z + 1; well && k < end; k++, work->n_shapes++)
    draw_between (work, shapes, (double) (k - z) / (end - z), label, t * n_z + k);
  g_free (shapes[0].distance);
  g_free (shapes[1].distance);
  return well;
}

static gboolean
fill_plane (Work *work,
            int plane,
            GError **error)
{
  int n_z = mg_mask_stack_get_n_z (work->from);
  const MgLabelTable *table = &work->known[plane].table;

  if (work->known[plane].mask == NULL)
    return TRUE;
  for (guint i = 0; i < table->n; i++)
    {
      const MgLabelInfo *info = &table->infos[i];

      if (info->area > 0 && info->label != MG_LABEL_IGNORED &&
          !fill_gap (work, plane % n_z, plane / n_z, info->label, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * mg_mask_stack_interpolate:
 * @stack: labels of slices, one number for one instance in all of them
 * @n_shapes: (out): how many outlines were made
 * @cancellable: (nullable)
 *
 * Between two slices that have an instance, those that have none of it get the
 * shapes in between: signed distances to the two outlines are averaged by the
 * distance of the slices, and the new outline is where that is 0 (Raya and
 * Udupa, Shape-based interpolation of multidimensional objects, IEEE Trans. Med.
 * Imaging 9, 1990), here with the shapes' centres of mass moved onto each other
 * first, so that instances that drift do not vanish in the middle. Each time
 * point by itself. Any thread.
 *
 * Returns: (transfer full): what is to be added, %NULL with an error
 */
MgMaskStack *
mg_mask_stack_interpolate (MgMaskStack *stack,
                           guint *n_shapes,
                           GCancellable *cancellable,
                           GError **error)
{
  int n = mg_mask_stack_get_n_planes (stack);
  g_autofree MgMaskEdit *known = g_new0 (MgMaskEdit, n);
  g_autofree MgMaskEdit *edits = g_new0 (MgMaskEdit, n);
  g_autoptr (MgMaskStack) added = mg_mask_stack_new (mg_mask_stack_get_width (stack), mg_mask_stack_get_height (stack),
                                                     mg_mask_stack_get_n_z (stack), mg_mask_stack_get_n_t (stack));
  Work work = { stack, known, edits, 0, cancellable };
  gboolean well = TRUE;

  for (int p = 0; p < n; p++)
    if (mg_mask_stack_get (stack, p) != NULL)
      mg_mask_edit_init (&known[p], mg_mask_snapshot (mg_mask_stack_get (stack, p)));
  for (int p = 0; well && p < n; p++)
    well = fill_plane (&work, p, error);
  for (int p = 0; p < n; p++)
    {
      if (edits[p].mask != NULL)
        {
          g_array_unref (_mg_mask_end (edits[p].mask));
          mg_mask_stack_take (added, p, g_steal_pointer (&edits[p].mask));
          mg_mask_edit_clear (&edits[p]);
        }
      if (known[p].mask != NULL)
        mg_mask_edit_clear (&known[p]);
    }
  *n_shapes = work.n_shapes;
  return well ? g_steal_pointer (&added) : NULL;
}
