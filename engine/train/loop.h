#pragma once

#include "train/history.h"

/**
 * MgTrainLoopOptions:
 * @config: with what recipe and data have adapted in it
 * @dataset: prepared; borrowed, outlives the loop
 * @start_from: (nullable): first weights; borrowed
 * @device: (nullable): as mg_backend_open() takes it
 * @history: where points go; borrowed
 * @fingerprint: (nullable): of the data
 * @card: (nullable): what the model's card says of the data; borrowed
 * @resume: (nullable): a checkpoint file to go on from
 * @moving: (nullable): called before backend and program are replaced, because
 *   their device was lost: whoever shares them lets go
 */
typedef struct
{
  const MgTrainConfig *config;
  MgDataset *dataset;
  MgModel *start_from;
  const char *device;
  MgHistory *history;
  const char *fingerprint;
  JsonObject *card;
  GFile *resume;
  void (*moving) (gpointer data);
  gpointer moving_data;
} MgTrainLoopOptions;

/* Training one step at a time, without threads, signals or clocks of its own
 * but the time budget's. Compute thread. */
typedef struct _MgTrainLoop MgTrainLoop;

MgTrainLoop *mg_train_loop_new (const MgTrainLoopOptions *options,
                                GError **error);
void mg_train_loop_free (MgTrainLoop *loop);
MgStep mg_train_loop_step (MgTrainLoop *loop,
                           GCancellable *cancellable,
                           GError **error);
void mg_train_loop_get_status (MgTrainLoop *loop,
                               MgTrainStatus *out);
MgModel *mg_train_loop_get_best (MgTrainLoop *loop);
gboolean mg_train_loop_keep_last (MgTrainLoop *loop,
                                  GError **error);
gboolean mg_train_loop_save (MgTrainLoop *loop,
                             GFile *file,
                             GError **error);
const MgTrainConfig *mg_train_loop_get_config (MgTrainLoop *loop);
MgBackend *mg_train_loop_get_backend (MgTrainLoop *loop);
MgProgram *mg_train_loop_get_program (MgTrainLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgTrainLoop, mg_train_loop_free)
