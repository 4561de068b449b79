#pragma once

#include "base/types.h"

/* Instead of the number of a plane: every one. */
#define MG_EVERY_PLANE (-1)

/* A rectangle that training looks at. Where an image has any, the rest of it
 * takes no part in training, planes without one included. */
typedef struct
{
  MgRect rect;
  int plane; /* t × n_z + z, or MG_EVERY_PLANE */
} MgTrainingRegion;

static inline gboolean
mg_training_region_holds (const MgTrainingRegion *region,
                          int plane)
{
  return region->plane == MG_EVERY_PLANE || region->plane == plane;
}
