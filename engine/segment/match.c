#include "segment/match.h"

#include "segment/label-map.h"

/* An overlapping pair. */
typedef struct
{
  guint32 truth, predicted; /* places in the label maps */
  gint64 intersection;
} Pair;

/* IoU thresholds in hundredths, so that comparing is exact. */
static gint64
threshold_percent (guint index)
{
  return 50 + 5 * (gint64) index;
}

/**
 * mg_match_threshold:
 * @index: below %MG_MATCH_N_THRESHOLDS
 *
 * Returns: the IoU threshold, 0.50 to 0.95
 */
double
mg_match_threshold (guint index)
{
  return threshold_percent (index) / 100.0;
}

static void
add_overlap (GHashTable *pairs,
             GArray *list,
             guint32 truth,
             guint32 predicted,
             gint64 n)
{
  gint64 key = (gint64) ((guint64) truth << 32 | predicted);
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (pairs, &key));

  if (place == 0)
    {
      Pair pair = { truth, predicted, 0 };

      g_array_append_val (list, pair);
      place = list->len;
      g_hash_table_insert (pairs, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (place));
    }
  g_array_index (list, Pair, place - 1).intersection += n;
}

/* Areas of both sides and the sparse joint histogram, in one pass over runs. */
static GArray *
count_overlaps (const guint32 *truth,
                const guint32 *predicted,
                gsize n_pixels,
                const MgLabelMap maps[2],
                gint64 *truth_areas,
                gint64 *predicted_areas)
{
  g_autoptr (GHashTable) pairs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Pair));

  for (gsize i = 0; i < n_pixels;)
    {
      guint32 t = truth[i], p = predicted[i];
      gsize begin = i;

      while (i < n_pixels && truth[i] == t && predicted[i] == p)
        i++;
      if (t != 0)
        truth_areas[t = mg_label_map_place (&maps[0], t)] += i - begin;
      if (p != 0)
        predicted_areas[p = mg_label_map_place (&maps[1], p)] += i - begin;
      if (truth[begin] != 0 && predicted[begin] != 0)
        add_overlap (pairs, list, t, p, i - begin);
    }
  return list;
}

/* At an IoU of 0.5 or more of labels that do not overlap among themselves, an
 * object has one partner at most, or (at exactly 0.5, cut in two equal halves
 * that lie wholly inside it) two that have no other: taking any free pair is
 * an optimal assignment. */
static void
count_matches (const GArray *pairs,
               const gint64 *truth_areas,
               const gint64 *predicted_areas,
               guint n_truth,
               guint n_predicted,
               guint index,
               MgMatchCounts *out)
{
  g_autofree guint8 *truth_used = g_malloc0 (n_truth + 1);
  g_autofree guint8 *predicted_used = g_malloc0 (n_predicted + 1);

  *out = (MgMatchCounts){ 0 };
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      gint64 in_union = truth_areas[pair->truth] + predicted_areas[pair->predicted] - pair->intersection;

      if (100 * pair->intersection < threshold_percent (index) * in_union ||
          truth_used[pair->truth] || predicted_used[pair->predicted])
        continue;
      truth_used[pair->truth] = predicted_used[pair->predicted] = TRUE;
      out->tp++;
      out->sum_iou += (double) pair->intersection / (double) in_union;
    }
  out->fp = n_predicted - out->tp;
  out->fn = n_truth - out->tp;
}

/**
 * mg_match_compute:
 * @truth: the labels that count as right
 * @predicted: labels of the same size
 * @out: (out): counts at each threshold
 *
 * Matches predicted instances with true ones at IoU at or above each
 * threshold, as StarDist's matching does. Any thread.
 *
 * Returns: FALSE with %MG_ERROR_SHAPE when the sizes differ
 */
