/* The tools beyond brush and eraser: shapes, wand, fill, merge, cut, ignored
 * pixels and training regions, each with its undo. */
#include "annotate/annotation-planes.h"
#include "base/rng.h"

#include <math.h>

#define W 300
#define H 271

static guint32
at (MgAnnotation *annotation, int x, int y)
{
  return mg_mask_get (mg_annotation_get_mask (annotation), x, y);
}

static guint32 *
raster_of (MgAnnotation *annotation)
{
  guint32 *raster = g_new (guint32, W * H);

  mg_mask_read (mg_annotation_get_mask (annotation), &(MgRect){ 0, 0, W, H }, raster, W * sizeof *raster);
  return raster;
}

static void
assert_raster (MgAnnotation *annotation, const guint32 *expected)
{
  g_autofree guint32 *raster = raster_of (annotation);

  g_assert_cmpmem (raster, sizeof *raster * W * H, expected, sizeof *raster * W * H);
}

/* Undo brings the raster before back, redo the one after. */
static void
assert_undoes (MgAnnotation *annotation, const guint32 *before)
{
  g_autofree guint32 *after = raster_of (annotation);

  g_assert_true (mg_annotation_undo (annotation));
  assert_raster (annotation, before);
  g_assert_true (mg_annotation_redo (annotation));
  assert_raster (annotation, after);
}

static MgAnnotation *
with_boxes (const guint32 *labels, const MgRect *boxes, guint n)
{
  guint32 *data = g_new0 (guint32, W * H);
  g_autoptr (MgLabels) raster = mg_labels_new_take (W, H, data, g_free);
  MgMaskStack *stack = mg_mask_stack_new (W, H, 1, 1);

  for (guint i = 0; i < n; i++)
    for (int y = boxes[i].y; y < boxes[i].y + boxes[i].height; y++)
      for (int x = boxes[i].x; x < boxes[i].x + boxes[i].width; x++)
        data[y * W + x] = labels[i];
  mg_mask_stack_take (stack, 0, mg_mask_new_from_labels (raster, NULL));
  return mg_annotation_new_take_stack (stack);
}

/* A circle given by few places is painted round, whatever the pointer's pace. */
static void
test_fast_stroke_is_round (void)
{
  g_autoptr (MgAnnotation) smooth = mg_annotation_new (W, H);
  g_autoptr (MgAnnotation) plain = mg_annotation_new (W, H);
  MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = 2, .smooth = TRUE };
  double worst[2] = { 0, 0 };

  for (int k = 0; k < 2; k++)
    {
      MgAnnotation *annotation = k == 0 ? smooth : plain;

      stroke.smooth = k == 0;
      mg_annotation_begin_stroke (annotation, &stroke, 230, 130);
      for (int i = 1; i <= 8; i++)
        mg_annotation_stroke_to (annotation, 130 + 100 * cos (i * G_PI / 4), 130 + 100 * sin (i * G_PI / 4), 2);
      mg_annotation_end_stroke (annotation);
      for (int i = 46; i < 360; i++)
        {
          double a = i * G_PI / 180, nearest = 100;

          for (int r = 80; r < 120; r++)
            if (at (annotation, (int) (130 + r * cos (a)), (int) (130 + r * sin (a))) != 0 && fabs (r - 100.0) < nearest)
              nearest = fabs (r - 100.0);
          worst[k] = MAX (worst[k], nearest);
        }
    }
  g_assert_cmpfloat (worst[0], <=, 1);
  g_assert_cmpfloat (worst[1], >=, 4); /* the chords, 7.6 px inside */
}

/* A corner that is meant stays one, and a pointer that jumps paints the way. */
static void
test_corners_stay (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = 3, .smooth = TRUE };

  mg_annotation_begin_stroke (annotation, &stroke, 50, 50);
  mg_annotation_stroke_to (annotation, 150, 50, 3);
  mg_annotation_stroke_to (annotation, 150, 150, 3);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpuint (at (annotation, 150, 50), !=, 0);
  g_assert_cmpuint (at (annotation, 150, 100), !=, 0);
  for (int y = 56; y < 150; y++)
    {
      g_assert_cmpuint (at (annotation, 145, y), ==, 0);
      g_assert_cmpuint (at (annotation, 155, y), ==, 0);
    }
}

