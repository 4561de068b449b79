#include "annotate/annotation.h"
#include "base/rng.h"

#include <math.h>
#include <string.h>

#define W 300
#define H 271

static MgLabels *
labels_of (const guint32 *data, int width, int height)
{
  return mg_labels_new_take (width, height, g_memdup2 (data, sizeof *data * width * height), g_free);
}

static guint32 *
raster_of (MgMask *mask)
{
  MgRect whole = { 0, 0, mg_mask_get_width (mask), mg_mask_get_height (mask) };
  guint32 *raster = g_new (guint32, (gsize) whole.width * whole.height);

  mg_mask_read (mask, &whole, raster, whole.width * sizeof *raster);
  return raster;
}

static guint
count_labels (const guint32 *raster, gsize n)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < n; i++)
    if (raster[i] != 0 && raster[i] != MG_LABEL_IGNORED)
      g_hash_table_add (seen, GUINT_TO_POINTER (raster[i]));
  return g_hash_table_size (seen);
}

static void
assert_same (MgMask *mask, const guint32 *expected)
{
  g_autofree guint32 *raster = raster_of (mask);

  g_assert_cmpmem (raster, sizeof *raster * W * H, expected, sizeof *raster * W * H);
}

static gboolean
in_capsule (double x, double y, double ax, double ay, double bx, double by, double r)
{
  double dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
  double t = square == 0 ? 0 : CLAMP (((x - ax) * dx + (y - ay) * dy) / square, 0, 1);

  return hypot (x - ax - t * dx, y - ay - t * dy) <= r;
}

/* The stroke covers exactly the pixels whose centres are within its radius of
 * its line, whatever tiles and image edges it crosses. */
static void
test_stroke_covers_capsule (void)
{
  MgRng rng;

  mg_rng_init (&rng, 3, 0);
  for (int round = 0; round < 40; round++)
    {
      g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
      double x0 = mg_rng_range (&rng, -20, W + 20), y0 = mg_rng_range (&rng, -20, H + 20);
      double x1 = mg_rng_range (&rng, -20, W + 20), y1 = mg_rng_range (&rng, -20, H + 20);
      MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = mg_rng_range (&rng, 1, 40) };

      mg_annotation_begin_stroke (annotation, &stroke, x0, y0);
      mg_annotation_stroke_to (annotation, x1, y1, stroke.radius);
      mg_annotation_end_stroke (annotation);
      for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
          {
            double px = x + 0.5, py = y + 0.5;
            gboolean painted = mg_mask_get (mg_annotation_get_mask (annotation), x, y) != 0;

            if (in_capsule (px, py, x0, y0, x1, y1, stroke.radius - 1e-6))
              g_assert_true (painted);
            if (!in_capsule (px, py, x0, y0, x1, y1, stroke.radius + 1e-6))
              g_assert_false (painted);
          }
    }
}

static void
test_pencil_is_connected (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = 0.5 };
  guint32 label = mg_annotation_begin_stroke (annotation, &stroke, 10.5, 10.5);

  mg_annotation_stroke_to (annotation, 110.5, 43.5, 0.5);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpint (mg_annotation_get_area (annotation, label), ==, 101);
  for (int x = 10; x <= 110; x++)
    {
      int n = 0;

      for (int y = 0; y < H; y++)
        n += mg_mask_get (mg_annotation_get_mask (annotation), x, y) == label;
      g_assert_cmpint (n, ==, 1);
    }
}

static void
draw_ring (MgAnnotation *annotation, const MgStroke *stroke, double cx, double cy, double r, double turn)
{
  mg_annotation_begin_stroke (annotation, stroke, cx + r, cy);
  for (int i = 1; i <= 60; i++)
    mg_annotation_stroke_to (annotation, cx + r * cos (turn * i / 60), cy + r * sin (turn * i / 60), stroke->radius);
  mg_annotation_end_stroke (annotation);
}

static void
test_closed_outline_fills (void)
{
  MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = 2, .fill_closed = TRUE };
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgMask *mask = mg_annotation_get_mask (annotation);

  /* nearly closed: the gap is bridged */
  draw_ring (annotation, &stroke, 130, 130, 60, 2 * G_PI - 0.1);
  g_assert_cmpuint (mg_mask_get (mask, 130, 130), ==, 1);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      {
        double r = hypot (x + 0.5 - 130, y + 0.5 - 130);

        if (r < 59.5)
          g_assert_cmpuint (mg_mask_get (mask, x, y), ==, 1);
        if (r > 62)
          g_assert_cmpuint (mg_mask_get (mask, x, y), ==, 0);
      }
  /* half a ring stays open */
  draw_ring (annotation, &stroke, 240, 60, 30, G_PI);
  g_assert_cmpuint (mg_mask_get (mask, 240, 65), ==, 0);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  /* one entry each */
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_false (mg_annotation_undo (annotation));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  /* switched off */
  stroke.fill_closed = FALSE;
  draw_ring (annotation, &stroke, 130, 130, 60, 2 * G_PI);
  g_assert_cmpuint (mg_mask_get (mask, 130, 130), ==, 0);
}

