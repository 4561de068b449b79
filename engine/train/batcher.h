#pragma once

#include "recipe/recipe.h"

/**
 * MgBatch:
 * @step: which step it is for
 * @image: n × patch × patch × channels, channels last
 * @targets: as the recipe's specs, n patches each
 * @labels: (nullable): n × patch × patch true instances; only of validation
 *   batches, filled where the caller gives an array and the item has labels,
 *   else zeroed
 * @clean: (nullable): n × patch × patch × channels, likewise, of the clean image
 * @valid: (nullable): n × patch × patch, likewise: 1 where the image is, 0 where
 *   its mirror image fills the patch up
 * @known: (nullable): n × patch × patch, likewise: 1 where the label is known
 */
typedef struct
{
  gint64 step;
  int n;
  float *image;
  float *targets[MG_RECIPE_MAX_TARGETS];
  guint32 *labels;
  float *clean;
  float *valid;
  float *known;
} MgBatch;

/* Makes batches ahead of the compute thread, on a thread of its own. What is
 * in a batch depends on seed and step number only. */
typedef struct _MgBatcher MgBatcher;

MgBatcher *mg_batcher_new (MgDataset *dataset, /* borrowed */
                           const MgRecipe *recipe,
                           const MgTrainConfig *config,
                           gint64 first_step);
void mg_batcher_free (MgBatcher *batcher);
/* The batch of the next step; waits for it. Give it back with release. */
MgBatch *mg_batcher_next (MgBatcher *batcher,
                          GCancellable *cancellable,
                          GError **error);
void mg_batcher_release (MgBatcher *batcher,
                         MgBatch *batch);
/* The fixed validation batches: patches on a regular choice, no augmentation. */
guint mg_batcher_n_validation (MgBatcher *batcher);
gboolean mg_batcher_validation (MgBatcher *batcher,
                                guint index,
                                MgBatch *out, /* arrays of the caller, as of next */
                                GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgBatcher, mg_batcher_free)
