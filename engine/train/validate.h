#pragma once

#include "train/batcher.h"
#include "train/setup.h"

/* One pass over the validation patches at a time, patch by patch. Compute
 * thread. */
typedef struct _MgValidator MgValidator;

MgValidator *mg_validator_new (MgTrainSetup *setup,
                               MgBatcher *batcher,
                               GError **error);
void mg_validator_free (MgValidator *validator);
void mg_validator_begin (MgValidator *validator);
gboolean mg_validator_is_done (MgValidator *validator);
gboolean mg_validator_step (MgValidator *validator,
                            GCancellable *cancellable,
                            GError **error);
double mg_validator_get_loss (MgValidator *validator);
double mg_validator_get_score (MgValidator *validator);
double mg_validator_get_filter_score (MgValidator *validator);
double mg_validator_get_margin (MgValidator *validator);
double mg_validator_get_uncertainty_scale (MgValidator *validator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgValidator, mg_validator_free)
