#pragma once

#include <gio/gio.h>

#include "view/composer.h"

/**
 * MgCompareMapKind:
 * @MG_COMPARE_MAP_DIFFERENCE: left − right, signed
 * @MG_COMPARE_MAP_SSIM: how alike the right and the clean image are
 * @MG_COMPARE_MAP_ERROR: how far the right is from the clean image
 * @MG_COMPARE_MAP_REMOVED: where the right lacks structure of the noisy image
 * @MG_COMPARE_MAP_UNCERTAINTY: how unsure the network was of the right
 */
typedef enum
{
  MG_COMPARE_MAP_DIFFERENCE,
  MG_COMPARE_MAP_SSIM,
  MG_COMPARE_MAP_ERROR,
  MG_COMPARE_MAP_REMOVED,
  MG_COMPARE_MAP_UNCERTAINTY,
  MG_COMPARE_N_MAPS,
} MgCompareMapKind;

/**
 * MgCompareMapSource:
 * @left: the image left
 * @right: the image right
 * @noisy: the image as it came
 * @clean: (nullable): what it should be
 * @uncertainty: (nullable): where it is kept how unsure a network was of @right
 * @c: channel, of maps that are of one only
 * @z: slice
 * @t: frame
 *
 * What a map is made of; borrowed for the call.
 */
typedef struct
{
  MgImage *left, *right, *noisy, *clean;
  GFile *uncertainty;
  int c, z, t;
} MgCompareMapSource;

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
                             const MgCompareMapSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MgCompareMapper, mg_compare_mapper_free)
