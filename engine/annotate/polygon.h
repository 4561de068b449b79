#pragma once

#include "annotate/brush.h"

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
