/* Reports what painting, segmenting and drawing cost in processor time on one
 * core, so that a busy machine reports the same; never fails on time. */
#include "annotate/addition.h"
#include "annotate/annotation-planes.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "segment/components.h"
#include "segment/distance.h"
#include "segment/match.h"
#include "segment/basins.h"
#include "view/composer.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_TIMES 2000

typedef struct
{
  double ms[N_TIMES];
  guint n;
} Times;

static gint64
cpu_us (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (gint64) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
add_time (Times *times, gint64 start_us)
{
  if (times->n < N_TIMES)
    times->ms[times->n++] = (cpu_us () - start_us) / 1e3;
}

static void
report (const char *what, Times *times)
{
  qsort (times->ms, times->n, sizeof *times->ms, compare);
  g_print ("%-58s median %8.3f ms   p99 %8.3f ms   max %8.3f ms\n", what, times->ms[times->n / 2],
           times->ms[times->n * 99 / 100], times->ms[times->n - 1]);
  times->n = 0;
}

/* Cells all over, so that no tile is background. */
static MgLabels *
grid_labels (int size, int pitch)
{
  guint32 *data = g_new (guint32, (gsize) size * size);

  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      {
        double dx = x % pitch - pitch / 2.0, dy = y % pitch - pitch / 2.0;

        data[(gsize) y * size + x] = hypot (dx, dy) < 0.45 * pitch ? (guint32) (y / pitch * (size / pitch + 1) + x / pitch + 1) : 0;
      }
  return mg_labels_new_take (size, size, data, g_free);
}

static void
bench_strokes (int size, double radius)
{
  g_autoptr (MgLabels) labels = grid_labels (size, 60);
  MgMaskStack *stack = mg_mask_stack_new (size, size, 1, 1);
  g_autoptr (MgAnnotation) annotation = NULL;
  Times begin = { .n = 0 }, move = { .n = 0 }, end = { .n = 0 }, undo = { .n = 0 }, snapshot = { .n = 0 };
  g_autofree char *title = g_strdup_printf ("%d × %d, radius %.0f", size, size, radius);
  MgRng rng;

  mg_mask_stack_take (stack, 0, mg_mask_new_from_labels (labels, NULL));
  annotation = mg_annotation_new_take_stack (stack);
  mg_rng_init (&rng, 1, 0);
  for (int i = 0; i < 60; i++)
    {
      MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = radius, .overwrite = i % 2 == 0, .fill_closed = TRUE };
      double x = mg_rng_range (&rng, 200, size - 500), y = mg_rng_range (&rng, 200, size - 200);
      gint64 start = cpu_us ();

      mg_annotation_begin_stroke (annotation, &stroke, x, y);
      add_time (&begin, start);
      for (int j = 0; j < 30; j++)
        {
          double angle = 2 * G_PI * j / 30;

          start = cpu_us ();
          mg_annotation_stroke_to (annotation, x + 150 * (1 - cos (angle)), y + 150 * sin (angle), radius);
          add_time (&move, start);
        }
      start = cpu_us ();
      mg_annotation_end_stroke (annotation);
      add_time (&end, start);
      start = cpu_us ();
      MgMask *copy = mg_mask_snapshot (mg_annotation_get_mask (annotation));
      add_time (&snapshot, start);
      mg_mask_free (copy);
      if (i % 3 == 0)
        {
          start = cpu_us ();
          mg_annotation_undo (annotation);
          add_time (&undo, start);
        }
    }
  g_print ("%s, %u instances\n", title, mg_annotation_get_n_instances (annotation));
  report ("  pen down", &begin);
  report ("  one move event", &move);
  report ("  release of an outline 300 px wide, filled", &end);
  report ("  undo", &undo);
  report ("  snapshot", &snapshot);
}

/* Strokes of a brush 1000 px wide in, on and around one cell that is 4000 px wide
 * and has other cells within it. */
