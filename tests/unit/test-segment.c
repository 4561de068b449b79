#include "base/rng.h"
#include "segment/components.h"
#include "segment/contour.h"
#include "segment/distance.h"
#include "segment/instances.h"
#include "segment/match.h"

#include <math.h>

static guint32 *
random_raster (MgRng *rng, int width, int height, guint n_labels, double density)
{
  guint32 *data = g_new0 (guint32, width * height);

  for (int i = 0; i < width * height; i++)
    if (mg_rng_uniform (rng) < density)
      data[i] = 1 + mg_rng_below (rng, n_labels);
  return data;
}

/* Blocks of labels, so that regions have some extent. */
static guint32 *
random_blocks (MgRng *rng, int width, int height, guint n_labels)
{
  guint32 *data = g_new0 (guint32, width * height);

  for (guint i = 0; i < 2 * n_labels; i++)
    {
      int x0 = (int) mg_rng_below (rng, width), y0 = (int) mg_rng_below (rng, height);
      int x1 = x0 + 1 + (int) mg_rng_below (rng, 8), y1 = y0 + 1 + (int) mg_rng_below (rng, 8);
      guint32 label = mg_rng_below (rng, n_labels + 1);

      for (int y = y0; y < MIN (y1, height); y++)
        for (int x = x0; x < MIN (x1, width); x++)
          data[y * width + x] = label;
    }
  return data;
}

static MgLabels *
take_labels (guint32 *data, int width, int height)
{
  return mg_labels_new_take (width, height, data, g_free);
}

static void
test_distance_brute_force (void)
{
  MgRng rng;

  mg_rng_init (&rng, 1, 0);
  for (int round = 0; round < 60; round++)
    {
      int width = 1 + (int) mg_rng_below (&rng, 30), height = 1 + (int) mg_rng_below (&rng, 30), n = width * height;
      g_autofree guint32 *labels = round % 2 ? random_blocks (&rng, width, height, 4) : random_raster (&rng, width, height, 2, 0.97);
      g_autofree guint8 *mask = g_malloc (n);
      g_autofree float *in_label = g_new (float, n);
      g_autofree float *to_zero = g_new (float, n);

      for (int i = 0; i < n; i++)
        mask[i] = labels[i] != 0 ? 1 + i % 255 : 0;
      g_assert_true (mg_distance_in_label (labels, width, height, in_label, NULL));
      g_assert_true (mg_distance_to_zero (mask, width, height, to_zero, NULL));
      for (int i = 0; i < n; i++)
        {
          gint64 other = G_MAXINT64, zero = G_MAXINT64;
          double diagonal = hypot (width, height);

          for (int j = 0; j < n; j++)
            {
              gint64 dx = i % width - j % width, dy = i / width - j / width;

              if (labels[j] != labels[i])
                other = MIN (other, dx * dx + dy * dy);
              if (labels[j] == 0)
                zero = MIN (zero, dx * dx + dy * dy);
            }
          g_assert_cmpfloat_with_epsilon (in_label[i],
                                          labels[i] == 0 ? 0 : other == G_MAXINT64 ? diagonal
                                                                                   : sqrt (other),
                                          1e-4);
          g_assert_cmpfloat_with_epsilon (to_zero[i], zero == G_MAXINT64 ? diagonal : sqrt (zero), 1e-4);
        }
    }
}

/* Components by brute force: spread the lowest index until nothing changes. */
static guint32
brute_components (const guint32 *labels, int width, int height, gboolean diagonal, guint32 *out)
{
  g_autofree guint32 *root = g_new (guint32, width * height);
  g_autofree guint32 *number = g_new0 (guint32, width * height);
  gboolean changed = TRUE;
  guint32 n = 0;

  for (int i = 0; i < width * height; i++)
    root[i] = i;
  while (changed)
    {
      changed = FALSE;
      for (int i = 0; i < width * height; i++)
        for (int j = 0; j < width * height; j++)
          {
            int dx = abs (i % width - j % width), dy = abs (i / width - j / width);

            if (labels[i] == 0 || labels[j] != labels[i] || MAX (dx, dy) > 1 || (!diagonal && dx + dy > 1))
              continue;
            if (root[j] < root[i])
              {
                root[i] = root[j];
                changed = TRUE;
              }
          }
    }
  for (int i = 0; i < width * height; i++)
    {
      if (labels[i] != 0 && root[i] == (guint32) i)
        number[i] = ++n;
      out[i] = labels[i] == 0 ? 0 : number[root[i]];
    }
  return n;
}