static void
test_polygon (void)
{
  const MgPoint star[] = { { 20.5, 20.2 }, { 180.3, 40.1 }, { 140.9, 170.7 }, { 60.2, 160.4 } };
  const MgPoint loop[] = { { 200, 200 }, { 260, 200 }, { 260, 260 }, { 230, 190 }, { 200, 260 } };
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  g_autofree guint32 *before = raster_of (annotation);
  MgStroke stroke = { .tool = MG_TOOL_BRUSH };
  guint32 label = mg_annotation_paint_polygon (annotation, &stroke, star, G_N_ELEMENTS (star));
  gint64 area = 0;

  g_assert_cmpuint (label, ==, 1);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      {
        gboolean inside = TRUE; /* convex: to the right of every edge */

        for (int i = 0; i < 4; i++)
          {
            const MgPoint *p = &star[i], *q = &star[(i + 1) % 4];

            inside = inside && (q->x - p->x) * (y + 0.5 - p->y) - (q->y - p->y) * (x + 0.5 - p->x) > 0;
          }
        g_assert_cmpuint (at (annotation, x, y), ==, inside ? label : 0);
        area += inside;
      }
  g_assert_cmpint (mg_annotation_get_area (annotation, label), ==, area);
  assert_undoes (annotation, before);
  /* a polygon outside of the image, and one without an inside, change nothing */
  g_assert_cmpuint (mg_annotation_paint_polygon (annotation, &stroke, star, 2), ==, 0);
  g_assert_cmpuint (mg_annotation_paint_polygon (annotation, &stroke, (MgPoint[]){ { -9, -9 }, { -5, -9 }, { -5, -4 } }, 3), ==, 0);
  g_assert_false (mg_annotation_can_redo (annotation));
  /* both wings of a path that crosses itself are inside */
  label = mg_annotation_paint_polygon (annotation, &stroke, loop, G_N_ELEMENTS (loop));
  g_assert_cmpuint (at (annotation, 205, 205), ==, label);
  g_assert_cmpuint (at (annotation, 255, 210), ==, label);
  /* begun in a cell, the eraser takes it away inside the polygon only */
  stroke.tool = MG_TOOL_ERASER;
  g_assert_cmpuint (mg_annotation_paint_polygon (annotation, &stroke, (MgPoint[]){ { 100, 60 }, { 100, 100 }, { 290, 100 }, { 290, 60 } }, 4), ==, 1);
  g_assert_cmpuint (at (annotation, 120, 80), ==, 0);
  g_assert_cmpuint (at (annotation, 80, 80), ==, 1);
}

/* Everything whose colour differs no more than the tolerance from the seed's,
 * and is connected to it through such pixels. */
static void
test_wand (void)
{
  const int width = 90, height = 70;
  g_autofree guint8 *rgba = g_malloc0 (4 * width * height);
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  g_autofree guint32 *before = raster_of (annotation);
  MgStroke stroke = { .tool = MG_TOOL_BRUSH };
  g_autoptr (MgWand) wand = NULL;
  g_autoptr (GError) error = NULL;
  guint32 label;

  /* a bright square with a dark speck, a dimmer one beside it, an island */
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        int grey = 20;

        if (x >= 10 && x < 40 && y >= 10 && y < 50)
          grey = x == 20 && y == 20 ? 20 : 200;
        else if (x >= 40 && x < 60 && y >= 10 && y < 50)
          grey = 160;
        else if (x >= 75 && y >= 10 && y < 30)
          grey = 200;
        memset (rgba + 4 * (y * width + x), grey, 3);
      }
  /* the picture shows the part of the image from (100, 50) on */
  wand = mg_wand_new (rgba, width, height, 25, 30, &(MgRect){ 100, 50, width, height }, NULL, &error);
  g_assert_no_error (error);
  label = mg_annotation_paint_wand (annotation, &stroke, 125, 80, wand, 15);
  g_assert_cmpuint (label, ==, 1);
  g_assert_cmpuint (at (annotation, 115, 65), ==, label);
  g_assert_cmpuint (at (annotation, 120, 70), ==, label); /* the speck */
  g_assert_cmpuint (at (annotation, 145, 80), ==, 0);
  g_assert_cmpuint (at (annotation, 180, 70), ==, 0);
  g_assert_cmpint (mg_annotation_get_area (annotation, label), >=, 28 * 38);
  g_assert_cmpint (mg_annotation_get_area (annotation, label), <=, 30 * 40);
  assert_undoes (annotation, before);
  /* more tolerance takes the neighbour in, never the island */
  g_assert_cmpuint (mg_annotation_paint_wand (annotation, &stroke, 125, 80, wand, 60), ==, label);
  g_assert_cmpuint (at (annotation, 155, 80), ==, label);
  g_assert_cmpuint (at (annotation, 180, 70), ==, 0);
  g_assert_cmpuint (at (annotation, 105, 55), ==, 0);
}