static void
bench_wide (int size)
{
  g_autoptr (MgLabels) labels = grid_labels (size, 160);
  MgMaskStack *stack = mg_mask_stack_new (size, size, 1, 1);
  g_autoptr (MgAnnotation) annotation = NULL;
  Times end = { .n = 0 };
  MgStroke stroke = { .tool = MG_TOOL_BRUSH, .radius = 500, .fill_closed = TRUE };
  double middle = size / 2.0;
  guint32 label;
  MgRng rng;

  mg_rng_init (&rng, 3, 0);
  mg_mask_stack_take (stack, 0, mg_mask_new_from_labels (labels, NULL));
  annotation = mg_annotation_new_take_stack (stack);
  label = mg_annotation_begin_stroke (annotation, &stroke, middle - 1500, middle);
  for (int i = 0; i <= 40; i++)
    mg_annotation_stroke_to (annotation, middle - 1500 * cos (i * G_PI / 20), middle + 1500 * sin (i * G_PI / 20), 500);
  mg_annotation_end_stroke (annotation);
  for (int i = 0; i < 100; i++)
    {
      /* between the other cells */
      double x = 160 * round ((middle - 1500 * cos (i)) / 160), y = 160 * round ((middle + 1500 * sin (i)) / 160);
      double turn = mg_rng_range (&rng, 0, 2 * G_PI);
      guint64 state = mg_annotation_get_state (annotation);
      gint64 start;

      stroke.radius = i % 3 == 0 ? 60 : 500;
      if (mg_annotation_begin_stroke (annotation, &stroke, x, y) != label)
        {
          mg_annotation_cancel_stroke (annotation);
          continue;
        }
      for (int j = 0; j <= 20; j++)
        {
          double dx = x - middle + 700 * (cos (j * G_PI / 10 + turn) - cos (turn));
          double dy = y - middle + 700 * (sin (j * G_PI / 10 + turn) - sin (turn)), reach = MIN (1, 1500 / hypot (dx, dy));

          mg_annotation_stroke_to (annotation, middle + reach * dx, middle + reach * dy, stroke.radius);
        }
      start = cpu_us ();
      mg_annotation_end_stroke (annotation);
      add_time (&end, start);
      if (mg_annotation_get_state (annotation) != state)
        mg_annotation_undo (annotation);
    }
  g_print ("%d × %d, a cell of 4000 px, %u strokes in it\n", size, size, end.n);
  report ("  release of a brush of 1000 px, or of 120 px", &end);
}

/* Discs on a grid, band by band: a raster of them all would not fit. */
static MgAnnotation *
grid_annotation (int size, int per_row)
{
  MgMaskStack *stack = mg_mask_stack_new (size, size, 1, 1);
  g_autofree guint32 *rows = g_new (guint32, (gsize) size * MG_MASK_TILE_PX);
  double pitch = (double) size / per_row;

  for (int y0 = 0; y0 < size; y0 += MG_MASK_TILE_PX)
    {
      int n_rows = MIN (MG_MASK_TILE_PX, size - y0);

      for (int y = y0; y < y0 + n_rows; y++)
        for (int x = 0; x < size; x++)
          {
            int i = (int) (x / pitch), j = (int) (y / pitch);

            rows[(gsize) (y - y0) * size + x] = hypot (x - (i + 0.5) * pitch, y - (j + 0.5) * pitch) < 0.4 * pitch
                                                  ? (guint32) (j * per_row + i + 1)
                                                  : 0;
          }
      mg_mask_stack_set_band (stack, 0, y0 / MG_MASK_TILE_PX, rows, NULL);
    }
  return mg_annotation_new_take_stack (stack);
}

/* Whole cells of a very large image: found, deleted, undone, cut, merged. */
static void
bench_cells (int size, int per_row)
{
  g_autoptr (MgAnnotation) annotation = grid_annotation (size, per_row);
  MgMask *mask = mg_annotation_get_mask (annotation);
  Times pick = { .n = 0 }, box = { .n = 0 }, all = { .n = 0 }, remove = { .n = 0 }, undo = { .n = 0 }, merge = { .n = 0 },
        cut = { .n = 0 }, fill = { .n = 0 };
  double pitch = (double) size / per_row;
  MgRng rng;

  mg_rng_init (&rng, 2, 0);
  g_print ("%d × %d, %u instances\n", size, size, mg_annotation_get_n_instances (annotation));
  for (int i = 0; i < 40; i++)
    {
      int column = (int) mg_rng_below (&rng, (guint) per_row - 1), row = (int) mg_rng_below (&rng, (guint) per_row);
      double x = (column + 0.5) * pitch, y = (row + 0.5) * pitch;
      guint32 pair[2] = { 0 };
      gint64 start = cpu_us ();
      MgRect rect;

      pair[0] = mg_mask_get (mask, (int) x, (int) y);
      mg_annotation_get_box (annotation, pair[0], &rect);
      add_time (&pick, start);
      pair[1] = mg_mask_get (mask, (int) (x + pitch), (int) y);

      start = cpu_us ();
      g_array_unref (mg_annotation_find_in_rect (annotation, &(MgRect){ (int) x, (int) y, 1600, 1000 }));
      add_time (&box, start);
      start = cpu_us ();
      g_array_unref (mg_annotation_find_in_rect (annotation, &(MgRect){ 0, 0, size, size }));
      add_time (&all, start);
      start = cpu_us ();
      mg_annotation_delete_many (annotation, pair, 1);
      add_time (&remove, start);
      start = cpu_us ();
      mg_annotation_undo (annotation);
      add_time (&undo, start);
      start = cpu_us ();
      mg_annotation_merge (annotation, pair, 2);
      add_time (&merge, start);
      mg_annotation_undo (annotation);
      start = cpu_us ();
      mg_annotation_cut (annotation, (MgPoint[]){ { x, y - pitch / 2 }, { x + 2, y + pitch / 2 } }, 2);
      add_time (&cut, start);
      mg_annotation_undo (annotation);
      start = cpu_us ();
      mg_annotation_fill_at (annotation, (int) (x + pitch / 2), (int) (y + pitch / 2));
      add_time (&fill, start);
    }
  report ("  pick a cell and find its box", &pick);
  report ("  cells in a box of 1600 × 1000", &box);
  report ("  all cells", &all);
  report ("  delete one", &remove);
  report ("  undo", &undo);
  report ("  merge two", &merge);
  report ("  cut one", &cut);
  report ("  fill open background", &fill);
}