static void
test_components_brute_force (void)
{
  MgRng rng;

  mg_rng_init (&rng, 2, 0);
  for (int round = 0; round < 80; round++)
    {
      int width = 1 + (int) mg_rng_below (&rng, 14), height = 1 + (int) mg_rng_below (&rng, 14), n = width * height;
      g_autofree guint32 *labels = random_raster (&rng, width, height, 1 + round % 3, 0.3 + 0.05 * (round % 11));
      g_autofree guint32 *expected = g_new (guint32, n);
      g_autofree guint32 *out = g_new (guint32, n);
      g_autofree guint8 *mask = g_malloc (n);
      gboolean diagonal = round % 2;
      guint32 n_expected = brute_components (labels, width, height, diagonal, expected);

      g_assert_cmpuint (mg_components_split (labels, width, height, diagonal, out), ==, n_expected);
      g_assert_cmpmem (out, n * 4, expected, n * 4);
      for (int i = 0; i < n; i++)
        labels[i] = mask[i] = labels[i] != 0;
      n_expected = brute_components (labels, width, height, diagonal, expected);
      g_assert_cmpuint (mg_components_label (mask, width, height, diagonal, out), ==, n_expected);
      g_assert_cmpmem (out, n * 4, expected, n * 4);
      /* in place */
      g_assert_cmpuint (mg_components_split (labels, width, height, diagonal, labels), ==, n_expected);
      g_assert_cmpmem (labels, n * 4, expected, n * 4);
    }
}

static void
test_remove_small (void)
{
  guint32 labels[] = { 0, 9, 9, 9, 4, 4, 4000000000u, 4000000000u, 4000000000u, 7 };
  const guint32 expected[] = { 0, 1, 1, 1, 0, 0, 2, 2, 2, 0 };

  g_assert_cmpuint (mg_labels_remove_small (labels, 10, 1, 3), ==, 2);
  g_assert_cmpmem (labels, sizeof labels, expected, sizeof expected);
}

/* Even-odd filling of the rings gives the pixels back; outer rings and holes
 * turn as promised. */
static void
test_contours_fill_back (void)
{
  MgRng rng;

  mg_rng_init (&rng, 4, 0);
  for (int round = 0; round < 60; round++)
    {
      int width = 1 + (int) mg_rng_below (&rng, 16), height = 1 + (int) mg_rng_below (&rng, 16);
      guint32 *data = random_raster (&rng, width, height, 2, 0.7);
      g_autoptr (MgLabels) labels = take_labels (data, width, height);
      g_autoptr (GPtrArray) rings = mg_contours_trace (labels, 1, NULL, NULL);
      g_autofree guint8 *parity = g_malloc0 (width * height);

      for (guint r = 0; r < rings->len; r++)
        {
          const MgContour *ring = rings->pdata[r];
          gint64 area = 0;

          g_assert_cmpuint (ring->n_points, >=, 4);
          for (guint k = 0; k < ring->n_points; k++)
            {
              const int *a = ring->xy + 2 * k, *b = ring->xy + 2 * ((k + 1) % ring->n_points);

              g_assert_true ((a[0] == b[0]) != (a[1] == b[1]));
              area += (gint64) a[0] * b[1] - (gint64) a[1] * b[0];
              if (a[0] == b[0])
                for (int y = MIN (a[1], b[1]); y < MAX (a[1], b[1]); y++)
                  for (int x = a[0]; x < width; x++)
                    parity[y * width + x] ^= 1;
            }
          g_assert_cmpint (ring->is_hole, ==, area < 0);
        }
      for (int i = 0; i < width * height; i++)
        g_assert_cmpint (parity[i], ==, data[i] == 1);
    }
}

