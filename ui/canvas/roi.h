#pragma once

#include "base/types.h"

#define MG_ROI_MIN_PX 8

/**
 * MgRoiPart:
 *
 * What of a region the pointer has hold of; edges may come in twos: a corner.
 */
typedef enum
{
  MG_ROI_NONE = 0,
  MG_ROI_INSIDE = 1 << 0,
  MG_ROI_LEFT = 1 << 1,
  MG_ROI_RIGHT = 1 << 2,
  MG_ROI_TOP = 1 << 3,
  MG_ROI_BOTTOM = 1 << 4,
} MgRoiPart;

guint mg_roi_hit (const MgRect *roi,
                  double x,
                  double y,
                  double reach);
const char *mg_roi_get_cursor (guint part);
void mg_roi_from_corners (MgRect *roi,
                          double x0,
                          double y0,
                          double x1,
                          double y1,
                          int width,
                          int height);
void mg_roi_drag (MgRect *roi,
                  const MgRect *start,
                  guint part,
                  double dx,
                  double dy,
                  int width,
                  int height);
void mg_roi_zoom (MgRect *roi,
                  double factor,
                  double x,
                  double y,
                  int width,
                  int height);