static void
report_one (const char *what, gint64 start_us)
{
  Times times = { .n = 0 };

  add_time (&times, start_us);
  g_print ("%-58s %8.3f ms\n", what, times.ms[0]);
}

static void
bench_deleting (MgAnnotation *annotation, int size)
{
  for (guint step = 1; step <= 2; step++)
    {
      g_autoptr (GArray) all = mg_annotation_find_in_rect (annotation, &(MgRect){ 0, 0, size, size });
      g_autoptr (GArray) some = g_array_new (FALSE, FALSE, sizeof (guint32));
      gint64 start;

      for (guint i = 0; i < all->len; i += step)
        g_array_append_val (some, g_array_index (all, guint32, i));
      start = cpu_us ();
      mg_annotation_delete_many (annotation, (const guint32 *) (gpointer) some->data, some->len);
      report_one (step == 1 ? "all of them deleted" : "every second deleted", start);
      start = cpu_us ();
      mg_annotation_undo (annotation);
      report_one ("  undo", start);
    }
}

/* What the main thread does of an import of very many cells, and of taking them
 * away and back. */
static void
bench_many (int size, int per_row)
{
  g_autoptr (MgLabels) labels = NULL;
  g_autoptr (MgAnnotation) annotation = mg_annotation_new (size, size);
  g_autoptr (MgAddition) addition = NULL;
  const char *const steps[] = { "import", "clear" };
  gint64 start = cpu_us ();

  {
    g_autoptr (MgAnnotation) grid = grid_annotation (size, per_row);

    labels = mg_mask_to_labels (mg_annotation_get_mask (grid), NULL);
  }
  start = cpu_us ();
  addition = mg_addition_new (annotation, 0);
  report_one ("addition begun", start);
  g_assert_true (mg_addition_run (addition, labels, NULL, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      start = cpu_us ();
      if (i == 0)
        g_assert_true (mg_annotation_take_addition (annotation, addition, 0));
      else
        mg_annotation_clear (annotation);
      report_one (steps[i], start);
      g_print ("  %u instances\n", mg_annotation_get_n_instances (annotation));
      for (int j = 0; j < 6; j++)
        {
          start = cpu_us ();
          if (j % 3 == 0)
            mg_annotation_undo (annotation);
          else if (j % 3 == 1)
            mg_annotation_redo (annotation);
          else
            mg_touched_free (mg_annotation_take_touched (annotation));
          report_one (j % 3 == 0 ? "  undo" : j % 3 == 1 ? "  redo"
                                                         : "  handed to the journal",
                      start);
          g_usleep (j < 3 ? 0 : G_USEC_PER_SEC);
        }
    }
  mg_annotation_undo (annotation); /* of all cleared */
  bench_deleting (annotation, size);
  /* what was undone is let go of with the next stroke */
  mg_annotation_undo (annotation);
  mg_annotation_undo (annotation);
  start = cpu_us ();
  mg_annotation_begin_stroke (annotation, &(MgStroke){ .tool = MG_TOOL_BRUSH, .radius = 5 }, 100, 100);
  mg_annotation_end_stroke (annotation);
  report_one ("a stroke after both were undone", start);
}

/* One megapixel of noise, all of which is looked at. */
static void
bench_wand (void)
{
  const int side = 1025;
  g_autofree guint8 *rgba = g_malloc ((gsize) side * side * 4);
  Times times = { .n = 0 };

  for (gsize i = 0; i < (gsize) side * side * 4; i++)
    rgba[i] = (guint8) (i / 4 * 2654435761u >> 26);
  for (int i = 0; i < 9; i++)
    {
      gint64 start = cpu_us ();

      mg_wand_free (mg_wand_new (rgba, side, side, side / 2, side / 2, &(MgRect){ 0, 0, side, side }, NULL, NULL));
      add_time (&times, start);
    }
  report ("wand over 1025 × 1025, on a thread of its own", &times);
}

static void
bench_compose (double zoom, gboolean with_labels)
{
  const int size = 2048;
  MgImageInfo info = { .width = size, .height = size, .n_channels = 1, .n_z = 1, .n_t = 1, .type = MG_PIXEL_U16 };
  guint16 *pixels = g_new (guint16, (gsize) size * size);
  g_autoptr (MgLabels) labels = grid_labels (size, 24);
  g_autoptr (MgMask) mask = mg_mask_new_from_labels (labels, NULL);
  g_autoptr (MgImage) image = NULL;
  g_autoptr (MgPyramid) pyramid = NULL;
  g_autofree guint8 *rgba = g_malloc (256 * 256 * 4);
  MgViewport viewport = { size, size, 1600, 1000, size / 2.0, size / 2.0, zoom };
  Times times = { .n = 0 };
  MgScene scene = { .n_channels = 1, .channels = { { TRUE, MG_LUT_GREY, 0, 65535, 1 } }, .mask = mask, .show_mask = with_labels, .fill_opacity = 0.4, .outline_opacity = 1 };
  g_autofree char *title = g_strdup_printf ("tile 256 × 256, zoom %.2f%s", zoom, with_labels ? ", labels and outlines" : "");

  for (gsize i = 0; i < (gsize) size * size; i++)
    pixels[i] = (guint16) (i * 2654435761u >> 16);
  image = mg_image_new_take (&info, pixels, g_free, NULL);
  pyramid = mg_pyramid_new (image);
  scene.image = pyramid;
  for (int i = 0; i < 300; i++)
    {
      MgRect rect = { 256 * (i % 6), 256 * (i / 6 % 3), 256, 256 };
      gint64 start = cpu_us ();

      mg_compose (&scene, &viewport, &rect, rgba, 1024, NULL, NULL);
      if (i >= 18) /* the pyramid's levels are there */
        add_time (&times, start);
    }
  report (title, &times);
}

static void
bench_segment (void)
{
  const int size = 1024, n = size * size;
  g_autoptr (MgLabels) labels = grid_labels (size, 24);
  g_autofree guint8 *mask = g_malloc (n);
  g_autofree float *height = g_new (float, n);
  g_autofree guint32 *seeds = g_new (guint32, n);
  const guint32 *data = mg_labels_get_data (labels);
  Times distance = { .n = 0 }, components = { .n = 0 }, watershed = { .n = 0 }, match = { .n = 0 };
  MgRng rng;

  mg_rng_init (&rng, 1, 0);
  for (int round = 0; round < 9; round++)
    {
      MgMatch out;
      gint64 start;
      guint32 n_basins;

      for (int i = 0; i < n; i++)
        mask[i] = data[i] != 0;
      start = cpu_us ();
      mg_distance_in_label (data, size, size, height, NULL);
      add_time (&distance, start);
      for (int i = 0; i < n; i++)
        {
          mask[i] = height[i] > 5;
          height[i] = (height[i] + (float) (0.1 * mg_rng_uniform (&rng))) / (float) size;
        }
      start = cpu_us ();
      mg_components_label (mask, size, size, FALSE, seeds);
      add_time (&components, start);
      for (int i = 0; i < n; i++)
        mask[i] = 1;
      start = cpu_us ();
      mg_basins (height, mask, size, size, 0, 0.002, seeds, &n_basins, NULL, NULL);
      add_time (&watershed, start);

      g_autoptr (MgLabels) grown = mg_labels_new_take (size, size, g_memdup2 (seeds, n * sizeof *seeds), g_free);

      start = cpu_us ();
      mg_match_compute (labels, grown, &out, NULL);
      add_time (&match, start);
    }
  g_print ("1 Mpx, %u instances\n", mg_labels_get_n (labels));
  report ("  distance in label", &distance);
  report ("  components", &components);
  report ("  watershed of every pixel", &watershed);
  report ("  matching", &match);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  mg_parallel_set_n_workers (1);
  if (argc > 1 && strcmp (argv[1], "many") == 0)
    {
      bench_many (16384, 317);
      return 0;
    }
  if (argc > 1 && strcmp (argv[1], "wide") == 0)
    {
      bench_wide (8192);
      return 0;
    }
  bench_strokes (1024, 25);
  bench_strokes (argc > 1 ? 16384 : 4096, 25);
  bench_strokes (argc > 1 ? 16384 : 4096, 500);
  bench_wide (8192);
  bench_cells (argc > 1 ? 20000 : 5000, argc > 1 ? 317 : 79);
  bench_wand ();
  bench_compose (1, TRUE);
  bench_compose (1, FALSE);
  bench_compose (4, TRUE);
  bench_compose (0.5, TRUE);
  bench_compose (0.37, TRUE);
  bench_segment ();
  return 0;
}
