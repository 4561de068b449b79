#pragma once

#include "image/labels.h"

#define MG_MATCH_N_THRESHOLDS 10 /* IoU 0.50, 0.55 … 0.95 */

/**
 * MgMatchCounts:
 * @tp: matched pairs, optimal one-to-one assignment with IoU at or above the threshold
 * @sum_iou: of the matched pairs
 */
typedef struct
{
  gint64 tp, fp, fn;
  double sum_iou;
} MgMatchCounts;

typedef struct
{
  guint n_truth, n_predicted;
  MgMatchCounts at[MG_MATCH_N_THRESHOLDS];
} MgMatch;

double mg_match_threshold (guint index);
gboolean mg_match_compute (MgLabels *truth,
                           MgLabels *predicted,
                           MgMatch *out,
                           GError **error);
void mg_match_add (MgMatch *total,
                   const MgMatch *part);
double mg_match_ap (const MgMatchCounts *counts);
double mg_match_precision (const MgMatchCounts *counts);
double mg_match_recall (const MgMatchCounts *counts);
double mg_match_f1 (const MgMatchCounts *counts);
double mg_match_pq (const MgMatchCounts *counts);
double mg_match_mean_iou (const MgMatchCounts *counts);

/* The scores of one set of counts. Where there was nothing to find and
 * nothing was found all but mean_matched_iou are 1; with no match they are 0. */
typedef struct
{
  double precision, recall, f1, ap, pq, mean_matched_iou;
} MgMatchScores;

/**
 * MgMatchSummary:
 * @pooled: counts over all objects of all images (as StarDist reports)
 * @sums: of the scores of each image, for their mean over images (as Cellpose)
 *
 * Start from zeros.
 */
typedef struct
{
  guint n_images;
  MgMatch pooled;
  MgMatchScores sums[MG_MATCH_N_THRESHOLDS];
} MgMatchSummary;

void mg_match_scores (const MgMatchCounts *counts,
                      MgMatchScores *out);
void mg_match_summary_add (MgMatchSummary *summary,
                           const MgMatch *image);
void mg_match_summary_pooled (const MgMatchSummary *summary,
                              guint index,
                              MgMatchScores *out);
void mg_match_summary_mean (const MgMatchSummary *summary,
                            guint index,
                            MgMatchScores *out);
double mg_match_summary_mean_ap (const MgMatchSummary *summary,
                                 gboolean pooled);
