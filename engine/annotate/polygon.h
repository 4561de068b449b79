#pragma once

#include "annotate/brush.h"

/* A place in image pixels; the first pixel spans 0 … 1. */
typedef struct
{
  double x, y;
} MgPoint;

void mg_polygon_spans (const MgPoint *points,
                       guint n,
                       const MgRect *clip,
                       MgSpanFunc func,
                       gpointer data);
void mg_polyline_pixels (const MgPoint *points,
                         guint n,
                         const MgRect *clip,
                         MgSpanFunc func,
                         gpointer data);
