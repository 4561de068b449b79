#pragma once

#include "segment/instances.h"

/* The shape of one instance. Lengths in the unit of the pixel size given. */
typedef struct
{
  double area, perimeter;
  double centroid_x, centroid_y; /* 0 at the image's left or upper edge */
  double major_axis, minor_axis; /* of the ellipse of the same second moments */
  double eccentricity;
  double orientation; /* of the major axis, degrees counter-clockwise from the x axis, above -90 to 90 */
  double hull_area;   /* of the convex hull of the pixels' corners */
  double feret_max, feret_min;
} MgShape;

void mg_shape_measure (MgLabels *labels,
                       const MgInstance *instance,
                       double pixel_width,
                       double pixel_height,
                       MgShape *out);
