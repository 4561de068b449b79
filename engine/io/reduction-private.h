#pragma once

#include "image/pyramid.h"
#include "io/reduction-store.h"

/* One plane of a large image as it is known so far. */
typedef struct
{
  int c, z, t;
  GMutex mutex;              /* guards what follows, but for what says otherwise */
  float *sketch;             /* (nullable): single pixels of the plane, NaN where not known */
  gboolean looked;           /* for a store of another time */
  MgReductionStore *store;   /* (nullable) */
  MgReductionStore *retired; /* (nullable): a damaged one, which others may still be reading */
  int rows;                  /* of the store's finest level that are there */
  gboolean damaged;          /* the store is not to be believed */
  gint wanted;               /* atomic: somebody got a draft */
  gboolean queued;
  gint building; /* atomic: the store is, or is about to be */
} MgReducedPlane;

/* Shared by the image and the thread that works on it. */
typedef struct
{
  gatomicrefcount refs;
  MgImage *image;
  const MgImageInfo *info;
  MgPyramid *live; /* levels that are averaged when asked for */
  char *key;       /* path, size and time of the file */
  int first, n_levels;
  int sketch_level, sketch_width, sketch_height;
  GMutex mutex;
  GHashTable *planes; /* number → MgReducedPlane; guarded by mutex */
  GCancellable *cancellable;
  gint progress; /* atomic */
} MgReduced;

char *_mg_reduced_plane_key (MgReduced *reduced,
                             const MgReducedPlane *plane);
void _mg_reduced_sketch (MgReduced *reduced,
                         MgReducedPlane *plane);
void _mg_reduced_build (MgReduced *reduced,
                        MgReducedPlane *plane);