/* A picture of half the size covers every pixel of its part of the image. */
static void
test_wand_scaled (void)
{
  const int side = 20;
  g_autofree guint8 *rgba = g_malloc (4 * side * side);
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgStroke stroke = { .tool = MG_TOOL_BRUSH };
  g_autoptr (MgWand) wand = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  memset (rgba, 77, 4 * side * side);
  wand = mg_wand_new (rgba, side, side, 3, 3, &(MgRect){ 280, 250, 41, 41 }, NULL, &error);
  g_assert_no_error (error);
  mg_annotation_paint_wand (annotation, &stroke, 285, 255, wand, 0);
  g_assert_cmpint (mg_annotation_get_area (annotation, 1), ==, 20 * 21);
  g_cancellable_cancel (cancelled);
  g_assert_null (mg_wand_new (rgba, side, side, 3, 3, &(MgRect){ 0, 0, 20, 20 }, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_fill (void)
{
  /* a frame of 1 across tile borders with a cell inside; a frame of 2 and 3
   * together; a frame open to the image's edge */
  const guint32 labels[] = { 1, 0, 9, 2, 3, 0, 5, 0 };
  const MgRect boxes[] = { { 100, 100, 60, 60 }, { 110, 110, 40, 40 }, { 130, 130, 5, 5 }, { 200, 20, 20, 40 }, { 220, 20, 20, 40 }, { 205, 25, 30, 30 }, { 0, 200, 30, 40 }, { 0, 210, 20, 20 } };
  g_autoptr (MgAnnotation) annotation = with_boxes (labels, boxes, G_N_ELEMENTS (boxes));
  g_autofree guint32 *before = raster_of (annotation);
  guint32 label;

  /* a click on the cell, and one into its hole, come to the same */
  g_assert_cmpuint (mg_annotation_fill_at (annotation, 105, 105), ==, 1);
  g_assert_cmpuint (at (annotation, 115, 115), ==, 1);
  g_assert_cmpuint (at (annotation, 132, 132), ==, 9);
  assert_undoes (annotation, before);
  mg_annotation_undo (annotation);
  /* between its owner and another cell the hole's owner is not clear: a new cell */
  label = mg_annotation_fill_at (annotation, 115, 115);
  g_assert_cmpuint (label, ==, 10);
  g_assert_cmpint (mg_annotation_get_area (annotation, label), ==, 40 * 40 - 25);
  mg_annotation_undo (annotation);
  mg_annotation_delete_many (annotation, (guint32[]){ 9 }, 1);
  g_assert_cmpuint (mg_annotation_fill_at (annotation, 115, 115), ==, 1);
  g_assert_cmpint (mg_annotation_get_area (annotation, 1), ==, 60 * 60);
  /* between two cells: a new one */
  label = mg_annotation_fill_at (annotation, 210, 30);
  g_assert_cmpuint (label, >, 9);
  g_assert_cmpint (mg_annotation_get_area (annotation, label), ==, 30 * 30);
  /* up to the image's edge */
  label = mg_annotation_fill_at (annotation, 5, 220);
  g_assert_cmpint (mg_annotation_get_area (annotation, label), ==, 20 * 20);
  /* open background stays */
  g_assert_cmpuint (mg_annotation_fill_at (annotation, 280, 200), ==, 0);
  g_assert_cmpuint (mg_annotation_fill_at (annotation, -1, 5), ==, 0);
}

/* The region is found however far from the click it ends. */
static void
test_fill_grows (void)
{
  const guint32 labels[] = { 1, 0 };
  const MgRect boxes[] = { { 2, 2, 280, 180 }, { 3, 3, 278, 130 } };
  g_autoptr (MgAnnotation) annotation = with_boxes (labels, boxes, 2);

  g_assert_cmpuint (mg_annotation_fill_at (annotation, 5, 5), ==, 1);
  g_assert_cmpint (mg_annotation_get_area (annotation, 1), ==, 280 * 180);
}

static void
test_merge_and_delete_many (void)
{
  const guint32 labels[] = { 4, 6, 8 };
  const MgRect boxes[] = { { 10, 10, 30, 30 }, { 40, 10, 30, 30 }, { 120, 120, 20, 20 } };
  g_autoptr (MgAnnotation) annotation = with_boxes (labels, boxes, 3);
  g_autofree guint32 *before = raster_of (annotation);

  g_assert_true (mg_annotation_merge (annotation, (guint32[]){ 6, 4 }, 2));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  g_assert_cmpint (mg_annotation_get_area (annotation, 6), ==, 2 * 30 * 30);
  g_assert_cmpint (mg_annotation_get_area (annotation, 4), ==, 0);
  assert_undoes (annotation, before);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpint (mg_annotation_get_area (annotation, 4), ==, 30 * 30);
  g_assert_false (mg_annotation_merge (annotation, (guint32[]){ 6, 99 }, 2));
  g_assert_false (mg_annotation_merge (annotation, (guint32[]){ 6, 6 }, 2));
  g_assert_true (mg_annotation_delete_many (annotation, (guint32[]){ 4, 8, 77 }, 3));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  assert_undoes (annotation, before);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_false (mg_annotation_can_undo (annotation));
  /* a stroke in hand is ended first, as an edit of its own */
  mg_annotation_begin_stroke (annotation, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 4 }, 250, 200);
  g_assert_true (mg_annotation_delete_many (annotation, (guint32[]){ 4 }, 1));
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpuint (at (annotation, 250, 200), !=, 0);
  g_assert_true (mg_annotation_undo (annotation));
  assert_raster (annotation, before);
}

static void
test_cut (void)
{
  const guint32 labels[] = { 4, 6, 7 };
  const MgRect boxes[] = { { 100, 100, 60, 40 }, { 160, 100, 20, 40 }, { 10, 10, 3, 3 } };
  g_autoptr (MgAnnotation) annotation = with_boxes (labels, boxes, 3);
  g_autofree guint32 *before = raster_of (annotation);
  const MgPoint down[] = { { 120.5, 90.5 }, { 120.5, 150.5 } };
  const MgPoint into[] = { { 130.5, 90.5 }, { 130.5, 120.5 } };
  const MgPoint across[] = { { 90.2, 111.3 }, { 140.8, 118.2 }, { 190.1, 121.9 } };
  const MgPoint corner[] = { { 10.5, 9.5 }, { 10.5, 11.5 }, { 13.5, 11.5 } };

  g_assert_cmpuint (mg_annotation_cut (annotation, down, 2), ==, 1);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 4);
  /* the larger part keeps its number, and no pixel is lost */
  g_assert_cmpuint (at (annotation, 150, 120), ==, 4);
  g_assert_cmpuint (at (annotation, 105, 120), ==, 8);
  g_assert_cmpint (mg_annotation_get_area (annotation, 4) + mg_annotation_get_area (annotation, 8), ==, 60 * 40);
  g_assert_cmpint (mg_annotation_get_area (annotation, 8), >=, 20 * 40);
  g_assert_cmpint (mg_annotation_get_area (annotation, 8), <=, 21 * 40);
  assert_undoes (annotation, before);
  g_assert_true (mg_annotation_undo (annotation));
  /* a line that ends inside parts nothing, nor does one beside */
  g_assert_cmpuint (mg_annotation_cut (annotation, into, 2), ==, 0);
  g_assert_cmpuint (mg_annotation_cut (annotation, (MgPoint[]){ { 200, 200 }, { 250, 210 } }, 2), ==, 0);
  g_assert_cmpuint (mg_annotation_cut (annotation, down, 1), ==, 0);
  g_assert_false (mg_annotation_can_undo (annotation));
  /* one line through two cells cuts both, as one edit */
  g_assert_cmpuint (mg_annotation_cut (annotation, across, 3), ==, 2);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 5);
  for (int x = 100; x < 180; x++)
    {
      g_assert_cmpuint (at (annotation, x, 100), !=, at (annotation, x, 139));
      for (int y = 100; y < 140; y++)
        g_assert_cmpuint (at (annotation, x, y), !=, 0);
    }
  assert_undoes (annotation, before);
  g_assert_true (mg_annotation_undo (annotation));
  /* crumbs are no cells */
  g_assert_cmpuint (mg_annotation_cut (annotation, corner, 3), ==, 0);
}

