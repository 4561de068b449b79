#pragma once

#include "train/model-private.h"
#include "train/trainer.h"

/* A run at the end of one step, with all that the next step depends on.
 * Filled once, then only read. */
typedef struct
{
  MgTrainConfig config;
  char *fingerprint; /* (nullable): of the data; owned */
  gint64 step;
  gint64 validated_step; /* the last validation's, -1 before the first */
  double seconds;        /* spent so far */
  MgWeights *params;     /* owned */
  MgWeights *state;      /* owned: the optimiser's moments */
  MgModel *best;         /* (nullable): shared */
  double best_score, best_validation;
  GArray *history; /* MgTrainPoint; owned */
} MgCheckpoint;

MgCheckpoint *mg_checkpoint_new (MgProgram *program,
                                 GError **error);
void mg_checkpoint_free (MgCheckpoint *checkpoint);
gboolean mg_checkpoint_save (const MgCheckpoint *checkpoint,
                             GFile *file,
                             GError **error);
MgCheckpoint *mg_checkpoint_load (GFile *file,
                                  const MgGraph *graph,
                                  GError **error);
MgCheckpoint *mg_checkpoint_resume (GFile *file,
                                    MgTrainConfig *config,
                                    const char *fingerprint,
                                    GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgCheckpoint, mg_checkpoint_free)