/* A stroke that closes a bay of the cell fills it, leaves holes that were
 * there before, and leaves other cells inside the outline. */
static void
test_fill_only_what_is_new (void)
{
  MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = 2 };
  MgStroke eraser = { .tool = MG_TOOL_ERASER, .radius = 3 };
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgMask *mask = mg_annotation_get_mask (annotation);

  stroke.radius = 12;
  mg_annotation_begin_stroke (annotation, &stroke, 60, 60);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &eraser, 60, 60), ==, 1);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpuint (mg_mask_get (mask, 60, 60), ==, 0);
  stroke.radius = 3;
  mg_annotation_begin_stroke (annotation, &stroke, 80, 90); /* another cell, soon inside */
  mg_annotation_end_stroke (annotation);
  stroke.radius = 2;
  stroke.fill_closed = TRUE;
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &stroke, 55, 68), ==, 1);
  mg_annotation_stroke_to (annotation, 60, 110, 2);
  mg_annotation_stroke_to (annotation, 100, 110, 2);
  mg_annotation_stroke_to (annotation, 100, 60, 2);
  mg_annotation_stroke_to (annotation, 68, 60, 2);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpuint (mg_mask_get (mask, 90, 80), ==, 1);
  g_assert_cmpuint (mg_mask_get (mask, 80, 90), ==, 2);
  g_assert_cmpuint (mg_mask_get (mask, 60, 60), ==, 0);
  g_assert_true (mg_annotation_fill_holes (annotation, 1));
  g_assert_cmpuint (mg_mask_get (mask, 60, 60), ==, 1);
  g_assert_cmpuint (mg_mask_get (mask, 80, 90), ==, 2);
  g_assert_false (mg_annotation_fill_holes (annotation, 1));
}

static void
test_protection_and_eraser (void)
{
  MgStroke brush = { .tool = MG_TOOL_BRUSH, .radius = 10 };
  MgStroke eraser = { .tool = MG_TOOL_ERASER, .radius = 10 };
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  gint64 area_1, area_2;

  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 50, 50), ==, 1);
  mg_annotation_end_stroke (annotation);
  area_1 = mg_annotation_get_area (annotation, 1);
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 65, 50), ==, 2);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpint (mg_annotation_get_area (annotation, 1), ==, area_1);
  area_2 = mg_annotation_get_area (annotation, 2);
  g_assert_cmpint (area_2, <, area_1);
  /* beginning inside extends */
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 50, 50), ==, 1);
  mg_annotation_stroke_to (annotation, 65, 50, 10);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpint (mg_annotation_get_area (annotation, 2), ==, area_2);
  /* the eraser takes only what is under its start */
  area_1 = mg_annotation_get_area (annotation, 1);
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &eraser, 72, 50), ==, 2);
  mg_annotation_stroke_to (annotation, 50, 50, 10);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpint (mg_annotation_get_area (annotation, 1), ==, area_1);
  g_assert_cmpint (mg_annotation_get_area (annotation, 2), <, area_2);
  /* from background nothing, and no entry */
  mg_annotation_set_saved_state (annotation, mg_annotation_get_state (annotation));
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &eraser, 200, 200), ==, 0);
  mg_annotation_stroke_to (annotation, 50, 50, 10);
  mg_annotation_end_stroke (annotation);
  g_assert_false (mg_annotation_get_modified (annotation));
  /* unless any may be erased */
  eraser.erase_any = TRUE;
  mg_annotation_begin_stroke (annotation, &eraser, 20, 50);
  mg_annotation_stroke_to (annotation, 90, 50, 12);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  /* and ids are not given twice */
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 50, 50), ==, 3);
  /* overwriting */
  mg_annotation_end_stroke (annotation);
  brush.overwrite = TRUE;
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 80, 50), ==, 4);
  mg_annotation_stroke_to (annotation, 50, 50, 12);
  mg_annotation_end_stroke (annotation);
  g_assert_cmpint (mg_annotation_get_area (annotation, 3), ==, 0);
}

