#include "annotate/annotation-planes.h"
#include "annotate/mask-edit.h"
#include "annotate/mask-private.h"
#include "annotate/undo.h"
#include "base/rng.h"

#define W 300
#define H 271

static guint32 *
raster_of (MgMask *mask)
{
  MgRect whole = { 0, 0, W, H };
  guint32 *raster = g_new (guint32, W * H);

  mg_mask_read (mask, &whole, raster, W * sizeof *raster);
  return raster;
}

static void
assert_same (MgMask *mask, const guint32 *expected)
{
  g_autofree guint32 *raster = raster_of (mask);

  g_assert_cmpmem (raster, sizeof *raster * W * H, expected, sizeof *raster * W * H);
}

/* The oldest edits go when the budget is full, and what is left, packed or
 * not, undoes and redoes right. */
static void
test_undo_budget (void)
{
  const gsize budget = 400 * 1000;
  g_autoptr (MgUndo) undo = mg_undo_new (budget);
  g_autoptr (GPtrArray) history = g_ptr_array_new_with_free_func (g_free);
  MgMaskEdit edit;
  MgRect damage, whole = { 0, 0, W, H };
  MgRng rng;
  guint at;

  mg_rng_init (&rng, 9, 0);
  mg_mask_edit_init (&edit, mg_mask_new (W, H));
  g_ptr_array_add (history, raster_of (edit.mask));
  for (int i = 0; i < 150; i++)
    {
      MgDab from = { mg_rng_range (&rng, 0, W), mg_rng_range (&rng, 0, H), mg_rng_range (&rng, 3, 30) };
      MgDab to = { mg_rng_range (&rng, 0, W), mg_rng_range (&rng, 0, H), mg_rng_range (&rng, 3, 30) };

      _mg_mask_begin (edit.mask);
      edit.rule = (MgMaskRule){ .value = i + 1, .any = TRUE };
      mg_mask_edit_stroke (&edit, &from, &to);
      mg_undo_push (undo, _mg_mask_end (edit.mask), mg_label_table_end (&edit.table), NULL, &whole, 0, 0);
      mg_undo_settle (undo);
      g_assert_cmpuint (mg_undo_get_bytes (undo), <=, budget);
      g_ptr_array_add (history, raster_of (edit.mask));
    }
  at = history->len - 1;
  while (mg_undo_step (undo, edit.mask, NULL, FALSE, &damage, NULL) != NULL)
    assert_same (edit.mask, history->pdata[--at]);
  g_assert_cmpuint (at, >, 0); /* the oldest are gone */
  g_assert_cmpuint (at, <, 140);
  while (mg_undo_step (undo, edit.mask, NULL, TRUE, &damage, NULL) != NULL)
    assert_same (edit.mask, history->pdata[++at]);
  mg_mask_edit_clear (&edit);
}

/* Background that 4-neighbour steps from the image's edge reach, through
 * anything but the label, stays. */
static void
fill_brute_force (guint32 *raster, int width, int height, guint32 label)
{
  g_autofree guint8 *reached = g_malloc0 (width * height);
  gboolean changed = TRUE;

  while (changed)
    {
      changed = FALSE;
      for (int i = 0; i < width * height; i++)
        {
          int x = i % width, y = i / width;
          gboolean open = x == 0 || y == 0 || x == width - 1 || y == height - 1 || reached[i - 1] || reached[i + 1] ||
                          reached[i - width] || reached[i + width];

          if (raster[i] == label || reached[i] || !open)
            continue;
          reached[i] = 1;
          changed = TRUE;
        }
    }
  for (int i = 0; i < width * height; i++)
    if (!reached[i] && raster[i] == 0)
      raster[i] = label;
}

static void
test_fill_brute_force (void)
{
  MgRng rng;

  mg_rng_init (&rng, 21, 0);
  for (int round = 0; round < 100; round++)
    {
      int width = 1 + (int) mg_rng_below (&rng, 20), height = 1 + (int) mg_rng_below (&rng, 20), n = width * height;
      int shift = (int) mg_rng_below (&rng, 140);
      g_autofree guint32 *raster = g_new0 (guint32, n);
      g_autofree guint32 *wide = g_new0 (guint32, (width + shift) * (height + shift));
      g_autoptr (MgLabels) labels = NULL;
      g_autoptr (MgAnnotation) annotation = NULL;
      MgMaskStack *stack = mg_mask_stack_new (width + shift, height + shift, 1, 1);

      for (int i = 0; i < n; i++)
        raster[i] = mg_rng_below (&rng, 8) < 5 ? 1 : mg_rng_below (&rng, 3);
      for (int i = 0; i < n; i++) /* over tile borders too */
        wide[(i / width + shift) * (width + shift) + i % width + shift] = raster[i];
      labels = mg_labels_new_take (width + shift, height + shift, g_steal_pointer (&wide), g_free);
      mg_mask_stack_take (stack, 0, mg_mask_new_from_labels (labels, NULL));
      annotation = mg_annotation_new_take_stack (stack);
      mg_annotation_fill_holes (annotation, 1);
      fill_brute_force (raster, width, height, 1);
      for (int i = 0; i < n; i++)
        g_assert_cmpuint (mg_mask_get (mg_annotation_get_mask (annotation), i % width + shift, i / width + shift), ==, raster[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/annotate/undo/budget", test_undo_budget);
  g_test_add_func ("/annotate/fill/brute-force", test_fill_brute_force);
  return g_test_run ();
}
