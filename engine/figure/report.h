#pragma once

#include "figure/compare-figure.h"
#include "image/trust.h"
#include "train/model.h"

/**
 * MgModelReport:
 * @name: what a person calls the model
 * @model: the model
 * @example: (nullable): what it makes of an image
 * @example_title: (nullable): of which image
 * @measured: (nullable): scores measured now: name, value, name, value …, %NULL
 */
typedef struct
{
  const char *name;
  MgModel *model;
  const MgFigure *example;
  const char *example_title;
  const char *const *measured;
} MgModelReport;

/**
 * MgScoreLine:
 * @name: of the image
 * @restored: against the clean image, where @has_clean
 * @noisy: likewise, where there are noisy images, too
 * @removal: where @has_noisy
 */
typedef struct
{
  const char *name;
  MgQuality restored, noisy;
  MgRemoval removal;
} MgScoreLine;

/**
 * MgScoreReport:
 * @title: what was tested
 * @has_clean: whether there are scores
 * @has_noisy: whether it is known what was removed
 * @lines: one an image
 * @n_lines: 1 or more
 * @mean: of all
 * @filters: (nullable): mean scores of filters without learning, by #MgFilterKind
 * @advice: (nullable): a sentence
 * @example: (nullable): one of the images
 * @example_title: (nullable): which one
 */
typedef struct
{
  const char *title;
  gboolean has_clean, has_noisy;
  const MgScoreLine *lines;
  guint n_lines;
  MgScoreLine mean;
  const MgQuality *filters;
  const char *advice;
  const MgFigure *example;
  const char *example_title;
} MgScoreReport;

gboolean mg_report_write_model (GFile *file,
                                const MgModelReport *report,
                                GCancellable *cancellable,
                                GError **error);
gboolean mg_report_write_scores (GFile *file,
                                 const MgScoreReport *report,
                                 GCancellable *cancellable,
                                 GError **error);
char *mg_report_methods (MgModel *model);
gboolean mg_report_choose_region (MgImage *image,
                                  guint n_panels,
                                  MgRect *out,
                                  GCancellable *cancellable,
                                  GError **error);
