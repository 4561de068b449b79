#pragma once

#include "compute/backend.h"
#include "train/batcher.h"

/* A network ready to be trained on a device. Compute thread. */
typedef struct
{
  MgTrainConfig config; /* batch as it fits into memory */
  const MgRecipe *recipe;
  MgBackend *backend;    /* owned */
  MgProgram *program;    /* owned: one training step */
  MgProgram *validation; /* owned: losses and maps of one patch with the same weights */
  char device[256];      /* what computes, and why not what was asked for */
} MgTrainSetup;

gboolean mg_train_setup_init (MgTrainSetup *setup,
                              const MgTrainConfig *config,
                              const char *device,
                              GError **error);
gboolean mg_train_setup_move_to_cpu (MgTrainSetup *setup,
                                     const char *reason,
                                     GError **error);
void mg_train_setup_clear (MgTrainSetup *setup);
MgGraph *mg_train_setup_build (const MgTrainConfig *config,
                               int n,
                               gboolean with_updates,
                               GError **error);
gboolean mg_train_setup_init_weights (MgTrainSetup *setup,
                                      GError **error);
gboolean mg_train_setup_write (MgTrainSetup *setup,
                               const MgBatch *batch,
                               double rate,
                               gint64 step,
                               GError **error);
double mg_train_setup_read_loss (MgProgram *program,
                                 GError **error);
int mg_train_setup_count_steps (const MgTrainConfig *config,
                                MgDataset *dataset);