static void
test_cancel_restores (void)
{
  MgStroke brush = { .tool = MG_TOOL_BRUSH, .radius = 9 };
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  g_autofree guint32 *before = NULL;

  mg_annotation_begin_stroke (annotation, &brush, 120, 120);
  mg_annotation_end_stroke (annotation);
  before = raster_of (mg_annotation_get_mask (annotation));
  brush.overwrite = TRUE;
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 200, 200), ==, 2);
  mg_annotation_stroke_to (annotation, 100, 100, 30);
  mg_annotation_cancel_stroke (annotation);
  assert_same (mg_annotation_get_mask (annotation), before);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_cmpuint (mg_annotation_begin_stroke (annotation, &brush, 200, 200), ==, 2);
}

typedef struct
{
  MgAnnotation *annotation; /* borrowed */
  guint32 *seen;            /* what a viewer that repaints only damage shows */
  guint n_changed;
} Viewer;

static void
on_damaged (MgAnnotation *annotation, const MgRect *rect, Viewer *viewer)
{
  g_assert_cmpint (rect->x, >=, 0);
  g_assert_cmpint (rect->y, >=, 0);
  g_assert_cmpint (rect->x + rect->width, <=, W);
  g_assert_cmpint (rect->y + rect->height, <=, H);
  mg_mask_read (mg_annotation_get_mask (annotation), rect, viewer->seen + rect->y * W + rect->x, W * 4);
}

static void
on_changed (MgAnnotation *annotation, Viewer *viewer)
{
  viewer->n_changed++;
}

static MgLabels *
random_labels (MgRng *rng)
{
  g_autofree guint32 *data = g_new0 (guint32, W * H);

  for (guint32 label = 1; label < 12; label++)
    {
      int x0 = (int) mg_rng_below (rng, W - 30), y0 = (int) mg_rng_below (rng, H - 30);

      for (int y = y0; y < y0 + 25; y++)
        for (int x = x0; x < x0 + 28; x++)
          data[y * W + x] = label * 7;
    }
  return labels_of (data, W, H);
}

static void
random_stroke (MgAnnotation *annotation, MgRng *rng)
{
  MgStroke stroke = {
    .tool = (MgTool[]){ MG_TOOL_BRUSH, MG_TOOL_BRUSH, MG_TOOL_BRUSH, MG_TOOL_ERASER, MG_TOOL_ERASER, MG_TOOL_IGNORE }[mg_rng_below (rng, 6)],
    .radius = mg_rng_range (rng, 0.5, 25),
    .erase_any = mg_rng_below (rng, 2) != 0,
    .overwrite = mg_rng_below (rng, 2) != 0,
    .fill_closed = mg_rng_below (rng, 2) != 0,
    .smooth = mg_rng_below (rng, 2) != 0,
  };

  mg_annotation_begin_stroke (annotation, &stroke, mg_rng_range (rng, -10, W + 10), mg_rng_range (rng, -10, H + 10));
  for (guint i = mg_rng_below (rng, 6); i > 0; i--)
    mg_annotation_stroke_to (annotation, mg_rng_range (rng, -10, W + 10), mg_rng_range (rng, -10, H + 10),
                             mg_rng_range (rng, 0.5, 25));
  if (mg_rng_below (rng, 8) == 0)
    mg_annotation_cancel_stroke (annotation);
  else
    mg_annotation_end_stroke (annotation);
}

static void
random_shape (MgAnnotation *annotation, MgRng *rng)
{
  MgStroke stroke = { .tool = mg_rng_below (rng, 3), .overwrite = mg_rng_below (rng, 2) != 0 };
  MgPoint points[5];

  for (int i = 0; i < 5; i++)
    points[i] = (MgPoint){ mg_rng_range (rng, -10, W + 10), mg_rng_range (rng, -10, H + 10) };
  if (mg_rng_below (rng, 2) == 0)
    mg_annotation_paint_polygon (annotation, &stroke, points, 5);
  else
    mg_annotation_cut (annotation, points, 5);
}

