#pragma once

#include "base/job.h"
#include "train/model.h"

/**
 * MgPredictOptions:
 * @device: (nullable): "auto" when NULL
 * @tile: pixels a side of a tile, 0: chosen from the memory
 * @memory_bytes: budget of network and maps, 0: a quarter of what is free
 * @as_float: whether restored images are 32-bit floats, not of the image's type
 * @augment: whether the network looks at all four mirror images and, where both
 *   directions are alike, at their quarter turns, and the maps are the mean:
 *   four or eight times the work
 */
typedef struct
{
  const char *device;
  int tile;
  guint64 memory_bytes;
  gboolean as_float;
  gboolean augment;
} MgPredictOptions;

/* A model on a device, ready to run over images by overlapping tiles; compute
 * thread only. */
typedef struct _MgPredictor MgPredictor;

MgPredictor *mg_predictor_new (MgModel *model,
                               const MgPredictOptions *options,
                               GError **error);
/* Shares the parameters of a training program (live preview). */
MgPredictor *mg_predictor_new_for_program (const MgTrainConfig *config,
                                           MgBackend *backend,
                                           MgProgram *params_from,
                                           const MgPredictOptions *options,
                                           GError **error);
void mg_predictor_free (MgPredictor *predictor);
/* Why something else computes than was asked for; NULL when nothing does. */
const char *mg_predictor_get_notice (MgPredictor *predictor);
/* rect NULL: the whole plane. The maps are kept in *maps for decoding again
 * with other params; free planes with mg_free_aligned(). */
gboolean mg_predictor_run (MgPredictor *predictor,
                           MgImage *image,
                           int z,
                           int t,
                           const MgRect *rect,
                           MgMaps *maps,
                           GCancellable *cancellable,
                           GError **error);
/* Maps → result of the size of rect. Any thread. */
gboolean mg_predictor_decode (MgModel *model,
                              const MgMaps *maps,
                              int width,
                              int height,
                              const MgDecodeParams *params, /* NULL: the recipe's defaults */
                              MgProgress *progress,
                              GCancellable *cancellable,
                              MgDecoded *out,
                              GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgPredictor, mg_predictor_free)

/**
 * MgPredicted:
 * @index: of the image in the list
 * @plane: slice and frame, t × n_z + z, that instances are of; 0 for restored
 *   images, which have all planes, and the type and axes of the image they come
 *   from (their uncertainty: 32-bit floats)
 * @n_planes: of how many instances are told, one plane after the other
 * @image: what was predicted, with all of its planes
 * @maps: of this plane, of a restored image of the last; may be stolen: set
 *   planes NULL
 * @decoded: instances or a restored image; may be stolen likewise
 */
typedef struct
{
  guint index;
  int plane, n_planes;
  MgImage *image; /* borrowed */
  MgMaps *maps;
  MgDecoded *decoded;
} MgPredicted;

/**
 * MgPredictSink:
 * @load: gives an image; (transfer full)
 * @done: takes a result
 * @failed: (nullable): told that an image could not be read or does not suit the
 *   model; the others go on. Without it that ends the job.
 *
 * Where a list of images comes from and its results go to; called on the compute
 * thread.
 */
typedef struct
{
  gboolean (*load) (guint index, MgImage **image, GCancellable *cancellable, GError **error, gpointer data);
  gboolean (*done) (const MgPredicted *result, GCancellable *cancellable, GError **error, gpointer data);
  void (*failed) (guint index, const GError *error, gpointer data);
  gpointer data;
  GDestroyNotify free_data;
} MgPredictSink;

MgJob *mg_predict_job_new (MgModel *model,
                           const MgPredictOptions *options,
                           const MgDecodeParams *params,
                           guint n_images,
                           const MgPredictSink *sink,
                           int priority);
