/* An annotation of several slices and time points. */
#include <math.h>

#include "annotate/addition.h"
#include "annotate/annotation-planes.h"
#include "annotate/interpolate.h"

#define W   160
#define H   120
#define N_Z 5
#define N_T 2

static MgAnnotation *
make (void)
{
  return mg_annotation_new_take_stack (mg_mask_stack_new (W, H, N_Z, N_T));
}

static guint32
dab (MgAnnotation *annotation,
     int plane,
     double x,
     double y,
     double radius,
     guint32 go_on)
{
  const MgStroke stroke = { MG_TOOL_BRUSH, radius, .go_on = go_on };
  guint32 label;

  mg_annotation_set_plane (annotation, plane);
  label = mg_annotation_begin_stroke (annotation, &stroke, x, y);
  mg_annotation_end_stroke (annotation);
  return label;
}

static guint32
get (MgAnnotation *annotation,
     int plane,
     int x,
     int y)
{
  g_autoptr (MgMaskStack) stack = mg_annotation_snapshot (annotation);
  MgMask *mask = mg_mask_stack_get (stack, plane);

  return mask != NULL ? mg_mask_get (mask, x, y) : 0;
}

static void
test_paint (void)
{
  g_autoptr (MgAnnotation) annotation = make ();
  guint32 a = dab (annotation, 1, 30, 30, 10, 0), b = dab (annotation, 3, 30, 30, 10, 0);

  /* each plane its own pixels, all planes one set of numbers */
  g_assert_cmpuint (a, !=, b);
  g_assert_cmpuint (get (annotation, 1, 30, 30), ==, a);
  g_assert_cmpuint (get (annotation, 3, 30, 30), ==, b);
  g_assert_cmpuint (get (annotation, 2, 30, 30), ==, 0);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  /* an instance goes on in another plane, once; then it is there */
  g_assert_cmpuint (dab (annotation, 2, 40, 40, 8, a), ==, a);
  g_assert_cmpuint (dab (annotation, 2, 90, 40, 8, a), !=, a);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 3);
  /* a number nobody has is no instance to go on with */
  g_assert_cmpuint (dab (annotation, 4, 30, 30, 5, 999), !=, 999);
}

static void
test_undo (void)
{
  g_autoptr (MgAnnotation) annotation = make ();
  guint32 a = dab (annotation, 1, 30, 30, 10, 0);

  dab (annotation, 3, 30, 30, 10, 0);
  mg_annotation_set_plane (annotation, 0);
  g_assert_true (mg_annotation_undo (annotation));
  /* what is undone comes into view */
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 3);
  g_assert_cmpuint (get (annotation, 3, 30, 30), ==, 0);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 1);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  g_assert_false (mg_annotation_undo (annotation));
  g_assert_true (mg_annotation_redo (annotation));
  g_assert_cmpuint (get (annotation, 1, 30, 30), ==, a);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
}

static void
test_copy (void)
{
  g_autoptr (MgAnnotation) annotation = make ();
  guint32 a = dab (annotation, 1, 30, 30, 10, 0), b = dab (annotation, 1, 80, 30, 10, 0);
  guint32 c = dab (annotation, 2, 80, 35, 10, 0);

  g_assert_true (mg_annotation_copy_plane (annotation, 1, 2, 0));
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 2);
  g_assert_cmpuint (get (annotation, 2, 30, 30), ==, a);
  g_assert_cmpuint (get (annotation, 2, 80, 35), ==, c); /* protected */
  g_assert_cmpuint (get (annotation, 2, 80, 21), ==, b);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 3);
  g_assert_true (mg_annotation_copy_plane (annotation, 2, 3, c));
  g_assert_cmpuint (get (annotation, 3, 30, 30), ==, 0);
  g_assert_cmpuint (get (annotation, 3, 80, 35), ==, c);
  g_assert_false (mg_annotation_copy_plane (annotation, 4, 0, 0)); /* nothing there */
}

static gint64
area_in (MgMaskStack *stack,
         int plane,
         guint32 label,
         double *x,
         double *y)
{
  MgMask *mask = mg_mask_stack_get (stack, plane);
  gint64 n = 0;

  *x = *y = 0;
  for (int i = 0; mask != NULL && i < H; i++)
    for (int k = 0; k < W; k++)
      if (mg_mask_get (mask, k, i) == label)
        {
          *x += k;
          *y += i;
          n++;
        }
  *x /= (double) MAX (n, 1);
  *y /= (double) MAX (n, 1);
  return n;
}

/* Between two discs are discs in between, of their number, where they would be
 * on the way; other time points and slices outside have none. */