static void
random_edit (MgAnnotation *annotation, MgRng *rng)
{
  g_autoptr (MgLabels) labels = NULL;

  switch (mg_rng_below (rng, 16))
    {
    case 0:
      mg_annotation_delete_many (annotation, (guint32[]){ 1 + mg_rng_below (rng, 20) }, 1);
      break;
    case 1:
      if (mg_rng_below (rng, 4) == 0)
        mg_annotation_clear (annotation);
      break;
    case 2:
      labels = random_labels (rng);
      mg_annotation_add_region (annotation, labels, 7 * (1 + mg_rng_below (rng, 12)), NULL);
      break;
    case 3:
      labels = random_labels (rng);
      mg_annotation_add_some (annotation, labels, NULL, &(MgRect){ 0, 0, W, H }, NULL);
      break;
    case 4:
      mg_annotation_fill_holes (annotation, 1 + mg_rng_below (rng, 20));
      break;
    case 5:
      mg_annotation_merge (annotation, (guint32[]){ 1 + mg_rng_below (rng, 20), 1 + mg_rng_below (rng, 20), 1 + mg_rng_below (rng, 20) }, 3);
      break;
    case 6:
      mg_annotation_fill_at (annotation, (int) mg_rng_below (rng, W), (int) mg_rng_below (rng, H));
      break;
    case 7:
      mg_annotation_add_training_region (annotation, &(MgTrainingRegion){ { (int) mg_rng_below (rng, W), 5, 20, 30 }, MG_EVERY_PLANE });
      break;
    case 8:
    case 9:
      random_shape (annotation, rng);
      break;
    default:
      random_stroke (annotation, rng);
    }
}

/* A random walk of edits, undos and redos: the mask is always the raster kept
 * for that point of the history, the counts are those of the raster, what a
 * viewer that follows the damage shows is the mask, and snapshots stand still. */
static void
test_random_walk (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgMask *mask = mg_annotation_get_mask (annotation);
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MgMask) snapshot = mg_mask_snapshot (mask);
  g_autofree guint32 *snapshot_raster = raster_of (mask);
  Viewer viewer = { annotation, raster_of (mask), 0 };
  guint at = 0;
  MgRng rng;

  mg_rng_init (&rng, 11, 0);
  g_signal_connect (annotation, "damaged", G_CALLBACK (on_damaged), &viewer);
  g_signal_connect (annotation, "changed", G_CALLBACK (on_changed), &viewer);
  g_ptr_array_add (history, raster_of (mask));
  for (int round = 0; round < 900; round++)
    {
      guint what = mg_rng_below (&rng, 10), before = viewer.n_changed;

      if (what < 3)
        {
          g_assert_cmpint (mg_annotation_undo (annotation), ==, at > 0);
          at -= at > 0;
        }
      else if (what < 5)
        {
          g_assert_cmpint (mg_annotation_redo (annotation), ==, at + 1 < history->len);
          at += at + 1 < history->len;
        }
      else
        {
          random_edit (annotation, &rng);
          if (viewer.n_changed > before)
            {
              g_ptr_array_set_size (history, at + 1);
              g_ptr_array_add (history, raster_of (mask));
              at++;
            }
        }
      assert_same (mask, history->pdata[at]);
      assert_same (mask, viewer.seen);
      g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, count_labels (viewer.seen, W * H));
      g_assert_cmpint (mg_annotation_can_undo (annotation), ==, at > 0);
      g_assert_cmpint (mg_annotation_get_modified (annotation), ==, at > 0);
      assert_same (snapshot, snapshot_raster);
      if (round % 25 == 0)
        {
          g_clear_pointer (&snapshot, mg_mask_free);
          g_free (snapshot_raster);
          snapshot = mg_mask_snapshot (mask);
          snapshot_raster = raster_of (mask);
        }
    }
  g_assert_cmpuint (viewer.n_changed, >, 100);
  g_free (viewer.seen);
}

static gpointer
read_snapshot (gpointer data)
{
  MgMask *snapshot = data;
  guint32 *first = raster_of (snapshot);

  for (int i = 0; i < 50; i++)
    {
      g_autofree guint32 *again = raster_of (snapshot);

      g_assert_cmpmem (again, sizeof *again * W * H, first, sizeof *first * W * H);
    }
  g_free (first);
  mg_mask_free (snapshot);
  return NULL;
}

static void
test_snapshot_in_thread (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgRng rng;

  mg_rng_init (&rng, 5, 0);
  for (int i = 0; i < 5; i++)
    {
      GThread *reader;

      random_stroke (annotation, &rng);
      reader = g_thread_new ("reader", read_snapshot, mg_mask_snapshot (mg_annotation_get_mask (annotation)));
      for (int j = 0; j < 20; j++)
        random_stroke (annotation, &rng);
      g_thread_join (reader);
    }
}

