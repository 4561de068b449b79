#pragma once

#include "base/job.h"
#include "train/model.h"

/**
 * MgTrainPoint:
 *
 * One entry of the learning history. validation and score are NAN where none
 * was made at that step; score: AP at IoU 0.5 (segment) or PSNR (denoise) on
 * the validation patches, without clean images against the noisy values of
 * pixels that are never learned from. filter_score: of the best Gaussian filter
 * on the same pixels, NAN likewise and for what does not learn from those alone.
 */
typedef struct
{
  gint64 step;
  double epoch;
  double seconds;
  double learning_rate;
  double loss;
  double validation;
  double score;
  double filter_score;
} MgTrainPoint;

/**
 * MgTrainStatus: a snapshot of a running training
 */
typedef struct
{
  gint64 step, n_steps; /* n_steps: 0 while unknown (time budget) */
  double epoch;
  double seconds, seconds_left;
  double images_per_second;
  double loss, best_score;
  double filter_score;     /* of a Gaussian filter on the same held-out pixels; NAN where not known */
  gboolean noise_is_alike; /* in neighbouring pixels, so that both foretell some of it */
  char device[256];
} MgTrainStatus;

/* Everything one training run needs; created on any thread, run by an MgJob on
 * the compute thread; the getters are safe from any thread. */
typedef struct _MgTrainer MgTrainer;

/* What a preview asks for and gets, on the compute thread. */
typedef void (*MgPreviewFunc) (MgInstances *instances, MgImage *restored, gpointer data);

MgTrainer *mg_trainer_new (const MgTrainConfig *config,
                           MgDataset *dataset,  /* taken, prepared by the first step */
                           MgModel *start_from, /* (nullable) */
                           const char *device);
MgTrainer *mg_trainer_ref (MgTrainer *trainer);
void mg_trainer_unref (MgTrainer *trainer);
/* Before the run: where checkpoints go (every minute and at the end), and
 * whether to go on from one that lies there. */
void mg_trainer_set_checkpoint (MgTrainer *trainer,
                                GFile *file,
                                gboolean resume);
/* What an interrupted run was and how far it came, without its weights. */
gboolean mg_trainer_read_checkpoint (GFile *file,
                                     MgTrainConfig *config,
                                     gint64 *step,
                                     GError **error);
/* One JSON object a line. */
void mg_trainer_set_log (MgTrainer *trainer,
                         GFile *file);
/* The job; its data is the trainer. Cancelling it keeps the best weights. */
MgJob *mg_trainer_make_job (MgTrainer *trainer);
void mg_trainer_get_status (MgTrainer *trainer,
                            MgTrainStatus *out);
/* Points from `first` on, appended to points (MgTrainPoint); thread safe. */
void mg_trainer_get_history (MgTrainer *trainer,
                             GArray *points,
                             guint first);
/* Best weights so far; NULL before the first validation. */
MgModel *mg_trainer_dup_model (MgTrainer *trainer);
/* What went wrong beside the training itself, a checkpoint or log that could
 * not be written; NULL when nothing did. */
char *mg_trainer_dup_warning (MgTrainer *trainer);
/* Predicts image (region rect) with the weights of the moment, between two
 * steps; replaces an earlier request that has not run. func may be called on
 * the compute thread; data is freed after it or when replaced. */
void mg_trainer_request_preview (MgTrainer *trainer,
                                 MgImage *image,
                                 const MgRect *rect,
                                 MgPreviewFunc func,
                                 gpointer data,
                                 GDestroyNotify free_data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgTrainer, mg_trainer_unref)