gboolean
mg_match_compute (MgLabels *truth,
                  MgLabels *predicted,
                  MgMatch *out,
                  GError **error)
{
  int width = mg_labels_get_width (truth), height = mg_labels_get_height (truth);
  gsize n_pixels = (gsize) width * height;
  MgLabelMap maps[2];
  g_autofree gint64 *truth_areas = NULL;
  g_autofree gint64 *predicted_areas = NULL;
  g_autoptr (GArray) pairs = NULL;

  if (mg_labels_get_width (predicted) != width || mg_labels_get_height (predicted) != height)
    {
      g_set_error (error, MG_ERROR, MG_ERROR_SHAPE,
                   "the predicted labels are %d × %d pixels, the true ones %d × %d",
                   mg_labels_get_width (predicted), mg_labels_get_height (predicted), width, height);
      return FALSE;
    }
  mg_label_map_init (&maps[0], mg_labels_get_data (truth), n_pixels);
  mg_label_map_init (&maps[1], mg_labels_get_data (predicted), n_pixels);
  truth_areas = g_new0 (gint64, maps[0].n + 1);
  predicted_areas = g_new0 (gint64, maps[1].n + 1);
  pairs = count_overlaps (mg_labels_get_data (truth), mg_labels_get_data (predicted), n_pixels, maps,
                          truth_areas, predicted_areas);
  out->n_truth = maps[0].n;
  out->n_predicted = maps[1].n;
  for (guint i = 0; i < MG_MATCH_N_THRESHOLDS; i++)
    count_matches (pairs, truth_areas, predicted_areas, maps[0].n, maps[1].n, i, &out->at[i]);
  mg_label_map_clear (&maps[0]);
  mg_label_map_clear (&maps[1]);
  return TRUE;
}

/**
 * mg_match_add:
 * @total: (inout): counts so far, zeros at first
 * @part: those of one more image
 *
 * Pools objects over images.
 */
void
mg_match_add (MgMatch *total,
              const MgMatch *part)
{
  total->n_truth += part->n_truth;
  total->n_predicted += part->n_predicted;
  for (guint i = 0; i < MG_MATCH_N_THRESHOLDS; i++)
    {
      total->at[i].tp += part->at[i].tp;
      total->at[i].fp += part->at[i].fp;
      total->at[i].fn += part->at[i].fn;
      total->at[i].sum_iou += part->at[i].sum_iou;
    }
}

static double
ratio (double part,
       double whole,
       const MgMatchCounts *counts)
{
  if (counts->tp + counts->fp + counts->fn == 0)
    return 1;
  return whole == 0 ? 0 : part / whole;
}

/**
 * mg_match_ap:
 *
 * Returns: TP / (TP + FP + FN), the "AP" of StarDist and Cellpose
 */
double
mg_match_ap (const MgMatchCounts *counts)
{
  return ratio (counts->tp, counts->tp + counts->fp + counts->fn, counts);
}

/**
 * mg_match_precision:
 *
 * Returns: TP / (TP + FP)
 */
double
mg_match_precision (const MgMatchCounts *counts)
{
  return ratio (counts->tp, counts->tp + counts->fp, counts);
}

/**
 * mg_match_recall:
 *
 * Returns: TP / (TP + FN)
 */
double
mg_match_recall (const MgMatchCounts *counts)
{
  return ratio (counts->tp, counts->tp + counts->fn, counts);
}

/**
 * mg_match_f1:
 *
 * Returns: 2 TP / (2 TP + FP + FN)
 */
double
mg_match_f1 (const MgMatchCounts *counts)
{
  return ratio (2 * counts->tp, 2 * counts->tp + counts->fp + counts->fn, counts);
}

/**
 * mg_match_pq:
 *
 * Returns: panoptic quality (Kirillov et al. 2019): sum of matched IoU over
 *   TP + FP / 2 + FN / 2
 */
double
mg_match_pq (const MgMatchCounts *counts)
{
  return ratio (counts->sum_iou, counts->tp + 0.5 * counts->fp + 0.5 * counts->fn, counts);
}

/**
 * mg_match_mean_iou:
 *
 * Returns: the mean IoU of the matched pairs; 0 when there are none
 */
double
mg_match_mean_iou (const MgMatchCounts *counts)
{
  return counts->tp == 0 ? 0 : counts->sum_iou / counts->tp;
}

/**
 * mg_match_mean:
 * @images: (array length=n): one or more
 * @index: of the threshold
 * @score: (scope call): which, such as mg_match_ap()
 *
 * Returns: the mean of the images' scores (as Cellpose reports; StarDist pools the
 *   objects first)
 */
double
mg_match_mean (const MgMatch *images,
               guint n,
               guint index,
               MgMatchScore score)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += score (&images[i].at[index]);
  return sum / n;
}

/**
 * mg_match_mean_ap:
 *
 * Returns: the mean of AP over all thresholds
 */
double
mg_match_mean_ap (const MgMatch *match)
{
  double sum = 0;

  for (guint i = 0; i < MG_MATCH_N_THRESHOLDS; i++)
    sum += mg_match_ap (&match->at[i]);
  return sum / MG_MATCH_N_THRESHOLDS;
}