/* A slanted hand-drawn line lets no pixel through between two parts. */
static void
test_cut_any_line (void)
{
  MgRng rng;

  mg_rng_init (&rng, 21, 0);
  for (int round = 0; round < 60; round++)
    {
      const MgRect box = { 60, 60, 150, 140 };
      g_autoptr (MgAnnotation) annotation = with_boxes ((guint32[]){ 1 }, &box, 1);
      MgPoint line[6];
      guint n;

      for (int i = 0; i < 6; i++)
        line[i] = (MgPoint){ 40 + 38 * i, mg_rng_range (&rng, 80, 180) };
      n = mg_annotation_cut (annotation, line, 6);
      g_assert_cmpuint (n, >=, 1);
      g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1 + n);
      for (int x = box.x; x < box.x + box.width; x++)
        {
          g_assert_cmpuint (at (annotation, x, box.y), ==, at (annotation, box.x, box.y));
          g_assert_cmpuint (at (annotation, x, 199), ==, at (annotation, box.x, 199));
        }
      g_assert_cmpuint (at (annotation, 100, 60), !=, at (annotation, 100, 199));
    }
}

static void
test_find_in_rect (void)
{
  const guint32 labels[] = { 4, 0, 6, 8 };
  const MgRect boxes[] = { { 10, 10, 60, 60 }, { 20, 20, 50, 50 }, { 100, 10, 30, 30 }, { 140, 140, 20, 20 } };
  g_autoptr (MgAnnotation) annotation = with_boxes (labels, boxes, 4);
  g_autoptr (GArray) found = mg_annotation_find_in_rect (annotation, &(MgRect){ 30, 30, 80, 80 });
  g_autoptr (GArray) all = mg_annotation_find_in_rect (annotation, &(MgRect){ -50, -50, 1000, 1000 });
  g_autoptr (GArray) none = mg_annotation_find_in_rect (annotation, &(MgRect){ 200, 200, 5, 5 });
  MgRect box;

  /* the box of 4, an angle of 10 px, lies in it, but no pixel of it */
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (g_array_index (found, guint32, 0), ==, 6);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_cmpuint (none->len, ==, 0);
  /* a box follows what is erased */
  mg_annotation_begin_stroke (annotation, &(MgStroke){ .tool = MG_TOOL_ERASER, .radius = 10 }, 141, 150);
  mg_annotation_end_stroke (annotation);
  g_assert_true (mg_annotation_get_box (annotation, 8, &box));
  g_assert_cmpint (box.x + box.width, ==, 160);
  g_assert_cmpint (box.y, ==, 140);
  g_assert_false (mg_annotation_get_box (annotation, 99, &box));
}

