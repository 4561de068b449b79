#pragma once

#include "train/loop.h"

/* Simulated cells and small networks for the tests of whole runs. */
MgDataset *fixture_dataset (guint n_images,
                            int size,
                            guint64 seed);
void fixture_config (MgTrainConfig *config,
                     gint64 steps);
/* Prepares the dataset and adapts the configuration to it. */
void fixture_prepare (MgTrainConfig *config,
                      MgDataset *dataset);
MgTrainLoop *fixture_loop (const MgTrainConfig *config,
                           MgDataset *dataset,
                           const char *device,
                           MgHistory *history,
                           GFile *resume);
void fixture_run (MgTrainLoop *loop,
                  gint64 until_step);
/* The bytes of the model's file. */
GBytes *fixture_bytes (MgModel *model);
GFile *fixture_temp_file (const char *name);
gboolean fixture_has_device (const char *device);
