#pragma once

#include "view/composer.h"

typedef enum
{
  MG_COMPARE_MAP_DIFFERENCE,
} MgCompareMapKind;

/* Makes maps of two images on another thread, one at a time, of several wishes
 * the last. Main thread. */
typedef struct _MgCompareMapper MgCompareMapper;

/* The map, what it is and how it is shown; or an error. */
typedef void (*MgCompareMapFunc) (MgPyramid *map, const char *title, const MgChannelView *view, const GError *error, gpointer data);

MgCompareMapper *mg_compare_mapper_new (MgCompareMapFunc func,
                                        gpointer data);
void mg_compare_mapper_free (MgCompareMapper *mapper);
void mg_compare_mapper_stop (MgCompareMapper *mapper);
void mg_compare_mapper_make (MgCompareMapper *mapper,
                             MgCompareMapKind kind,
                             MgImage *left,
                             MgImage *right,
                             int z,
                             int t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgCompareMapper, mg_compare_mapper_free)