static void
test_interpolate (void)
{
  g_autoptr (MgAnnotation) annotation = make ();
  g_autoptr (MgMaskStack) before = NULL;
  g_autoptr (MgMaskStack) added = NULL;
  g_autoptr (MgMaskStack) after = NULL;
  g_autoptr (GError) error = NULL;
  guint32 a = dab (annotation, 0, 40, 40, 20, 0), other;
  double x, y;
  guint n;

  dab (annotation, 4, 100, 72, 10, a); /* far enough to share no pixel */
  other = dab (annotation, 2, 72, 58, 4, 0);
  dab (annotation, N_Z + 1, 40, 40, 10, a);
  mg_annotation_set_plane (annotation, 3);
  before = mg_annotation_snapshot (annotation);
  added = mg_mask_stack_interpolate (before, &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 3);
  for (int z = 1; z <= 3; z++)
    {
      double radius = 20 - 10 * z / 4.0;
      gint64 area = area_in (added, z, a, &x, &y);

      g_test_message ("slice %d: %" G_GINT64_FORMAT " px of %.0f at %.1f, %.1f", z, area, G_PI * radius * radius, x, y);
      g_assert_cmpfloat (fabs (sqrt ((double) area / G_PI) - radius), <, 0.7);
      g_assert_cmpfloat (fabs (x - (40 + 60 * z / 4.0)), <, 1.1);
      g_assert_cmpfloat (fabs (y - (40 + 32 * z / 4.0)), <, 1.1);
    }
  g_assert_null (mg_mask_stack_get (added, 0));
  g_assert_null (mg_mask_stack_get (added, N_Z + 2));
  /* one edit, protecting what is there, the slice in view staying so */
  g_assert_cmpuint (mg_annotation_add_stack (annotation, added), ==, 3);
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 3);
  g_assert_cmpuint (get (annotation, 2, 72, 58), ==, other);
  g_assert_cmpuint (get (annotation, 2, 64, 50), ==, a);
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 3);
  after = mg_annotation_snapshot (annotation);
  for (int z = 1; z <= 3; z++)
    g_assert_cmpint (area_in (after, z, a, &x, &y), ==, 0);
  g_assert_true (mg_annotation_redo (annotation));
  g_assert_cmpuint (get (annotation, 1, 55, 48), ==, a);
  g_assert_cmpuint (get (annotation, 3, 85, 64), ==, a);
}

/* Two boxes of labels 1 and 2. */
static MgLabels *
make_labels (void)
{
  guint32 *data = g_new0 (guint32, W * H);

  for (int y = 10; y < 30; y++)
    for (int x = 10; x < 30; x++)
      {
        data[y * W + x] = 1;
        data[(y + 60) * W + x + 60] = 2;
      }
  return mg_labels_new_take (W, H, data, g_free);
}

static void
test_accept (void)
{
  g_autoptr (MgAnnotation) annotation = make ();
  g_autoptr (MgLabels) labels = make_labels ();
  guint32 a = dab (annotation, 4, 20, 20, 12, 0);
  guint group;

  mg_annotation_set_plane (annotation, 1);
  group = mg_annotation_begin_group (annotation);
  for (int p = 0; p < N_Z * N_T; p++)
    {
      g_autoptr (MgAddition) addition = mg_addition_new (annotation, p);

      g_assert_true (mg_addition_run (addition, labels, NULL, NULL, NULL));
      g_assert_true (mg_annotation_take_addition (annotation, addition, group));
      g_assert_cmpuint (mg_addition_get_n (addition), ==, p == 4 ? 1 : 2);
    }
  /* what it has to go with may be another plane's: the numbers are those of all */
  {
    g_autoptr (MgAddition) late = mg_addition_new (annotation, 3);

    g_assert_true (mg_addition_run (late, labels, NULL, NULL, NULL));
    dab (annotation, 2, 120, 20, 4, 0);
    mg_annotation_set_plane (annotation, 1);
    g_assert_false (mg_annotation_take_addition (annotation, late, group));
    g_assert_true (mg_annotation_undo (annotation));
    mg_annotation_set_plane (annotation, 1);
  }
  /* the plane in view stays, each plane has numbers of its own, what was painted stays */
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 1);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2 * N_Z * N_T);
  g_assert_cmpuint (get (annotation, 4, 20, 20), ==, a);
  g_assert_cmpuint (get (annotation, 4, 80, 80), !=, 0);
  g_assert_cmpuint (get (annotation, 9, 20, 20), !=, get (annotation, 8, 20, 20));
  /* one step for undo, and for redo */
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 1);
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 1);
  g_assert_cmpuint (get (annotation, 9, 20, 20), ==, 0);
  g_assert_true (mg_annotation_redo (annotation));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2 * N_Z * N_T);
}

