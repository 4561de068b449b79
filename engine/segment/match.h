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

/* A score of one set of counts. Where there was nothing to find and nothing was
 * found all but mg_match_mean_iou() are 1; with no match they are 0. */
typedef double (*MgMatchScore) (const MgMatchCounts *counts);

double mg_match_ap (const MgMatchCounts *counts);
double mg_match_precision (const MgMatchCounts *counts);
double mg_match_recall (const MgMatchCounts *counts);
double mg_match_f1 (const MgMatchCounts *counts);
double mg_match_pq (const MgMatchCounts *counts);
double mg_match_mean_iou (const MgMatchCounts *counts);
double mg_match_mean (const MgMatch *images,
                      guint n,
                      guint index,
                      MgMatchScore score);
double mg_match_mean_ap (const MgMatch *match);
