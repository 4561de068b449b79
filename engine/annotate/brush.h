#pragma once

#include "base/types.h"

/**
 * MgSpanFunc:
 * @y: row
 * @x0: first column
 * @x1: one past the last column
 */
typedef void (*MgSpanFunc) (int y,
                            int x0,
                            int x1,
                            gpointer data);

/* One end of a piece of a stroke, in image pixels. */
typedef struct
{
  double x, y, radius;
} MgDab;

#define MG_BRUSH_MIN_RADIUS 0.5
#define MG_BRUSH_MAX_RADIUS 4096.0
/* Below this a disc may hold no pixel centre: the stroke is a pencil line, one
 * pixel a step. Half the diagonal of a pixel. */
#define MG_BRUSH_PENCIL_RADIUS 0.7072

void mg_brush_capsule (const MgDab *from,
                       const MgDab *to,
                       const MgRect *clip,
                       MgSpanFunc func,
                       gpointer data);
