#pragma once

#include "io/outline.h"

/* One simple ring; its points are borrowed. */
typedef struct
{
  const MgPoint *points;
  guint n;
  double doubled_area; /* above 0 for outer rings, below for holes */
  int owner;           /* of a hole: the place of the outer ring around it; -1 for outer rings */
} MgGeojsonRing;

/* The rings of an outline as GeoJSON wants them: (transfer full) of
 * MgGeojsonRing, their points in *points (owned by the caller as well). */
GArray *_mg_geojson_rings (const MgOutline *outline,
                           GArray **points);