/* Ignored pixels are no instance, leave cells alone, and are painted over by
 * cells; labels for files do not hold them. */
static void
test_ignored (void)
{
  const MgRect box = { 100, 100, 40, 40 };
  g_autoptr (MgAnnotation) annotation = with_boxes ((guint32[]){ 3 }, &box, 1);
  MgMask *mask = mg_annotation_get_mask (annotation);
  g_autofree guint32 *before = raster_of (annotation);
  MgStroke ignore = { .tool = MG_TOOL_IGNORE, .radius = 15 };
  MgStroke brush = { .tool = MG_TOOL_BRUSH, .radius = 5 };
  MgStroke eraser = { .tool = MG_TOOL_ERASER, .radius = 60 };
  g_autoptr (MgLabels) labels = NULL, taught = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) found = NULL;

  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &ignore, 145, 120), ==, MG_LABEL_IGNORED);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpuint (at (annotation, 150, 120), ==, MG_LABEL_IGNORED);
  g_assert_cmpuint (at (annotation, 135, 120), ==, 3);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  assert_undoes (annotation, before);
  found = mg_annotation_find_in_rect (annotation, &(MgRect){ 141, 100, 50, 50 });
  g_assert_cmpuint (found->len, ==, 0);
  labels = mg_mask_to_labels (mask, &error);
  taught = mg_mask_to_training_labels (mask, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mg_labels_get_data (labels)[120 * W + 150], ==, 0);
  g_assert_cmpuint (mg_labels_get_data (taught)[120 * W + 150], ==, MG_LABEL_IGNORED);
  g_assert_cmpuint (mg_labels_get_max (labels), ==, 3);
  g_assert_cmpuint (mg_labels_get_max (taught), ==, MG_LABEL_IGNORED);
  /* numbers go on after the highest instance */
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 152, 120), ==, 4);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpuint (at (annotation, 152, 120), ==, 4);
  /* the eraser that begins on ignored pixels takes only those */
  mg_annotation_begin_stroke (annotation, &eraser, 144, 110);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpint (mg_annotation_get_area (annotation, MG_LABEL_IGNORED), ==, 0);
  g_assert_cmpint (mg_annotation_get_area (annotation, 3), ==, 40 * 40);
  g_assert_cmpint (mg_annotation_get_area (annotation, 4), >, 0);
}

