#pragma once

#include "image/image.h"

/* The reduced levels of one plane of a large image in a file of the person's
 * cache folder, or, where there is no room for that, the coarser ones of them in
 * memory. Written row by row from the top by one thread, read by any. */
typedef struct _MgReductionStore MgReductionStore;

/* What it is of. `first` is the finest level kept. */
typedef struct
{
  const MgImageInfo *info;
  int first, n_levels;
} MgReductionShape;

MgReductionStore *_mg_reduction_store_open (const char *key,
                                            const MgReductionShape *shape);
MgReductionStore *_mg_reduction_store_new (const char *key,
                                           const MgReductionShape *shape);
void _mg_reduction_store_free (MgReductionStore *store);
int _mg_reduction_store_get_first (MgReductionStore *store);
MgPixelType _mg_reduction_store_get_type (MgReductionStore *store);
gboolean _mg_reduction_store_write (MgReductionStore *store,
                                    int level,
                                    int y,
                                    const float *row);
void _mg_reduction_store_commit (MgReductionStore *store);
gboolean _mg_reduction_store_read (MgReductionStore *store,
                                   int level,
                                   const MgRect *rect,
                                   float *dst,
                                   gsize stride);
gboolean _mg_reduction_store_read_raw (MgReductionStore *store,
                                       int level,
                                       const MgRect *rect,
                                       gpointer dst,
                                       gsize stride);
void _mg_reduction_store_discard (MgReductionStore *store);
