#pragma once

#include "dataset/dataset.h"
#include "recipe/recipe.h"
#include "session/document.h"

/* One image of a project to learn from: as it is in memory, or to be read. Made
 * on the main thread, used on another. */
typedef struct _MgTrainingSource MgTrainingSource;

GPtrArray *mg_training_list_sources (GListModel *documents);
gboolean mg_training_source_add (MgTrainingSource *source,
                                 MgDataset *dataset,
                                 const MgRecipe *recipe,
                                 GCancellable *cancellable,
                                 GError **error);