/* A closed outline of the ignore tool fills itself, also far from others. */
static void
test_ignored_outline (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgStroke ignore = { .tool = MG_TOOL_IGNORE, .radius = 2, .fill_closed = TRUE };

  for (int k = 0; k < 2; k++)
    {
      double x = 60 + 160 * k, y = 60 + 120 * k;

      mg_annotation_begin_stroke (annotation, &ignore, x + 30, y);
      for (int i = 1; i <= 40; i++)
        mg_annotation_stroke_to (annotation, x + 30 * cos (i * G_PI / 20), y + 30 * sin (i * G_PI / 20), 2);
      mg_annotation_end_stroke (annotation);
      g_assert_cmpuint (at (annotation, (int) x, (int) y), ==, MG_LABEL_IGNORED);
    }
  g_assert_cmpuint (at (annotation, 140, 120), ==, 0);
}

static void
test_regions (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  const MgTrainingRegion *regions;
  guint n;

  g_assert_true (mg_annotation_add_training_region (annotation, &(MgTrainingRegion){ { 10, 20, 100, 50 }, MG_EVERY_PLANE }));
  g_assert_true (mg_annotation_add_training_region (annotation, &(MgTrainingRegion){ { 250, 200, 100, 100 }, MG_EVERY_PLANE }));
  g_assert_false (mg_annotation_add_training_region (annotation, &(MgTrainingRegion){ { W, 0, 10, 10 }, MG_EVERY_PLANE }));
  regions = mg_annotation_get_training_regions (annotation, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (regions[1].rect.width, ==, W - 250);
  g_assert_true (mg_annotation_get_modified (annotation));
  g_assert_true (mg_annotation_delete_training_region (annotation, 0));
  g_assert_false (mg_annotation_delete_training_region (annotation, 1));
  g_assert_true (mg_annotation_undo (annotation));
  regions = mg_annotation_get_training_regions (annotation, &n);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpint (regions[0].rect.x, ==, 10);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_true (mg_annotation_undo (annotation));
  mg_annotation_get_training_regions (annotation, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (mg_annotation_undo (annotation));
  g_assert_true (mg_annotation_redo (annotation));
  g_assert_true (mg_annotation_redo (annotation));
  g_assert_true (mg_annotation_redo (annotation));
  regions = mg_annotation_get_training_regions (annotation, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (regions[0].rect.x, ==, 250);
}

/* A change of place is one edit, and none where nothing changes. */
static void
test_change_region (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new_take_stack (mg_mask_stack_new (W, H, 3, 1));
  const MgTrainingRegion *regions;
  guint n;

  mg_annotation_set_plane (annotation, 1);
  g_assert_true (mg_annotation_add_training_region (annotation, &(MgTrainingRegion){ { 10, 20, 100, 50 }, 1 }));
  g_assert_true (mg_annotation_change_training_region (annotation, 0, &(MgTrainingRegion){ { -5, 25, 60, 50 }, 1 }));
  regions = mg_annotation_get_training_regions (annotation, &n);
  g_assert_cmpint (regions[0].rect.x, ==, 0);
  g_assert_cmpint (regions[0].rect.width, ==, 55);
  g_assert_false (mg_annotation_change_training_region (annotation, 0, &(MgTrainingRegion){ { 0, 25, 55, 50 }, 1 }));
  g_assert_false (mg_annotation_change_training_region (annotation, 0, &(MgTrainingRegion){ { W, 25, 55, 50 }, 1 }));
  g_assert_false (mg_annotation_change_training_region (annotation, 0, &(MgTrainingRegion){ { 0, 25, 55, 50 }, 3 }));
  g_assert_false (mg_annotation_change_training_region (annotation, 1, &(MgTrainingRegion){ { 0, 0, 9, 9 }, 1 }));
  g_assert_true (mg_annotation_change_training_region (annotation, 0, &(MgTrainingRegion){ { 0, 25, 55, 50 }, MG_EVERY_PLANE }));
  mg_annotation_set_plane (annotation, 2);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpint (mg_annotation_get_training_regions (annotation, &n)->plane, ==, 1);
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 1);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpint (mg_annotation_get_training_regions (annotation, &n)->rect.x, ==, 10);
  g_assert_true (mg_annotation_undo (annotation));
  mg_annotation_get_training_regions (annotation, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (mg_annotation_undo (annotation));
}

static void
test_accept_some (void)
{
  guint32 *data = g_new0 (guint32, W * H);
  g_autoptr (MgLabels) source = mg_labels_new_take (W, H, data, g_free);
  const MgRect box = { 5, 5, 10, 10 };
  g_autoptr (MgAnnotation) annotation = with_boxes ((guint32[]){ 7 }, &box, 1);
  g_autofree guint32 *before = raster_of (annotation);
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) added = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (int y = 0; y < 60; y++)
    for (int x = 0; x < 200; x++)
      data[y * W + x] = x % 50 < 40 && y < 40 ? 1 + x / 50 : 0;
  g_hash_table_add (wanted, GUINT_TO_POINTER (2));
  g_hash_table_add (wanted, GUINT_TO_POINTER (4));
  g_assert_cmpuint (mg_annotation_add_some (annotation, source, wanted, &(MgRect){ 50, 0, 140, 40 }, added), ==, 2);
  g_assert_cmpuint (added->len, ==, 2);
  g_assert_cmpuint (at (annotation, 60, 10), ==, g_array_index (added, guint32, 0));
  g_assert_cmpuint (at (annotation, 160, 10), ==, g_array_index (added, guint32, 1));
  g_assert_cmpuint (at (annotation, 20, 20), ==, 0);
  g_assert_cmpuint (at (annotation, 110, 10), ==, 0);
  assert_undoes (annotation, before);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/fast-stroke-is-round", test_fast_stroke_is_round);
  g_test_add_func ("/tools/corners-stay", test_corners_stay);
  g_test_add_func ("/tools/polygon", test_polygon);
  g_test_add_func ("/tools/wand", test_wand);
  g_test_add_func ("/tools/wand-scaled", test_wand_scaled);
  g_test_add_func ("/tools/fill", test_fill);
  g_test_add_func ("/tools/fill-grows", test_fill_grows);
  g_test_add_func ("/tools/merge-and-delete-many", test_merge_and_delete_many);
  g_test_add_func ("/tools/cut", test_cut);
  g_test_add_func ("/tools/cut-any-line", test_cut_any_line);
  g_test_add_func ("/tools/find-in-rect", test_find_in_rect);
  g_test_add_func ("/tools/ignored", test_ignored);
  g_test_add_func ("/tools/ignored-outline", test_ignored_outline);
  g_test_add_func ("/tools/regions", test_regions);
  g_test_add_func ("/tools/change-region", test_change_region);
  g_test_add_func ("/tools/accept-some", test_accept_some);
  return g_test_run ();
}