static void
test_instances (void)
{
  guint32 data[] = { 0, 30, 30, 0, 7, 30, 0, 7, 7 };
  const guint32 expected[] = { 0, 2, 2, 0, 1, 2, 0, 1, 1 };
  const float scores[] = { 0.25f, 0.75f };
  g_autoptr (MgLabels) labels = take_labels (g_memdup2 (data, sizeof data), 3, 3);
  g_autoptr (MgInstances) instances = mg_instances_new (labels, scores, NULL);
  g_autoptr (MgInstances) again = mg_instances_new (mg_instances_get_labels (instances), NULL, NULL);
  const MgInstance *first = mg_instances_get (instances, 0), *second = mg_instances_get (instances, 1);

  g_assert_cmpuint (mg_instances_get_n (instances), ==, 2);
  g_assert_cmpmem (mg_labels_get_data (mg_instances_get_labels (instances)), sizeof data, expected, sizeof expected);
  g_assert_cmpint (first->area, ==, 3);
  g_assert_cmpint (first->box.x, ==, 1);
  g_assert_cmpint (first->box.y, ==, 1);
  g_assert_cmpint (first->box.width, ==, 2);
  g_assert_cmpint (first->box.height, ==, 2);
  g_assert_cmpfloat (first->score, ==, 0.25f);
  g_assert_cmpuint (second->label, ==, 2);
  g_assert_cmpint (second->box.height, ==, 2);
  /* a raster without gaps is shared, not copied */
  g_assert_true (mg_instances_get_labels (again) == mg_instances_get_labels (instances));
  g_assert_cmpfloat (mg_instances_get (again, 0)->score, ==, 1);
}

#define MAX_LABELS 6

typedef struct
{
  double iou[MAX_LABELS][MAX_LABELS];
  double threshold;
} Table;

/* The best assignment by trying all: most pairs, then the largest sum. */
static void
assign_all (const Table *table, int row, guint used, int n, double sum, int *best_n, double *best_sum)
{
  if (row == MAX_LABELS)
    {
      if (n > *best_n || (n == *best_n && sum > *best_sum))
        {
          *best_n = n;
          *best_sum = sum;
        }
      return;
    }
  assign_all (table, row + 1, used, n, sum, best_n, best_sum);
  for (int c = 0; c < MAX_LABELS; c++)
    if (!(used & 1u << c) && table->iou[row][c] >= table->threshold)
      assign_all (table, row + 1, used | 1u << c, n + 1, sum + table->iou[row][c], best_n, best_sum);
}

static void
fill_table (Table *table, const guint32 *truth, const guint32 *predicted, int n)
{
  for (guint32 t = 1; t <= MAX_LABELS; t++)
    for (guint32 p = 1; p <= MAX_LABELS; p++)
      {
        int both = 0, any = 0;

        for (int i = 0; i < n; i++)
          {
            both += truth[i] == t && predicted[i] == p;
            any += truth[i] == t || predicted[i] == p;
          }
        table->iou[t - 1][p - 1] = both == 0 ? -1 : (double) both / any;
      }
}

static guint
count_distinct (const guint32 *data, int n)
{
  guint count = 0;

  for (guint32 label = 1; label <= MAX_LABELS; label++)
    for (int i = 0; i < n; i++)
      if (data[i] == label)
        {
          count++;
          break;
        }
  return count;
}

static void
test_match_brute_force (void)
{
  MgRng rng;

  mg_rng_init (&rng, 5, 0);
  for (int round = 0; round < 200; round++)
    {
      int width = 2 + (int) mg_rng_below (&rng, 9), height = 1 + (int) mg_rng_below (&rng, 6), n = width * height;
      guint32 *truth = random_blocks (&rng, width, height, MAX_LABELS);
      guint32 *predicted = random_blocks (&rng, width, height, MAX_LABELS);
      g_autoptr (MgLabels) truth_labels = take_labels (truth, width, height);
      g_autoptr (MgLabels) predicted_labels = take_labels (predicted, width, height);
      MgMatch match;
      Table table;

      for (int i = 0; round % 4 != 0 && i < n; i++)
        if (mg_rng_below (&rng, 6) != 0)
          predicted[i] = truth[i] == 0 ? 0 : 1 + truth[i] % MAX_LABELS;
      fill_table (&table, truth, predicted, n);
      g_assert_true (mg_match_compute (truth_labels, predicted_labels, &match, NULL));
      g_assert_cmpuint (match.n_truth, ==, count_distinct (truth, n));
      g_assert_cmpuint (match.n_predicted, ==, count_distinct (predicted, n));
      for (guint k = 0; k < MG_MATCH_N_THRESHOLDS; k++)
        {
          int best_n = 0;
          double best_sum = 0;

          table.threshold = mg_match_threshold (k) - 1e-9;
          assign_all (&table, 0, 0, 0, 0, &best_n, &best_sum);
          g_assert_cmpint (match.at[k].tp, ==, best_n);
          g_assert_cmpint (match.at[k].fp, ==, match.n_predicted - best_n);
          g_assert_cmpint (match.at[k].fn, ==, match.n_truth - best_n);
          g_assert_cmpfloat_with_epsilon (match.at[k].sum_iou, best_sum, 1e-9);
        }
    }
}

