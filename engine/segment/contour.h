#pragma once

#include "image/labels.h"

/* A closed outline along pixel edges: n points, x, y alternating, in pixel
 * corners (pixel (0, 0) spans 0 … 1). Outer rings run with the pixels on their
 * right hand, holes against it. */
typedef struct
{
  guint32 label;
  gboolean is_hole;
  guint n_points;
  int *xy; /* owned */
} MgContour;

GPtrArray *mg_contours_trace (MgLabels *labels,
                              guint32 label,
                              const MgRect *box,
                              GError **error);