static void
test_all (void)
{
  g_autoptr (MgAnnotation) annotation = make ();
  guint32 a = dab (annotation, 1, 30, 30, 10, 0), b = dab (annotation, 1, 90, 60, 10, 0);
  g_autoptr (GArray) labels = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_array_append_val (labels, a);
  g_assert_cmpuint (dab (annotation, 3, 30, 30, 10, a), ==, a);
  mg_annotation_set_plane (annotation, 7);
  g_assert_true (mg_annotation_delete_in_planes (annotation, labels));
  g_assert_cmpint (mg_annotation_get_plane (annotation), ==, 7);
  g_assert_cmpuint (get (annotation, 1, 30, 30) + get (annotation, 3, 30, 30), ==, 0);
  g_assert_cmpuint (get (annotation, 1, 90, 60), ==, b);
  g_assert_false (mg_annotation_delete_in_planes (annotation, labels));
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpuint (get (annotation, 3, 30, 30), ==, a);
  g_assert_true (mg_annotation_clear_planes (annotation));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 0);
  g_assert_false (mg_annotation_clear_planes (annotation));
  g_assert_true (mg_annotation_undo (annotation));
  g_assert_cmpuint (mg_annotation_get_n_instances (annotation), ==, 2);
  g_assert_cmpuint (get (annotation, 1, 30, 30), ==, a);
}

static void
test_cancel (void)
{
  g_autoptr (MgAnnotation) annotation = make ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (MgMaskStack) stack = NULL;
  g_autoptr (GError) error = NULL;
  guint32 a = dab (annotation, 0, 40, 40, 20, 0);
  guint n;

  dab (annotation, 4, 100, 72, 10, a);
  stack = mg_annotation_snapshot (annotation);
  g_cancellable_cancel (cancellable);
  g_assert_null (mg_mask_stack_interpolate (stack, &n, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define WIDE 300
#define HIGH 220

/* Made ready on another thread, cells come out as they do at once, as one edit;
 * what was painted meanwhile refuses them. */
static void
test_addition (void)
{
  g_autoptr (MgAnnotation) one = mg_annotation_new (WIDE, HIGH), other = mg_annotation_new (WIDE, HIGH);
  guint32 *data = g_new0 (guint32, WIDE * HIGH);
  g_autoptr (MgLabels) source = NULL;
  g_autoptr (MgAddition) addition = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree guint32 *a = g_new (guint32, WIDE * HIGH), *b = g_new (guint32, WIDE * HIGH);
  const MgRect all = { 0, 0, WIDE, HIGH };
  guint n;

  for (int i = 0; i < WIDE * HIGH; i++)
    data[i] = i % WIDE / 10 % 2 == 0 ? (guint32) (i / WIDE / 10 * 100 + i % WIDE / 10 + 1) : 0;
  source = mg_labels_new_take (WIDE, HIGH, data, g_free);
  mg_annotation_begin_stroke (one, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 9 }, 60, 70);
  mg_annotation_begin_stroke (other, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 9 }, 60, 70);
  mg_annotation_end_stroke (other);
  n = mg_annotation_add_some (one, source, NULL, &all, NULL);
  addition = mg_addition_new (other, 0);
  g_assert_true (mg_addition_run (addition, source, NULL, cancellable, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mg_addition_get_n (addition), ==, n);
  mg_annotation_begin_stroke (other, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 5 }, 200, 150);
  g_assert_false (mg_annotation_take_addition (other, addition, 0));
  mg_annotation_end_stroke (other);
  g_assert_false (mg_annotation_take_addition (other, addition, 0));
  g_assert_cmpuint (mg_annotation_get_n_instances (other), ==, 2);
  g_assert_true (mg_annotation_undo (other));
  g_clear_pointer (&addition, mg_addition_free);
  /* numbers are not given twice: as many were given in the first */
  addition = mg_addition_new (other, 0);
  g_assert_true (mg_addition_run (addition, source, NULL, NULL, &error));
  g_assert_true (mg_annotation_take_addition (other, addition, 0));
  g_assert_cmpuint (mg_annotation_get_n_instances (other), ==, n + 1);
  mg_mask_read (mg_annotation_get_mask (one), &all, a, WIDE * sizeof *a);
  mg_mask_read (mg_annotation_get_mask (other), &all, b, WIDE * sizeof *b);
  for (int i = 0; i < WIDE * HIGH; i++)
    {
      g_assert_true ((a[i] == 0) == (b[i] == 0));
      g_assert_cmpint (mg_annotation_get_area (one, a[i]), ==, mg_annotation_get_area (other, b[i]));
    }
  g_assert_true (mg_annotation_undo (other));
  g_assert_cmpuint (mg_annotation_get_n_instances (other), ==, 1);
  g_assert_true (mg_annotation_redo (other));
  g_assert_cmpuint (mg_annotation_get_n_instances (other), ==, n + 1);
  g_clear_pointer (&addition, mg_addition_free);
  addition = mg_addition_new (other, 0);
  g_cancellable_cancel (cancellable);
  g_assert_false (mg_addition_run (addition, source, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/planes/paint", test_paint);
  g_test_add_func ("/planes/undo", test_undo);
  g_test_add_func ("/planes/copy", test_copy);
  g_test_add_func ("/planes/interpolate", test_interpolate);
  g_test_add_func ("/planes/accept", test_accept);
  g_test_add_func ("/planes/all", test_all);
  g_test_add_func ("/planes/cancel", test_cancel);
  g_test_add_func ("/planes/addition", test_addition);
  return g_test_run ();
}