/* An object cut in two equal halves: either half is a match at 0.5, not both. */
static void
test_match_tie (void)
{
  guint32 truth[] = { 3, 3, 3, 3 }, predicted[] = { 1, 1, 2, 2 };
  g_autoptr (MgLabels) a = take_labels (g_memdup2 (truth, sizeof truth), 4, 1);
  g_autoptr (MgLabels) b = take_labels (g_memdup2 (predicted, sizeof predicted), 4, 1);
  MgMatch match;

  g_assert_true (mg_match_compute (a, b, &match, NULL));
  g_assert_cmpint (match.at[0].tp, ==, 1);
  g_assert_cmpint (match.at[0].fp, ==, 1);
  g_assert_cmpint (match.at[0].fn, ==, 0);
  g_assert_cmpint (match.at[1].tp, ==, 0);
}

static void
test_match_scores (void)
{
  const MgMatchCounts counts = { 6, 2, 4, 4.5 }, none = { 0, 0, 3, 0 }, empty = { 0 };
  const MgMatch images[] = { { .at = { counts } }, { .at = { none } } };
  MgMatch total = { 0 };

  g_assert_cmpfloat_with_epsilon (mg_match_ap (&counts), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_match_precision (&counts), 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_match_recall (&counts), 0.6, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_match_f1 (&counts), 12.0 / 18, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_match_pq (&counts), 4.5 / 9, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_match_mean_iou (&counts), 0.75, 1e-12);
  g_assert_cmpfloat (mg_match_precision (&none), ==, 0);
  g_assert_cmpfloat (mg_match_mean_iou (&none), ==, 0);
  g_assert_cmpfloat (mg_match_ap (&empty), ==, 1);
  mg_match_add (&total, &images[0]);
  mg_match_add (&total, &images[1]);
  g_assert_cmpfloat_with_epsilon (mg_match_ap (&total.at[0]), 6.0 / 15, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_match_mean (images, 2, 0, mg_match_ap), 0.25, 1e-12);
  g_assert_cmpfloat_with_epsilon (mg_match_mean_ap (&total), (6.0 / 15 + 9) / 10, 1e-12);
}

static void
test_match_shape (void)
{
  g_autoptr (MgLabels) a = take_labels (g_new0 (guint32, 4), 4, 1);
  g_autoptr (MgLabels) b = take_labels (g_new0 (guint32, 4), 2, 2);
  g_autoptr (GError) error = NULL;
  MgMatch match;

  g_assert_false (mg_match_compute (a, b, &match, &error));
  g_assert_error (error, MG_ERROR, MG_ERROR_SHAPE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/segment/distance/brute-force", test_distance_brute_force);
  g_test_add_func ("/segment/components/brute-force", test_components_brute_force);
  g_test_add_func ("/segment/components/remove-small", test_remove_small);
  g_test_add_func ("/segment/contour/fill-back", test_contours_fill_back);
  g_test_add_func ("/segment/instances", test_instances);
  g_test_add_func ("/segment/match/brute-force", test_match_brute_force);
  g_test_add_func ("/segment/match/tie", test_match_tie);
  g_test_add_func ("/segment/match/scores", test_match_scores);
  g_test_add_func ("/segment/match/shape", test_match_shape);
  return g_test_run ();
}
