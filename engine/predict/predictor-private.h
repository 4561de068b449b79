#pragma once

#include "predict/predictor.h"

/* One image on its way through the network, tile by tile. */
typedef struct _MgPredictRun MgPredictRun;

MgPredictRun *_mg_predict_run_new (MgPredictor *predictor,
                                   MgImage *image,
                                   int z,
                                   int t,
                                   const MgRect *rect,
                                   const MgDecodeParams *params,
                                   GCancellable *cancellable,
                                   GError **error);
void _mg_predict_run_free (MgPredictRun *run);
/* One tile. */
MgStep _mg_predict_run_step (MgPredictRun *run,
                             GCancellable *cancellable,
                             GError **error);
double _mg_predict_run_get_fraction (MgPredictRun *run);
/* After the last step: the maps, freed by the caller. */
void _mg_predict_run_steal (MgPredictRun *run,
                            MgMaps *maps);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgPredictRun, _mg_predict_run_free)

const MgTrainConfig *_mg_predictor_get_config (MgPredictor *predictor);
const MgRecipe *_mg_predictor_get_recipe (MgPredictor *predictor);
/* Whether every tile is looked at in all orientations. */
gboolean _mg_predictor_get_augment (MgPredictor *predictor);
/* Largest tile for a region of that size, a multiple of the network's. */
gboolean _mg_predictor_choose_tile (MgPredictor *predictor,
                                    int width,
                                    int height,
                                    int *tile_width,
                                    int *tile_height,
                                    GError **error);
/* Runs the network over one tile: input and maps channels last. */
gboolean _mg_predictor_run_tile (MgPredictor *predictor,
                                 int tile_width,
                                 int tile_height,
                                 const float *input,
                                 float *maps,
                                 GCancellable *cancellable,
                                 GError **error);
/* Normalisation of one plane, remembered for the last image. */
gboolean _mg_predictor_normalise (MgPredictor *predictor,
                                  MgImage *image,
                                  int z,
                                  int t,
                                  double *low,
                                  double *high,
                                  GCancellable *cancellable,
                                  GError **error);