static void
test_accept (void)
{
  g_autofree guint32 *data = g_new0 (guint32, W * H);
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgStroke brush = { .tool = MG_TOOL_BRUSH, .radius = 10 };
  g_autoptr (MgLabels) labels = NULL;
  gint64 drawn;

  for (int y = 40; y < 60; y++)
    for (int x = 0; x < W; x++)
      data[y * W + x] = x < 40 ? 0 : x < 60  ? 5
                                   : x < 100 ? 9
                                   : x < 120 ? 3
                                             : 0;
  labels = labels_of (data, W, H);
  mg_annotation_begin_stroke (annotation, &brush, 50, 50); /* most of 5 */
  mg_annotation_end_stroke (annotation);
  drawn = mg_annotation_get_area (annotation, 1);
  g_assert_cmpuint (mg_annotation_add_some (annotation, labels, NULL, &(MgRect){ 0, 0, W, H }, NULL), ==, 2);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 3);
  g_assert_cmpint (mg_annotation_get_area (annotation, 1), ==, drawn);
  g_assert_cmpint (mg_annotation_get_area (annotation, 2), ==, 400); /* 3 */
  g_assert_cmpint (mg_annotation_get_area (annotation, 3), ==, 800); /* 9 */
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_cmpuint (mg_annotation_add_region (annotation, labels, 5, &(MgRect){ 40, 40, 20, 20 }), ==, 4);
  g_assert_cmpint (mg_annotation_get_area (annotation, 4), ==, 400 - drawn);
  g_assert_cmpuint (mg_annotation_add_region (annotation, labels, 5, NULL), ==, 0);
  mg_annotation_clear (annotation);
  g_assert_cmpuint (mg_annotation_add_some (annotation, labels, NULL, &(MgRect){ 0, 0, W, H }, NULL), ==, 3);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 3);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
}

static void
test_labels_round_trip (void)
{
  g_autoptr (GError) error = NULL;
  MgRng rng;
  g_autoptr (MgLabels) labels = NULL;
  g_autoptr (MgLabels) back = NULL;
  g_autoptr (MgMask) mask = NULL;
  guint32 part[4 * 4];

  mg_rng_init (&rng, 2, 0);
  labels = random_labels (&rng);
  mask = mg_mask_new_from_labels (labels, &error);
  g_assert_no_error (error);
  back = mg_mask_to_labels (mask, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (mg_labels_get_data (back), W * H * 4, mg_labels_get_data (labels), W * H * 4);
  /* outside is background */
  memset (part, 0xff, sizeof part);
  mg_mask_read (mask, &(MgRect){ W - 2, H - 2, 4, 4 }, part, 16);
  for (int i = 0; i < 16; i++)
    g_assert_cmpuint (part[i], ==, i % 4 < 2 && i / 4 < 2 ? mg_mask_get (mask, W - 2 + i % 4, H - 2 + i / 4) : 0);
}

static void
test_saved_state (void)
{
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (W, H);
  MgStroke brush = { .tool = MG_TOOL_BRUSH, .radius = 4 };
  guint64 state;

  mg_annotation_begin_stroke (annotation, &brush, 10, 10);
  mg_annotation_end_stroke (annotation);
  state = mg_annotation_get_state (annotation);
  mg_annotation_begin_stroke (annotation, &brush, 60, 10);
  mg_annotation_end_stroke (annotation);
  mg_annotation_set_saved_state (annotation, state);
  g_assert_true (mg_annotation_get_modified (annotation));
  mg_annotation_undo (annotation);
  g_assert_false (mg_annotation_get_modified (annotation));
  mg_annotation_redo (annotation);
  mg_annotation_set_saved_state (annotation, mg_annotation_get_state (annotation));
  g_assert_false (mg_annotation_get_modified (annotation));
  mg_annotation_undo (annotation);
  mg_annotation_begin_stroke (annotation, &brush, 60, 10);
  mg_annotation_end_stroke (annotation);
  g_assert_true (mg_annotation_get_modified (annotation));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/annotate/stroke/covers-capsule", test_stroke_covers_capsule);
  g_test_add_func ("/annotate/stroke/pencil-is-connected", test_pencil_is_connected);
  g_test_add_func ("/annotate/stroke/closed-outline-fills", test_closed_outline_fills);
  g_test_add_func ("/annotate/stroke/fill-only-what-is-new", test_fill_only_what_is_new);
  g_test_add_func ("/annotate/stroke/protection-and-eraser", test_protection_and_eraser);
  g_test_add_func ("/annotate/stroke/cancel-restores", test_cancel_restores);
  g_test_add_func ("/annotate/undo/random-walk", test_random_walk);
  g_test_add_func ("/annotate/undo/saved-state", test_saved_state);
  g_test_add_func ("/annotate/mask/snapshot-in-thread", test_snapshot_in_thread);
  g_test_add_func ("/annotate/mask/labels-round-trip", test_labels_round_trip);
  g_test_add_func ("/annotate/accept", test_accept);
  return g_test_run ();
}
